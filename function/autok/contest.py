"""The contest: which of the candidates is the result, and by which rule.

Candidates are compared at the same asked quality, or under the same asked size; the losers stay in the report with
what they weigh. The upload itself, losslessly rid of private data, takes part in every contest, so that the result is
never larger than what came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from autok.models import Candidate

SCORE_TOLERANCE: Final = 1.5
"""How far below the asked score a candidate may be: the error of scoring on parts of a picture."""

NEAR_MISS: Final = 12.0
"""How far below the asked score the best palette may be where nothing but a lossless file reaches it..."""

NEAR_MISS_SAVING: Final = 0.25
"""... if it is smaller than that lossless file by at least this share."""

Rule = Literal["smallest", "asked colors", "near miss", "best under size", "smallest found", "only one"]
"""What decided: the smallest that reaches the quality; the colours that were asked for; the palette that comes near;
the best under the asked size; the smallest there was, since none is under it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The winner's place among the candidates and the rule that made it win."""

    winner: int
    rule: Rule


def smallest_reaching(candidates: Sequence[Candidate], floor: float) -> Verdict:
    """Return the smallest candidate that reaches a score.

    Parameters
    ----------
    candidates : sequence of Candidate
        In the order in which ties are broken. Lossless ones reach every score. Ones without data (only predicted)
        cannot win.
    floor : float
        The asked score, [0, 100]; `SCORE_TOLERANCE` below it still counts.

    Returns
    -------
    Verdict
        Where only lossless candidates reach the score, a palette that comes near it (`NEAR_MISS`) and is much
        smaller (`NEAR_MISS_SAVING`) wins instead.
    """
    reaching = [i for i in _real(candidates) if reaches(candidates[i], floor)]
    if not reaching:
        return Verdict(_closest(candidates), "only one")
    winner = _smallest(candidates, reaching)
    near = [
        i
        for i in _real(candidates)
        if candidates[i].colors is not None
        and (candidates[i].score or 0.0) >= floor - NEAR_MISS
        and candidates[i].size <= (1.0 - NEAR_MISS_SAVING) * candidates[winner].size
    ]
    if all(candidates[i].lossless for i in reaching) and near:
        return Verdict(_smallest(candidates, near), "near miss")
    return Verdict(winner, "smallest")


def asked_colors(candidates: Sequence[Candidate], colors: int) -> Verdict:
    """Return the smallest candidate with the asked palette, unless the stripped upload is smaller still.

    Where the wanted format holds no palette and the upload cannot be kept, the best-looking of the others is returned.

    Parameters
    ----------
    candidates : sequence of Candidate
        In the order in which ties are broken; one at least has data.
    colors : int
        Colours that were asked for, 2 to 256.

    Returns
    -------
    Verdict
        By the rule "asked colors", "smallest" or "only one".
    """
    allowed = [
        i
        for i in _real(candidates)
        if candidates[i].colors == colors or (candidates[i].lossless and not candidates[i].quality)
    ]
    if not allowed:
        return Verdict(_closest(candidates), "only one")
    winner = _smallest(candidates, allowed)
    return Verdict(winner, "asked colors" if candidates[winner].colors == colors else "smallest")


def best_under(candidates: Sequence[Candidate], ceiling: int, floor: float) -> Verdict:
    """Return the best-looking candidate of at most `ceiling` bytes that reaches the score `floor` (0: any).

    Where none is that small, the quality wins: the smallest that reaches `floor`.

    Parameters
    ----------
    candidates : sequence of Candidate
        In the order in which ties are broken; one at least has data.
    ceiling : int
        Most bytes.
    floor : float
        Score on the SSIMULACRA2 scale, at most 100.

    Returns
    -------
    Verdict
        By the rule "best under size" or "smallest found".
    """
    real = _real(candidates)
    good = [i for i in real if floor <= 0 or reaches(candidates[i], floor)]
    under = [i for i in good if candidates[i].size <= ceiling]
    if under:
        return Verdict(min(under, key=lambda i: (-_quality(candidates[i]), candidates[i].size, i)), "best under size")
    return Verdict(_smallest(candidates, good or real), "smallest found")


def reaches(candidate: Candidate, floor: float) -> bool:
    """Return whether a candidate reaches a score.

    Parameters
    ----------
    candidate : Candidate
    floor : float
        Score on the SSIMULACRA2 scale, at most 100.

    Returns
    -------
    bool
        True for every lossless one, for others from `floor` less `SCORE_TOLERANCE` on.
    """
    return candidate.lossless or (candidate.score is not None and candidate.score >= floor - SCORE_TOLERANCE)


def _real(candidates: Sequence[Candidate]) -> list[int]:
    return [i for i, candidate in enumerate(candidates) if candidate.data is not None]


def _quality(candidate: Candidate) -> float:
    return 100.0 if candidate.lossless else (candidate.score if candidate.score is not None else -100.0)


def _smallest(candidates: Sequence[Candidate], among: Sequence[int]) -> int:
    return min(among, key=lambda i: (candidates[i].size, i))


def _closest(candidates: Sequence[Candidate]) -> int:
    return min(_real(candidates), key=lambda i: (-_quality(candidates[i]), candidates[i].size, i))
