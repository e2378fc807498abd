"""Arrays of any library: the namespace to call, and the few things that the array API standard lacks.

The pixel work of the engine (histogram, colour conversion, nearest colours, the perceptual score, Lloyd's iterations)
is written once, against the Python array API standard (https://data-apis.org/array-api/2024.12/), and runs on whatever
arrays it is given: NumPy's on the processor, PyTorch's or CuPy's on a GPU. What the standard has no word for stands
here: a weighted count by number, a look-up at places of any shape, roots, and operations that write into memory which
is there already. NumPy takes the first branch of each, so that the processor pays nothing for the choice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = Any
"""An array of a library that follows the standard; the library decides where it lives."""


def namespace(array: Array) -> Any:
    """Return the module whose functions take an array.

    Parameters
    ----------
    array : array
        Of NumPy, PyTorch, CuPy, or any library that has ``__array_namespace__``.

    Returns
    -------
    module
        NumPy itself for NumPy's arrays; ``array_api_compat`` translates where a library has names of its own.
    """
    if isinstance(array, np.ndarray | np.generic):
        return np
    from array_api_compat import array_namespace

    return array_namespace(array)


def to_host(array: Array) -> NDArray[Any]:
    """Return an array as NumPy's, copied from the device where it lives on one."""
    if isinstance(array, np.ndarray):
        return array
    # CuPy refuses to be copied to the host unless it is asked to by name.
    if hasattr(array, "get"):
        return np.asarray(array.get())
    return np.asarray(array.cpu() if hasattr(array, "cpu") else np.from_dlpack(array))


def portion(array: Array, cached: int) -> int:
    """Return how many items to work on at once.

    Parameters
    ----------
    array : array
        What is worked on.
    cached : int
        As many as keep a core's cache warm.

    Returns
    -------
    int
        `cached` for NumPy's arrays; elsewhere so many more that a GPU has enough to do at each call.
    """
    return cached if isinstance(array, np.ndarray) else 64 * cached


def cast(array: Array, dtype: str) -> Array:
    """Return an array in another type, named as the standard names it, such as ``float32``."""
    xp = namespace(array)
    return xp.astype(array, getattr(xp, dtype), copy=False)


def count(numbers: Array, size: int, weights: Array | None = None) -> Array:
    """Count how often each number occurs, or add up a weight for each.

    Parameters
    ----------
    numbers : array of shape (N,), integer
        In [0, size).
    size : int
        Length of the result.
    weights : array of shape (N,), float64, optional
        What each occurrence counts; the default is 1. Sums of whole numbers below 2**53 are exact in any order.

    Returns
    -------
    array of shape (size,), int64, or float64 with weights
    """
    if isinstance(numbers, np.ndarray):
        return np.bincount(numbers, weights, size)
    xp = namespace(numbers)
    native = getattr(xp, "bincount", None)
    if native is not None:
        return native(numbers, weights=weights, minlength=size)
    counted = np.bincount(to_host(numbers), None if weights is None else to_host(weights), size)
    return xp.asarray(counted)


def look_up(table: Array, places: Array, out: Array | None = None) -> Array:
    """Return the items of a table at places of any shape.

    Parameters
    ----------
    table : array of shape (N, ...)
        What is looked up along its first axis.
    places : array of shape (...), integer
        In [0, N).
    out : array of shape (places.shape, ...), optional
        Where to write the items; the default is new memory.

    Returns
    -------
    array of shape (places.shape, ...)
        Of the table's type.
    """
    if isinstance(table, np.ndarray):
        # The places are in range by contract; with the default mode NumPy would buffer `out`.
        return table.take(places, axis=0, mode="clip", out=out)
    xp = namespace(table)
    flat = xp.reshape(xp.astype(places, xp.int64, copy=False), (-1,))
    items = xp.reshape(xp.take(table, flat, axis=0), (*places.shape, *table.shape[1:]))
    if out is None:
        return items
    out[...] = items
    return out


def beside(array: Array, constant: NDArray[Any] | float) -> Array:
    """Return a constant where an array lives; a number becomes an array of no dimensions and the array's type."""
    if isinstance(constant, np.ndarray):
        return constant if isinstance(array, np.ndarray) else namespace(array).asarray(constant, device=array.device)
    return namespace(array).asarray(constant, dtype=array.dtype, device=array.device)


def into(out: Array, operation: str, *operands: Array) -> Array:
    """Apply an elementwise operation of the standard and write its result into `out`, without new memory if possible.

    Parameters
    ----------
    out : array
        Of the result's shape and type.
    operation : str
        Its name in the standard, such as ``add``.
    *operands : array
        Its operands.

    Returns
    -------
    array
        `out`.
    """
    if isinstance(out, np.ndarray):
        getattr(np, operation)(*operands, out=out)
    else:
        out[...] = getattr(namespace(out), operation)(*operands)
    return out


def cube_root(values: Array) -> Array:
    """Return the real cube root of numbers in float64."""
    xp = namespace(values)
    native = getattr(xp, "cbrt", None)
    return xp.sign(values) * xp.pow(xp.abs(values), 1.0 / 3.0) if native is None else native(values)


def guess_cube_root(values: Array) -> Array:
    """Return the cube root of positive float32 numbers within 4 %: a third of the bit pattern, where it can be seen."""
    if isinstance(values, np.ndarray):
        # The division takes two thirds of the exponent's bias as well: the constant puts them back.
        return (values.view(np.int32) // np.int32(3) + np.int32(0x2A514067)).view(np.float32)
    xp = namespace(values)
    if hasattr(values, "view"):
        return (values.view(xp.int32) // 3 + 0x2A514067).view(xp.float32)
    return xp.pow(values, 1.0 / 3.0)
