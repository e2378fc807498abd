"""How an option's value is read: from JSON or from text, with its range in the complaint."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from autok.errors import OptionError

PRESETS: Final[Mapping[str, float]] = {"small": 60.0, "balanced": 70.0, "high": 80.0}
"""Named qualities as SSIMULACRA2 scores."""

_UNITS: Final[Mapping[str, int]] = {"b": 1, "kb": 1000, "mb": 1000**2, "kib": 1024, "mib": 1024**2}


@dataclass(frozen=True, slots=True)
class Target:
    """A size to stay under: a saving in per cent of the upload, or bytes; exactly one of the two is set."""

    percent: float | None = None
    """At least so much smaller, in (0, 100)."""
    size: int | None = None
    """At most so many bytes."""

    def bytes_for(self, upload_bytes: int) -> int:
        """Return the size that a result must not exceed.

        Parameters
        ----------
        upload_bytes : int
            Size of the upload.

        Returns
        -------
        int
            Bytes.
        """
        if self.size is not None:
            return self.size
        assert self.percent is not None
        return int(upload_bytes * (100.0 - self.percent) / 100.0)

    def __str__(self) -> str:
        """Return the form that `parse_target` reads."""
        if self.percent is None:
            return f"{self.size}B"
        return f"{self.percent:.6f}".rstrip("0").rstrip(".") + "%"


def _number(option: str, value: object, low: float, high: float, expected: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise OptionError(option, value, expected)
    # Python reads digits of every script, and 1_0 as ten.
    if isinstance(value, str) and (not value.isascii() or "_" in value):
        raise OptionError(option, value, expected)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise OptionError(option, value, expected) from None
    if not low <= number <= high:
        raise OptionError(option, value, expected)
    return number


def _integer(option: str, value: object, low: int, high: int, expected: str) -> int:
    number = _number(option, value, low, high, expected)
    if number != int(number):
        raise OptionError(option, value, expected)
    return int(number)


def one_of(option: str, allowed: tuple[str, ...]) -> Callable[[object], str]:
    """Return a reader of one word out of `allowed`, in any case."""

    def parse(value: object) -> str:
        if not isinstance(value, str) or value.lower() not in allowed:
            raise OptionError(option, value, f"one of {', '.join(allowed)}")
        return value.lower()

    return parse


def parse_quality(value: object) -> float | None:
    """Read a preset's name or a score in [0, 100]."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.lower() in PRESETS:
        return PRESETS[value.lower()]
    return _number("quality", value, 0, 100, "small, balanced, high, or a score from 0 to 100")


def parse_colors(value: object) -> int | None:
    """Read ``auto`` or a number of colours, 2 to 256."""
    if value is None or value == "auto":
        return None
    return _integer("colors", value, 2, 256, "auto, or a whole number from 2 to 256")


def parse_target(value: object) -> Target | None:
    """Read ``60%`` (at least so much smaller) or a size such as ``200kB`` (200,000) or ``200KiB`` (204,800).

    Parameters
    ----------
    value : str, int or None
        Text in that form, or a number of bytes.

    Returns
    -------
    Target or None
        None where no target is asked: for None, an empty text, or ``none``.

    Raises
    ------
    OptionError
        For a saving outside (0, 100), a size below one byte, or anything else.
    """
    expected = "a saving such as 60% (above 0, below 100), or a size such as 200kB, 1.5MB or 200KiB"
    if value is None or value == "" or value == "none":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value}B"
    size = r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*(%|[kKmM]?i?[bB])?\s*"
    match = re.fullmatch(size, value, re.ASCII) if isinstance(value, str) else None
    if match is None:
        raise OptionError("target", value, expected)
    number, unit = float(match[1]), (match[2] or "B").lower()
    if unit == "%":
        if not 0 < number < 100:
            raise OptionError("target", value, expected)
        return Target(percent=number)
    if unit not in _UNITS or number * _UNITS[unit] < 1:
        raise OptionError("target", value, expected)
    return Target(size=int(number * _UNITS[unit]))


def parse_scale(value: object) -> float | None:
    """Read ``auto`` or a factor from 0.05 to 1."""
    if value is None or value == "auto":
        return None
    return _number("scale", value, 0.05, 1, "auto, or a factor from 0.05 to 1")


def parse_max_size(value: object) -> int | None:
    """Read the longest side in pixels, 1 to 16384."""
    if value is None or value == "" or value == "none":
        return None
    return _integer("max_size", value, 1, 16384, "a whole number of pixels from 1 to 16384")


def parse_dither(value: object) -> float | None:
    """Read ``auto``, ``none`` or a strength from 0 to 1."""
    if value is None or value == "auto":
        return None
    return 0.0 if value == "none" else _number("dither", value, 0, 1, "auto, none, or a strength from 0 to 1")


def parse_pin(value: object) -> tuple[str, ...]:
    """Read up to 256 hex colours, as a list or separated by commas or spaces; repeated ones count once."""
    expected = "up to 256 colours such as #ff8800 or f80, separated by commas"
    items = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value
    if items is None:
        return ()
    if not isinstance(items, list | tuple):
        raise OptionError("pin", value, expected)
    colors: dict[str, None] = {}
    for item in items:
        text = item.strip().lower().removeprefix("#") if isinstance(item, str) else "?"
        if text == "" and len(items) == 1:
            return ()
        if not re.fullmatch(r"[0-9a-f]{3}|[0-9a-f]{6}", text):
            raise OptionError("pin", item, expected)
        colors["#" + (text if len(text) == 6 else "".join(c * 2 for c in text))] = None
    if len(colors) > 256:
        raise OptionError("pin", f"{len(colors)} colours", expected)
    return tuple(colors)
