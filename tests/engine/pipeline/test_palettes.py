"""A palette's way: when it is written, and when it is only foretold."""

from __future__ import annotations

import io

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
from autok.quantization import distortion_curve
from support.drawings import sky


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
