"""The table of lossy writers, reading back, and bytes that never vary."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autok.encoding import ENCODERS, able_formats, decode_pixels, encode_png, encode_webp_indexed
from autok.formats import WRITABLE
from autok.models import IndexedImage
from support.encoded import FULL, NOTHING, smooth


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_row_tells_the_truth(name):
    """A row's writer gives a file of its format, media type and extension, with alpha where it says so."""
    row = ENCODERS[name]
    data = row.write(smooth(20, 12, "RGBA" if row.alpha else "RGB"), row.quality_range[0], NOTHING)
    with Image.open(io.BytesIO(data)) as image:
        assert image.get_format_mimetype() == row.content_type
        assert row.extension in Image.registered_extensions()
    assert (decode_pixels(data, name).mode == "RGBA") == row.alpha
    assert row.format == name


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_whole_photo_is_written_at_both_ends_of_the_range(name, flower):
    """Both ends of a row's range give files, the upper one larger."""
    row = ENCODERS[name]
    photo = Image.open(io.BytesIO(flower)).convert("RGB").resize((160, 107))
    low, high = (row.write(photo, quality, NOTHING) for quality in row.quality_range)
    assert len(low) < len(high)


def test_what_cannot_hold_a_picture_is_told() -> None:
    """JPEG has no transparency, and WebP and AVIF end at the sides that their fields hold; PNG takes all."""
    assert able_formats((16_383, 1), has_alpha=False) == WRITABLE
    assert able_formats((1, 16_384), has_alpha=True) == ("png", "avif")
    assert able_formats((70_000, 70_000), has_alpha=False) == ("png",)


def _digests() -> dict[str, str]:
    image, clear = smooth(211, 97), smooth(211, 97, "RGBA")
    palette = np.asarray(smooth(8, 5, "RGBA")).reshape(-1, 4)
    indexed = IndexedImage(np.ascontiguousarray(palette), (np.arange(9000).reshape(90, 100) % 40).astype(np.uint8))
    files = {
        f"{name} {quality}": row.write(image, quality, FULL) for name, row in ENCODERS.items() for quality in (40, 80)
    }
    files |= {f"{name} alpha": row.write(clear, 60, NOTHING) for name, row in ENCODERS.items() if row.alpha}
    files |= {f"png {effort}": encode_png(indexed, NOTHING, effort=effort) for effort in (0, 1, 4)}
    files["webp palette"] = encode_webp_indexed(indexed, NOTHING)
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


GOLDEN = {
    "avif 40": "f9a37493146b9fb9",
    "avif 80": "a2b87f93809f9886",
    "avif alpha": "be6fc22fa1ca0118",
    "jpeg 40": "00ae3dc0db3b3733",
    "jpeg 80": "36372b2bdcb47aec",
    "png 0": "3a39c146fa7d871e",
    "png 1": "c940ddcaead4b5d4",
    "png 4": "2cf5078fa720db16",
    "webp 40": "f223b6b85457e955",
    "webp 80": "5507a4ff06159376",
    "webp alpha": "bf8f349534a1f031",
    "webp palette": "17d0f680bda32bce",
}
"""First digits of the files' SHA-256 on the pinned wheels; a new encoder or table is a new version."""


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="bytes are promised for x86-64 Linux"
)
def test_the_bytes_are_those_of_this_version():
    """Nothing changes a byte of any writer unnoticed."""
    assert {name: digest[:16] for name, digest in _digests().items()} == GOLDEN


def test_threads_change_no_byte():
    """The same files come out of another process with other thread counts."""
    root = Path(__file__).parents[3]
    code = "import json, test_registry; print(json.dumps(test_registry._digests()))"
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "3")
    path = os.pathsep.join(str(folder) for folder in (root / "function", root / "tests", Path(__file__).parent))
    answer = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **threads, "PYTHONPATH": path}, capture_output=True, check=True
    )
    assert json.loads(answer.stdout) == _digests()
