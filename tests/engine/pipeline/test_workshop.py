"""A device that several pictures share: same results, bounded room, and nothing lost where memory runs out."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image

from autok.analysis import analyze
from autok.devices import CPU, Device
from autok.models import SourceImage
from autok.options import Options
from autok.pipeline import Workshop, compress, workshop
from autok.pipeline.workshop import ROOM_BYTES
from autok.quantization import Task, lay_ground, quantize, refine
from support.drawings import sphere
from support.libraries import devices

others = pytest.mark.parametrize("opened", devices()[1:])


@dataclass(frozen=True, slots=True)
class Small(Device):
    """A device whose memory holds nothing."""

    def put(self, array: Any) -> Any:
        """Fail as a full device does."""
        raise MemoryError(f"{array.nbytes} bytes")

    def is_full(self, fault: BaseException) -> bool:
        """Take a lack of memory for one of the device."""
        return isinstance(fault, MemoryError)


@dataclass(frozen=True, slots=True)
class Large(Device):
    """A device of a stated size on the processor."""

    free: int = 0

    @property
    def is_gpu(self) -> bool:
        """Pass for one."""
        return True

    def put(self, array: Any) -> Any:
        """Keep NumPy's arrays."""
        return array

    def free_bytes(self) -> int | None:
        """Tell the stated size."""
        return self.free


def blobs(seed: int = 1) -> bytes:
    """Return a PNG of soft blobs on a flat ground."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    image = Image.fromarray(noise).resize((200, 150), Image.Resampling.BICUBIC)
    image.paste((240, 240, 240), (0, 0, 200, 60))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@others
@pytest.mark.parametrize("asked", [{}, {"colors": "24"}, {"format": "png", "quality": "60"}])
def test_a_device_decides_as_the_processor_does(opened: Callable[[], Device], asked: dict[str, str]) -> None:
    """Same winner, same K, same palette within two 8-bit steps; the report names the device."""
    options, device = Options.parse(asked), opened()
    _, here = compress(blobs(), options)
    _, there = compress(blobs(), options, workshop=Workshop(device, always=True))
    assert there["engine"]["device"] == device.name
    assert there["output"]["format"] == here["output"]["format"]
    assert there["decision"]["colors"] == here["decision"]["colors"]
    colors = [
        np.array([[int(entry["hex"][i : i + 2], 16) for i in (1, 3, 5)] for entry in report["palette"]])
        for report in (here, there)
    ]
    # A step may change two neighbours' order, so each is held against the nearest of the others.
    steps = np.abs(colors[0][:, None] - colors[1]).max(axis=2)
    assert max(steps.min(axis=0).max(), steps.min(axis=1).max()) <= 2


def test_a_device_without_memory_loses_nothing() -> None:
    """What does not fit is done on the processor, byte for byte the same, and the report says so."""
    expected, _ = compress(blobs())
    result, report = compress(blobs(), workshop=Workshop(Small("a small device", object()), always=True))
    assert result == expected
    assert report["engine"]["device"] == "cpu"
    assert "The memory of a small device did not suffice." in report["notes"]


def test_other_faults_are_not_taken_for_a_lack_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug on the device is raised, not hidden by a second run."""
    monkeypatch.setattr(Small, "is_full", lambda self, fault: False)
    with pytest.raises(MemoryError):
        compress(blobs(), workshop=Workshop(Small("a small device", object()), always=True))


def test_a_device_that_was_not_asked_for_waits_for_a_measured_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under auto a picture goes to the device only where that was measured to pay."""
    shared = Workshop(Large("drawn", object(), free=ROOM_BYTES))
    assert shared.device_for(12_000_000) is CPU
    assert not shared.is_shared
    monkeypatch.setattr(workshop, "pays", lambda device, pixels, batch: pixels > 1_000_000)
    assert shared.device_for(12_000_000).name == "drawn"
    assert shared.device_for(400_000) is CPU
    assert shared.is_shared


@pytest.mark.parametrize(("memory", "batch"), [(None, 4), (3 * ROOM_BYTES, 3), (5, 1), (100 * ROOM_BYTES, 9)])
def test_memory_bounds_how_many_are_at_work(memory: int | None, batch: int) -> None:
    """As many pictures as have room, at least one, and no more than asked for."""
    assert Workshop(Large("drawn", object(), free=6 * ROOM_BYTES), memory, 9).batch == batch


def test_no_more_are_inside_than_have_room() -> None:
    """Who finds no room waits until somebody leaves."""
    shared = Workshop(Large("drawn", object()), 2 * ROOM_BYTES, 8, always=True)
    device, inside, most = shared.device_for(1), 0, 0
    lock, third = threading.Lock(), threading.Event()

    def work(_: int) -> None:
        nonlocal inside, most
        with shared.room(device):
            with lock:
                inside += 1
                most = max(most, inside)
            third.wait(0.01)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))
    assert most == 2


def test_those_who_wait_are_served_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one block runs, the tasks of all other threads gather and make the next; each gets its own palette."""
    sizes, begun, go = [], threading.Event(), threading.Event()
    original = workshop.refine_many

    def counted(tasks: list[Task], device: Device) -> Any:
        sizes.append(len(tasks))
        begun.set()
        go.wait(10)
        return original(tasks, device)

    monkeypatch.setattr(workshop, "refine_many", counted)
    shared = Workshop(batch=6)
    analyses = [analyze(SourceImage(Image.open(io.BytesIO(blobs(seed))), "png", b"", None)) for seed in range(5)]

    def learn(refiner: Any, index: int) -> Any:
        return quantize(analyses[index], 20, ground=lay_ground(analyses[index], refiner=refiner))

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(learn, shared.refine, 0)
        assert begun.wait(10)
        rest = [pool.submit(learn, shared.refine, index) for index in range(1, 5)]
        while len(shared._waiting) < 4:
            threading.Event().wait(0.005)
        go.set()
        found = [future.result() for future in (first, *rest)]
    assert sizes == [1, 4]
    for index, palette in enumerate(found):
        assert np.abs(palette.astype(int) - learn(refine, index)).max() <= 1


def test_a_fault_of_a_block_reaches_all_who_were_in_it() -> None:
    """Nobody waits for ever for a palette that will not come."""
    shared = Workshop(Small("a small device", object()), always=True)
    with pytest.raises(MemoryError):
        quantize(analyze(sphere()), 8, ground=lay_ground(analyze(sphere()), refiner=shared.refine))
