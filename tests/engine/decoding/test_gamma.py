"""PNG's gAMA: which exponents stand for sRGB, and what the others are undone to."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.decoding import decode
from autok.decoding.gamma import USUAL, apply_curve, gamma_curve, is_usual
from support.uploads import chunk, corner_picture, saved, with_chunks


def with_gamma(png: bytes, gamma: float) -> bytes:
    """Return a PNG that tells an exponent."""
    return with_chunks(png, chunk(b"gAMA", round(gamma * 100_000).to_bytes(4, "big")))


@pytest.mark.parametrize("gamma", [0.35, 1.0, 2.5])
def test_a_lone_exponent_is_undone(gamma: float) -> None:
    """PNG's gAMA alone is undone towards gamma 2.2; the kept original still tells it."""
    source = decode(with_gamma(saved(Image.linear_gradient("L"), "PNG"), gamma))
    expected = 255 * (np.arange(256) / 255) ** (1 / 2.2 / gamma)
    assert np.abs(np.asarray(source.image)[:, 0, 0] - expected).max() <= 0.51
    assert source.metadata.profile == f"gamma {gamma:g}, converted to sRGB"
    assert source.original is not None
    assert np.array_equal(np.asarray(decode(source.original).image), np.asarray(source.image))


def test_the_usual_exponent_is_dropped() -> None:
    """A gAMA of 1/2.2 stands for sRGB, and is dropped so that no browser reads it otherwise."""
    source = decode(with_gamma(saved(corner_picture(), "PNG"), 0.45455))
    assert np.array_equal(np.asarray(source.image), np.asarray(corner_picture()))
    assert source.original is not None
    assert b"gAMA" not in source.original


@pytest.mark.parametrize(("factor", "usual"), [(1, True), (1.049, True), (0.951, True), (1.051, False), (0.949, False)])
def test_the_usual_exponent_has_five_percent_of_play(factor: float, usual: bool) -> None:
    """An exponent off by less than 5 % of 1/2.2 is what encoders write for sRGB, and one off by more is meant."""
    assert is_usual(USUAL * factor) == usual


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("gamma", [0.01, 0.35, 1 / 2.2, 1.0, 10.0])
def test_black_and_white_stay_and_order_too(gamma: float, described: bool) -> None:
    """Every curve runs from 0 to 255 through 256 levels and never falls."""
    curve = gamma_curve(gamma, described=described)
    assert (len(curve), curve[0], curve[-1]) == (256, 0, 255)
    assert list(curve) == sorted(curve)


def test_the_curve_of_srgb_is_the_standards() -> None:
    """Beside chromaticities linear light is encoded by IEC 61966-2-1: its straight foot and its bend."""
    curve = gamma_curve(1.0, described=True)
    light = np.arange(256) / 255
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(np.array(curve) - 255 * encoded).max() <= 0.5
    assert (curve[1], curve[55], curve[127]) == (13, 128, 187)


def test_the_usual_exponent_alone_changes_nothing() -> None:
    """A picture encoded for gamma 2.2 is what a display of gamma 2.2 shows."""
    assert gamma_curve(USUAL, described=False) == tuple(range(256))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_curve_leaves_alpha_alone(mode: str) -> None:
    """The curve goes over every colour and never over alpha."""
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(max(1, len(mode)), axis=2)
    turned = np.asarray(apply_curve(Image.fromarray(pixels.squeeze()), tuple(range(255, -1, -1))))
    colors = 1 if mode == "L" else 3
    assert np.array_equal(turned.reshape(16, 16, -1)[..., :colors], 255 - pixels[..., :colors])
    assert mode != "RGBA" or np.array_equal(turned[..., 3], pixels[..., 3])
