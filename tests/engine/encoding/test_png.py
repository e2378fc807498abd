"""PNG: bit depths, transparency, greyscale, effort, fallback."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from autok.encoding import decode_pixels, encode_png, encode_png_lossless, optimize_png, png_encoder_name
from autok.encoding import png as png_module
from autok.errors import EncodeError
from autok.models import IndexedImage, Metadata, SourceImage
from support.encoded import FULL, NOTHING, check_encoder, png_chunks, smooth


def _indexed(colors: int, width: int = 37, height: int = 29, *, alphas: tuple[int, ...] = ()) -> IndexedImage:
    palette = np.random.default_rng(colors).integers(0, 256, (colors, 4)).astype(np.uint8)
    palette[:, 3] = 255
    palette[: len(alphas), 3] = alphas
    places = np.arange(width * height) * 7 // 3 % colors
    return IndexedImage(palette, places.reshape(height, width).astype(np.uint8))


def _shown(indexed: IndexedImage) -> np.ndarray:
    return indexed.palette[indexed.indices]


def _rgba(data: bytes) -> np.ndarray:
    return np.asarray(decode_pixels(data, "png").convert("RGBA"))


@pytest.fixture
def no_oxipng(monkeypatch):
    """Make oxipng impossible to import."""
    monkeypatch.setitem(sys.modules, "oxipng", None)
    png_module._oxipng.cache_clear()
    yield
    monkeypatch.undo()
    png_module._oxipng.cache_clear()


def _of_exact_colors(image: Image.Image, metadata: Metadata) -> bytes:
    pixels = np.asarray(image.convert("RGBA")).reshape(-1, 4)
    palette, places = np.unique(pixels, axis=0, return_inverse=True)
    if len(palette) > 256:
        palette, places = palette[::3][:256], np.minimum(places // 3, 255)
    indices = places.reshape(image.height, image.width).astype(np.uint8)
    return encode_png(IndexedImage(palette, indices), metadata)


def test_a_palette_file_passes_every_check():
    """Palette files keep size, mode, pixels, profile, EXIF and XMP, and nothing that was not asked for."""
    check_encoder(_of_exact_colors, "png", ("RGB", "RGBA"), tolerance=40)


def test_a_true_colour_file_passes_every_check():
    """Lossless files keep every pixel and every asked block."""
    check_encoder(
        lambda image, metadata: encode_png_lossless(SourceImage(image, "png", b"", None, metadata)),
        "png",
        ("RGB", "RGBA"),
        tolerance=0,
    )


@pytest.mark.parametrize("effort", [0, 1, 4])
@pytest.mark.parametrize("colors", [1, 2, 3, 4, 5, 16, 17, 255, 256])
def test_every_number_of_colours_comes_back_exactly(colors, effort):
    """A palette of any size survives at any effort, transparent entries included."""
    indexed = _indexed(colors, alphas=(0, 128)[: max(0, colors - 1)])
    shown, expected = _rgba(encode_png(indexed, NOTHING, effort=effort)), _shown(indexed)
    visible = expected[..., 3] > 0
    assert (shown[..., 3] == expected[..., 3]).all()
    assert (shown[visible] == expected[visible]).all()


@pytest.mark.parametrize(("colors", "depth"), [(2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (256, 8)])
def test_the_bit_depth_is_the_smallest(colors, depth):
    """Two colours take one bit a pixel, four two, sixteen four, more eight."""
    header = png_chunks(encode_png(_indexed(colors), NOTHING, effort=0))["IHDR"]
    assert (header[8], header[9]) == (depth, 3)


def test_unused_and_repeated_entries_are_not_written():
    """Only colours that occur reach the file, each once."""
    indexed = _indexed(200)
    few = IndexedImage(np.repeat(indexed.palette[:3], 50, axis=0), (indexed.indices % 150).astype(np.uint8))
    data = encode_png(few, NOTHING)
    assert len(png_chunks(data)["PLTE"]) == 9
    assert (_rgba(data) == _shown(few)).all()


def test_transparency_costs_as_few_bytes_as_it_can():
    """The tRNS chunk covers the entries that are not opaque and no other."""
    data = encode_png(_indexed(40, alphas=(200, 255, 0, 255, 10)), NOTHING, effort=0)
    assert list(png_chunks(data)["tRNS"]) == [0, 10, 200]


def test_a_long_grey_palette_becomes_greyscale():
    """More than sixteen greys need no palette in the file."""
    ramp = np.repeat(np.arange(0, 256, 2, dtype=np.uint8)[:, None], 3, axis=1)
    palette = np.concatenate([ramp, np.full((128, 1), 255, dtype=np.uint8)], axis=1)
    indices = (np.add.outer(np.arange(64), np.arange(90)) % 128).astype(np.uint8)
    for effort in (0, 4):
        data = encode_png(IndexedImage(palette, indices), NOTHING, effort=effort)
        assert "PLTE" not in png_chunks(data)
        assert (_rgba(data) == palette[indices]).all()


def test_only_needed_chunks_are_written():
    """Without metadata a file holds header, palette, transparency, data and end."""
    data = encode_png(_indexed(9, alphas=(0,)), NOTHING)
    assert set(png_chunks(data)) == {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}
    assert set(png_chunks(encode_png(_indexed(9), FULL))) == {"IHDR", "PLTE", "IDAT", "IEND", "iCCP", "eXIf", "iTXt"}


def test_more_effort_never_weighs_more_here(china):
    """On a photo's palette oxipng's levels are each at least as small as Pillow alone."""
    reduced = Image.open(io.BytesIO(china)).quantize(32, dither=Image.Dither.NONE)
    colors = np.asarray(reduced.getpalette("RGB"), dtype=np.uint8).reshape(-1, 3)
    palette = np.concatenate([colors, np.full((len(colors), 1), 255, dtype=np.uint8)], axis=1)
    sizes = [len(encode_png(IndexedImage(palette, np.asarray(reduced)), NOTHING, effort=e)) for e in (0, 1, 2, 4)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.95 * sizes[0]


def test_effort_goes_by_size_alone():
    """The report's name of the encoder tells the level, which falls as pictures grow."""
    names = [png_encoder_name(pixels) for pixels in (100_000, 3_000_000, 12_000_000, 48_000_000)]
    assert names == ["oxipng 4", "oxipng 2", "oxipng 1", "Pillow"]
    assert png_encoder_name(48_000_000, effort=3) == "oxipng 3"


def test_pillow_steps_in_for_oxipng(no_oxipng):
    """Without oxipng the same picture is written, at most somewhat larger, and the encoder is named."""
    indexed = _indexed(21, alphas=(3,))
    data = encode_png(indexed, FULL)
    assert (_rgba(data) == _shown(indexed)).all()
    assert png_encoder_name(100) == "Pillow"
    assert optimize_png(data) == data


def test_a_rewrite_keeps_pixels_and_chunks():
    """Rewriting loses no pixel, not even under full transparency, and no profile."""
    pixels = np.asarray(smooth(50, 40, "RGBA")).copy()
    pixels[:20, :, 3] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1, icc_profile=FULL.icc_profile)
    data = optimize_png(buffer.getvalue())
    assert len(data) < len(buffer.getvalue())
    assert (np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) == pixels).all()
    assert "iCCP" in png_chunks(data)
    assert optimize_png(data) == data


def test_a_lossless_file_forgets_what_nobody_sees():
    """The colour under full transparency does not reach the file."""
    pixels = np.asarray(smooth(50, 40, "RGBA")).copy()
    pixels[..., 3] = np.where(np.arange(50) < 25, 0, 255)
    data = encode_png_lossless(SourceImage(Image.fromarray(pixels), "png", b"", None))
    shown = _rgba(data)
    assert (shown[:, 25:] == pixels[:, 25:]).all()
    assert len(np.unique(shown[:, :25].reshape(-1, 4), axis=0)) < 40


@pytest.mark.parametrize("effort", [-1, 7])
def test_an_unknown_effort_is_refused(effort):
    """Effort beyond oxipng's levels is a typed error that names the range."""
    with pytest.raises(EncodeError, match="0 to 6"):
        encode_png(_indexed(2), NOTHING, effort=effort)


def test_what_is_no_png_is_not_rewritten():
    """Other bytes are refused in a sentence with their number."""
    with pytest.raises(EncodeError, match="40 bytes are no PNG"):
        optimize_png(b"\xff\xd8\xff" + bytes(37))


def test_a_damaged_png_is_a_typed_error():
    """A PNG whose data end early is refused by a sentence, not by the library's own exception."""
    data = encode_png(_indexed(200), NOTHING, effort=0)
    with pytest.raises(EncodeError, match="oxipng refused"):
        optimize_png(data[: len(data) // 2])
