"""The lossy codecs' way: the lowest quality that reaches the asked score, found on a sample, then one full encode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from autok.contest import SCORE_TOLERANCE
from autok.encoding import ENCODERS, decode_pixels, encode_jpeg, jpeg_encoder_name
from autok.formats import Format
from autok.metrics import Scorer
from autok.models import Candidate, Metadata, Trial
from autok.pipeline.scene import Scene
from autok.search import Goal, best_setting, next_setting

TRIALS: Final = 4
"""Most probes of one search."""

UNDER, OVER = 1.0, 1.2
"""How far below and above the asked score a quality may land."""

PRIORS: Final[Mapping[str, tuple[tuple[float, float], ...]]] = {
    "jpeg": ((1, -40.0), (5, 10.0), (10, 30.1), (30, 54.7), (50, 61.9), (70, 70.6), (85, 79.3), (95, 89.2), (98, 92.0)),
    "webp": ((1, -10.0), (10, 20.0), (30, 42.0), (50, 54.0), (70, 63.0), (80, 70.0), (90, 80.0), (100, 91.0)),
    "avif": ((1, -60.0), (10, -5.0), (20, 25.0), (30, 45.0), (40, 57.0), (50, 65.0), (60, 72.0), (70, 78.0), (80, 84.0),
             (90, 89.0), (100, 95.0)),
}  # fmt: skip
"""Quality against the score of the average photo, by rising quality: where each search starts."""


@dataclass(frozen=True)
class QualityChoice:
    """The quality to use in one format and what led to it."""

    format: Format
    quality: float
    score: float | None
    trials: tuple[Trial, ...]


def choose_quality(scene: Scene, output_format: Format) -> QualityChoice:
    """Return the lowest quality of a format that reaches the asked score on the sample."""
    encoder = ENCODERS[output_format]
    target = scene.plan.target_score
    steps = encoder.steps(scene.source.pixel_count)
    first, last = (steps * end for end in encoder.quality_range)
    slack = SCORE_TOLERANCE - UNDER
    goal = Goal(target - UNDER, target + OVER, first=first, last=last, limit=TRIALS, slack=slack)
    prior = [(steps * quality, score) for quality, score in PRIORS[output_format]]
    trials: dict[int, Trial] = {}
    while (setting := next_setting(prior, _points(trials), goal)) is not None:
        trials[setting] = try_quality(scene, output_format, setting / steps)
    best = trials[best_setting(_points(trials), goal)]
    assert best.score is not None
    return QualityChoice(output_format, best.setting, best.score, tuple(trials.values()))


def weigh_quality(scene: Scene, output_format: Format, quality: float) -> Trial:
    """Encode the sample as the whole would be, without a score."""
    data = _encode_sample(scene, scene.scorer, output_format, quality, final=True)
    return Trial(output_format, quality, None, round(scene.scorer.size_factor * len(data)))


def try_quality(scene: Scene, output_format: Format, quality: float) -> Trial:
    """Encode the sample and score it; the size is what the whole is expected to have, some 10 % more in a JPEG."""
    scorer = scene.judge
    data = _encode_sample(scene, scorer, output_format, quality, final=False)
    decoded = decode_pixels(data, output_format)
    mode = "RGBA" if scene.source.has_alpha and output_format != "jpeg" else "RGB"
    pixels = np.asarray(decoded if decoded.mode == mode else decoded.convert(mode))
    score = scorer.score(Image.fromarray(pixels)) if scorer.whole else scorer.score_mosaic(pixels)
    return Trial(output_format, quality, score, round(scorer.size_factor * len(data)))


def _encode_sample(scene: Scene, scorer: Scorer, output_format: Format, quality: float, *, final: bool) -> bytes:
    image = scene.source.image if scorer.whole else scorer.mosaic
    if output_format == "jpeg":
        # The whole's size decides which encoder writes it; the sample has to meet the same one.
        return encode_jpeg(image, quality, Metadata(), final=final, pixel_count=scene.source.pixel_count)
    return ENCODERS[output_format].write(image, quality, Metadata())


def encode_lossy(scene: Scene, choice: QualityChoice) -> Candidate:
    """Write the whole picture at the chosen quality."""
    data = ENCODERS[choice.format].write(scene.source.image, choice.quality, scene.source.metadata)
    name = encoder_name(choice.format, scene.source.pixel_count)
    return Candidate(choice.format, name, data, len(data), choice.score, quality=choice.quality)


def predict_lossy(scene: Scene, choice: QualityChoice, note: str) -> Candidate:
    """Return the candidate as its last trial on the sample foretells it, without writing the whole."""
    trial = next(trial for trial in choice.trials if trial.setting == choice.quality)
    assert trial.size is not None
    name = encoder_name(choice.format, scene.source.pixel_count)
    return Candidate(choice.format, name, None, trial.size, choice.score, quality=choice.quality, note=note)


def encoder_name(output_format: Format, pixel_count: int) -> str:
    """Name what writes a lossy format here at that size."""
    return jpeg_encoder_name(pixel_count) if output_format == "jpeg" else f"Pillow {ENCODERS[output_format].format}"


def _points(trials: Mapping[int, Trial]) -> list[tuple[int, float]]:
    return [(setting, trial.score) for setting, trial in trials.items() if trial.score is not None]
