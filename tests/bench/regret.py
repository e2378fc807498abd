"""What the choice of the format costs: the default's bytes over the best of trying everything in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from autok.contest import SCORE_TOLERANCE
from autok.options import Options
from autok.pipeline import compress
from bench.pictures import PIXELS, Picture, find_pictures
from bench.pool import spread
from bench.tables import Table

FORMATS: Final = ("png", "jpeg")


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return the bytes lost, by set."""
    rows = []
    pictures = [p for p in find_pictures(folder, each or 8, ("photos", "graphics", "alpha")) if p.group != "alpha"]
    found = spread(measure_picture, pictures)
    for group in ("photos", "graphics"):
        chosen = [outcome for outcome in found if outcome[0] == group]
        if not chosen:
            continue
        ours, best = (np.array([outcome[i] for outcome in chosen], dtype=np.float64) for i in (2, 3))
        worst = int(np.argmax(ours / best))
        losses = [f"{ours.sum() / best.sum() - 1:.2%}", f"{(ours / best).mean() - 1:.2%}"]
        most = f"{ours[worst] / best[worst] - 1:.1%} ({chosen[worst][1]})"
        rows.append([group, str(len(chosen)), *losses, most, str(int((ours > best * 1.001).sum()))])
    header = ("set", "pictures", "bytes lost", "mean loss", "most", "pictures with a loss")
    note = (
        "Format auto at balanced quality over the smallest file that png or jpeg, each asked for, brings to the score; "
        "pictures with alpha have no choice and are left out."
    )
    return [Table("Regret of the format", header, rows, note)]


def measure_picture(picture: Picture) -> tuple[str, str, int, int]:
    """Return set and name, the default's bytes, and those of the best."""
    upload = picture.upload(PIXELS)
    result, report = compress(upload)
    floor = report["plan"]["target_score"] - SCORE_TOLERANCE
    sizes = [size for kind in FORMATS for size in _reaching(compress(upload, Options(format=kind))[1], floor)]
    return picture.group, picture.name, len(result), min([len(result), *sizes])


def _reaching(report: Any, floor: float) -> list[int]:
    return [
        candidate["bytes"]
        for candidate in report["contest"]
        if not candidate["predicted"] and (candidate["lossless"] or (candidate["score"] or 0.0) >= floor)
    ]
