"""Which candidate wins, by which rule."""

from __future__ import annotations

from typing import Any

from autok.contest import asked_colors, best_under, smallest_reaching
from autok.models import Candidate


def candidate(size: int, score: float | None, **more: Any) -> Candidate:
    """Return a candidate of a size and a score; `data` is there unless it is given as None."""
    values: dict[str, Any] = {"format": "png", "encoder": "test", "data": b"x", "size": size, "score": score}
    return Candidate(**(values | more))


ORIGINAL = candidate(1000, None, encoder="original", lossless=True)


def test_the_smallest_that_reaches_the_quality_wins() -> None:
    """A smaller file below the asked score loses to a larger one that reaches it."""
    verdict = smallest_reaching([candidate(300, 71.0), candidate(100, 50.0, format="jpeg"), ORIGINAL], 70.0)
    assert (verdict.winner, verdict.rule) == (0, "smallest")


def test_the_original_wins_where_nothing_is_smaller() -> None:
    """The result is never larger than the upload."""
    verdict = smallest_reaching([candidate(1300, 75.0), ORIGINAL], 70.0)
    assert verdict.winner == 1


def test_a_predicted_candidate_cannot_win() -> None:
    """A size that was only predicted is shown, and never chosen."""
    verdict = smallest_reaching([candidate(10, 90.0, data=None), ORIGINAL], 70.0)
    assert verdict.winner == 1


def test_a_palette_that_comes_near_beats_a_heavy_lossless_file() -> None:
    """Where only the lossless upload reaches the score, a much smaller palette close to it is taken and named so."""
    verdict = smallest_reaching([candidate(400, 64.0, colors=256), ORIGINAL], 70.0)
    assert (verdict.winner, verdict.rule) == (0, "near miss")
    assert smallest_reaching([candidate(400, 40.0, colors=256), ORIGINAL], 70.0).winner == 1
    assert smallest_reaching([candidate(900, 64.0, colors=256), ORIGINAL], 70.0).winner == 1


def test_ties_go_to_the_first() -> None:
    """Equal sizes are decided by the order of the candidates."""
    assert smallest_reaching([candidate(300, 71.0), candidate(300, 90.0)], 70.0).winner == 0


def test_an_asked_palette_wins_over_smaller_ones_without_it() -> None:
    """With a number of colours asked for, a plain JPEG loses however small, and the upload wins only where smaller."""
    palette, jpeg = candidate(300, 40.0, colors=16), candidate(50, 70.0, format="jpeg", quality=80.0)
    assert asked_colors([jpeg, palette, ORIGINAL], 16).winner == 1
    verdict = asked_colors([jpeg, candidate(2000, 40.0, colors=16), ORIGINAL], 16)
    assert (verdict.winner, verdict.rule) == (2, "smallest")


def test_under_a_size_the_best_looking_wins() -> None:
    """Under a ceiling the highest score wins, and a lossless file that fits is the best of all."""
    small, large = candidate(300, 60.0), candidate(450, 72.0)
    assert best_under([small, large, ORIGINAL], 500, 0.0).winner == 1
    assert best_under([small, large, ORIGINAL], 1000, 0.0).winner == 2


def test_an_unreachable_size_gives_the_smallest_that_reaches_the_quality() -> None:
    """Where nothing fits, the quality asked for is kept and the smallest with it is given."""
    verdict = best_under([candidate(300, 60.0), candidate(450, 72.0), ORIGINAL], 100, 70.0)
    assert (verdict.winner, verdict.rule) == (1, "smallest found")
    assert best_under([candidate(300, 60.0), candidate(450, 72.0), ORIGINAL], 100, 0.0).winner == 0
