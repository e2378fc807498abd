"""What the defaults save, by set: whole files as they are, their dimensions unchanged."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Final

from autok.errors import AutokError
from autok.pipeline import compress
from bench.pictures import PIXELS, UPLOAD_QUALITY, Picture, find_pictures
from bench.pool import spread
from bench.tables import Table

GROUPS: Final = {"photos": "photos", "graphics": "graphics and pictures with alpha"}


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return median and quartiles of the saving by set."""
    rows = []
    for group, title in GROUPS.items():
        pictures = find_pictures(folder, each or 24, (group,))
        camera = [p for p in pictures if p.path is not None and p.path.suffix.lower() in (".jpg", ".jpeg")]
        others = [p for p in pictures if p not in camera]
        for name, chosen in ((f"{title}, JPEG files", camera), (f"{title}, PNG files", others)):
            if chosen:
                rows.append(_row(name, spread(measure_picture, chosen)))
        if group == "photos":
            small = f"{title} as JPEG of quality {UPLOAD_QUALITY}, {PIXELS / 1e6:g} megapixels"
            rows.append(_row(small, spread(measure_small, pictures)))
    header = ("set", "files", "median saved", "least", "most", "median score", "as JPEG", "as PNG", "kept", "refused")
    note = "Balanced quality, format auto; each file as its owner has it, dimensions unchanged."
    return [Table("Saving under the defaults", header, rows, note)]


Outcome = tuple[float, float, str, bool]
"""Share saved, score, format, and whether the original was kept."""


def measure_picture(picture: Picture) -> Outcome | None:
    """Compress one file; None where it is refused."""
    return _outcome(picture.upload())


def measure_small(picture: Picture) -> Outcome | None:
    """Compress one photo as somebody would upload it after shrinking."""
    return _outcome(picture.upload(PIXELS))


def _outcome(data: bytes) -> Outcome | None:
    try:
        _, report = compress(data)
    except AutokError:
        return None
    output, winner = report["output"], next(c for c in report["contest"] if c["chosen"])
    score = winner["score"] if winner["score"] is not None else 100.0
    return output["saved"], score, output["format"], winner["encoder"].startswith("original")


def _row(name: str, outcomes: list[Outcome | None]) -> list[str]:
    done = [outcome for outcome in outcomes if outcome is not None]
    saved = [outcome[0] for outcome in done]
    kept = sum(outcome[3] for outcome in done)
    formats = [sum(outcome[2] == kind and not outcome[3] for outcome in done) for kind in ("jpeg", "png")]
    return [
        name, str(len(outcomes)), f"{statistics.median(saved):.0%}", f"{min(saved):.0%}", f"{max(saved):.0%}",
        f"{statistics.median(outcome[1] for outcome in done):.0f}", *map(str, formats), str(kept),
        str(len(outcomes) - len(done)),
    ]  # fmt: skip
