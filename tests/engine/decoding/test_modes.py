"""Every pixel mode brought to 8 bits: scaled, never clipped, one transparent colour turned into alpha."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from autok.decoding.container import Container
from autok.decoding.modes import GRAY_MODES, to_eight_bits, with_empty_margins, without_idle_alpha
from autok.errors import UnsupportedFormatError
from support.uploads import saved

COLOR = (10, 200, 30)


def facts(image: Image.Image, **more: Any) -> Container:
    """Return what a container says of a picture."""
    return Container(*image.size, **more)


@pytest.mark.parametrize(("depth", "top"), [(16, 65_535), (12, 4_095)])
@pytest.mark.parametrize("mode", ["I;16", "I;16B"])
@pytest.mark.parametrize("inverted", [False, True])
def test_wide_grey_is_scaled_and_rounded(mode: str, depth: int, top: int, inverted: bool) -> None:
    """12 and 16 bits in either byte order span 0 to 255 within half a step, and white by 0 is turned round."""
    levels = np.linspace(0, top, 512).astype(np.uint16).reshape(8, 64)
    raw = levels.astype("<u2" if mode == "I;16" else ">u2").tobytes()
    image = Image.frombytes(mode, (64, 8), raw)
    shown = np.asarray(to_eight_bits(image, facts(image, depth=depth, inverted=inverted))).astype(float)
    expected = levels * 255.0 / top
    assert np.abs(shown - (255 - expected if inverted else expected)).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("width", [3, (1 << 20) + 1])
def test_a_transparent_level_of_wide_grey(width: int) -> None:
    """Only the very level is transparent, in rows however long, though its neighbours look alike in 8 bits."""
    levels = np.full((2, width), 301, np.uint16)
    levels[1, :3] = [300, 301, 299]
    image = Image.fromarray(levels)
    shown = to_eight_bits(image, facts(image, depth=16, key=(300,)))
    assert shown.mode == "RGBA"
    assert [shown.getpixel((x, 1))[3] for x in range(3)] == [0, 255, 255]
    assert shown.getchannel("A").getextrema() == (0, 255)
    assert np.count_nonzero(np.asarray(shown.getchannel("A")) == 0) == 1


@pytest.mark.parametrize(
    ("mode", "result"),
    [
        *(("1", "L"), ("L", "L"), ("LA", "RGBA"), ("La", "RGBA"), ("P", "RGB"), ("PA", "RGBA"), ("RGB", "RGB")),
        *(("RGBA", "RGBA"), ("RGBa", "RGBA"), ("RGBX", "RGB"), ("YCbCr", "RGB"), ("CMYK", "CMYK"), ("LAB", "LAB")),
    ],
)
def test_every_mode_has_its_place(mode: str, result: str) -> None:
    """The modes of Pillow end in the five that follow, in the same size."""
    image = Image.new(mode, (3, 2))
    shown = to_eight_bits(image, facts(image))
    assert (shown.mode, shown.size) == (result, (3, 2))


def test_bits_span_black_to_white() -> None:
    """One bit is black or white, not 0 or 1."""
    image = Image.frombytes("1", (8, 1), b"\x55")
    assert to_eight_bits(image, facts(image)).tobytes() == bytes((0, 255) * 4)


def test_premultiplied_alpha_is_undone() -> None:
    """Grey that was multiplied by its alpha comes out as it was before."""
    image = Image.merge("LA", (Image.new("L", (1, 1), 20), Image.new("L", (1, 1), 51)))
    stored = Image.frombytes("La", (1, 1), image.tobytes())
    assert to_eight_bits(stored, facts(stored)).getpixel((0, 0)) == (100, 100, 100, 51)


def test_a_palette_keeps_its_transparency() -> None:
    """A palette with a transparent entry gives alpha, and one without gives none."""
    image = Image.new("P", (2, 1))
    image.putpalette([*COLOR, 0, 0, 0])
    image.putpixel((1, 0), 1)
    assert to_eight_bits(image, facts(image)).getpixel((0, 0)) == COLOR
    image.info["transparency"] = 1
    shown = to_eight_bits(image, facts(image))
    assert [shown.getpixel((x, 0)) for x in (0, 1)] == [(*COLOR, 255), (0, 0, 0, 0)]


def test_a_gif_of_grey_keeps_its_transparency() -> None:
    """A GIF whose table is a grey ramp, which Pillow opens as grey, is transparent at its level and nowhere else."""
    data = saved(Image.frombytes("L", (256, 1), bytes(range(256))), "GIF", transparency=7)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "L"
        shown = to_eight_bits(image, facts(image))
    assert [level for level, alpha in enumerate(shown.getchannel("A").tobytes()) if alpha == 0] == [7]


@pytest.mark.parametrize(("depth", "key"), [(8, COLOR), (16, tuple(value << 8 | 0x5A for value in COLOR))])
def test_a_transparent_colour(depth: int, key: tuple[int, ...]) -> None:
    """The colour that a file names in its own depth is transparent, and one a step beside it is opaque."""
    image = Image.new("RGB", (2, 1), COLOR)
    image.putpixel((1, 0), (10, 200, 31))
    shown = to_eight_bits(image, facts(image, key=key, depth=depth))
    assert [shown.getpixel((x, 0))[3] for x in (0, 1)] == [0, 255]


@pytest.mark.parametrize(("depth", "key", "level"), [(1, 1, 255), (2, 2, 170), (4, 3, 51), (8, 9, 9), (4, 0x13, 51)])
def test_a_transparent_grey_is_named_in_its_own_depth(depth: int, key: int, level: int) -> None:
    """A level of 1 to 8 bits is widened as the samples are, bits above its depth left out."""
    image = Image.new("L", (2, 1), level)
    image.putpixel((1, 0), level - 1)
    shown = to_eight_bits(image, facts(image, key=(key,), depth=depth))
    assert [shown.getpixel((x, 0))[3] for x in (0, 1)] == [0, 255]


@pytest.mark.parametrize("mode", ["I", "F"])
def test_wide_numbers_are_refused(mode: str) -> None:
    """32-bit samples have no agreed white, and are refused by their mode rather than clipped."""
    image = Image.new(mode, (1, 1))
    with pytest.raises(UnsupportedFormatError, match=f"stores its samples as {mode} ") as caught:
        to_eight_bits(image, facts(image))
    assert caught.value.code == "unsupported_format"


def test_margins_are_transparent() -> None:
    """Outside of the box nothing is left, inside it all is; without a box the object itself comes back."""
    image = Image.new("RGB", (4, 3), COLOR)
    shown = np.asarray(with_empty_margins(image, (1, 1, 3, 2)))
    assert shown[1, 1:3].tolist() == [[*COLOR, 255]] * 2
    assert shown.sum() == 2 * (sum(COLOR) + 255)
    assert with_empty_margins(image, None) is image


def test_alpha_that_says_nothing_goes() -> None:
    """Alpha of 255 everywhere is dropped, one pixel of 254 keeps it, and grey becomes RGB."""
    opaque = Image.new("RGBA", (2, 2), (*COLOR, 255))
    assert without_idle_alpha(opaque).getpixel((1, 1)) == COLOR
    opaque.putpixel((0, 0), (*COLOR, 254))
    assert without_idle_alpha(opaque) is opaque
    assert without_idle_alpha(Image.new("L", (1, 1), 7)).getpixel((0, 0)) == (7, 7, 7)


def test_grey_modes_are_those_of_one_colour() -> None:
    """What counts as grey is every mode that Pillow itself shows in grey, and none other."""
    assert {"1", "L", "LA", "La", "I;16", "I;16B"} <= GRAY_MODES
    assert not GRAY_MODES & {"P", "RGB", "CMYK", "YCbCr", "I", "F"}
