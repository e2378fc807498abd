"""Where the pixel work runs, and when a GPU is taken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autok import devices
from autok.devices import CPU, Device, open_device, pays
from autok.errors import DeviceError

GPU = Device("cuda (drawn)", SimpleNamespace(), "cuda")


@pytest.fixture
def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make as if no GPU answered."""
    monkeypatch.setattr(devices, "_missing", lambda: "no NVIDIA GPU answers.")


def measured(monkeypatch: pytest.MonkeyPatch, *gains: dict[str, Any]) -> None:
    """Put records in the place of the measured ones."""
    monkeypatch.setattr(devices, "measured_gains", lambda: gains)


@pytest.mark.usefixtures("without_gpu")
def test_an_absent_gpu_is_refused_in_a_sentence() -> None:
    """Asked for and absent: what is missing and what to do, under a stable code."""
    with pytest.raises(DeviceError, match="no NVIDIA GPU answers") as refused:
        open_device("cuda")
    assert refused.value.code == "device_unavailable"
    assert "autok[gpu]" in str(refused.value)


@pytest.mark.usefixtures("without_gpu")
def test_auto_is_content_with_the_processor() -> None:
    """Without a GPU, auto and cpu are the same."""
    assert open_device("auto") is CPU
    assert open_device("cpu") is CPU


def test_the_processor_keeps_arrays_as_they_are() -> None:
    """Nothing is copied where nothing has to travel."""
    values = np.arange(3)
    assert CPU.put(values) is values
    assert CPU.free_bytes() is None


def test_what_was_never_measured_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a record of this size and batch auto stays on the processor."""
    measured(monkeypatch)
    assert not pays(GPU, 12_000_000, 64)
    measured(monkeypatch, {"pixels": 48_000_000, "batch": 1, "gain": 9.0})
    assert not pays(GPU, 12_000_000, 64)


def test_a_gpu_pays_where_it_was_measured_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest measured size and batch that are not above those at hand decide."""
    measured(
        monkeypatch,
        {"pixels": 400_000, "batch": 1, "gain": 0.4},
        {"pixels": 400_000, "batch": 64, "gain": 1.3},
        {"pixels": 12_000_000, "batch": 1, "gain": 2.0},
    )
    assert not pays(GPU, 500_000, 8)
    assert pays(GPU, 500_000, 64)
    assert pays(GPU, 13_000_000, 1)
    assert not pays(CPU, 13_000_000, 1)


def test_the_recorded_gains_are_of_the_form_that_is_read() -> None:
    """The file in the package has pixels, batch and gain in every row, all positive."""
    for row in devices.measured_gains():
        assert min(row["pixels"], row["batch"], row["gain"]) > 0
