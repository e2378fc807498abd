"""The engine beside a GPU: PyTorch is loaded with everything else, and the GPU is left to the children."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from service import engine
from service.commands.backfill import accelerated, warmed


class Untouched(ModuleType):
    """A module that may be loaded and not asked for anything."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AssertionError(f"{name} was asked for, which may open the GPU before the fork")


def test_the_helper_loads_everything_and_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is warmed, PyTorch's namespace imported, and no name of it used: a fork cannot share a GPU."""
    warm: list[str] = []
    loaded = {name: Untouched(name) for name in ("array_api_compat", "array_api_compat.torch")}
    loaded["array_api_compat"].torch = loaded["array_api_compat.torch"]  # type: ignore[attr-defined]
    for name, module in loaded.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(engine, "warm", lambda: warm.append("engine"))
    warmed.warm()
    assert warm == ["engine"]


def test_a_helper_without_the_library_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Better one failure at the start than one in every child."""
    monkeypatch.setattr(engine, "warm", lambda: None)
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    with pytest.raises(ImportError):
        warmed.warm()


def test_children_do_what_the_service_s_do() -> None:
    """The module that the sandbox is told to load runs the engine's own job."""
    assert warmed.__name__ == accelerated.WARMED
    assert warmed.run is engine.run
