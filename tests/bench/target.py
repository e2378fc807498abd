"""Asked sizes: whether they are kept to, how much of them is used, and how many full encodes that takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

import numpy as np

from autok.options import Options
from autok.pipeline import compress
from autok.pipeline.fitting import EVEN, FINER, OCTAVE, Press
from autok.pipeline.lossy import encode_lossy
from bench.judging import NOTHING
from bench.pictures import PIXELS, Picture, find_pictures
from bench.pool import spread
from bench.tables import Table

TARGETS: Final = ("60%", "30%", "10%", "30kB", "15kB")
FINEST: Final = 2.0 ** ((EVEN - FINER[-1]) / OCTAVE)
"""The least factor on the rate weight of a palette."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one target."""

    target: str
    name: str
    share: float
    """Bytes over those allowed."""
    encodes: int
    driven: bool
    """Whether the size had to be searched for: neither a lossless file met it, nor did a setting at its end."""


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return hits by target."""
    found = [one for outcomes in spread(measure_picture, find_pictures(folder, each or 6)) for one in outcomes]
    rows = []
    for target in TARGETS:
        those = [outcome for outcome in found if outcome.target == target]
        driven = [outcome for outcome in those if outcome.driven]
        over = sum(outcome.share > 1 for outcome in driven)
        beyond = sum(outcome.share > 1 and not outcome.driven for outcome in those)
        cells = [NOTHING] * 4
        if driven:
            shares, encodes = [o.share for o in driven], [o.encodes for o in driven]
            least = min(driven, key=lambda o: o.share)
            cells = [
                f"{np.mean(shares):.1%}",
                f"{least.share:.1%} ({least.name})",
                f"{np.mean([share >= 0.98 for share in shares]):.0%}",
                f"{np.mean(encodes):.1f} ({max(encodes)})",
            ]
        rows.append([target, str(len(those)), str(len(driven)), str(over), *cells, str(beyond)])
    header = ("target", "pictures", "searched", "over it", "share used", "least", "98 % or more",
              "full encodes (most)", "out of reach")  # fmt: skip
    note = (
        "Photos as JPEG of quality 92, graphics as PNG. Searched are those that no lossless file met already and "
        "whose settings were not at their end; out of reach is what the lowest setting does not bring below the target."
    )
    return [Table("Asked sizes", header, rows, note)]


def measure_picture(picture: Picture) -> list[Outcome]:
    """Compress one picture to each target."""
    upload = picture.upload(PIXELS)
    return [_try(picture.name, upload, target) for target in TARGETS]


def _try(name: str, upload: bytes, target: str) -> Outcome:
    options = Options.parse({"target": target})
    assert options.target is not None
    with (
        mock.patch("autok.pipeline.fitting.encode_lossy", wraps=encode_lossy) as lossy,
        mock.patch.object(Press, "write", autospec=True, side_effect=Press.write) as palette,
    ):
        result, report = compress(upload, options)
    share = len(result) / options.target.bytes_for(len(upload))
    winner = next(candidate for candidate in report["contest"] if candidate["chosen"])
    return Outcome(target, name, share, lossy.call_count + palette.call_count, _driven(winner, report, share))


def _driven(winner: dict[str, Any], report: Any, share: float) -> bool:
    if winner["lossless"]:
        return False
    if winner["quality"] is not None:
        return bool(5 < winner["quality"] < 98)
    most = min(256, report["plan"]["distinct_colors"] or 256)
    tried = [trial for trial in report["decision"]["trials"] if trial["kind"] == "palette"]
    # Entries that round to the same bytes are one: K itself, not what is left of it, tells the end.
    ends = [t for t in tried if t["setting"] == most and t["rate"] <= 1.01 * tried[0]["rate"] * FINEST]
    return share > 1 or not any(trial["bytes"] == report["output"]["bytes"] for trial in ends)
