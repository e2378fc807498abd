"""One device for many pictures at once: bounded room, and Lloyd's iterations for all who wait for them.

Pictures are worked on by threads, each from decoding to its report; what they do on the processor (decoding, encoding,
error diffusion) goes on while the device works for others. Where several wait for their palettes, the first to get the
device takes the tasks of all along and runs them as one block (flat combining: D. Hendler, I. Incze, N. Shavit,
M. Tzafrir, "Flat combining and the synchronization-parallelism tradeoff", SPAA 2010, doi:10.1145/1810479.1810540).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.devices import CPU, Device, pays
from autok.quantization import Cloud, Task, refine_many

ROOM_BYTES: Final = 1 << 30
"""Device memory that one picture may need: strips and tiles are of one size, whatever the picture's."""
SHARE: Final = 0.8
"""Share of the free memory that is used where no other bound is set."""


class Workshop:
    """A device that several threads share.

    Parameters
    ----------
    device : Device, optional
        Where to work; the default is the processor, for which nothing is bounded or batched.
    memory : int, optional
        Bytes of the device's memory to use; the default is `SHARE` of what is free. At least one picture at a time is
        worked on.
    batch : int, optional
        Pictures that are worked on at once, at least 1; the default is 1. Fewer are, where memory does not suffice.
    always : bool, optional
        Whether the device was asked for by name; else (the default) a picture goes there only where that was measured
        to pay.
    """

    def __init__(
        self, device: Device = CPU, memory: int | None = None, batch: int = 1, *, always: bool = False
    ) -> None:
        self._device, self._always = device, always
        usable = memory if memory is not None else int(SHARE * (device.free_bytes() or 0))
        self.batch = max(1, min(batch, usable // ROOM_BYTES)) if device.is_gpu else batch
        self._places = threading.BoundedSemaphore(self.batch)
        self._turn, self._mutex = threading.Lock(), threading.Lock()
        self._waiting: list[_Ticket] = []

    @property
    def is_shared(self) -> bool:
        """Whether some picture may go to another device than the processor, so that threads should share this."""
        return self._device is not CPU and (self._always or pays(self._device, sys.maxsize, self.batch))

    def device_for(self, pixels: int) -> Device:
        """Choose where to work on a picture.

        Parameters
        ----------
        pixels : int
            Its size.

        Returns
        -------
        Device
            The workshop's own where it was asked for or pays, else the processor.
        """
        return self._device if self._always or pays(self._device, pixels, self.batch) else CPU

    @contextmanager
    def room(self, device: Device) -> Iterator[None]:
        """Hold the memory of one picture while it is worked on.

        Parameters
        ----------
        device : Device
            Where it is; on the processor nothing is held.

        Yields
        ------
        None
        """
        if device is CPU:
            yield
            return
        with self._places:
            yield

    def refine(
        self, cloud: Cloud, centers: NDArray[np.float32], anchors: NDArray[np.float32], iterations: int
    ) -> NDArray[np.float32]:
        """Run Lloyd's iterations on the device, together with those of all threads that wait.

        Parameters
        ----------
        cloud : Cloud
            The weighted colours.
        centers : ndarray of shape (K, D), float32
            Where the iterations start.
        anchors : ndarray of shape (A, D), float32
            Centres that stay where they are.
        iterations : int
            How many.

        Returns
        -------
        ndarray of shape (K, D), float32
            As `autok.quantization.refine`, within rounding.
        """
        if len(cloud.points) <= len(centers) + len(anchors):
            return cloud.points
        ticket = _Ticket(Task(cloud, centers, anchors, iterations))
        with self._mutex:
            self._waiting.append(ticket)
        with self._turn:
            if not ticket.settled:
                self._serve()
        if ticket.fault is not None:
            raise ticket.fault
        assert ticket.found is not None
        return ticket.found

    def _serve(self) -> None:
        """Do the work of everyone who waits, the caller's included; what goes wrong goes wrong for all of them."""
        with self._mutex:
            tickets, self._waiting = self._waiting, []
        try:
            found = refine_many([ticket.task for ticket in tickets], self._device)
        except Exception as fault:
            for ticket in tickets:
                ticket.fault = fault
        else:
            for ticket, centers in zip(tickets, found, strict=True):
                ticket.found = centers


@dataclass(slots=True)
class _Ticket:
    """One thread's task and what came of it."""

    task: Task
    found: NDArray[np.float32] | None = None
    fault: Exception | None = None

    @property
    def settled(self) -> bool:
        return self.found is not None or self.fault is not None


PROCESSOR: Final = Workshop()
"""The workshop of everyone who asks for no device."""
