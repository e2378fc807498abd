"""What may be done to a picture itself before it is compressed: framed, laid on a ground, written as one of several."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from autok.errors import OptionError
from autok.formats import WRITABLE

METHODS: Final = ("scale", "fit", "cover", "thumb")
"""``scale``: to one side. ``fit``: into a box. ``cover``: fills a box, and is cropped. ``thumb``: fills a box, and a
picture on a plain ground gets more of that ground instead of being cropped."""

KEEPABLE: Final = frozenset({"copyright", "creation", "location"})
"""Groups of what a file says beside its pixels: author and copyright; dates; the position."""

_MAX_SIDE: Final = 65_535


@dataclass(frozen=True, slots=True)
class Frame:
    """The size that a picture is brought to; nothing is ever enlarged."""

    method: str
    """One of `METHODS`."""
    width: int | None = None
    """Pixels; under ``scale`` exactly one of the two is set, else both."""
    height: int | None = None

    @classmethod
    def parse(cls, given: object) -> Frame:
        """Read a frame from a JSON object with ``method``, ``width`` and ``height``.

        Raises
        ------
        OptionError
            For anything else; the member and what it takes are named.
        """
        if not isinstance(given, Mapping):
            raise OptionError("resize", given, "an object with method, width and height")
        unknown = sorted(set(given) - {"method", "width", "height"})
        if unknown:
            raise OptionError(f"resize.{unknown[0][:40]}", given[unknown[0]], "no value: there is no such member")
        method = given.get("method")
        if method not in METHODS:
            raise OptionError("resize.method", method, f"one of {', '.join(METHODS)}")
        width, height = (_side(given.get(name), f"resize.{name}") for name in ("width", "height"))
        if method == "scale" and (width is None) == (height is None):
            raise OptionError("resize", dict(given), "either a width or a height with the method scale")
        if method != "scale" and (width is None or height is None):
            raise OptionError("resize", dict(given), f"both a width and a height with the method {method}")
        return cls(method, width, height)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object that `parse` reads back."""
        sides = {"width": self.width, "height": self.height}
        return {"method": self.method, **{name: side for name, side in sides.items() if side is not None}}


@dataclass(frozen=True, slots=True)
class Edit:
    """Everything that is done to the picture beside making it smaller; the default does nothing."""

    frame: Frame | None = None
    background: str | None = None
    """Colour that shows through where the picture is translucent, as ``#rrggbb``; None keeps the alpha."""
    formats: tuple[str, ...] = ()
    """The formats that compete, of `WRITABLE`; the upload's own bytes only if theirs is among them. Without any the
    option ``format`` decides."""
    preserve: frozenset[str] = frozenset()
    """What is kept of `KEEPABLE`; with none of it the option ``metadata`` decides."""

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Edit:
        """Read what `as_dict` returned.

        Raises
        ------
        OptionError
            For a value outside its range.
        """
        frame, background = given.get("frame"), given.get("background")
        return cls(
            frame=None if frame is None else Frame.parse(frame),
            background=None if background is None else parse_background(background),
            formats=_subset("formats", given.get("formats", ()), WRITABLE),
            preserve=frozenset(_subset("preserve", given.get("preserve", ()), tuple(sorted(KEEPABLE)))),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the edit as JSON values."""
        return {
            "frame": None if self.frame is None else self.frame.as_dict(),
            "background": self.background,
            "formats": list(self.formats),
            "preserve": sorted(self.preserve),
        }


def parse_background(value: object) -> str:
    """Read ``white``, ``black`` or a colour such as ``#ff8800`` or ``#f80``; return it as ``#rrggbb``.

    Raises
    ------
    OptionError
        For anything else.
    """
    named = {"white": "#ffffff", "black": "#000000"}
    text = value.strip().lower() if isinstance(value, str) else ""
    text = named.get(text, text)
    if not re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", text):
        raise OptionError("background", value, "white, black, or a colour such as #ff8800")
    return text if len(text) == 7 else "#" + "".join(digit * 2 for digit in text[1:])


def _side(value: object, name: str) -> int | None:
    if value is None:
        return None
    expected = f"a whole number of pixels from 1 to {_MAX_SIDE}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= _MAX_SIDE:
        raise OptionError(name, value, expected)
    if int(value) != value:
        raise OptionError(name, value, expected)
    return int(value)


def _subset(name: str, value: object, allowed: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, list | tuple | frozenset) or not set(value) <= set(allowed):
        raise OptionError(name, value, f"some of {', '.join(allowed)}")
    return tuple(each for each in allowed if each in value)
