"""The command line's words that are no options of the table."""

from __future__ import annotations

import argparse

import pytest

from autok.cli.parser import add_device, read_size
from autok.errors import OptionError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (None, None),
        ("none", None),
        ("700", 700),
        ("20MB", 20_000_000),
        ("1.5MiB", 1_572_864),
        ("8GB", 8_000_000_000),
        ("0.5 GiB", 536_870_912),
        ("2gb", 2_000_000_000),
    ],
)
def test_sizes_go_up_to_gigabytes(text: str | None, size: int | None) -> None:
    """Bytes, and units of 1,000 and of 1,024, as far as memory goes."""
    assert read_size("device-memory", text) == size


@pytest.mark.parametrize("text", ["60%", "much", "8G", "-1GB"])
def test_what_is_no_size_is_named_with_its_flag(text: str) -> None:
    """The sentence speaks of the flag that was given, and of sizes alone."""
    with pytest.raises(OptionError, match=rf"^device-memory is '{text}'; it takes a size such as 20MB\.$"):
        read_size("device-memory", text)


def test_a_device_is_auto_by_default() -> None:
    """Whoever has these flags has them with the same default."""
    parser = argparse.ArgumentParser()
    add_device(parser)
    assert vars(parser.parse_args([])) == {"device": "auto", "device_memory": None}
