"""JPEG: segments, components, fallbacks, the lossless rewrite."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from autok.encoding import decode_pixels, encode_jpeg, jpeg_encoder_name, rewrite_jpeg
from autok.encoding import jpeg as jpeg_module
from autok.encoding.jpeg import quality_steps
from autok.encoding.jpeg_chroma import choose_chroma
from autok.errors import EncodeError
from autok.metrics import ssimulacra2
from support.encoded import EXIF, FULL, NOTHING, carries, check_encoder, jpeg_markers, smooth

LARGE = jpeg_module.WEIGHED_PIXELS + 1


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _clear() -> None:
    jpeg_module._jpegli.cache_clear()
    jpeg_module._mozjpeg.cache_clear()


@pytest.fixture
def without(monkeypatch):
    """Return a function that makes packages impossible to import."""

    def remove(*names: str) -> None:
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)
        _clear()

    yield remove
    monkeypatch.undo()
    _clear()


def _photo(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize("pixel_count", [None, LARGE])
def test_a_jpeg_passes_every_check(subsampling, pixel_count):
    """Sizes, likeness, repeatability and metadata hold for each chroma resolution and each writer."""
    check_encoder(
        lambda image, metadata: encode_jpeg(image, 92, metadata, subsampling=subsampling, pixel_count=pixel_count),
        "jpeg",
        ("RGB",),
        tolerance=4,
    )


def test_the_fallback_passes_every_check(without):
    """With Pillow alone everything holds as well, and the encoder is named."""
    without("pyjpegli", "mozjpeg_lossless_optimization")
    check_encoder(lambda image, metadata: encode_jpeg(image, 92, metadata), "jpeg", ("RGB",), tolerance=4)
    assert jpeg_encoder_name() == "Pillow"


@pytest.mark.parametrize(
    ("missing", "small", "large"),
    [
        ((), "Auto-K + mozjpeg", "jpegli + mozjpeg"),
        (("pyjpegli",), "Auto-K + mozjpeg", "Pillow + mozjpeg"),
        (("mozjpeg_lossless_optimization",), "jpegli", "jpegli"),
    ],
)
def test_the_encoder_is_named_by_size_and_packages(without, missing, small, large):
    """The report's name of the encoder follows what is installed and how large the picture is."""
    without(*missing)
    assert (jpeg_encoder_name(), jpeg_encoder_name(LARGE)) == (small, large)


def test_a_photo_is_smaller_than_pillows_at_equal_score(flower):
    """At a score near 70 a photo weighs at most 88 % of Pillow's optimized progressive file."""
    photo = _photo(flower).resize((600, 400), Image.Resampling.LANCZOS)
    reference = np.asarray(photo)

    def weigh(write) -> float:
        files = [write(quality) for quality in (40, 55, 70, 85)]
        scores = [ssimulacra2(reference, np.asarray(decode_pixels(data, "jpeg"))) for data in files]
        assert scores == sorted(scores)
        return float(np.exp(np.interp(70, scores, np.log([len(data) for data in files]))))

    def pillow(quality: int) -> bytes:
        buffer = io.BytesIO()
        photo.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        return buffer.getvalue()

    assert weigh(lambda quality: encode_jpeg(photo, quality, NOTHING)) < 0.88 * weigh(pillow)


def test_a_sample_is_encoded_like_its_whole(flower):
    """A probe that names the whole's size uses the whole's encoder; without it, its own size's."""
    photo = _photo(flower)
    large = encode_jpeg(photo, 70, NOTHING, final=False, pixel_count=LARGE)
    small = encode_jpeg(photo, 70, NOTHING, final=False)
    assert large != small
    assert large == encode_jpeg(photo, 70, NOTHING, final=False, pixel_count=LARGE * 4)


@pytest.mark.parametrize("pixel_count", [None, LARGE])
def test_a_probe_shows_the_final_pixels(flower, pixel_count):
    """The quick probe decodes to the same pixels as the final file and is larger."""
    photo = _photo(flower)
    probe = encode_jpeg(photo, 60, NOTHING, final=False, pixel_count=pixel_count)
    final = encode_jpeg(photo, 60, NOTHING, pixel_count=pixel_count)
    assert len(final) < len(probe)
    assert (np.asarray(_open(probe)) == np.asarray(_open(final))).all()
    assert _open(final).info.get("progressive") == 1


@pytest.mark.parametrize("pixel_count", [None, LARGE])
def test_grey_takes_one_component(pixel_count):
    """A picture without colour is written with one component, however it comes."""
    grey = smooth(60, 44).convert("L")
    from_rgb = encode_jpeg(grey.convert("RGB"), 80, NOTHING, pixel_count=pixel_count)
    assert _open(from_rgb).mode == "L"
    assert from_rgb == encode_jpeg(grey, 80, NOTHING, pixel_count=pixel_count)
    assert len(from_rgb) < len(encode_jpeg(smooth(60, 44), 80, NOTHING, pixel_count=pixel_count))


@pytest.mark.parametrize(("subsampling", "expected"), [("4:2:0", (2, 2)), ("4:4:4", (1, 1))])
@pytest.mark.parametrize("pixel_count", [None, LARGE])
def test_chroma_has_the_asked_resolution(subsampling, expected, pixel_count):
    """The frame header carries the chosen sampling."""
    data = encode_jpeg(smooth(40, 40), 80, NOTHING, subsampling=subsampling, pixel_count=pixel_count)
    assert _open(data).layer[0][1:3] == expected


def test_sharp_colour_survives_full_chroma():
    """With 4:4:4 a fine pattern of pure colours stays far closer than with 4:2:0."""
    pattern = np.zeros((32, 32, 3), dtype=np.uint8)
    pattern[::2, :, 0] = 255
    pattern[1::2, :, 2] = 255
    image = Image.fromarray(pattern)

    def error(subsampling) -> float:
        shown = np.asarray(decode_pixels(encode_jpeg(image, 95, NOTHING, subsampling=subsampling), "jpeg"), dtype=int)
        return float(np.abs(shown - pattern).mean())

    assert error("4:4:4") < 5 < 50 < error("4:2:0")


def test_full_chroma_begins_coarse(china):
    """Where chroma becomes full it weighs what halved chroma did, and it is as fine as luma five qualities later."""
    photo = _photo(china).resize((640, 427), Image.Resampling.LANCZOS)
    before, after = (len(encode_jpeg(photo, quality, NOTHING)) for quality in (94.98, 95))
    assert abs(np.log(after / before)) < 0.05
    factors = [choose_chroma(photo, quality).coarseness for quality in (95, 96, 98, 100)]
    assert factors[0] > factors[1] > factors[2] > factors[3] == 1


@pytest.mark.parametrize("quality", [50, 80, 91, 95.1, 96.5])
def test_settings_lie_close(china, quality):
    """From one setting to the next a photo's size moves by less than the fiftieth of it that whole qualities take."""
    photo = _photo(china).resize((640, 427), Image.Resampling.LANCZOS)
    steps = quality_steps(photo.width * photo.height)
    sizes = [len(encode_jpeg(photo, quality + step / steps, NOTHING)) for step in range(steps // 5)]
    assert len(set(sizes)) > 4
    assert np.abs(np.diff(np.log(sizes))).max() < 0.015
    assert quality_steps(LARGE) == 1


def test_only_needed_segments_are_written():
    """Without metadata a file has its JFIF header, tables, frame and scans; EXIF comes first where asked for."""
    plain = jpeg_markers(encode_jpeg(smooth(20, 20), 70, NOTHING))
    assert set(plain) <= {0xE0, 0xDB, 0xC2, 0xC4, 0xDA}
    assert jpeg_markers(encode_jpeg(smooth(20, 20), 70, FULL))[:3] == [0xE1, 0xE1, 0xE2]


def test_a_rewrite_keeps_every_pixel_and_segment(china):
    """The rewrite of a JPEG is smaller, decodes to identical pixels and keeps profile, EXIF and comment."""
    buffer = io.BytesIO()
    _photo(china).save(
        buffer, "JPEG", quality=88, icc_profile=FULL.icc_profile, exif=b"Exif\0\0" + EXIF, comment=b"kept"
    )
    before = buffer.getvalue()
    after = rewrite_jpeg(before)
    assert len(after) < 0.97 * len(before)
    assert (np.asarray(_open(after)) == np.asarray(_open(before))).all()
    assert carries(after) == carries(before)
    assert _open(after).info["comment"] == b"kept"
    assert rewrite_jpeg(after) == after


def test_mozjpeg_is_called_as_its_package_calls_it(china):
    """A rewrite is byte for byte what the package's own function returns, and both refuse the same data."""
    mozjpeg = pytest.importorskip("mozjpeg_lossless_optimization")
    assert rewrite_jpeg(china) == mozjpeg.optimize(china, copy=mozjpeg.COPY_MARKERS.ALL)
    with pytest.raises(ValueError, match="not able to process"):
        mozjpeg.optimize(china[:3])
    assert rewrite_jpeg(china[:3]) == china[:3]


def test_a_rewrite_without_mozjpeg_is_the_file_itself(without, china):
    """Where mozjpeg is missing the upload's own bytes stand."""
    without("mozjpeg_lossless_optimization")
    assert rewrite_jpeg(china) == china


@pytest.mark.parametrize(
    ("image", "quality", "message"),
    [
        (Image.new("RGBA", (4, 4)), 70, "RGB or L, and the picture is RGBA"),
        (Image.new("RGB", (65_501, 1)), 70, "65500 pixels a side, and the picture has 65501 x 1"),
        (Image.new("RGB", (4, 4)), 0, "from 1 to 100, and 0 was given"),
        (Image.new("RGB", (4, 4)), 100.6, "from 1 to 100, and 100.6 was given"),
        (Image.new("RGB", (4, 4)), float("nan"), "from 1 to 100, and nan was given"),
    ],
)
def test_what_a_jpeg_cannot_be_is_refused(image, quality, message):
    """Transparency, over-long sides and qualities off the scale are typed errors with their numbers."""
    with pytest.raises(EncodeError, match=message):
        encode_jpeg(image, quality, NOTHING)


def test_what_is_no_jpeg_is_not_rewritten():
    """Other bytes never reach mozjpeg, which can end the process."""
    with pytest.raises(EncodeError, match="8 bytes are no JPEG"):
        rewrite_jpeg(b"\x89PNG\r\n\x1a\n")
