"""The facts of BMP, TIFF and AVIF, which Pillow reads itself."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok.decoding.exif import ARTIST, parse_exif
from autok.decoding.limits import Limits
from autok.decoding.pictures import MANY, read_picture
from autok.errors import AnimationError, CorruptImageError, TooManyPixelsError
from support.uploads import AUTHOR, corner_picture, orientation_exif, saved, srgb_profile

PICTURE = corner_picture()


@pytest.mark.parametrize(
    ("kind", "shown", "upright"), [("bmp", True, False), ("tiff", False, True), ("avif", True, False)]
)
def test_what_browsers_show_and_what_is_turned_by_pillow(kind: str, shown: bool, upright: bool) -> None:
    """No browser shows a TIFF, which Pillow turns by itself; sizes are those that are stored."""
    facts = read_picture(saved(PICTURE, kind.upper()), kind, Limits())
    assert (facts.width, facts.height, facts.shown, facts.upright) == (48, 32, shown, upright)
    assert (facts.extras, facts.notes, facts.xmp, facts.depth) == ((), (), None, 8)


@pytest.mark.parametrize("kind", ["bmp", "tiff", "avif"])
def test_limits_and_damage_are_told(kind: str) -> None:
    """Over the limit by its header, or no such file at all."""
    with pytest.raises(TooManyPixelsError, match="48 x 32"):
        read_picture(saved(PICTURE, kind.upper()), kind, Limits(max_pixels=48 * 32 - 1))
    with pytest.raises(CorruptImageError):
        read_picture(b"nonsense" * 20, kind, Limits())


def test_a_tiff_of_several_pages_is_taken_with_a_note() -> None:
    """Its first page is the picture; an AVIF of several frames is an animation."""
    for kind in ("tiff", "avif"):
        target = io.BytesIO()
        PICTURE.copy().save(target, kind.upper(), save_all=True, append_images=[Image.new("RGB", (48, 32), "red")])
        if kind == "tiff":
            assert read_picture(target.getvalue(), "tiff", Limits()).notes == (MANY,)
        else:
            with pytest.raises(AnimationError, match="AVIF is an animation of 2 frames"):
                read_picture(target.getvalue(), "avif", Limits())


def test_a_tiffs_own_directory_becomes_a_block() -> None:
    """Author and text are in it, how the pixels were stored is not, and IPTC data are told by name."""
    facts = read_picture(
        saved(PICTURE, "TIFF", tiffinfo={ARTIST: AUTHOR, 0x83BB: b"SECRET", 0x0112: 6}), "tiff", Limits()
    )
    block = parse_exif(facts.exif)
    assert block.text(ARTIST) == AUTHOR
    assert {entry.tag for entry in block.main.entries} <= {ARTIST, 0x0112}
    assert facts.extras == ("Photoshop and IPTC data",)
    other = read_picture(saved(PICTURE, "TIFF", tiffinfo={0x8649: b"8BIM"}), "tiff", Limits())
    assert other.extras == ("Photoshop and IPTC data",)


@pytest.mark.parametrize("kind", ["tiff", "avif"])
def test_profiles_are_handed_on(kind: str) -> None:
    """Byte for byte as they are embedded."""
    profile = srgb_profile()
    assert read_picture(saved(PICTURE, kind.upper(), icc_profile=profile), kind, Limits()).icc == profile


def test_an_avifs_block_has_no_header() -> None:
    """What stands before the TIFF structure in the file is not part of it."""
    facts = read_picture(saved(PICTURE, "AVIF", exif=orientation_exif(1)), "avif", Limits())
    assert facts.exif is None or facts.exif[:2] in (b"II", b"MM")


def test_wide_grey_has_its_depth_and_its_white() -> None:
    """16 bits are told, in a file of 64-bit offsets too, and whether 0 is white."""
    wide = Image.fromarray(np.zeros((4, 4), np.uint16))
    for big in (False, True):
        plain = read_picture(saved(wide, "TIFF", big_tiff=big), "tiff", Limits())
        assert (plain.depth, plain.inverted) == (16, False)
    turned = bytearray(saved(wide, "TIFF"))
    entry = parse_exif(bytes(turned)).main.find(0x0106)
    assert entry is not None
    turned[entry.at] = 0
    assert read_picture(bytes(turned), "tiff", Limits()).inverted
