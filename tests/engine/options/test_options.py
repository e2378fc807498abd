"""The table of options and what is made from it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autok.errors import OptionError
from autok.options import SPECS, Options, Target, json_schema

GOOD: list[tuple[str, object, object]] = [
    ("quality", "small", 60.0),
    ("quality", "HIGH", 80.0),
    ("quality", "72.5", 72.5),
    ("quality", 0, 0.0),
    ("colors", "auto", None),
    ("colors", "2", 2),
    ("colors", 256, 256),
    ("target", "60%", Target(percent=60.0)),
    ("target", "200kB", Target(size=200_000)),
    ("target", "200KiB", Target(size=204_800)),
    ("target", "1.5 MB", Target(size=1_500_000)),
    ("target", 500, Target(size=500)),
    ("format", "AVIF", "avif"),
    ("scale", "auto", None),
    ("scale", 0.05, 0.05),
    ("max_size", "1600", 1600),
    ("dither", "none", 0.0),
    ("dither", "1", 1.0),
    ("space", "cielab", "cielab"),
    ("metadata", "copyright", "copyright"),
    ("pin", "#F80, 00ff00 #ff8800", ("#ff8800", "#00ff00")),
    ("pin", ["#123456"], ("#123456",)),
    ("pin", "", ()),
]

BAD: list[tuple[str, object, str]] = [
    ("quality", "best", "0 to 100"),
    ("quality", 101, "0 to 100"),
    ("quality", "nan", "0 to 100"),
    ("quality", True, "0 to 100"),
    ("colors", 1, "2 to 256"),
    ("colors", 257, "2 to 256"),
    ("colors", "3.5", "2 to 256"),
    ("target", "0%", "60%"),
    ("target", "100%", "60%"),
    ("target", "12 apples", "60%"),
    ("target", "0B", "60%"),
    ("target", [1], "60%"),
    ("format", "jxl", "webp"),
    ("scale", 0.01, "0.05"),
    ("scale", "inf", "0.05"),
    ("max_size", 0, "16384"),
    ("dither", -0.1, "from 0 to 1"),
    ("space", "xyz", "oklab"),
    ("metadata", "some", "copyright"),
    ("pin", "red", "#ff8800"),
    ("pin", 7, "#ff8800"),
    ("pin", ["#12345"], "#ff8800"),
    ("color", 12, "known options"),
]


@pytest.mark.parametrize(("key", "value", "read"), GOOD)
def test_values_are_read_from_text_and_json(key: str, value: object, read: object) -> None:
    """Each form of a value that the table names is read."""
    assert getattr(Options.parse({key: value}), key) == read


@pytest.mark.parametrize(("key", "value", "named"), BAD)
def test_bad_values_name_the_option_and_its_range(key: str, value: object, named: str) -> None:
    """A value outside its range is an error that names the option and what it accepts."""
    with pytest.raises(OptionError) as caught:
        Options.parse({key: value})
    assert key in str(caught.value)
    assert named in str(caught.value)


def test_more_pins_than_colors_are_refused() -> None:
    """Colours that must survive need a place in the palette."""
    with pytest.raises(OptionError, match="at most as many"):
        Options.parse({"colors": 2, "pin": "#111111,#222222,#333333"})


@pytest.mark.parametrize(("key", "value", "_read"), GOOD)
def test_options_survive_json_and_metadata(key: str, value: object, _read: object) -> None:
    """What is shown as JSON or stored as metadata reads back as the same options and fits the schema."""
    options = Options.parse({key: value})
    assert Options.parse(options.as_dict()) == options
    assert Options.from_metadata(options.as_metadata()) == options
    jsonschema.validate(options.as_dict(), json_schema())


def test_defaults_need_no_metadata() -> None:
    """An object with default options carries no option headers."""
    assert Options().as_metadata() == {}


def test_foreign_metadata_is_left_alone() -> None:
    """Metadata without our prefix, or with our prefix and no option's name, is not read."""
    metadata = {"colors": "9", "autok-filename": "a.png", "autok-colors": "12"}
    assert Options.from_metadata(metadata) == Options(colors=12)


def test_headers_follow_from_the_table() -> None:
    """Each option has one header, in the spelling of object metadata."""
    headers = [spec.header for spec in SPECS]
    assert "x-goog-meta-autok-max-size" in headers
    assert len(set(headers)) == len(SPECS)


def test_the_target_score_depends_on_what_was_asked() -> None:
    """Balanced is the default, and a size alone sets no floor."""
    assert Options().target_score == 70.0
    assert Options.parse({"target": "50%"}).target_score == 0.0
    assert Options.parse({"target": "50%", "quality": "high"}).target_score == 80.0


def test_a_target_is_a_number_of_bytes() -> None:
    """A saving is taken of the upload's size, a size is itself."""
    assert Target(percent=60.0).bytes_for(1000) == 400
    assert Target(size=77).bytes_for(1000) == 77


@given(
    st.dictionaries(
        st.sampled_from([spec.key for spec in SPECS]),
        st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text())),
    )
)
def test_any_value_is_read_or_refused_with_a_typed_error(given_values: dict[str, Any]) -> None:
    """Whatever is given, the answer is options that round-trip or an OptionError."""
    try:
        options = Options.parse(given_values)
    except OptionError:
        return
    assert Options.parse(options.as_dict()) == options
