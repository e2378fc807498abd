"""``autok-cloud``: one program, its commands, and where a slip of the pen ends."""

from __future__ import annotations

import argparse

import pytest

from autok import __version__
from service.commands import backfill, main, submit


@pytest.mark.parametrize(("status", "module", "words"), [(0, submit, ["submit", "a.png"]), (1, backfill, ["backfill"])])
def test_a_command_is_run_and_its_status_returned(
    status: int, module: object, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first word picks the command, which gets the words behind it and says how it ended."""
    seen: list[argparse.Namespace] = []

    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="*")
        parser.set_defaults(run=lambda given: seen.append(given) or status)

    monkeypatch.setattr(module, "add_arguments", add)
    assert main(words) == status
    assert [given.files for given in seen] == [words[1:]]


@pytest.mark.parametrize("words", [[], ["compress"], ["submit", "--no-such-word"]])
def test_wrong_words_are_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """No command, an unknown one and an unknown word each end before anything is asked of a service."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(words)
    assert "autok-cloud" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A reader who knows the program's name alone finds its commands."""
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    said = capsys.readouterr().out
    assert "submit" in said
    assert "backfill" in said


def test_the_version_is_the_engine_s(capsys: pytest.CaptureFixture[str]) -> None:
    """There is one version for the engine and the service around it."""
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"autok-cloud {__version__}\n"
