"""Devices of every array library that is installed, so that tests run the pixel work on each."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec

import pytest

from autok.devices import CPU, Device, open_device
from autok.errors import DeviceError


def open_strict() -> Device:
    import array_api_strict

    return Device("array-api-strict", array_api_strict, array_api_strict.Device("CPU_DEVICE"))


def _torch() -> Device:
    import torch

    return Device("PyTorch on the processor", torch, "cpu")


def devices() -> list[object]:
    """Return the devices to test on, as parameters: NumPy, the strict one, PyTorch and a GPU where they are there."""
    here = find_spec("torch") is not None
    found: list[object] = [pytest.param(lambda: CPU, id="numpy"), pytest.param(open_strict, id="strict")]
    if here:
        found.append(pytest.param(_torch, id="torch"))
    with suppress(DeviceError):
        open_device("cuda")
        found.append(pytest.param(lambda: open_device("cuda"), id="cuda"))
    return found
