"""How well Auto-K meets an asked score with palettes alone, judged on all pixels."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from autok.contest import SCORE_TOLERANCE
from autok.models import Report
from autok.options import Options
from autok.pipeline import compress
from autok.pipeline.palettes import OVER
from bench.judging import NOTHING, Judge
from bench.pictures import PIXELS, Picture, find_pictures, png_bytes
from bench.pool import spread
from bench.tables import Table

SCORES: Final = (50, 60, 70)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out for one picture and one asked score."""

    name: str
    asked: float
    score: float
    """On all pixels."""
    quantizations: int
    kind: str
    """``met`` where K had a choice; else ``exact``, ``reach`` (256 colours fall short, or 2 overshoot), ``banding``
    (the smooth areas asked for more colours than the score) or ``step`` (one colour fewer falls short: what the search
    left untried is tried here, and not counted as its own)."""


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return the spread of the score at each asked one."""
    pictures = find_pictures(folder, each or 12)
    outcomes = [outcome for found in spread(measure_picture, pictures) for outcome in found]
    rows = [_row(asked, [o for o in outcomes if o.asked == asked]) for asked in SCORES]
    header = ("asked", "pictures with a choice", "mean score", "SD", "mean error", "worst",
              "quantizations (most)", "exact", "out of reach", "held by banding", "one step of K")  # fmt: skip
    note = (
        f"Format png, {len(pictures)} varied pictures of at most {PIXELS / 1e6:g} megapixels. Set apart: those whose "
        "colours are all kept, those that 256 colours do not bring to the score, those whose smooth areas need more "
        "colours than the score asks for, and those that one colour fewer leaves short of it."
    )
    return [Table("Auto-K: the asked score and the one delivered", header, rows, note)]


def measure_picture(picture: Picture) -> list[Outcome]:
    """Compress one picture for each asked score."""
    image = picture.open(PIXELS)
    upload, judge = png_bytes(image), Judge(image)
    return [_try(picture.name, upload, judge, asked) for asked in SCORES]


def _try(name: str, upload: bytes, judge: Judge, asked: float) -> Outcome:
    result, report = compress(upload, Options(quality=asked, format="png"))
    score = judge.score(Image.open(io.BytesIO(result)))
    return Outcome(name, asked, score, len(_palette_trials(report)), _kind(report, asked, score, upload))


def _kind(report: Report, asked: float, score: float, upload: bytes) -> str:
    """Tell whether K had a choice, and what else decided."""
    winner = next(candidate for candidate in report["contest"] if candidate["chosen"])
    if winner["lossless"] or (report["plan"]["distinct_colors"] is not None and score > 99.9):
        return "exact"
    colors, floor = winner["colors"], asked - SCORE_TOLERANCE
    if (colors == 256 and score < floor) or colors == 2:
        return "reach"
    if score <= asked + OVER:
        return "met"
    lower = {trial["setting"]: trial for trial in _palette_trials(report) if trial["setting"] <= colors}
    if colors - 1 not in lower:
        _, fewer = compress(upload, Options(colors=int(colors) - 1, format="png"))
        lower[colors - 1] = _palette_trials(fewer)[0]
    if any(trial["score"] >= asked + 1 and trial["banding"] < asked + OVER for trial in lower.values()):
        return "banding"
    return "step" if lower[colors - 1]["score"] < floor else "met"


def _palette_trials(report: Report) -> list[dict[str, Any]]:
    return [trial for trial in report["decision"]["trials"] if trial["kind"] == "palette"]


def _row(asked: float, outcomes: Sequence[Outcome]) -> list[str]:
    counts = [str(sum(o.kind == kind for o in outcomes)) for kind in ("exact", "reach", "banding", "step")]
    met = [o for o in outcomes if o.kind == "met"]
    if not met:
        return [f"{asked}", "0", *[NOTHING] * 5, *counts]
    scores = np.array([o.score for o in met])
    worst = max(met, key=lambda o: abs(o.score - asked))
    tries = [o.quantizations for o in met]
    return [
        f"{asked}", str(len(met)), f"{scores.mean():.1f}", f"{scores.std():.2f}", f"{abs(scores - asked).mean():.2f}",
        f"{worst.score - asked:+.1f} ({worst.name})", f"{np.mean(tries):.1f} ({max(tries)})", *counts,
    ]  # fmt: skip
