"""As near below a size as a format comes: full encodes, each setting driven by the sizes that came out before.

An encoder's quality is a fine screw by itself. The number of colours is a coarse one: from 3 colours to 4 a file
grows by a third. So where two or three K have closed in on the size, the nearest of them is kept and the rate weight
of its mapping turned, which trades neighbours' colours for bytes without a step; how far is foretold on the sample. So
it is where even the most colours leave bytes unused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.encoding import ENCODERS, encode_png, png_encoder_name
from autok.formats import Format
from autok.mapping import rate_weight
from autok.models import Candidate, IndexedImage, Metadata, Palette, Trial
from autok.pipeline.lossy import QualityChoice, encode_lossy, try_quality
from autok.pipeline.palettes import count_shares, draw, is_exact, learn, score_closely
from autok.pipeline.scene import Scene
from autok.search import Goal, best_setting, next_setting

FULL_ENCODES: Final = 4
"""Full encodes of one search, and no more where one of them keeps to the size."""

MORE_ENCODES: Final = 8
"""The same of palettes up to `SMALL_PIXELS`: there an encode takes next to no time, and sizes jump."""

SMALL_PIXELS: Final = 1 << 17

COARSE_ENCODES: Final = 2
"""How many of them may go to numbers of colours before the rate weight is turned."""

REACH: Final = 0.985
"""Share of the asked size that a file should use at least."""

EVEN: Final = 240
"""The turn of the rate weight's screw at which it is what the picture would get anyway..."""

OCTAVE: Final = 48
"""... and by how many turns it halves."""

COARSER: Final = (48, 144, EVEN)
FINER: Final = (EVEN, 384)
"""What is tried on the sample: 16 and 4 times the weight for fewer bytes, an eighth of it for more."""

SLIGHT: Final = 0.003
"""Rate weight from which the screw turns where a picture would get none..."""

STRETCH: Final = 2
"""... by how many times as many octaves."""

LOOKS: Final = 2
"""Most looks at the sample before a turn is written in full."""

Point = tuple[int, float]
"""A setting and the logarithm of the size that it gave."""


@dataclass(frozen=True)
class Fitted:
    """The file that comes nearest to a size, and what was written on the way."""

    candidate: Candidate
    trials: tuple[Trial, ...]
    palette: Palette | None = None


def fit_quality(scene: Scene, kind: Format, foretold: Sequence[Trial], limit: int) -> Fitted:
    """Write the picture at the highest quality whose file keeps to `limit` bytes.

    Parameters
    ----------
    scene : Scene
    kind : Format
        A format of `ENCODERS`.
    foretold : sequence of Trial
        Qualities tried on the sample, with sizes.
    limit : int
        Bytes.
    """
    encoder = ENCODERS[kind]
    steps = encoder.steps(scene.source.pixel_count)
    low, high = encoder.quality_range
    written: dict[int, Candidate] = {}

    def write(setting: int) -> int:
        written[setting] = encode_lossy(scene, QualityChoice(kind, setting / steps, None, ()))
        return written[setting].size

    goal = _goal(limit, low * steps, high * steps, FULL_ENCODES, firm=True)
    prior = _rising([(steps * trial.setting, math.log(size_of(trial))) for trial in foretold])
    best = best_setting(_drive(write, prior, goal), goal)
    score = try_quality(scene, kind, best / steps).score
    trials = [Trial(kind, x / steps, score if x == best else None, c.size) for x, c in written.items()]
    return Fitted(replace(written[best], score=score), tuple(trials))


def fit_palette(scene: Scene, foretold: Sequence[Trial], limit: int) -> Fitted:
    """Write the picture in as many colours as keep to `limit` bytes, and the rest by the rate weight of the mapping.

    Parameters
    ----------
    scene : Scene
    foretold : sequence of Trial
        Numbers of colours tried on the sample, with sizes.
    limit : int
        Bytes.
    """
    press = Press(scene)
    most = scene.plan.max_colors
    prior = _rising([(trial.setting, math.log(size_of(trial))) for trial in foretold])
    points: list[Point] = []
    for encodes in range(COARSE_ENCODES, press.room + 1):
        goal = _goal(limit, 2, most, encodes)
        points = _drive(press.write, prior, goal, points)
        met = any(goal.low <= size <= goal.high for _, size in points)
        full = any(colors == most and size < goal.low for colors, size in points)
        # Without a rate weight, or without a pixel that has to change, there is no screw.
        settled = full and (rate_weight(scene.analysis) == 0.0 or is_exact(scene, most))
        if met or settled or press.room <= 0 or _turn(press, points, limit):
            break
        if full:
            # The size is out of reach: all that the rate weight had saved is given back for quality.
            press.write(most, FINER[-1])
            break
    if press.least > limit:
        _drive(press.write, prior, _goal(limit, 2, most, len(points), firm=True), points)
    return press.best(limit)


class Press:
    """Writes palettes and remembers them, each by its number of colours and the turn of its screw."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._palettes: dict[int, NDArray[np.uint8]] = {}
        self._written: dict[tuple[int, int], tuple[IndexedImage, bytes]] = {}
        self._foretold: dict[tuple[int, int], int] = {}

    @property
    def room(self) -> int:
        """Full encodes that are left."""
        small = self.scene.source.pixel_count <= SMALL_PIXELS
        return (MORE_ENCODES if small else FULL_ENCODES) - len(self._written)

    @property
    def least(self) -> int:
        """Bytes of the smallest file that was written."""
        return min(len(data) for _, data in self._written.values())

    def write(self, colors: int, turn: int = EVEN) -> int:
        """Write the whole picture and return its bytes."""
        indexed = draw(self.scene, self.scene.source, self._learn(colors), self._rate(turn))
        data = encode_png(indexed, self.scene.source.metadata)
        self._written[colors, turn] = indexed, data
        return len(data)

    def foretell(self, colors: int, turn: int) -> int:
        """Write the sample and return the bytes that the whole is expected to have, up to a factor."""
        if (colors, turn) not in self._foretold:
            indexed = draw(self.scene, self.scene.sample, self._learn(colors), self._rate(turn))
            self._foretold[colors, turn] = len(encode_png(indexed, Metadata(), effort=1))
        return self._foretold[colors, turn]

    def best(self, limit: int) -> Fitted:
        """Return the largest file up to `limit` bytes that no finer one undercuts, else the smallest, scored."""
        sizes = {key: len(data) for key, (_, data) in self._written.items()}
        under = [key for key, size in sizes.items() if size <= limit]
        # Fewer repeats may deflate better: as many colours at a lower weight look better, whatever they weigh.
        finest = [one for one in under if not any(_is_finer(other, one) for other in under)]
        best = max(finest, key=lambda key: sizes[key]) if finest else min(sizes, key=lambda key: sizes[key])
        indexed, data = self._written[best]
        colors = len(indexed.palette)
        exact = is_exact(self.scene, colors)
        score = 100.0 if exact else score_closely(self.scene, indexed)
        name = f"palette + {png_encoder_name(self.scene.source.pixel_count)}"
        candidate = Candidate("png", name, data, len(data), score, lossless=exact, colors=colors)
        return Fitted(candidate, self._trials(best, score), Palette(indexed.palette, count_shares(indexed)))

    def _trials(self, best: tuple[int, int], score: float) -> tuple[Trial, ...]:
        return tuple(
            Trial("palette", key[0], score if key == best else None, len(data), self._rate(key[1]))
            for key, (_, data) in self._written.items()
        )

    def _rate(self, turn: int) -> float:
        """Return the rate weight at a turn of the screw."""
        usual = rate_weight(self.scene.analysis)
        if usual == 0.0:
            return SLIGHT * _thrift(turn) ** STRETCH if turn < EVEN else 0.0
        return usual * _thrift(turn)

    def _learn(self, colors: int) -> NDArray[np.uint8]:
        if colors not in self._palettes:
            self._palettes[colors] = learn(self.scene, colors)
        return self._palettes[colors]


def _is_finer(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether a palette has at least as many colours, mapped at no more of a rate weight."""
    return one != other and one[0] >= other[0] and one[1] >= other[1]


def _turn(press: Press, points: Sequence[Point], limit: int) -> bool:
    """Turn the rate weight of the tried palettes, the nearest first, until the size is met; tell whether any turns."""
    turned = False
    for colors, size in sorted(points, key=lambda point: abs(point[1] - math.log(limit))):
        turns = COARSER if size > math.log(limit) else FINER
        goal = _goal(limit, turns[0], turns[-1], press.room + 1, firm=True)
        foretold = {turn: math.log(press.foretell(colors, turn)) for turn in turns}
        # The sample foretells a size up to a factor, which the file that is written already gives away.
        shift = size - foretold[EVEN]
        if not foretold[turns[0]] + shift <= goal.aim <= foretold[turns[-1]] + shift:
            continue
        turned = True
        known = [(EVEN, size)]
        while (turn := _foretell_turn(press, colors, foretold, known, goal)) is not None:
            known.append((turn, math.log(press.write(colors, turn))))
        if press.room <= 0 or any(goal.low <= y <= goal.high for _, y in known):
            break
    return turned


def _foretell_turn(
    press: Press, colors: int, foretold: dict[int, float], known: Sequence[Point], goal: Goal
) -> int | None:
    """Return the next turn, after trying on the sample what seemed to be it."""
    for _ in range(LOOKS):
        turn = next_setting(_rising(list(foretold.items())), known, goal)
        if turn is None or turn in foretold:
            return turn
        foretold[turn] = math.log(press.foretell(colors, turn))
    return next_setting(_rising(list(foretold.items())), known, goal)


def _drive(
    write: Callable[[int], int], prior: Sequence[tuple[float, float]], goal: Goal, known: Sequence[Point] = ()
) -> list[Point]:
    """Write one setting after another until one is within the goal; return all that are known then."""
    points = list(known)
    while (setting := next_setting(prior, points, goal)) is not None:
        points.append((setting, math.log(write(setting))))
    return points


def _goal(limit: int, first: int, last: int, trials: int, *, firm: bool = False) -> Goal:
    low, high = math.log(limit * REACH), math.log(limit)
    return Goal(low, high, first=first, last=last, limit=trials, ceiling=True, firm=firm)


def _thrift(turn: int) -> float:
    return float(2.0 ** ((EVEN - turn) / OCTAVE))


def _rising(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points with settings that rise and sizes that never fall."""
    result: list[tuple[float, float]] = []
    for x, y in sorted(points):
        if not result or x > result[-1][0]:
            result.append((x, max(y, result[-1][1]) if result else y))
    # The solver needs a line: a single point gets a neighbour that hardly rises.
    return result if len(result) > 1 else [*result, (result[0][0] + 1, result[0][1] + 1e-3)]


def size_of(trial: Trial) -> int:
    """Return the bytes of a trial that was weighed, at least 1."""
    assert trial.size is not None
    return max(1, trial.size)
