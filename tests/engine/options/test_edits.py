"""What may be done to a picture before it is compressed, as it is read."""

from __future__ import annotations

import math
from typing import Any

import pytest

from autok.errors import OptionError
from autok.options.edits import Edit, Frame, parse_background


@pytest.mark.parametrize(
    ("given", "frame"),
    [
        ({"method": "scale", "width": 10}, Frame("scale", 10)),
        ({"method": "scale", "height": 10.0}, Frame("scale", None, 10)),
        ({"method": "fit", "width": 10, "height": 20}, Frame("fit", 10, 20)),
        ({"method": "thumb", "width": 65_535, "height": 1}, Frame("thumb", 65_535, 1)),
    ],
)
def test_a_frame_is_read_and_shown(given: dict[str, Any], frame: Frame) -> None:
    """A frame is what its object says, and shows the same object."""
    assert Frame.parse(given) == frame
    assert Frame.parse(frame.as_dict()) == frame


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "an object"),
        ({"method": "fit", "width": 10}, "both a width and a height"),
        ({"method": "scale", "width": 10, "height": 10}, "either a width or a height"),
        ({"method": "scale"}, "either a width or a height"),
        ({"method": "stretch", "width": 10}, "scale, fit, cover, thumb"),
        ({"width": 10}, "resize.method"),
        ({"method": "scale", "width": 0}, "resize.width is 0"),
        ({"method": "scale", "width": 1.5}, "resize.width is 1.5"),
        ({"method": "scale", "width": True}, "resize.width is True"),
        ({"method": "scale", "width": math.inf}, "resize.width"),
        ({"method": "scale", "width": "10"}, "resize.width is '10'"),
        ({"method": "scale", "width": 65_536}, "from 1 to 65535"),
        ({"method": "scale", "width": 10, "depth": 1}, "resize.depth"),
    ],
)
def test_a_wrong_frame_is_refused_by_its_member(given: object, words: str) -> None:
    """The complaint names the member and what it takes."""
    with pytest.raises(OptionError, match=words):
        Frame.parse(given)


@pytest.mark.parametrize(
    ("given", "color"), [("white", "#ffffff"), ("Black", "#000000"), ("#F80", "#ff8800"), ("#0a0B0c", "#0a0b0c")]
)
def test_backgrounds_are_read(given: str, color: str) -> None:
    """Two names and hexadecimal colours of three and six digits are one form."""
    assert parse_background(given) == color


@pytest.mark.parametrize("given", ["red", "ffffff", "#ffff", "", None, 7, ["white"]])
def test_other_backgrounds_are_refused(given: object) -> None:
    """Anything else is refused with what is taken."""
    with pytest.raises(OptionError, match="white, black, or a colour"):
        parse_background(given)


def test_an_edit_survives_the_way_to_the_child() -> None:
    """An edit as JSON values is read back as it was, and nothing is an edit that does nothing."""
    edit = Edit(Frame("cover", 3, 4), "#ffffff", ("png", "webp"), frozenset({"location"}))
    assert Edit.parse(edit.as_dict()) == edit
    assert Edit.parse(Edit().as_dict()) == Edit.parse({}) == Edit()


@pytest.mark.parametrize("given", [{"formats": ["gif"]}, {"preserve": ["author"]}, {"formats": "png"}])
def test_a_wrong_edit_is_refused(given: dict[str, Any]) -> None:
    """Formats that are not written and groups that are not known are refused."""
    with pytest.raises(OptionError):
        Edit.parse(given)
