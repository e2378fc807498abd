"""The sandbox of a backfill: which device its children get, and how many of them work at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from autok import devices
from autok.devices import CPU
from autok.errors import BusyError, DeviceError
from service.commands.backfill import accelerated
from service.commands.backfill.accelerated import Accelerated, open_engine
from service.sandbox import Answer
from service.settings import ChildLimits
from support.fake_engine import FakeEngine
from support.fake_gpu import GIB, hide_gpu, show_gpu


class FakeSandbox(FakeEngine):
    """An engine with a beginning and an end."""

    def start(self) -> None:
        """Nothing is to be started."""

    def close(self) -> None:
        """Nothing is to be ended."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return how sandboxes are opened."""
    found: list[tuple[Any, ...]] = []

    def record(*words: Any) -> FakeSandbox:
        found.append(words)
        return FakeSandbox()

    monkeypatch.setattr(accelerated, "open_sandbox", record)
    return found


def test_a_machine_without_the_gpu_that_is_asked_for_touches_no_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process does not get ready for any upload."""
    hide_gpu(monkeypatch)
    with pytest.raises(DeviceError):
        open_engine(ChildLimits(device="cuda"))


@pytest.mark.parametrize("gains", [[], [{"pixels": 1000, "batch": 2, "gain": 9.0}]])
def test_auto_stays_on_the_processor_where_single_pictures_do_not_pay(
    gains: list[dict[str, float]], opened: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no gain measured, or only for several at once, children are bounded as those of the service."""
    show_gpu(monkeypatch, *gains)
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
    show_gpu(monkeypatch, *gains)
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
