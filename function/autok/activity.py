"""How much happens round a pixel: the measure that analysis and mapping share."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

from autok.arrays import Array, cast, namespace
from autok.devices import CPU, Device


def convert_to_luma(image: Image.Image) -> Image.Image:
    """Return luma (ITU-R BT.601), on black where the picture is translucent.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA.

    Returns
    -------
    PIL.Image.Image
        Mode L.
    """
    luma = image.convert("L")
    return ImageChops.multiply(luma, image.getchannel("A")) if image.mode == "RGBA" else luma


def local_deviation(image: Image.Image, top: int, bottom: int, step: int = 1, device: Device = CPU) -> Array:
    """Return the standard deviation of luma in each pixel's 3 x 3 neighbourhood.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA, or L where it is luma already.
    top, bottom : int
        The rows that are asked for, half-open.
    step : int, optional
        Only every step-th row is measured; the default is 1.
    device : Device, optional
        Where to measure; the default is the processor.

    Returns
    -------
    array of shape (ceil((bottom - top) / step), W), uint8
        In half steps of 8-bit luma, [0, 255]; the picture is continued by its edge pixels.
    """
    first, last = max(0, top - 1), min(image.height, bottom + 1)
    part = image.crop((0, first, image.width, last))
    rows = np.asarray(part if part.mode == "L" else convert_to_luma(part))
    padded = np.pad(rows, ((int(first == top), int(last == bottom)), (1, 1)), mode="edge")
    if step > 3:
        # The rows that no asked one touches would cost the most.
        padded, step = padded[(np.arange(0, bottom - top, step)[:, None] + np.arange(3)).ravel()], 3
    padded = device.put(padded)
    # Whole numbers as far as the root: no library and no order of sums changes a bit of them.
    xp, luma = namespace(padded), cast(padded, "int32")
    total, squares = _box_sum(luma, step), _box_sum(luma * luma, step)
    squares *= 9
    total *= total
    squares -= total
    deviation = xp.sqrt(cast(squares, "float32"))
    deviation *= 2.0 / 9.0
    # Half of nine values at each end of the range deviate by 127 at most: a byte holds it.
    return cast(xp.round(deviation), "uint8")


def _box_sum(values: Array, step: int) -> Array:
    """Return sums over 3 x 3, one row and column less on each side, of every step-th row."""
    rows = values[:-2:step, :] + values[1:-1:step, :]
    rows += values[2::step, :]
    columns = rows[:, :-2] + rows[:, 1:-1]
    columns += rows[:, 2:]
    return columns
