"""The maps of SSIMULACRA2 on one plane, against plain blurs of SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import correlate1d

from autok.metrics.similarity import Counted, Wanted, compare_plane, pieces, prepare_plane

ALL = Wanted(structure=True, artifact=True, detail=True)


def blur(plane: np.ndarray, whole: bool) -> np.ndarray:
    """Blur with a Gaussian of sigma 1.5 that reaches five pixels: mirrored up and down, black or mirrored beside."""
    offsets = np.arange(-5, 6)
    kernel = np.exp(-0.5 * (offsets / 1.5) ** 2)
    kernel /= kernel.sum()
    vertical = correlate1d(plane.astype(np.float64), kernel, axis=0, mode="reflect")
    return correlate1d(vertical, kernel, axis=1, mode="constant" if whole else "reflect")


def maps(reference: np.ndarray, distorted: np.ndarray, whole: bool) -> np.ndarray:
    """Return structure, artifact and detail as the publication defines them, shape (3, H, W)."""
    one, two = blur(reference, whole), blur(distorted, whole)
    spread = blur(reference**2, whole) - one**2, blur(distorted**2, whole) - two**2
    shared = blur(reference * distorted, whole) - one * two
    structure = 1 - (1 - (one - two) ** 2) * (2 * shared + 0.0009) / (spread[0] + spread[1] + 0.0009)
    change = (1 + np.abs(distorted - two)) / (1 + np.abs(reference - one)) - 1
    return np.stack([np.maximum(structure, 0), np.maximum(change, 0), np.maximum(-change, 0)])


def drawn(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a reference of steps and noise, and a distorted copy."""
    random = np.random.default_rng(sum(shape))
    reference = random.integers(0, 5, shape) / 5 + random.normal(0, 0.05, shape)
    return reference.astype(np.float32), (reference + random.normal(0, 0.1, shape)).astype(np.float32)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 8, 61), (3, 20, 17)])
def test_the_means_are_those_of_the_definition(shape: tuple[int, ...], whole: bool) -> None:
    """Means and fourth powers of all maps agree with a plain computation in double precision."""
    reference, distorted = drawn(*shape)
    counted = Counted(0, shape[1])
    found = compare_plane(prepare_plane(reference, ALL, whole), distorted, ALL, whole, counted)
    for tile in range(shape[0]):
        expected = maps(reference[tile], distorted[tile], whole)
        assert found[tile, :3] == pytest.approx(expected.mean(axis=(1, 2)), rel=2e-3, abs=1e-6)
        assert found[tile, 3:] == pytest.approx((expected**4).mean(axis=(1, 2)), rel=5e-3, abs=1e-7)


def test_equal_planes_have_no_error_at_all() -> None:
    """Not a rounding of one is left."""
    reference, _ = drawn(2, 30, 40)
    assert not compare_plane(prepare_plane(reference, ALL, True), reference, ALL, True, Counted(0, 30)).any()


def test_only_what_counts_counts() -> None:
    """An error in the surroundings alone changes what counts by its blur, and far away by nothing."""
    reference, distorted = drawn(1, 48, 48)
    far = reference.copy()
    far[:, :8] = distorted[:, :8]
    parts = prepare_plane(reference, ALL, False)
    assert not compare_plane(parts, far, ALL, False, Counted(20, 40, 10)).any()
    inside = compare_plane(parts, distorted, ALL, False, Counted(20, 40, 10))
    expected = maps(reference[0], distorted[0], False)[:, 20:40, 10:38]
    assert inside[0, :3] == pytest.approx(expected.mean(axis=(1, 2)), rel=2e-3)


@pytest.mark.parametrize("kind", range(3))
def test_unwanted_maps_are_zero_and_change_no_other(kind: int) -> None:
    """What carries no weight is not computed, and what is wanted stays as it is among all."""
    reference, distorted = drawn(1, 20, 20)
    wanted = Wanted(*(place == kind for place in range(3)))
    found = compare_plane(prepare_plane(reference, wanted, True), distorted, wanted, True, Counted(0, 20))[0]
    every = compare_plane(prepare_plane(reference, ALL, True), distorted, ALL, True, Counted(0, 20))[0]
    for place in range(3):
        assert found[[place, place + 3]].tolist() == (every[[place, place + 3]].tolist() if place == kind else [0, 0])


def test_pieces_cover_a_stack_once_and_show_in_no_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into small parts, by tiles or by rows, every pixel is in one, and the means stay within rounding."""
    reference, distorted = drawn(3, 70, 30)
    whole = compare_plane(prepare_plane(reference, ALL, True), distorted, ALL, True, Counted(5, 66))
    for pixels in (30 * 16, 30 * 70 * 2):
        monkeypatch.setattr("autok.metrics.similarity._PIECE_PIXELS", pixels)
        seen = np.zeros(reference.shape[:2], int)
        for tiles, rows in pieces(reference):
            seen[tiles, rows] += 1
        assert (seen == 1).all()
        cut = compare_plane(prepare_plane(reference, ALL, True), distorted, ALL, True, Counted(5, 66))
        assert cut == pytest.approx(whole, rel=1e-5)
