"""Measure the writers: JPEG size at equal SSIMULACRA2, PNG size and time by effort.

``python tests/bench/encoders.py jpeg IMAGES`` and ``python tests/bench/encoders.py png IMAGES``, where IMAGES holds
the folders photos/, kodak/ and graphics/. Ratios are medians over pictures, against Pillow's optimized progressive
JPEG and against oxipng level 2.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "function"))

from autok.encoding import encode_avif, encode_jpeg, encode_png, encode_webp
from autok.models import IndexedImage, Metadata

SCORES = (50, 60, 70, 80, 85)
QUALITIES = (25, 40, 55, 68, 78, 86, 91)
NOTHING = Metadata()
Writer = Callable[[Image.Image, int], bytes]


def pillow_jpeg(image: Image.Image, quality: int) -> bytes:
    """Write the baseline: Pillow, optimized, progressive, 4:2:0."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")
    return buffer.getvalue()


WRITERS: dict[str, Writer] = {
    "Pillow": pillow_jpeg,
    "final": lambda image, quality: encode_jpeg(image, quality, NOTHING),
    "probe": lambda image, quality: encode_jpeg(image, quality, NOTHING, final=False),
    "4:4:4": lambda image, quality: encode_jpeg(image, quality, NOTHING, subsampling="4:4:4"),
    "webp": lambda image, quality: encode_webp(image, quality, NOTHING),
    "avif": lambda image, quality: encode_avif(image, max(1, quality - 20), NOTHING),
}


def load(path: Path, pixels: int) -> Image.Image:
    """Open a picture as RGB, on white, reduced to at most that many pixels."""
    with Image.open(path) as opened:
        layer = opened.convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    factor = (pixels / (image.width * image.height)) ** 0.5
    if factor >= 1:
        return image
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)


def score(reference: bytes, data: bytes) -> float:
    """Return the SSIMULACRA2 of a file against a PNG."""
    from ssimulacra2 import compute_ssimulacra2

    return float(compute_ssimulacra2(io.BytesIO(reference), io.BytesIO(data)))


def curve(image: Image.Image, write: Writer, qualities: Sequence[int] = QUALITIES) -> list[float]:
    """Return ln(bytes) at each of `SCORES`, interpolated; NaN outside what was tried."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    files = [write(image, quality) for quality in qualities]
    scores = np.maximum.accumulate([score(buffer.getvalue(), data) for data in files])
    sizes = np.log([len(data) for data in files])
    return [float(value) for value in np.interp(SCORES, scores, sizes, left=np.nan, right=np.nan)]


def measure_jpeg(folder: Path, names: Sequence[str], pixels: int) -> None:
    """Print size at equal score for each writer, over photos and Kodak."""
    paths = [*sorted((folder / "kodak").glob("*.png")), *sorted((folder / "photos").glob("*.jpg"))]
    rows: dict[str, list[list[float]]] = {name: [] for name in names}
    for path in paths:
        image = load(path, pixels)
        base = curve(image, WRITERS["Pillow"])
        for name in names:
            rows[name].append(list(np.exp(np.subtract(curve(image, WRITERS[name]), base))))
        print(path.stem, *(f"{name} {rows[name][-1][2]:.3f}" for name in names), flush=True)
    for name in names:
        print(f"{name:8}", *(f"{value:.3f}" for value in np.nanmedian(rows[name], axis=0)))


def measure_png(folder: Path, pixels: int) -> None:
    """Print bytes and seconds of each effort on palette pictures of that many pixels."""
    for path in [*sorted((folder / "photos").glob("*.jpg"))[:3], *sorted((folder / "graphics").glob("*0.png"))[:4]]:
        image = load(path, 1 << 30)
        factor = (pixels / (image.width * image.height)) ** 0.5
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
        reduced = image.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        colors = np.array(reduced.getpalette("RGB"), dtype=np.uint8).reshape(-1, 3)
        palette = np.concatenate([colors, np.full((len(colors), 1), 255, dtype=np.uint8)], axis=1)
        indexed = IndexedImage(palette, np.asarray(reduced))
        cells = []
        for effort in (0, 1, 2, 3, 4, 5):
            start = time.perf_counter()
            data = encode_png(indexed, NOTHING, effort=effort)
            cells.append(f"{effort}: {len(data)} {time.perf_counter() - start:.2f}s")
        print(f"{path.stem[:24]:24}", *cells, sep="  ", flush=True)


def main() -> None:
    """Run the measurement named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("jpeg", "png"))
    parser.add_argument("images", type=Path)
    parser.add_argument("--pixels", type=int, default=400_000, help="pixels that pictures are reduced to")
    parser.add_argument("--writers", default="final", help=f"comma-separated, of {', '.join(WRITERS)}")
    args = parser.parse_args()
    if args.what == "jpeg":
        measure_jpeg(args.images, args.writers.split(","), args.pixels)
    else:
        measure_png(args.images, args.pixels)


if __name__ == "__main__":
    main()
