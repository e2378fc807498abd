"""How much happens round a pixel: the measure that analysis and mapping share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from autok.arrays import Array, cast, namespace
from autok.devices import CPU, Device
from autok.models import every_row


def convert_to_luma(image: Image.Image) -> Image.Image:
    """Return luma (ITU-R BT.601), on black where the picture is translucent.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA, or L where it is luma already.

    Returns
    -------
    PIL.Image.Image
        Mode L; a picture that has it is returned as it is.
    """
    if image.mode == "L":
        return image
    luma = image.convert("L")
    return ImageChops.multiply(luma, image.getchannel("A")) if image.mode == "RGBA" else luma


def local_deviation(image: Image.Image, top: int, bottom: int, device: Device = CPU) -> Array:
    """Return the standard deviation of luma in each pixel's 3 x 3 neighbourhood.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA, or L where it is luma already.
    top, bottom : int
        The rows that are asked for, half-open.
    device : Device, optional
        Where to measure; the default is the processor.

    Returns
    -------
    array of shape (bottom - top, W), uint8
        In half steps of 8-bit luma, [0, 255]; the picture is continued by its edge pixels.
    """
    first, last = max(0, top - 1), min(image.height, bottom + 1)
    part = image.crop((0, first, image.width, last))
    rows = np.asarray(convert_to_luma(part))
    return _deviation(np.pad(rows, ((int(first == top), int(last == bottom)), (0, 0)), mode="edge"), 1, device)


def rows_in_threes(image: Image.Image, step: int) -> NDArray[np.uint8]:
    """Return luma of every step-th row of a picture, each between its neighbours.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA.
    step : int
        At least 2.

    Returns
    -------
    ndarray of shape (3 n, W), uint8
        For `deviation_in_threes`; the picture is continued by its edge pixels.
    """
    parts = [np.array(convert_to_luma(every_row(image, step, shift))) for shift in (-1, 0, 1)]
    above, middle, below = parts
    above[0] = middle[0]
    if (image.height - 1) % step == 0:
        below[-1] = middle[-1]
    return np.stack(parts, axis=1).reshape(-1, image.width)


def deviation_in_threes(rows: NDArray[np.uint8], device: Device = CPU) -> Array:
    """Return what `local_deviation` does, of the middle ones of rows in threes, shape (n, W)."""
    return _deviation(rows, 3, device)


def _deviation(rows: NDArray[np.uint8], step: int, device: Device) -> Array:
    """Return the deviation of every step-th row but the first and the last."""
    padded = device.put(np.pad(rows, ((0, 0), (1, 1)), mode="edge"))
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
