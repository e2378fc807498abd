"""The way that Auto-K follows, re-created: pixels into CIELAB, K-means over all of them, then a JPEG.

Each channel is divided by its standard deviation; K follows from the entropy of the grey levels alone. Its memory is
what it is because every pixel is held as three floats of eight bytes, several times over.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage.color import lab2rgb, rgb2lab
from sklearn.cluster import MiniBatchKMeans

from bench.tables import Table

JPEG_QUALITY = 75


def choose_colors(image: Image.Image) -> int:
    """Return K: 16 for an entropy of the grey levels below 4.5 bits, 32 below 6.5, else 64."""
    counts = np.array(image.convert("L").histogram(), dtype=np.float64)
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-(shares * np.log2(shares)).sum())
    return 16 if entropy < 4.5 else 32 if entropy < 6.5 else 64


def reduce_colors(image: Image.Image, colors: int) -> Image.Image:
    """Return a picture rebuilt from K colours."""
    lab = rgb2lab(np.asarray(image)).reshape(-1, 3)
    deviation = np.maximum(lab.std(axis=0), 1e-9)
    model = MiniBatchKMeans(n_clusters=colors, random_state=0)
    labels = model.fit_predict(lab / deviation)
    palette = lab2rgb((model.cluster_centers_ * deviation)[None])[0]
    rebuilt = (palette * 255).round().astype(np.uint8)[labels].reshape(image.height, image.width, 3)
    return Image.fromarray(rebuilt)


def compress(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return a JPEG of the picture rebuilt from K colours, and K."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    colors = choose_colors(image)
    buffer = io.BytesIO()
    reduce_colors(image, colors).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue(), {"colors": colors}


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return what Auto-K's files weigh at the quality of the forerunner's."""
    from bench.judging import cell, geometric_mean
    from bench.pictures import find_pictures
    from bench.pool import spread

    rows = []
    for group in ("photos", "graphics"):
        found = np.array(spread(_against, find_pictures(folder, each or 6, (group,))))
        if not len(found):
            continue
        ours, theirs, our_score, their_score = found.T
        values = (geometric_mean(ours / theirs), float((ours / theirs).max()))
        scores = [cell(float(values_.mean()), ".0f") for values_ in (their_score, our_score)]
        rows.append([group, str(len(found)), *scores, *(cell(value) for value in values)])
    header = ("set", "pictures", "score, forerunner", "score, Auto-K", "Auto-K / forerunner, bytes", "worst")
    note = "Auto-K asked for the score of the forerunner's own JPEG (1 where that is lower); ratios of file sizes."
    return [Table("The forerunner's quality", header, rows, note)]


def _against(picture: Any) -> tuple[float, float, float, float]:
    from autok.options import Options
    from autok.pipeline import compress as compress_now
    from bench.judging import Judge
    from bench.pictures import PIXELS, png_bytes

    image = picture.open(PIXELS)
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    upload, judge = png_bytes(image), Judge(image)
    theirs, _ = compress(upload)
    score = judge.score(Image.open(io.BytesIO(theirs)))
    ours, _ = compress_now(upload, Options(quality=max(1.0, score)))
    return len(ours), len(theirs), judge.score(Image.open(io.BytesIO(ours))), score
