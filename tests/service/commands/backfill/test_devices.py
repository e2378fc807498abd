"""Where a backfill's pixels are worked on: what is asked for, what is refused, and what reaches the children."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from autok import devices
from autok.devices import CPU, Device
from autok.errors import BusyError, DeviceError
from service.commands.backfill import accelerated, add_arguments, command, run
from service.commands.backfill.accelerated import Accelerated, open_engine
from service.sandbox import Answer
from service.settings import ChildLimits, Settings
from support.fake_engine import FakeEngine

BUCKETS = ("--uploads", "uploads", "--results", "results")
GIB = 1 << 30


class FakeSandbox(FakeEngine):
    """An engine with a beginning and an end."""

    def start(self) -> None:
        """Nothing is to be started."""

    def close(self) -> None:
        """Nothing is to be ended."""


class Drawn(Device):
    """A GPU with 10 GiB of free memory that is none."""

    @property
    def is_gpu(self) -> bool:
        """Pass for one."""
        return True

    def free_bytes(self) -> int | None:
        """Tell the stated size."""
        return 10 * GIB


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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return how sandboxes are opened."""
    found: list[tuple[Any, ...]] = []

    def record(*words: Any) -> FakeSandbox:
        found.append(words)
        return FakeSandbox()

    monkeypatch.setattr(accelerated, "open_sandbox", record)
    return found


def give(*words: str) -> int:
    """Run the command with words."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([*BUCKETS, *words]), parser)


def be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make as if no GPU answered."""
    monkeypatch.setattr(devices, "_missing", lambda: "no NVIDIA GPU answers.")


def be_there(monkeypatch: pytest.MonkeyPatch, *gains: Mapping[str, float]) -> None:
    """Make as if a GPU answered, for which gains were measured."""
    monkeypatch.setattr(devices, "_missing", lambda: None)
    monkeypatch.setattr(devices, "_cuda", lambda: Drawn("cuda (drawn)"))
    monkeypatch.setattr(devices, "measured_gains", lambda: gains)


def test_the_words_reach_the_limits_of_the_children(seen: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word it is auto; device and memory are handed on with the settings."""
    be_there(monkeypatch)
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
    be_absent(monkeypatch)
    with pytest.raises(SystemExit, match=r"^2$"):
        give(*words)
    assert said in capsys.readouterr().err
    assert not seen


def test_auto_begins_without_a_gpu_and_other_machines_have_their_own(
    seen: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said where auto finds none, and what Dataflow's machines have is not looked for here."""
    be_absent(monkeypatch)
    assert give("--device", "auto") == 0
    cloud = [f"--{name}=x" for name in ("project", "region", "temp_location")]
    assert give("--device", "cuda", "--runner", "DataflowRunner", "--", *cloud) == 0
    assert [each.child_limits.device for each in seen] == ["auto", "cuda"]


def test_a_machine_without_the_gpu_that_is_asked_for_touches_no_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process does not get ready for any upload."""
    be_absent(monkeypatch)
    with pytest.raises(DeviceError):
        open_engine(ChildLimits(device="cuda"))


@pytest.mark.parametrize("gains", [[], [{"pixels": 1000, "batch": 2, "gain": 9.0}]])
def test_auto_stays_on_the_processor_where_single_pictures_do_not_pay(
    gains: list[dict[str, float]], opened: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no gain measured, or only for several at once, children are bounded as those of the service."""
    be_there(monkeypatch, *gains)
    assert not isinstance(open_engine(ChildLimits(device="auto")), Accelerated)
    assert opened == [(ChildLimits(),)]


@pytest.mark.parametrize(
    ("limits", "gains"),
    [
        (ChildLimits(device="cuda"), []),
        (ChildLimits(device="auto", device_memory=8 * GIB), [{"pixels": 1000, "batch": 1, "gain": 9.0}]),
    ],
)
def test_a_gpu_changes_helper_and_limits(
    limits: ChildLimits, gains: list[dict[str, float]], opened: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for, or measured to pay: the helper with PyTorch, the limits beside a GPU, as many as memory allows."""
    be_there(monkeypatch, *gains)
    engine = open_engine(limits)
    assert opened == [(limits, accelerated.WARMED)]
    assert limits.as_bounds()["gpu"] is True
    assert isinstance(engine, Accelerated)
    assert most_at_once(engine) == 8


def most_at_once(engine: Accelerated) -> int:
    """Return how many of twelve jobs, each held until all that may are at work, were at work at once."""
    at_work, most, mutex, full = 0, 0, threading.Lock(), threading.Event()
    sandbox: Any = engine._sandbox

    def during(job: Mapping[str, Any]) -> None:
        nonlocal at_work, most
        with mutex:
            at_work += 1
            most = max(most, at_work)
        full.wait(10)
        with mutex:
            at_work -= 1

    waiting: set[int] = set()

    def progress(stage: str) -> None:
        if stage == "waiting":
            waiting.add(threading.get_ident())
            if len(waiting) + at_work == 12:
                full.set()

    sandbox.during = during
    work = [threading.Thread(target=start, args=(engine, progress)) for _ in range(12)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert full.is_set()
    return most


def start(engine: Accelerated, progress: Callable[[str], None]) -> Answer:
    """Do a job."""
    return engine.run({"name": "a.png", "options": {}}, b"x", progress)


def test_the_job_names_the_device() -> None:
    """What the child is to open stands in its job, beside everything else."""
    sandbox: Any = FakeSandbox()
    start(Accelerated(sandbox, "cuda", 1), lambda stage: None)
    assert sandbox.jobs == [{"name": "a.png", "options": {}, "device": "cuda"}]


def test_a_gpu_that_is_lost_is_no_fault_of_the_image() -> None:
    """The job may come again, its place is free again, and the sentence says what is missing."""
    sandbox: Any = FakeSandbox(error=DeviceError("No NVIDIA GPU answers."))
    engine = Accelerated(sandbox, "cuda", 1)
    for _ in range(2):
        with pytest.raises(BusyError, match="No NVIDIA GPU answers") as lost:
            start(engine, lambda stage: None)
        assert lost.value.retryable


def test_without_a_word_limits_are_those_of_the_processor() -> None:
    """The service asks for no device, and its children's address space is bounded."""
    assert ChildLimits().as_bounds() == {"memory": 1_610_612_736, "cpu": 60, "wall": 90, "gpu": False}
    assert devices.open_device(ChildLimits().device) is CPU
