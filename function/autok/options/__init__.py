"""What the user may ask for: one table, from which every surface is generated.

`SPECS` feeds the command line's parser, the JSON schema of the API, the names of the object metadata, the
headers that a signed upload carries, and the bucket's CORS list, so that none of them can drift.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from autok.errors import OptionError
from autok.formats import WRITABLE
from autok.options.values import (
    PRESETS,
    Target,
    one_of,
    parse_colors,
    parse_dither,
    parse_max_size,
    parse_pin,
    parse_quality,
    parse_scale,
    parse_target,
)

__all__ = [
    "METADATA_KEYS",
    "METADATA_PREFIX",
    "PRESETS",
    "SPECS",
    "OptionSpec",
    "Options",
    "Target",
    "json_schema",
    "parse_target",
]

METADATA_PREFIX: Final = "autok-"
"""Before every option's key in the custom metadata of an object."""

_FORMATS: Final = ("auto", "keep", *WRITABLE, "any")
_SPACES: Final = ("oklab", "cielab", "rgb")
_METADATA: Final = ("none", "copyright", "all")


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
        """Read options from an object's custom metadata; keys without our prefix are not ours to read.

        Parameters
        ----------
        metadata : mapping
            Keys such as ``autok-quality``, values as text.

        Returns
        -------
        Options

        Raises
        ------
        OptionError
            For a value outside its range.
        """
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
    OptionSpec("format", one_of("format", _FORMATS), _same, {"enum": list(_FORMATS)}, "FORMAT",
               "auto (PNG or JPEG, whichever wins), keep, png, jpeg, webp, avif, any (all compete); default auto"),
    OptionSpec("scale", parse_scale, _or("auto"), _range(0.05, 1, "auto"), "FACTOR",
               "1 (never), 0.05-1, or auto; default 1"),
    OptionSpec("max_size", parse_max_size, _same, {"anyOf": [_range(1, 16384, kind="integer"), {"type": "null"}]},
               "PIXELS", "longest side in pixels; default none"),
    OptionSpec("dither", parse_dither, _or("auto"), _range(0, 1, "auto", "none"), "STRENGTH",
               "auto, none, or a strength 0-1; default auto"),
    OptionSpec("space", one_of("space", _SPACES), _same, {"enum": list(_SPACES)}, "SPACE",
               "colour space of the clustering: oklab, cielab or rgb; default oklab"),
    OptionSpec("metadata", one_of("metadata", _METADATA), _same, {"enum": list(_METADATA)}, "WHICH",
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
