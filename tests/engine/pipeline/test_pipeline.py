"""The whole engine: bytes and options in, bytes and report out."""

from __future__ import annotations

import io
from typing import Any

import jsonschema
import numpy as np
import pytest
from PIL import Image

from autok.errors import EncodeError, InputError, OptionError
from autok.options import Options
from autok.pipeline import compress, preview
from autok.reporting import report_schema


def png(pixels: np.ndarray, **params: Any) -> bytes:
    """Return pixels as a PNG."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", **params)
    return target.getvalue()


@pytest.fixture(scope="module")
def chart() -> bytes:
    """Return a drawn chart: flat ground, lines, some smooth shading."""
    pixels = np.full((240, 320, 3), 250, np.uint8)
    for index in range(12):
        pixels[200 - 14 * index : 220, 20 + 24 * index : 38 + 24 * index] = (30 + 18 * index, 90, 220 - 15 * index)
    pixels[::40, :] = 200
    pixels[20:60, 200:300] = np.linspace(80, 240, 100).astype(np.uint8)[None, :, None]
    return png(pixels)


@pytest.fixture(scope="module")
def glass() -> bytes:
    """Return a picture with soft transparency."""
    y, x = np.mgrid[0:120, 0:160]
    alpha = np.clip(255 - 3 * np.hypot(x - 80, y - 60), 0, 255)
    return png(np.stack([x + 60, y + 90, 255 - x, alpha], axis=-1).astype(np.uint8))


def run(data: bytes, **options: object) -> tuple[Image.Image, dict[str, Any]]:
    """Compress, check what always holds, and return the decoded result with its report."""
    result, report = compress(data, Options.parse(options), name="a b.dat")
    content = report.content
    jsonschema.validate(content, report_schema())
    image = Image.open(io.BytesIO(result))
    image.load()
    assert image.size == (content["output"]["width"], content["output"]["height"])
    assert image.format == {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF"}[content["output"]["format"]]
    assert len(result) == content["output"]["bytes"] <= len(data)
    assert sum(entry["chosen"] for entry in content["contest"]) == 1
    assert sum(entry["share"] for entry in content["palette"]) == pytest.approx(1.0, abs=1e-3)
    return image, content


def test_a_photo_becomes_a_smaller_jpeg(china: bytes) -> None:
    """A photo ends as a JPEG near the asked score, and the report shows what a palette would have weighed."""
    _, report = run(china)
    assert report["output"]["format"] == "jpeg"
    assert report["output"]["saved"] > 0.5
    assert 68.0 <= report["metrics"]["ssimulacra2"] <= 73.0
    palette = next(entry for entry in report["contest"] if entry["colors"])
    assert palette["bytes"] > report["output"]["bytes"]
    assert len(report["palette"]) > 1


def test_a_chart_becomes_a_palette(chart: bytes) -> None:
    """A graphic ends as a palette PNG of few colours."""
    image, report = run(chart)
    assert image.mode in ("P", "L")
    assert report["decision"]["colors"] < 128
    assert report["why"].startswith(f"{report['decision']['colors']} colours")


def test_an_asked_number_of_colors_is_kept(china: bytes) -> None:
    """With K asked for as PNG, the result has that many colours."""
    data = png(np.asarray(Image.open(io.BytesIO(china)).convert("RGB")))
    image, report = run(data, colors=32, format="png")
    assert len(image.convert("RGB").getcolors(64)) == 32
    assert report["decision"]["colors"] == 32
    assert report["plan"]["goal"] == "colors"


def test_asked_colors_as_jpeg_show_the_plain_one_beside(china: bytes) -> None:
    """K-means before JPEG is done when asked for, and the contest says what plain JPEG weighs."""
    _, report = run(china, colors=32, format="jpeg")
    rebuilt = next(entry for entry in report["contest"] if entry["encoder"].startswith("palette, then"))
    plain = next(entry for entry in report["contest"] if entry["note"].startswith("Plain JPEG"))
    assert rebuilt["chosen"]
    assert rebuilt["quality"] == plain["quality"]


@pytest.mark.parametrize("target", ["60%", "25kB", "12KiB"])
def test_a_size_is_met_and_used(china: bytes, target: str) -> None:
    """An asked size is never exceeded, at least 98 % of it is used, and the quality is shown to a tenth."""
    _, report = run(china, target=target)
    limit = report["plan"]["target_bytes"]
    assert 0.98 * limit <= report["output"]["bytes"] <= limit
    assert report["decision"]["quality"] == round(report["decision"]["quality"], 1)


def test_a_palette_is_brought_to_a_size_by_its_rate_weight(china: bytes) -> None:
    """Between two numbers of colours, the rate weight of the mapping uses up the asked size, in a few encodes."""
    photo = png(np.asarray(Image.open(io.BytesIO(china)).convert("RGB").crop((0, 0, 320, 240))))
    _, report = run(photo, target="4kB", format="png")
    written = [trial for trial in report["decision"]["trials"] if trial["bytes"] == report["output"]["bytes"]]
    assert 0.98 * 4_000 <= report["output"]["bytes"] <= 4_000
    assert report["decision"]["colors"] < 256
    assert len({trial["rate"] for trial in report["decision"]["trials"]}) > 1
    assert len(written) == 1


def test_a_plain_graphic_is_brought_to_a_size_too(china: bytes) -> None:
    """Where the mapping weighs no rate by itself, a slight one bridges the step between two numbers of colours."""
    pixels = np.full((240, 320, 3), 250, np.uint8)
    pixels[60:180, 100:220] = np.asarray(Image.open(io.BytesIO(china)).convert("RGB").crop((0, 200, 120, 320)))
    _, report = run(png(pixels), target="3500B", format="png")
    rates = {trial["bytes"]: trial["rate"] for trial in report["decision"]["trials"]}
    assert 0.98 * 3_500 <= report["output"]["bytes"] <= 3_500
    assert min(rates.values()) == 0.0 < rates[report["output"]["bytes"]]


def test_bytes_beyond_the_last_palette_go_to_its_rate_weight(china: bytes) -> None:
    """Where 256 colours leave bytes unused, what the rate weight saves is given back: in part, or all that there is."""
    photo = png(np.asarray(Image.open(io.BytesIO(china)).convert("RGB").crop((0, 0, 320, 240))))
    _, plain = run(photo, colors=256, format="png")
    size, reports = plain["output"]["bytes"], []
    for target in (int(1.05 * size), 3 * size):
        _, report = run(photo, target=f"{target}B", format="png")
        assert report["decision"]["colors"] == 256
        assert size < report["output"]["bytes"] <= target
        assert report["decision"]["score"] > plain["decision"]["score"]
        reports.append(report)
    assert reports[0]["output"]["bytes"] >= 0.98 * 1.05 * size
    assert reports[0]["decision"]["score"] < reports[1]["decision"]["score"]


def test_an_unreachable_size_says_so(china: bytes) -> None:
    """A size that nothing reaches gives the smallest found and a sentence with both numbers."""
    _, report = run(china, target="300B")
    assert "could not be reached" in report["why"]
    assert "300 bytes" in report["why"]


def test_a_size_may_cost_pixels_only_when_allowed(china: bytes) -> None:
    """With scale=auto an otherwise unreachable size is met by fewer pixels, and the report says so."""
    _, report = run(china, target="1500B", scale="auto")
    assert report["output"]["bytes"] <= 1500
    assert report["output"]["width"] < 640
    assert any("Scaled to" in note for note in report["notes"])


def test_quality_is_a_floor_that_wins_over_a_size(china: bytes) -> None:
    """Given both, the asked score is reached though the size is not, and the report says so."""
    _, report = run(china, target="5kB", quality=60)
    assert report["output"]["bytes"] > 5000
    assert report["metrics"]["ssimulacra2"] > 57
    assert "comes first" in report["why"]


@pytest.mark.parametrize(("format_", "expected"), [("png", "png"), ("webp", "webp"), ("avif", "avif")])
def test_an_asked_format_is_written(chart: bytes, format_: str, expected: str) -> None:
    """Each writable format can be asked for."""
    _, report = run(chart, format=format_)
    assert report["output"]["format"] == expected


def test_keep_stays_with_the_format_of_the_upload(china: bytes) -> None:
    """format=keep writes what came in."""
    _, report = run(china, format="keep")
    assert report["output"]["format"] == "jpeg"


def test_the_upload_wins_where_nothing_is_smaller() -> None:
    """A file that is small already comes back without loss and never larger."""
    data = png(np.zeros((1, 1, 3), np.uint8), optimize=True)
    _, report = run(data)
    assert report["output"]["bytes"] <= len(data)


@pytest.mark.parametrize(
    ("size", "options"),
    [((1, 1), {"scale": 0.05}), ((16384, 1), {"scale": "auto", "format": "jpeg", "target": 500})],
)
def test_a_scale_that_saves_nothing_keeps_the_upload(size: tuple[int, int], options: dict[str, Any]) -> None:
    """Neither a scale that changes no side nor one that was not asked for makes a file larger than the upload."""
    image = Image.new("RGB", size, "red")
    image.putpixel((size[0] // 3000, 0), (0, 0, 255))
    target = io.BytesIO()
    image.save(target, "PNG")
    data, report = compress(target.getvalue(), Options.parse(options))
    assert len(data) <= len(target.getvalue())
    assert (report.content["output"]["width"], report.content["output"]["height"]) == size


def test_a_saving_close_to_everything_gives_the_smallest_file(china: bytes) -> None:
    """A target of less than one byte is out of reach, not a fault."""
    with Image.open(io.BytesIO(china)) as image:
        target = io.BytesIO()
        image.resize((60, 40)).save(target, "JPEG")
    _, report = compress(target.getvalue(), Options.parse({"target": "99.99999%"}))
    assert report.content["plan"]["target_bytes"] == 1
    assert "could not be reached" in report.content["why"]


def test_transparency_survives(glass: bytes) -> None:
    """Alpha goes in and comes out, and JPEG does not compete."""
    image, report = run(glass)
    before = np.asarray(Image.open(io.BytesIO(glass)).getchannel("A"), np.int16)
    after = np.asarray(image.convert("RGBA").getchannel("A"), np.int16)
    assert np.abs(before - after).mean() < 4.0
    assert all(entry["format"] != "jpeg" for entry in report["contest"])


def test_transparency_asked_as_jpeg_is_laid_on_white(glass: bytes) -> None:
    """A format without alpha shows the picture on white, and says so."""
    image, report = run(glass, format="jpeg")
    assert min(image.getpixel((0, 0))) > 240
    assert any("laid on white" in note for note in report["notes"])


def test_pinned_colors_survive(china: bytes) -> None:
    """A pinned colour is in the palette exactly."""
    _, report = run(china, colors=16, format="png", pin="#ff8800")
    assert "#ff8800" in [entry["hex"] for entry in report["palette"]]


def test_scale_and_longest_side_are_obeyed(china: bytes) -> None:
    """Fewer pixels are given when asked for, never otherwise."""
    assert run(china, scale=0.5)[0].size == (320, 214)
    assert run(china, max_size=200)[0].size == (200, 133)
    assert run(china, max_size=5000)[0].size == (640, 427)


def test_a_format_that_cannot_hold_the_sides_is_left_out() -> None:
    """Where all compete, a picture one pixel too long for WebP is won by another; asked for alone, it is refused."""
    long = png(np.random.default_rng(0).integers(0, 255, (2, 16_384, 3), dtype=np.uint8))
    formats = {row["format"] for row in run(long, format="any")[1]["contest"]}
    assert "webp" not in formats
    assert {"png", "jpeg", "avif"} <= formats
    with pytest.raises(EncodeError, match="16383"):
        compress(long, Options(format="webp"))


def test_the_same_input_gives_the_same_bytes(china: bytes, chart: bytes) -> None:
    """Two runs give the same bytes and the same report but for its clocks."""
    for data in (china, chart):
        first, second = compress(data), compress(data, clock=lambda: 0.0)
        assert first[0] == second[0]
        reports = [{k: v for k, v in r.content.items() if k != "timings_ms"} for _, r in (first, second)]
        assert reports[0] == reports[1]


def test_stages_are_announced_in_their_order(chart: bytes) -> None:
    """Progress names each stage as it begins."""
    stages: list[str] = []
    compress(chart, progress=stages.append)
    assert stages == ["decode", "scale", "analyze", "plan", "search", "encode", "contest", "metrics"]


def test_bad_input_and_bad_options_are_typed(chart: bytes) -> None:
    """What cannot be done is a typed error."""
    with pytest.raises(InputError):
        compress(b"not an image")
    with pytest.raises(OptionError):
        compress(chart, Options.parse({"colors": 999}))


def test_a_preview_is_a_picture(glass: bytes) -> None:
    """A preview is an image that every browser shows."""
    assert Image.open(io.BytesIO(preview(glass))).size == (160, 120)
