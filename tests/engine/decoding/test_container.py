"""The facts of a file as one value: what holds where a format says nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest
from PIL import Image

from autok.decoding.container import Blocks, Container
from autok.decoding.gif import read_gif
from autok.decoding.jpeg import read_jpeg
from autok.decoding.limits import Limits
from autok.decoding.pictures import read_picture
from autok.decoding.png import read_png
from autok.decoding.webp import read_webp
from support.uploads import corner_picture, saved

READERS = {"png": read_png, "jpeg": read_jpeg, "webp": read_webp, "gif": read_gif}
KINDS = (*READERS, "bmp", "tiff", "avif")


def read(kind: str, **options: object) -> Container:
    """Return the facts of a drawn picture in a file of a format."""
    data = saved(corner_picture(), kind.upper(), **options)
    return READERS[kind](data, Limits()) if kind in READERS else read_picture(data, kind, Limits())


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_tells_the_same_facts(kind: str) -> None:
    """A plain picture has its sides, eight bits and nothing private, whatever the file that holds it."""
    facts = read(kind)
    assert isinstance(facts, Container)
    assert (facts.width, facts.height, facts.depth, facts.inverted) == (48, 32, 8, False)
    assert (facts.exif, facts.xmp, facts.icc, facts.extras, facts.texts) == (None, None, None, (), ())


def test_a_format_that_says_nothing_needs_no_care() -> None:
    """Sides alone describe a picture that browsers show, of eight bits, with no numbers about its colours."""
    facts = Container(3, 2)
    assert (facts.shown, facts.upright, facts.inverted, facts.depth) == (True, False, False, 8)
    assert (facts.gamma, facts.chromaticities, facts.code_points) == (None, None, None)


def test_no_block_is_carried_unasked() -> None:
    """A rewritten file keeps nothing that nobody named: privacy is the default of the value itself."""
    assert not any(getattr(Blocks(), field.name) for field in fields(Blocks))


def test_facts_do_not_change_behind_a_reader() -> None:
    """What one stage read, the next one cannot alter."""
    with pytest.raises(FrozenInstanceError):
        Container(3, 2).width = 4  # type: ignore[misc]


def test_sides_are_those_that_are_stored() -> None:
    """A photo on its side has the sides of its rows and columns; turning comes after the facts."""
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = read("jpeg", exif=exif)
    assert (facts.width, facts.height, facts.upright) == (48, 32, False)
    assert facts.exif is not None
