"""Savings and progress as the command lines print them."""

from __future__ import annotations

import pytest

from autok.cli.figures import draw_bar, say, show_saving


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(1000, 290, "71.0% smaller"), (1000, 1000, "0.0% smaller"), (0, 0, "nothing to save"), (3, 2, "33.3% smaller")],
)
def test_a_saving_is_told_in_tenths_of_a_percent(before: int, after: int, words: str) -> None:
    """The share that was saved has one digit, and nothing at all is said in words."""
    assert show_saving(before, after) == words


@pytest.mark.parametrize(("done", "count", "signs"), [(0, 7, 0), (1, 24, 1), (23, 24, 23), (6, 7, 20), (7, 7, 24)])
def test_a_bar_is_full_only_at_the_end(done: int, count: int, signs: int) -> None:
    """The bar has 24 places, and the last one is filled by the last file."""
    assert draw_bar(done, count) == f"[{'#' * signs}{'.' * (24 - signs)}] {done}/{count}"


def test_words_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said leaves standard output to the results."""
    say("one", end="")
    say("two")
    assert tuple(capsys.readouterr()) == ("", "onetwo\n")
