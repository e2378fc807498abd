"""The plan: what to aim at, within which bounds, and where to start; made before any clustering, and pure.

Theory
------
How many colours does a picture need? The Shannon entropy of its grey levels says how many levels are in use, not how
near they lie to each other or whether the eye can tell them apart; its spatial variance says how much happens from
pixel to pixel, and so how well errors hide. Neither sees the colours themselves. What does is the distortion curve:
one variance cut of the colour histogram splits it into 2, 3, ... 256 boxes, each split leaving a known error behind,
so that one run gives, for every K at once, the error that K colours would leave.

`predict_scores` joins the three. What is missing to the top of the scale is a product of powers: it shrinks with the
error that is left and with K itself (the same error in more colours is finer grained), and grows with entropy and
activity (more levels and more detail to get wrong) and with the share of smooth pixels (where banding shows). The
exponents are least-squares fits, one over photos and one over graphics and screenshots, at K = 4 to 256; the K that
they lead to is off by half an octave or so, good enough to start from, never to decide by: the search closes the loop
on the score itself.

For the other way of making an image small, a lossy codec, the same quantities say what a palette costs there: photos
have few equal neighbours and few hard edges, which is what a palette's run lengths live on. `palette_pays` is the rule
that spares a palette's full encoding where it cannot win; the contest decides wherever it is not sure.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from autok.formats import WRITABLE, Format
from autok.models import Analysis, Goal, Plan
from autok.options import Options

TOP: Final = 104.0
"""What the predicted score tends to; a little above the scale's own end, which exact palettes do reach."""

FIT: Final = (2.261, 0.424, -0.250, 0.066, 0.035, 0.256)
"""Exponents of 1, error, K, entropy, activity and smooth share in what is missing to `TOP`: of photos..."""

GRAPHIC_FIT: Final = (-0.722, 0.601, -0.063, 0.149, 0.081, 1.498)
"""... and of pictures with `MIXED_FLAT` equal neighbours or more. The constant is above that of the fit, for a start a
quarter of an octave higher: scores fall steeply at small K, so that too small a K tells less than too large a one."""

GRAPHIC_FLAT: Final = 0.45
"""Share of pixels equal to their left neighbour from which a picture is surely a graphic."""

MIXED_FLAT: Final = 0.30
MIXED_EDGES: Final = 0.01
"""The same for a picture that may be one, if it also has this share of strong edges; below, it is a photo."""


LITTLE: Final = 1 << 13
"""Pixels up to which a palette is tried in any case: a codec's own tables weigh as much there as what they say, and one
more file takes no time. Of photos of 32 pixels a side 8 of 9 were smaller as palettes, of 64 pixels 2."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What of the upload, beside its pixels, the plan depends on."""

    size: int
    """Bytes."""
    format: Format
    able: tuple[Format, ...] = WRITABLE
    """Formats whose files can hold the picture's sides and its transparency."""


def plan(
    analysis: Analysis,
    distortion: Sequence[tuple[int, float]],
    options: Options,
    upload: Upload,
    scale: float = 1.0,
    among: Collection[str] = (),
) -> Plan:
    """Decide what the search drives at and where it starts.

    Parameters
    ----------
    analysis : Analysis
    distortion : sequence of (K, error)
        Root mean square error that the variance cut leaves with K colours, in the working space, by rising K.
    options : Options
    upload : Upload
    scale : float, optional
        Factor on both sides that was already applied, at most 1; the default is 1.
    among : collection of str, optional
        Formats that may win, of `WRITABLE`, instead of those that the options name; the default leaves it to these.

    Returns
    -------
    Plan
    """
    formats = allowed_formats(options.format, upload, among)
    curve = predict_scores(analysis, distortion)
    most = max(2, min(256, analysis.exact_colors or 256))
    least = min(most, max(2, len(options.pin)))
    colors = options.colors or _first_colors(curve, options.target_score or 70.0, least, most)
    lossy = set(formats) - {"png"}
    palette_full = bool({"png", "webp"} & set(formats)) and (
        options.colors is not None or not lossy or palette_pays(analysis)
    )
    goal: Goal = "colors" if options.colors else "bytes" if options.target else "score"
    return Plan(
        goal=goal,
        target_score=options.target_score,
        # A saving close to 100 % leaves no byte of a small file, and sizes are compared by their logarithms.
        target_bytes=max(1, options.target.bytes_for(upload.size)) if options.target else None,
        colors=colors,
        min_colors=least,
        max_colors=most,
        jpeg_quality=_first_quality(options.target_score or 70.0),
        formats=formats,
        palette_full=palette_full,
        dither=0.0,
        scale=scale,
        predicted_score=_at(curve, colors),
        curve=curve,
    )


def predict_scores(analysis: Analysis, distortion: Sequence[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """Predict the score that K colours would give, for each K of the distortion curve, by rising K.

    Returns
    -------
    tuple of (K, score)
        Never falling with K, at most 100.
    """
    fit = GRAPHIC_FIT if analysis.flat_share >= MIXED_FLAT else FIT
    base, by_error, by_colors, by_entropy, by_activity, by_smoothness = fit
    fixed = (
        base
        + by_entropy * analysis.entropy_bits
        + by_activity * math.log(analysis.mean_activity + 0.5)
        + by_smoothness * analysis.smooth_share
    )
    scores: list[tuple[int, float]] = []
    best = -math.inf
    for count, error in distortion:
        missing = fixed + by_error * math.log(100.0 * error + 0.02) + by_colors * math.log(count)
        score = TOP - math.exp(missing)
        # The fit may fall a little from one K to the next; the solver needs a curve that never does.
        best = max(best, min(100.0, score))
        scores.append((count, best))
    return tuple(scores)


def allowed_formats(asked: str, upload: Upload, among: Collection[str] = ()) -> tuple[Format, ...]:
    """Return the formats that may win, in the order in which ties are broken.

    ``among``, where it is not empty, stands for the option ``asked``. Where none of them can hold the picture they
    stay, and whoever writes them says why not.
    """
    choices: dict[str, tuple[Format, ...]] = {
        "auto": ("png", "jpeg"),
        "any": WRITABLE,
        "keep": (upload.format if upload.format in WRITABLE else "png",),
    }
    named = choices[asked] if asked in choices else tuple(f for f in WRITABLE if f == asked)
    formats = tuple(f for f in WRITABLE if f in among) if among else named
    return tuple(f for f in formats if f in upload.able) or formats


def palette_pays(analysis: Analysis) -> bool:
    """Return whether a palette could beat a lossy codec on a picture like this."""
    graphic = analysis.flat_share >= GRAPHIC_FLAT and not analysis.continuous_tone
    mixed = analysis.flat_share >= MIXED_FLAT and analysis.edge_share >= MIXED_EDGES
    little = analysis.histogram.counts.sum() <= LITTLE
    return analysis.exact_colors is not None or bool(graphic or mixed or little)


def _first_colors(curve: Sequence[tuple[int, float]], target: float, least: int, most: int) -> int:
    reaching = (count for count, score in curve if score >= target)
    return min(max(next(reaching, most), least), most)


def _first_quality(target: float) -> int:
    """Return the JPEG quality that gives a score on the average photo: a straight line fits within 6 points."""
    return min(97, max(10, round(0.95 * target + 8)))


def _at(curve: Sequence[tuple[int, float]], colors: int) -> float:
    return next((score for count, score in curve if count >= colors), curve[-1][1] if curve else 100.0)
