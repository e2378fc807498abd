"""How values of options are read, from JSON and from text, at the ends of their ranges and beyond."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autok.errors import OptionError
from autok.options import values
from autok.options.values import Target

READERS: dict[str, Callable[[object], object]] = {
    "quality": values.parse_quality, "colors": values.parse_colors, "target": values.parse_target,
    "scale": values.parse_scale, "max_size": values.parse_max_size, "dither": values.parse_dither,
    "pin": values.parse_pin,
}  # fmt: skip


@pytest.mark.parametrize(
    ("option", "given", "read"),
    [
        ("quality", None, None), ("quality", "", None), ("quality", "small", 60), ("quality", "Balanced", 70),
        ("quality", "HIGH", 80), ("quality", 0, 0), ("quality", "100", 100), ("quality", "62.5", 62.5),
        ("colors", None, None), ("colors", "auto", None), ("colors", 2, 2), ("colors", "256", 256),
        ("colors", 16.0, 16),
        ("scale", "auto", None), ("scale", 0.05, 0.05), ("scale", "1", 1),
        ("max_size", "none", None), ("max_size", "", None), ("max_size", 1, 1), ("max_size", "16384", 16384),
        ("dither", None, None), ("dither", "auto", None), ("dither", "none", 0), ("dither", 1, 1),
        ("dither", "0.3", 0.3),
    ],
)  # fmt: skip
def test_what_is_in_range_is_read(option: str, given: object, read: object) -> None:
    """Names, numbers and numbers as text, both ends of every range included."""
    assert READERS[option](given) == read


@pytest.mark.parametrize(
    ("option", "given"),
    [
        *(("quality", bad) for bad in (-0.1, 100.1, "best", True, [70], "nan", "inf", "1e999", "٣", "7_0")),
        *(("colors", bad) for bad in (1, 257, 16.5, "16.5", "", "many", True, float("nan"))),
        *(("scale", bad) for bad in (0.049, 1.01, 0, "half", False)),
        *(("max_size", bad) for bad in (0, 16385, 3.5, "large", -1, 10**400)),
        *(("dither", bad) for bad in (-0.01, 1.01, "strong", True)),
        *(("pin", bad) for bad in (7, "#12345", "red", "#ff000080", [None], ["#fff", 3], ["", "#fff"])),
    ],
)
def test_what_is_out_of_range_is_refused_by_its_name(option: str, given: object) -> None:
    """The error names the option, and no truth value passes for a number."""
    with pytest.raises(OptionError) as refusal:
        READERS[option](given)
    assert (refusal.value.option, refusal.value.code) == (option, "invalid_option")


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("60%", Target(percent=60)), (" 0.5 % ", Target(percent=0.5)), ("99.999%", Target(percent=99.999)),
        ("200kB", Target(size=200_000)), ("200KiB", Target(size=204_800)), ("1.5MB", Target(size=1_500_000)),
        ("1.5 mib", Target(size=1_572_864)), ("7", Target(size=7)), ("7B", Target(size=7)), (7, Target(size=7)),
        ("0.001kB", Target(size=1)), (None, None), ("", None), ("none", None),
    ],
)  # fmt: skip
def test_targets_are_savings_or_sizes(given: object, target: Target | None) -> None:
    """Per cent, thousands and powers of two, with blanks and in any case."""
    assert values.parse_target(given) == target


@pytest.mark.parametrize(
    "given",
    [
        "0%",
        "100%",
        "0",
        "0.5",
        "-5kB",
        "5GB",
        "5kb%",
        "1e3",
        "kB",
        "5 5",
        "1" * 13,
        0,
        -1,
        True,
        5.0,
        [],
        "٣kB%",
        "٣٠%",
    ],
)
def test_other_targets_are_refused(given: object) -> None:
    """Nothing, everything, negative sizes, other units and other kinds of values."""
    with pytest.raises(OptionError, match="a saving such as 60%"):
        values.parse_target(given)


@pytest.mark.parametrize(
    "target",
    [
        *(Target(percent=percent) for percent in (60, 0.25, 12.345678, 99.99999, 0.00001)),
        *(Target(size=size) for size in (1, 204_800)),
    ],
)
def test_a_target_is_written_as_it_is_read(target: Target) -> None:
    """Its text gives the same target."""
    assert values.parse_target(str(target)) == target


@pytest.mark.parametrize(("percent", "upload", "most"), [(60, 1000, 400), (99.5, 1000, 5), (33.3, 10, 6), (50, 0, 0)])
def test_a_saving_never_rounds_up(percent: float, upload: int, most: int) -> None:
    """At least so much smaller means the whole bytes below."""
    assert Target(percent=percent).bytes_for(upload) == most
    assert Target(size=77).bytes_for(upload) == 77


@pytest.mark.parametrize(
    ("given", "colors"),
    [
        (None, ()), ("", ()), ([], ()), ([""], ()), ("#F80", ("#ff8800",)),
        ("f80, #00ff00  0f0", ("#ff8800", "#00ff00")),
        (["#000", "000000", "#FFFFFF"], ("#000000", "#ffffff")), (("abc",), ("#aabbcc",)),
    ],
)  # fmt: skip
def test_pinned_colours_are_spelled_out_and_counted_once(given: object, colors: tuple[str, ...]) -> None:
    """Lists and text, three digits and six, either case, in the order in which they first came."""
    assert values.parse_pin(given) == colors


@pytest.mark.parametrize(("count", "fits"), [(256, True), (257, False)])
def test_pins_fill_a_palette_at_most(count: int, fits: bool) -> None:
    """256 different colours are taken and one more is not."""
    given = [f"{number:06x}" for number in range(count)]
    if fits:
        assert len(values.parse_pin([*given, *given])) == count
    else:
        with pytest.raises(OptionError, match="257 colours"):
            values.parse_pin(given)


def test_one_word_of_several() -> None:
    """In any case, and the complaint lists them all."""
    read = values.one_of("space", ("oklab", "rgb"))
    assert read("OKLab") == "oklab"
    for bad in ("lab", None, 1):
        with pytest.raises(OptionError, match="one of oklab, rgb"):
            read(bad)
