"""Sizes of files as people read them."""

from __future__ import annotations


def format_bytes(count: int) -> str:
    """Return a size with three significant digits.

    Parameters
    ----------
    count : int
        Bytes, 0 or more.

    Returns
    -------
    str
        Such as ``1 byte``, ``812 bytes``, ``84.3 kB`` or ``1.23 MB``; 1 kB is 1000 bytes.
    """
    for unit, factor in (("MB", 1000**2), ("kB", 1000)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}" if count < 999.5 * factor else f"{count / factor:.0f} {unit}"
    return f"{count} bytes" if count != 1 else "1 byte"
