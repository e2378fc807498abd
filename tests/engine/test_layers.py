"""The structure of the house: imports go one way, and nowhere in a circle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from support.structure import ORDER, ROOT, STAGES, find_circle, imports, modules

SHELL_PACKAGES = frozenset(("service", "local", "google", "flask", "functions_framework", "requests", "starlette"))
"""What the engine must not know."""

HEAVY_MODULES = ("sklearn", "scipy", "skimage", "numpy", "PIL", "autok.pipeline", "autok.quantization")
"""What the API process must not load."""


def place(name: str) -> str:
    """Return the part of the engine that a module belongs to, such as ``decoding``."""
    return name.split(".")[1]


def engine_imports() -> Iterator[tuple[str, str]]:
    """Yield importer and imported for all imports between parts of the engine."""
    for name in modules():
        if name.startswith("autok."):
            for imported in imports(name):
                if imported.startswith("autok.") and place(imported) != place(name):
                    yield name, imported


def test_every_module_has_a_place() -> None:
    """Every module of the engine stands in the order of the layers."""
    assert {place(name) for name in modules() if name.startswith("autok.")} <= set(ORDER)


def test_imports_go_one_way() -> None:
    """No module of the engine imports one that comes after it."""
    upward = [f"{a} imports {b}" for a, b in engine_imports() if ORDER.index(place(a)) < ORDER.index(place(b))]
    assert not upward


def test_stages_do_not_know_each_other() -> None:
    """A stage never calls another: only the pipeline sees two of them."""
    sideways = [f"{a} imports {b}" for a, b in engine_imports() if place(a) in STAGES and place(b) in STAGES]
    assert not sideways


def test_there_is_no_cycle() -> None:
    """The imports of the whole project form no circle."""
    assert not find_circle()


def test_the_engine_knows_no_shell() -> None:
    """The engine imports nothing of the service, of the local stack, or of any cloud."""
    breaches = [
        f"{name} imports {imported}"
        for name in modules()
        if name.startswith("autok")
        for imported in imports(name)
        if imported.split(".")[0] in SHELL_PACKAGES
    ]
    assert not breaches


def test_the_service_does_not_know_the_local_stack() -> None:
    """What is deployed imports nothing that is not."""
    breaches = [
        f"{name} imports {imported}"
        for name in modules()
        if name.startswith("service")
        for imported in imports(name)
        if imported.split(".")[0] == "local"
    ]
    assert not breaches


def test_the_api_process_stays_light() -> None:
    """Loading the deployed entry points and both APIs brings in neither the engine nor its libraries."""
    load = "import main, service.api, service.tinify, sys"
    check = f"{load}; print([name for name in {HEAVY_MODULES} if name in sys.modules])"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "function")}
    loaded = subprocess.run([sys.executable, "-c", check], env=env, capture_output=True, text=True, check=False)
    assert loaded.stdout.strip() == "[]", loaded.stderr
