"""Where the pixel work runs: on the processor, or on a GPU where one is at hand and pays.

A device is a value that is handed down with the picture. It knows how to bring arrays over (`Device.put`); what is
done with them follows the arrays (see `autok.arrays`), and `autok.arrays.to_host` brings results back. Decoding,
encoding and error diffusion stay on the processor everywhere.

Whether a GPU pays depends on the size of the picture and on how many are worked on at once, and on nothing that could
be guessed: `make bench BENCH=devices` measures it on a machine that has one and writes what it found into
devices.json. ``auto`` takes the GPU only for sizes and batches that stand there with a gain; what was never measured
counts as no gain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal

from autok.errors import DeviceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from autok.arrays import Array

Choice = Literal["auto", "cpu", "cuda"]
CHOICES: Final[tuple[Choice, ...]] = ("auto", "cpu", "cuda")
"""What can be asked for."""

LEAST_GAIN: Final = 1.1
"""How many times as fast a measured GPU must be for ``auto`` to take it."""

_INSTALL: Final = "Install the extra autok[gpu] on a machine with an NVIDIA GPU and its driver, or ask for cpu."


@dataclass(frozen=True, slots=True)
class Device:
    """A place for arrays."""

    name: str
    """For the report, such as ``cpu`` or ``cuda (NVIDIA H100)``."""
    library: Any = None
    """The module whose arrays live there, such as PyTorch; None for NumPy."""
    where: Any = "cpu"
    """What that library calls the place."""

    @property
    def is_gpu(self) -> bool:
        """Whether arrays live in the memory of a GPU."""
        return self.library is not None and self.where == "cuda"

    def put(self, array: NDArray[Any]) -> Array:
        """Bring an array over; on the processor NumPy's stays what it is."""
        return array if self.library is None else self.library.asarray(array, device=self.where, copy=True)

    def free_bytes(self) -> int | None:
        """Return how much memory is free; None on the processor, whose memory is the system's affair."""
        return int(self.library.cuda.mem_get_info()[0]) if self.is_gpu else None

    def is_full(self, fault: BaseException) -> bool:
        """Return whether an exception says that the GPU's memory did not suffice."""
        return self.is_gpu and isinstance(fault, self.library.OutOfMemoryError)

    def release(self) -> None:
        """Give cached memory back, so that the next picture starts from an empty GPU."""
        if self.is_gpu:
            self.library.cuda.empty_cache()


CPU: Final = Device("cpu")
"""The processor, on NumPy's arrays."""


def open_device(asked: str) -> Device:
    """Return a device.

    Parameters
    ----------
    asked : {"auto", "cpu", "cuda"}
        ``auto`` gives the GPU where there is one and where some gain was measured, and the processor otherwise;
        whether a picture is worked on there is then for `pays` to say.

    Returns
    -------
    Device

    Raises
    ------
    DeviceError
        If a GPU is asked for and there is none, or the library for it is missing.
    """
    if asked == "cpu" or (asked == "auto" and not any(row["gain"] >= LEAST_GAIN for row in measured_gains())):
        return CPU
    missing = _missing()
    if missing is None:
        return _cuda()
    if asked == "cuda":
        raise DeviceError(f"The device cuda was asked for, but {missing} {_INSTALL}")
    return CPU


def pays(device: Device, pixels: int, batch: int) -> bool:
    """Return whether the bench found that a device works faster than the processor on pictures like these.

    Parameters
    ----------
    device : Device
    pixels : int
        Pixels of one picture.
    batch : int
        Pictures that are worked on at once.

    Returns
    -------
    bool
        Whether the largest measured size and batch that are not above these gained at least `LEAST_GAIN`; False for
        the processor, and for what was never measured.
    """
    if not device.is_gpu:
        return False
    fitting = [row for row in measured_gains() if row["pixels"] <= pixels and row["batch"] <= batch]
    nearest = max(fitting, key=lambda row: (row["pixels"], row["batch"]), default=None)
    return nearest is not None and nearest["gain"] >= LEAST_GAIN


@cache
def measured_gains() -> tuple[Mapping[str, float], ...]:
    """Return what the bench recorded: ``pixels``, ``batch`` and ``gain``, the GPU's rate over the processor's."""
    recorded = json.loads(resources.files("autok").joinpath("devices.json").read_text())
    return tuple(recorded["gains"])


@cache
def _missing() -> str | None:
    """Return what stands in the way of a GPU, as half a sentence; None where nothing does."""
    try:
        import array_api_compat.torch  # noqa: F401 - the namespace of its arrays
        import torch
    except ImportError as fault:
        return f"the Python package {fault.name} is not installed."
    if not torch.cuda.is_available():
        return "no NVIDIA GPU answers."
    return None


@cache
def _cuda() -> Device:
    import torch

    return Device(f"cuda ({torch.cuda.get_device_name()})", torch, "cuda")
