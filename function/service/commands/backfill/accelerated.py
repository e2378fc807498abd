"""The sandbox of a backfill: on the processor, or with a GPU that its children share."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from autok.devices import CPU, open_device
from autok.errors import BusyError, DeviceError
from service.sandbox import Answer, open_sandbox

if TYPE_CHECKING:
    from service.sandbox.client import Sandbox
    from service.sandbox.single import ProcessSandbox
    from service.settings import ChildLimits

WARMED: Final = "service.commands.backfill.warmed"
BEAT: Final = 0.5
"""Seconds between two signs of life of whoever waits for a place."""


class Accelerated:
    """A sandbox whose jobs name a device; no more of them are at work than its memory has room for.

    Parameters
    ----------
    sandbox : Sandbox or ProcessSandbox
    device : {"auto", "cuda"}
        What each job asks for.
    places : int
        Jobs at work at once, at least 1.
    """

    def __init__(self, sandbox: Sandbox | ProcessSandbox, device: str, places: int) -> None:
        self._sandbox, self._device = sandbox, device
        self._places = threading.BoundedSemaphore(places)

    def start(self) -> None:
        """Start the helper; see `Sandbox.start`."""
        self._sandbox.start()

    def close(self) -> None:
        """End the helper and whatever it runs."""
        self._sandbox.close()

    def run(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        """Wait for a place, then do one job; parameters and errors as of `Sandbox.run`.

        Raises
        ------
        BusyError
            Also where the GPU is gone: that is a fault of the machine, and no image's report may be final over it.
        """
        # Whoever waits gives signs of life, or another copy would take the image over.
        while not self._places.acquire(timeout=BEAT):
            progress("waiting")
        try:
            return self._sandbox.run({**job, "device": self._device}, data, progress)
        except DeviceError as fault:
            raise BusyError(f"The GPU of this machine is gone; the image is left to another run. {fault}") from fault
        finally:
            self._places.release()


def open_engine(limits: ChildLimits) -> Sandbox | ProcessSandbox | Accelerated:
    """Return the sandbox for the device that the limits name.

    Parameters
    ----------
    limits : ChildLimits

    Returns
    -------
    Sandbox, ProcessSandbox or Accelerated
        Of the first two where the processor does all: it was asked for, or ``auto`` finds no GPU, or none that was
        measured to pay for one picture at a time, which is what a child of the sandbox works on.

    Raises
    ------
    DeviceError
        If a GPU is asked for and there is none.
    """
    device = open_device(limits.device)
    if device is CPU:
        return open_sandbox(replace(limits, device="cpu"))
    from autok.pipeline import Workshop

    always = limits.device != "auto"
    if not Workshop(device, limits.device_memory, always=always).is_shared:
        return open_sandbox(replace(limits, device="cpu"))
    places = Workshop(device, limits.device_memory, sys.maxsize).batch
    return Accelerated(open_sandbox(limits, WARMED), limits.device, places)
