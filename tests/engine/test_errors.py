"""The tree of errors."""

from __future__ import annotations

import pickle
import re

import pytest

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


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_error_has_words_for_a_person(kind: type[AutokError]) -> None:
    """A title of its own or of its branch, which begins like a sentence and needs no stop."""
    assert re.fullmatch(r"[A-Z][^.]+", kind.title)
    assert kind.__doc__


@pytest.mark.parametrize("kind", [each for each in classes() if "__init__" not in vars(each)], ids=lambda k: k.__name__)
def test_an_error_keeps_its_sentence_on_the_way_between_processes(kind: type[AutokError]) -> None:
    """Sent through a pickle, as runners of batch work do, it is of the same class and says the same."""
    told = pickle.loads(pickle.dumps(kind("It is 3 bytes; 5 are needed.")))
    assert type(told) is kind
    assert told.as_dict() == kind("It is 3 bytes; 5 are needed.").as_dict()


@pytest.mark.parametrize("branch", [errors.InputError, errors.LimitError, errors.SandboxError, errors.ServiceError])
def test_a_branch_is_caught_as_one(branch: type[AutokError]) -> None:
    """Whoever catches a branch catches all below it, and nothing of the other branches."""
    below = set(classes(branch))
    assert len(below) > 1
    assert {kind for kind in classes() if issubclass(kind, branch)} == below


@pytest.mark.parametrize("given", ["x" * 60, b"\xff" * 50, list(range(40)), None])
def test_what_was_given_is_shown_but_never_at_length(given: object) -> None:
    """A sentence stays a sentence whatever was put into an option."""
    said = str(errors.OptionError("target", given, "a size"))
    assert said.startswith("target is ")
    assert said.endswith("; it takes a size.")
    assert len(said) <= len("target is ; it takes a size.") + 60
