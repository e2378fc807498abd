"""The tree of errors."""

from __future__ import annotations

import re

from autok import errors
from autok.errors import AutokError


def classes(root: type[AutokError] = AutokError) -> list[type[AutokError]]:
    """Return a class and all below it that the same module defines, whoever else may refine one."""
    own = (child for child in root.__subclasses__() if child.__module__ == errors.__name__)
    return [root, *(cls for child in own for cls in classes(child))]


def test_every_error_is_drawn_in_the_tree() -> None:
    """The docstring of the module names every class, and none that is not there."""
    assert errors.__doc__ is not None
    drawn = re.findall(r"\b([A-Z]\w+Error|AutokError)\b", errors.__doc__)
    assert sorted(drawn) == sorted(cls.__name__ for cls in classes())


def test_codes_are_distinct_and_stable_words() -> None:
    """Every class has a code of its own, in lower case."""
    codes = [cls.code for cls in classes()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


def test_only_faults_of_the_service_are_worth_a_retry() -> None:
    """Nothing that the bytes are to blame for is tried again."""
    assert not any(cls.retryable for cls in classes(errors.InputError) + classes(errors.OptionError))
    assert errors.StorageError.retryable


def test_an_error_shows_itself_as_data() -> None:
    """The form for reports holds code, title, the sentence and whether a retry helps."""
    shown = errors.OptionError("colors", "x" * 100, "auto, or a whole number from 2 to 256").as_dict()
    assert shown["code"] == "invalid_option"
    assert shown["retryable"] is False
    assert "colors" in str(shown["detail"])
    assert "2 to 256" in str(shown["detail"])
    assert len(str(shown["detail"])) < 150
