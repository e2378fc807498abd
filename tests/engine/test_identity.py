"""The promise of equal bytes: golden hashes, and processes with other threads and processor kernels."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn
from PIL import Image

from autok.analysis import analyze
from autok.mapping import map_colors
from autok.models import SourceImage
from autok.quantization import quantize
from support.drawings import sky, source_of, sphere

FUNCTION = Path(__file__).resolve().parents[2] / "function"
CHINA = Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg"

SCRIPT = """
import hashlib, sys
from PIL import Image
from autok.analysis import analyze
from autok.mapping import map_colors
from autok.models import SourceImage
from autok.quantization import quantize
image = Image.open(sys.argv[1]).convert("RGB").crop((0, 0, 320, 240))
source = SourceImage(image, "png", b"", None)
analysis = analyze(source)
digest = hashlib.sha256()
for space in ("oklab", "cielab", "rgb"):
    palette = quantize(analysis, 256, space=space)
    digest.update(palette.tobytes() + map_colors(source, palette, space=space, dither=0.6, rate=2.5).indices.tobytes())
print(digest.hexdigest())
"""


KERNELS = {"Haswell": "avx2", "Zen": "avx2", "SkylakeX": "avx512f"}
"""Matrix kernels of OpenBLAS, and the instructions that each is made of."""


def runnable_kernels() -> list[str]:
    """Return the kernels that this processor can run; another one dies of an illegal instruction."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = set(cpuinfo.read_text().split()) if cpuinfo.exists() else set()
    return [kernel for kernel, needed in KERNELS.items() if needed in flags]


def photograph() -> SourceImage:
    """Return the first part of scikit-learn's photograph of a temple."""
    return SourceImage(Image.open(CHINA).convert("RGB").crop((0, 0, 320, 240)), "png", b"", None)


def glass() -> SourceImage:
    """Return a ball that fades into nothing."""
    side = 128
    y, x = np.mgrid[0:side, 0:side] / side
    alpha = np.clip(600 * (0.5 - np.hypot(x - 0.5, y - 0.5)), 0, 255).astype(np.uint8)
    return source_of(np.dstack([np.asarray(sphere(side).image), alpha]))


def digest(source: SourceImage, colors: int) -> str:
    """Return the hash of palette and indices at a usual strength and rate."""
    palette = quantize(analyze(source), colors)
    indices = map_colors(source, palette, dither=0.6, rate=2.5).indices
    return hashlib.sha256(palette.tobytes() + indices.tobytes()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("source", "colors", "expected"),
    [
        (photograph, 16, "37074e366359d261"),
        (photograph, 256, "6c57de3a22babd13"),
        (sphere, 64, "50b08bd9ec84419c"),
        (sky, 8, "5b602e63cfe11a2a"),
        (glass, 48, "11858d198dae9d00"),
    ],
)
def test_golden_hashes(source: object, colors: int, expected: str) -> None:
    """Known pictures have known palettes and indices, byte for byte."""
    assert callable(source)
    assert digest(source(), colors) == expected


def test_threads_and_kernels_change_nothing() -> None:
    """Processes with other thread counts and other matrix kernels give the same bytes."""
    settings = [
        {"OMP_NUM_THREADS": "1"},
        {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
        *({"OPENBLAS_CORETYPE": kernel} for kernel in runnable_kernels()),
    ]
    results = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(CHINA)],
            env={**os.environ, "PYTHONPATH": str(FUNCTION), **setting},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for setting in settings
    }
    assert len(results) == 1
