"""Scenes of small pictures, for tests of the pipeline's parts."""

from __future__ import annotations

from dataclasses import replace

from autok.analysis import analyze
from autok.decoding import decode
from autok.encoding import able_formats
from autok.metrics import Scorer
from autok.options import Options
from autok.pipeline.scene import Scene, choose_dither
from autok.planning import Upload, plan
from autok.quantization import lay_ground


def scene_of(upload: bytes, budget: int | None = None, **options: object) -> Scene:
    """Return what the pipeline would make of an upload; its score is taken on `budget` pixels where that is given."""
    source, read = decode(upload), Options.parse(options)
    analysis = analyze(source, fine=read.space == "rgb")
    able = able_formats(source.image.size, has_alpha=source.has_alpha)
    ground = lay_ground(analysis, read.space)
    wanted = plan(analysis, ground.distortion_curve(), read, Upload(len(upload), source.format, able), 1.0, ())
    wanted = replace(wanted, dither=choose_dither(analysis, read, wanted.colors))
    scorer = Scorer(source) if budget is None else Scorer(source, budget=budget)
    return Scene(source, read, analysis, wanted, scorer, ground=ground)
