"""A palette's way: when it is written, and when it is only foretold."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from autok.analysis import analyze
from autok.banding import banding_score
from autok.metrics import Scorer
from autok.options import Options
from autok.pipeline import compress, palettes
from autok.pipeline.scene import Scene
from autok.planning import Upload, plan
from autok.quantization import distortion_curve, lay_ground, quantize
from support.drawings import sky, source_of


def banded_screen() -> bytes:
    """Return a PNG of a gradient between dotted lines: drawn by its edges, with more tones than 256 colours hold."""
    across, down = np.arange(512) // 4 * 4 / 512, np.arange(384)[:, None] / 384
    pixels = np.stack(np.broadcast_arrays(100 + 120 * across, 60 + 120 * down, 150 - 60 * across), axis=-1)
    pixels[::32, ::2], pixels[::32, 1::2] = 0, 255
    file = io.BytesIO()
    Image.fromarray(np.rint(pixels).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_a_palette_that_leaves_bands_is_spared() -> None:
    """Where a lossy file may win, a palette whose score would do but whose gradients show steps is not written."""
    _, report = compress(banded_screen(), Options.parse({"quality": 60}))
    spared = next(entry for entry in report["contest"] if "bands in smooth areas" in entry["note"])
    best = max(trial["score"] for trial in report["decision"]["trials"] if trial["kind"] == "palette")
    assert best >= 60
    assert spared["format"] == "png"


def test_a_palette_with_bands_is_written_where_nothing_else_may_win() -> None:
    """Asked for a PNG, the picture gets one, bands or not."""
    data, report = compress(banded_screen(), Options.parse({"quality": 60, "format": "png"}))
    assert Image.open(io.BytesIO(data)).format == "PNG"
    assert not any("Foretold" in entry["note"] for entry in report["contest"])


def banded_scene() -> Scene:
    """Return a smooth sky whose score is taken on a part, and whose steps no diffusion hides."""
    source = sky(512, 512)
    analysis, options = analyze(source), Options(format="png", dither=0.0, quality=70.0)
    wanted = plan(analysis, distortion_curve(analysis), options, Upload(source.pixel_count, "png"))
    return Scene(source, options, analysis, wanted, Scorer(source, budget=source.pixel_count // 4))


def test_what_the_whole_picture_asks_for_is_judged_by_its_bands_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A palette that is tried after the search has the banding score of its colours, like those before."""
    scene = banded_scene()
    choice = palettes.choose_palette(scene)
    assert choice.score is not None
    lower = choice.score - 20.0
    monkeypatch.setattr(palettes, "score_closely", lambda *_: lower)
    *before, last = palettes.encode_palette(scene, choice).trials
    assert tuple(before) == choice.trials
    assert last.score == lower
    assert last.banding == banding_score(scene.analysis, palettes.learn(scene, int(last.setting))) < 100.0


def soft_scene() -> Scene:
    """Return a scene of soft coloured spots, some on nothing, asked for eight colours."""
    noise = np.random.default_rng(1).integers(0, 256, (9, 12, 4), np.uint8)
    noise[..., 3] = np.where(noise[..., 3] < 100, 0, noise[..., 3])
    source = source_of(np.asarray(Image.fromarray(noise).resize((120, 90), Image.Resampling.BICUBIC)))
    analysis, options = analyze(source), Options(format="png", colors=8)
    ground = lay_ground(analysis)
    wanted = plan(analysis, ground.distortion_curve(), options, Upload(source.pixel_count, "png"))
    return Scene(source, options, analysis, wanted, Scorer(source), ground=ground)


def score(scene: Scene, palette: np.ndarray) -> float:
    """Return the score of a palette."""
    tried = palettes.try_palette(scene, len(palette), palette)
    assert tried.score is not None
    return tried.score


def test_of_few_translucent_colours_the_best_are_kept() -> None:
    """An asked palette is the one of best score among those of all grounds, and a better one than the usual here."""
    scene = soft_scene()
    grounds = (scene.ground, *scene.other_grounds)
    scores = [score(scene, quantize(scene.analysis, 8, ground=ground)) for ground in grounds]
    assert len(scores) == 3
    assert score(scene, palettes.choose_palette(scene).colors) == max(scores) > scores[0]


@pytest.mark.parametrize(("beyond", "challenged"), [(-4.0, False), (3.0, True), (40.0, False)])
def test_a_search_tries_others_only_where_they_may_reach_the_score(beyond: float, challenged: bool) -> None:
    """A palette that is good enough, or far from it, has no rivals; one that just falls short has."""
    scene = soft_scene()
    plain = score(scene, palettes.learn(scene, 8))
    goal = replace(scene.plan, goal="score", target_score=plain + palettes.UNDER + beyond, min_colors=8, max_colors=8)
    choice = palettes.choose_palette(replace(scene, plan=goal))
    assert choice.score == (score(scene, palettes.learn_best(scene, 8)) if challenged else plain)
    assert len(choice.trials) == 1
