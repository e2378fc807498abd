"""Lloyd's iterations for many pictures at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from autok.analysis import analyze
from autok.devices import CPU, Device
from autok.models import SourceImage
from autok.quantization.clouds import gather, to_bytes
from autok.quantization.cuts import cut
from autok.quantization.lloyd import Task, refine_many
from autok.quantization.refinement import refine
from support.libraries import devices

on_each = pytest.mark.parametrize("opened", devices())


def picture(seed: int, alpha: bool = False) -> SourceImage:
    """Draw soft blobs of colour, with soft alpha if wanted."""
    channels = 4 if alpha else 3
    noise = np.random.default_rng(seed).integers(0, 256, (12, 16, channels), np.uint8)
    image = Image.fromarray(noise).resize((160, 120), Image.Resampling.BICUBIC)
    return SourceImage(image, "png", b"", None)


def task(seed: int, colors: int, *, alpha: bool = False, anchors: int = 0) -> Task:
    """Return the work on one picture, from the variance cut."""
    cloud, _ = gather(analyze(picture(seed, alpha)), "oklab")
    centers = cut(cloud, colors).centers_of(colors)
    return Task(cloud, centers[anchors:], centers[:anchors], 10)


def steps_apart(first: NDArray[np.float32], second: NDArray[np.float32]) -> int:
    """Return the largest difference of two palettes in 8-bit steps."""
    return int(np.abs(to_bytes(first, "oklab").astype(int) - to_bytes(second, "oklab")).max())


@on_each
def test_many_at_once_are_what_each_is_alone_under_scikit_learn(opened: Callable[[], Device]) -> None:
    """Clouds of several sizes, K and dimensions in one block give the palettes of K-means, within one 8-bit step."""
    tasks = [task(1, 8), task(2, 64), task(3, 32, alpha=True), task(4, 16, anchors=3)]
    found = refine_many(tasks, opened())
    for one, centers in zip(tasks, found, strict=True):
        expected = refine(one.cloud, one.centers, one.anchors, one.iterations)
        assert centers.shape == one.centers.shape
        assert steps_apart(centers, expected) <= 1


def test_a_picture_is_the_same_in_any_company() -> None:
    """What else is in the block changes nothing."""
    alone = refine_many([task(1, 24)], CPU)[0]
    together = refine_many([task(2, 200), task(1, 24), task(3, 9, alpha=True)], CPU)[1]
    assert np.array_equal(alone, together)


def test_pictures_may_iterate_more_or_less() -> None:
    """A task stops after its own iterations, whatever the others need."""
    short = Task(*(getattr(task(1, 24), name) for name in ("cloud", "centers", "anchors")), 1)
    together = refine_many([short, task(2, 24)], CPU)[0]
    assert np.array_equal(together, refine_many([short], CPU)[0])
    assert not np.array_equal(together, refine_many([task(1, 24)], CPU)[0])
