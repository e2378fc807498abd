"""The command of a backfill: what its words ask for, and what is refused before a run begins."""

from __future__ import annotations

import argparse

import pytest

from service.commands.backfill import add_arguments, command, run
from service.settings import Settings
from support.fake_gpu import hide_gpu, show_gpu

BUCKETS = ("--uploads", "uploads", "--results", "results")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Return the settings of runs that come to their beginning, in an environment that seems to have Beam."""
    found: list[Settings] = []

    def begin(given: argparse.Namespace, settings: Settings) -> int:
        found.append(settings)
        return 0

    monkeypatch.setattr(command, "find_spec", lambda name: name)
    monkeypatch.setattr(command, "_run", begin)
    return found


def give(*words: str) -> int:
    """Run the command with words."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([*BUCKETS, *words]), parser)


def test_the_words_reach_the_limits_of_the_children(seen: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word it is auto; device and memory are handed on with the settings."""
    show_gpu(monkeypatch)
    assert give() == 0
    assert give("--device", "cuda", "--device-memory", "8GB") == 0
    asked = [(each.child_limits.device, each.child_limits.device_memory) for each in seen]
    assert asked == [("auto", None), ("cuda", 8_000_000_000)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--device", "cuda"), "no NVIDIA GPU answers"),
        (("--device-memory", "much"), "a size such as 20MB"),
        (("--device", "tpu"), "invalid choice"),
    ],
)
def test_what_cannot_be_had_is_refused_before_anything_is_listed(
    seen: list[Settings],
    words: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A GPU that is absent, what is no size and what is no device: a sentence, status 2, and the run does not begin."""
    hide_gpu(monkeypatch)
    with pytest.raises(SystemExit, match=r"^2$"):
        give(*words)
    assert said in capsys.readouterr().err
    assert not seen


def test_auto_begins_without_a_gpu_and_other_machines_have_their_own(
    seen: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said where auto finds none, and what Dataflow's machines have is not looked for here."""
    hide_gpu(monkeypatch)
    assert give("--device", "auto") == 0
    cloud = [f"--{name}=x" for name in ("project", "region", "temp_location")]
    assert give("--device", "cuda", "--runner", "DataflowRunner", "--", *cloud) == 0
    assert [each.child_limits.device for each in seen] == ["auto", "cuda"]
