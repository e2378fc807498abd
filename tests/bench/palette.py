"""Palette pictures against everybody else's: bytes at equal score, and score at equal K, through the same oxipng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.encoding import optimize_png
from bench.judging import NOTHING, Judge, cell, geometric_mean, sizes_at
from bench.pictures import PIXELS, Picture, find_pictures, png_bytes
from bench.pool import spread
from bench.quantizers import NEAREST, OURS, PNGQUANT, PNGQUANT_NOFS, contenders, describe_peers
from bench.tables import Table

COLORS: Final = (8, 16, 32, 64, 128, 256)
SCORES: Final = {"photos": (50, 60, 70, 75), "graphics": (60, 70, 80, 90), "alpha": (60, 70, 80, 90)}
"""Where sizes are compared: few colours bring a graphic to a score that 256 bring a photo to."""
OXIPNG: Final = 2
GROUPS: Final = {"photos": "photos", "graphics": "graphics", "alpha": "pictures with alpha"}

Points = Mapping[str, Sequence[tuple[float, float]]]
"""By contender, (score, bytes) by rising K."""


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return two tables for each set of pictures."""
    tables = []
    for group, title in GROUPS.items():
        pictures = find_pictures(folder, each or 6, (group, "alpha") if group == "graphics" else (group,))
        pictures = [picture for picture in pictures if picture.group == group]
        measured: list[Points] = spread(measure_picture, pictures)
        if measured:
            names = [picture.name for picture in pictures]
            tables += [_sizes(title, SCORES[group], names, measured), _scores(title, names, measured)]
    return tables


def measure_picture(picture: Picture) -> dict[str, list[tuple[float, float]]]:
    """Reduce one picture in every way to every K; return score and bytes of each."""
    image = picture.open(PIXELS)
    judge = Judge(image)
    points: dict[str, list[tuple[float, float]]] = {}
    for name, reduce in contenders(image).items():
        points[name] = []
        for colors in COLORS:
            reduced = reduce(colors)
            data = optimize_png(png_bytes(reduced), effort=OXIPNG)
            points[name].append((judge.score(reduced), len(data)))
    return points


def _sizes(title: str, scores: Sequence[float], names: Sequence[str], measured: Sequence[Points]) -> Table:
    """Return bytes over the better of pngquant's ways, at equal score."""
    baseline = _baseline(scores, measured)
    rows = []
    for name in measured[0]:
        ratios = np.array([sizes_at(scores, points[name]) for points in measured]) / baseline
        counts = (~np.isnan(ratios)).sum(axis=0)
        cells = [f"{cell(geometric_mean(ratios[:, i]))} ({counts[i]})" for i in range(len(scores))]
        rows.append([name, *cells, _worst(ratios, names)])
    rival = "the better of pngquant's two ways" if PNGQUANT in measured[0] else "Auto-K, as pngquant is not there"
    note = f"Bytes over {rival} for each picture, {len(measured)} {title}, geometric mean (pictures that both reach)."
    header = ("palette by", *(f"at {score:g}" for score in scores), "worst")
    return Table(f"Size at equal SSIMULACRA2, {title}", header, rows, f"{note} {describe_peers()}")


def _worst(ratios: NDArray[np.float64], names: Sequence[str]) -> str:
    if np.isnan(ratios).all():
        return NOTHING
    at = int(np.nanargmax(ratios)) // ratios.shape[1]
    return f"{np.nanmax(ratios):.2f} ({names[at]})"


def _baseline(scores: Sequence[float], measured: Sequence[Points]) -> NDArray[np.float64]:
    rivals = [name for name in (PNGQUANT, PNGQUANT_NOFS) if name in measured[0]] or [OURS]
    sizes = np.array([[sizes_at(scores, points[name]) for name in rivals] for points in measured])
    return np.asarray(
        np.where(np.isnan(sizes).all(axis=1), np.nan, np.nanmin(np.nan_to_num(sizes, nan=np.inf), axis=1))
    )


def _scores(title: str, names: Sequence[str], measured: Sequence[Points]) -> Table:
    """Return the mean score at each K, and how the nearest colours stand against pngquant's."""
    values = {name: np.array([[s for s, _ in points[name]] for points in measured]) for name in measured[0]}
    rows = [[name, *(cell(float(v), ".1f") for v in array.mean(axis=0))] for name, array in values.items()]
    if PNGQUANT_NOFS in values:
        gain = values[NEAREST] - values[PNGQUANT_NOFS]
        rows.append([f"{NEAREST}: gain over {PNGQUANT_NOFS}", *(f"{v:+.1f}" for v in gain.mean(axis=0))])
        least = [f"{gain[i, k]:+.1f} ({names[i]})" for k, i in enumerate(gain.argmin(axis=0))]
        rows.append(["least of these gains", *least])
        rows.append(["share of pictures with a gain", *(f"{v:.0%}" for v in (gain >= 0).mean(axis=0))])
    header = ("palette by", *(f"K = {colors}" for colors in COLORS))
    return Table(f"SSIMULACRA2 at equal K, {title}", header, rows, "Mean over the pictures, of all pixels.")
