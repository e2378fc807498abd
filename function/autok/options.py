"""What the user may ask for: one table, from which every surface is generated.

`SPECS` feeds the command line's parser, the JSON schema of the API, the names of the object metadata, the
headers that a signed upload carries, and the bucket's CORS list, so that none of them can drift.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from autok.errors import OptionError

PRESETS: Final[Mapping[str, float]] = {"small": 60.0, "balanced": 70.0, "high": 80.0}
"""Named qualities as SSIMULACRA2 scores."""

METADATA_PREFIX: Final = "autok-"
"""Before every option's key in the custom metadata of an object."""

_FORMATS: Final = ("auto", "keep", "png", "jpeg", "webp", "avif", "any")
_SPACES: Final = ("oklab", "cielab", "rgb")
_METADATA: Final = ("none", "copyright", "all")
_UNITS: Final[Mapping[str, int]] = {"b": 1, "kb": 1000, "mb": 1000**2, "kib": 1024, "mib": 1024**2}


@dataclass(frozen=True, slots=True)
class Target:
    """A size to stay under: a saving in per cent of the upload, or bytes; exactly one of the two is set."""

    percent: float | None = None
    """At least so much smaller, in (0, 100)."""
    size: int | None = None
    """At most so many bytes."""

    def bytes_for(self, upload_bytes: int) -> int:
        """Return the size in bytes that an upload of `upload_bytes` must not exceed."""
        if self.size is not None:
            return self.size
        assert self.percent is not None
        return int(upload_bytes * (100.0 - self.percent) / 100.0)

    def __str__(self) -> str:
        """Return the form that `parse_target` reads."""
        return f"{self.percent:g}%" if self.percent is not None else f"{self.size}B"


@dataclass(frozen=True, slots=True)
class Options:
    """One checked set of options; the defaults are those of the table."""

    quality: float | None = None
    """A score in [0, 100]; None is balanced (70), or no floor where a target is given."""
    colors: int | None = None
    """K, 2 to 256; None lets Auto-K decide."""
    target: Target | None = None
    format: str = "auto"
    scale: float | None = 1.0
    """Factor in [0.05, 1]; None is auto."""
    max_size: int | None = None
    """Longest side in pixels; None is no bound."""
    dither: float | None = None
    """Strength in [0, 1]; None is auto."""
    space: str = "oklab"
    metadata: str = "none"
    pin: tuple[str, ...] = ()
    """Colours that must survive exactly, as ``#rrggbb``."""

    def __post_init__(self) -> None:
        """Check what no single option can see: more pins than colours."""
        if self.colors is not None and len(self.pin) > self.colors:
            raise OptionError("pin", list(self.pin), f"at most as many colours as there are ({self.colors})")

    @property
    def target_score(self) -> float:
        """The score to reach: the one asked for, else balanced, else 0 under a target."""
        if self.quality is not None:
            return self.quality
        return 0.0 if self.target is not None else PRESETS["balanced"]

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> Options:
        """Read options from JSON values or strings.

        Parameters
        ----------
        given : mapping
            Keys of the table (``max_size`` and ``max-size`` are one); values as JSON or as text.

        Returns
        -------
        Options

        Raises
        ------
        OptionError
            For an unknown key or a value outside its range; the option and its range are named.
        """
        known = {spec.key: spec for spec in SPECS}
        values: dict[str, Any] = {}
        for key, value in given.items():
            name = key.replace("-", "_")
            if name not in known:
                raise OptionError(key[:40], value, f"no value: known options are {', '.join(known)}")
            values[name] = known[name].parse(value)
        return cls(**values)

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Options:
        """Read options from an object's custom metadata; keys without our prefix are not ours to read."""
        given = {
            key.removeprefix(METADATA_PREFIX): value
            for key, value in metadata.items()
            if key.startswith(METADATA_PREFIX) and key.removeprefix(METADATA_PREFIX) in METADATA_KEYS
        }
        return cls.parse(given)

    def as_dict(self) -> dict[str, Any]:
        """Return every option as a JSON value that `parse` reads back."""
        return {spec.key: spec.show(getattr(self, spec.key)) for spec in SPECS}

    def as_metadata(self) -> dict[str, str]:
        """Return the options that differ from their defaults as custom metadata, keys with our prefix."""
        default = Options()
        changed = (spec for spec in SPECS if getattr(self, spec.key) != getattr(default, spec.key))
        return {METADATA_PREFIX + spec.metadata_key: _text(spec.show(getattr(self, spec.key))) for spec in changed}


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One row of the table."""

    key: str
    """Name in JSON and in `Options`."""
    parse: Callable[[object], Any]
    show: Callable[[Any], Any]
    """Turns the value of `Options` into the JSON value."""
    schema: Mapping[str, Any]
    """JSON schema of the value."""
    metavar: str
    help: str

    @property
    def metadata_key(self) -> str:
        """The key as metadata and flag spell it."""
        return self.key.replace("_", "-")

    @property
    def header(self) -> str:
        """The request header that stores this option on an object."""
        return f"x-goog-meta-{METADATA_PREFIX}{self.metadata_key}"


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def _number(option: str, value: object, low: float, high: float, expected: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
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


def _choice(option: str, allowed: tuple[str, ...]) -> Callable[[object], str]:
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
    """Read ``60%`` (at least so much smaller) or a size such as ``200kB`` (200,000) or ``200KiB`` (204,800)."""
    expected = "a saving such as 60% (above 0, below 100), or a size such as 200kB, 1.5MB or 200KiB"
    if value is None or value == "" or value == "none":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value}B"
    match = (
        re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*(%|[kKmM]?i?[bB])?\s*", value) if isinstance(value, str) else None
    )
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


def _same(value: Any) -> Any:
    return value


def _or(word: str) -> Callable[[Any], Any]:
    return lambda value: word if value is None else value


def _range(low: float, high: float, *words: str, kind: str = "number") -> dict[str, Any]:
    number = {"type": kind, "minimum": low, "maximum": high}
    return {"anyOf": [number, {"enum": list(words)}]} if words else number


SPECS: Final[tuple[OptionSpec, ...]] = (
    OptionSpec("quality", parse_quality, _same, {"anyOf": [_range(0, 100), {"enum": [*PRESETS, None]}]}, "Q",
               "small (60), balanced (70), high (80), or a score 0-100 on the SSIMULACRA2 scale; default balanced"),
    OptionSpec("colors", parse_colors, _or("auto"), _range(2, 256, "auto", kind="integer"), "K",
               "auto, or the number of colours, 2-256; default auto"),
    OptionSpec("target", parse_target, lambda value: None if value is None else str(value),
               {"type": ["string", "null"], "maxLength": 24}, "SIZE",
               "60%% (at least so much smaller) or a size (200kB, 200KiB); default none"),
    OptionSpec("format", _choice("format", _FORMATS), _same, {"enum": list(_FORMATS)}, "FORMAT",
               "auto (PNG or JPEG, whichever wins), keep, png, jpeg, webp, avif, any (all compete); default auto"),
    OptionSpec("scale", parse_scale, _or("auto"), _range(0.05, 1, "auto"), "FACTOR",
               "1 (never), 0.05-1, or auto; default 1"),
    OptionSpec("max_size", parse_max_size, _same, {"anyOf": [_range(1, 16384, kind="integer"), {"type": "null"}]},
               "PIXELS", "longest side in pixels; default none"),
    OptionSpec("dither", parse_dither, _or("auto"), _range(0, 1, "auto", "none"), "STRENGTH",
               "auto, none, or a strength 0-1; default auto"),
    OptionSpec("space", _choice("space", _SPACES), _same, {"enum": list(_SPACES)}, "SPACE",
               "colour space of the clustering: oklab, cielab or rgb; default oklab"),
    OptionSpec("metadata", _choice("metadata", _METADATA), _same, {"enum": list(_METADATA)}, "WHICH",
               "none, copyright (author, copyright, date) or all; default none"),
    OptionSpec("pin", parse_pin, list,
               {"type": "array", "maxItems": 256,
                "items": {"type": "string", "pattern": "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"}},
               "COLORS", "hex colours that must survive exactly, separated by commas; default none"),
)  # fmt: skip
"""The table; its order is the order of every surface made from it."""

METADATA_KEYS: Final[frozenset[str]] = frozenset(spec.metadata_key for spec in SPECS)
"""Keys of the options in an object's metadata, without the prefix."""

assert {spec.key for spec in SPECS} == {field.name for field in dataclasses.fields(Options)}


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of an options object, as the API and the rules files take it."""
    properties = {spec.key: {**spec.schema, "description": spec.help.replace("%%", "%")} for spec in SPECS}
    return {"type": "object", "properties": properties, "additionalProperties": False}
