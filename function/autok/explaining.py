"""Why this K, and why this file: one sentence made of the numbers that decided."""

from __future__ import annotations

from collections.abc import Sequence

from autok.contest import SCORE_TOLERANCE, Verdict
from autok.formats import FORMATS
from autok.models import Analysis, Candidate, Plan, Trial
from autok.units import format_bytes


def explain(
    plan: Plan, analysis: Analysis, trials: Sequence[Trial], candidates: Sequence[Candidate], verdict: Verdict
) -> str:
    """Return the sentence of the report.

    Parameters
    ----------
    plan : Plan
    analysis : Analysis
    trials : sequence of Trial
        All that the search tried.
    candidates : sequence of Candidate
    verdict : Verdict

    Returns
    -------
    str
        Why this many colours, and why this candidate won, each with its numbers.
    """
    winner = candidates[verdict.winner]
    return f"{_colors(plan, analysis, trials, candidates)} {_victory(plan, candidates, winner, verdict)}"


def _colors(plan: Plan, analysis: Analysis, trials: Sequence[Trial], candidates: Sequence[Candidate]) -> str:
    tried = sorted({(int(t.setting), t.score) for t in trials if t.kind == "palette" and t.score is not None})
    banded = any(t.banding < min(plan.target_score - SCORE_TOLERANCE, t.score or 0.0) for t in trials)
    measured = f"grey entropy {analysis.entropy_bits:.1f} bits, spatial variance {analysis.spatial_variance:.0f}"
    palettes = [c for c in candidates if c.colors is not None]
    chosen = min(palettes, key=lambda c: (c.data is None, c.size)) if palettes else None
    colors = chosen.colors if chosen and chosen.colors else plan.colors
    if plan.goal == "colors":
        score = next((s for k, s in tried if k == colors), None)
        return f"{_k(colors)}, as asked{'' if score is None else f', score {score:.1f}'} ({measured})."
    if chosen and chosen.lossless:
        return f"{_k(colors)}, because the picture has no more: nothing is lost ({measured})."
    if not tried:
        return (
            f"A palette of {_k(colors)} is predicted to score about {plan.predicted_score:.0f}, from {measured} and "
            f"the distortion curve."
        )
    score = dict(tried).get(colors)
    below = [f"{k} scored {s:.1f}" for k, s in tried if k < colors][-1:]
    said = [*below, f"{len(tried)} tried"]
    scored = f"{_k(colors)} score {score:.1f} ({', '.join(said)})" if score is not None else _k(colors)
    if plan.goal == "bytes" or score is None:
        return f"{scored}; {measured}."
    if score < plan.target_score - SCORE_TOLERANCE:
        return f"{scored} and come nearest to the asked {plan.target_score:.0f}; {measured}."
    bands = ", fewer would show bands in smooth areas" if banded else ""
    return f"{scored} and reach the asked {plan.target_score:.0f}{bands}; {measured}."


def _victory(plan: Plan, candidates: Sequence[Candidate], winner: Candidate, verdict: Verdict) -> str:
    others = [c for c in candidates if (c.format, c.lossless) != (winner.format, winner.lossless)]
    rival = min(others, key=lambda c: c.size, default=None)
    against = "" if rival is None else f", against {_weight(rival)}"
    kind = _kind(winner)
    if verdict.rule == "near miss":
        return (
            f"{kind} wins with {format_bytes(winner.size)}: at score {winner.score:.1f} it misses the asked "
            f"{plan.target_score:.0f}, but nothing short of a lossless file reaches that{against}."
        )
    if verdict.rule == "smallest found":
        assert plan.target_bytes is not None
        return (
            f"The asked {format_bytes(plan.target_bytes)} could not be reached: "
            f"the smallest found is {kind} with {format_bytes(winner.size)}{_floor(plan)}."
        )
    if verdict.rule == "best under size":
        assert plan.target_bytes is not None
        return (
            f"{kind} looks best under the asked {format_bytes(plan.target_bytes)}: "
            f"{format_bytes(winner.size)}{_score(winner)}{against}."
        )
    return f"{kind} wins with {format_bytes(winner.size)}{_score(winner)}{against}."


def _kind(candidate: Candidate) -> str:
    name = FORMATS[candidate.format].label
    if candidate.encoder.startswith("original"):
        return f"The upload itself ({name}, private data removed)"
    if candidate.colors is not None:
        return f"The palette {name}"
    return f"{name} at quality {round(candidate.quality, 1):g}" if candidate.quality is not None else f"Lossless {name}"


def _weight(candidate: Candidate) -> str:
    about = "about " if candidate.data is None else ""
    if candidate.encoder.startswith("original"):
        return f"{format_bytes(candidate.size)} for the upload"
    name = FORMATS[candidate.format].label
    palette = "a palette " if candidate.colors is not None else ""
    return f"{about}{format_bytes(candidate.size)} as {palette}{name}"


def _score(candidate: Candidate) -> str:
    if candidate.lossless:
        return ", without any loss"
    return "" if candidate.score is None else f" at score {candidate.score:.1f}"


def _floor(plan: Plan) -> str:
    return f", because the asked quality of {plan.target_score:.0f} comes first" if plan.target_score > 0 else ""


def _k(colors: int) -> str:
    return "1 colour" if colors == 1 else f"{colors} colours"
