"""A GPU that is none, for what only asks whether there is one and how much memory it has."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from autok import devices
from autok.devices import Device

GIB = 1 << 30


class Drawn(Device):
    """A GPU with 10 GiB of free memory that is none."""

    @property
    def is_gpu(self) -> bool:
        """Pass for one."""
        return True

    def free_bytes(self) -> int | None:
        """Tell the stated size."""
        return 10 * GIB


def hide_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make as if no GPU answered."""
    monkeypatch.setattr(devices, "_missing", lambda: "no NVIDIA GPU answers.")


def show_gpu(monkeypatch: pytest.MonkeyPatch, *gains: Mapping[str, float]) -> None:
    """Make as if a GPU answered, for which gains were measured."""
    monkeypatch.setattr(devices, "_missing", lambda: None)
    monkeypatch.setattr(devices, "_cuda", lambda: Drawn("cuda (drawn)"))
    monkeypatch.setattr(devices, "measured_gains", lambda: gains)
