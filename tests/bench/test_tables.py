"""What the tables of measurements rest on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.judging import Judge, geometric_mean, sizes_at
from bench.pictures import PIXELS, find_pictures
from bench.tables import Table, join_sections, keep_section, refresh_document


def test_sizes_are_read_off_the_frontier_between_points() -> None:
    """Half way between two scores the size is the geometric mean of theirs, and a larger, worse point counts not."""
    points = [(40.0, 100.0), (60.0, 400.0), (50.0, 500.0)]
    assert sizes_at((50,), points)[0] == pytest.approx(200.0)


def test_sizes_outside_what_was_measured_are_unknown() -> None:
    """A score that no point reaches has no size."""
    assert np.isnan(sizes_at((30, 70), [(40.0, 100.0), (60.0, 400.0)])).all()


def test_the_mean_leaves_out_what_is_unknown() -> None:
    """The geometric mean of 2, 8 and nothing is 4."""
    assert geometric_mean(np.array([2.0, np.nan, 8.0])) == pytest.approx(4.0)


def test_a_translucent_picture_is_judged_on_its_worse_ground() -> None:
    """White in the place of black under half alpha is seen on black only, and lowers the score."""
    original = Image.new("RGBA", (64, 64), (0, 0, 0, 128))
    other = Image.new("RGBA", (64, 64), (255, 255, 255, 128))
    assert Judge(original).score(original) == pytest.approx(100.0)
    assert Judge(original).score(other) < 50


def test_documents_show_the_kept_tables_between_their_marks(tmp_path: Path) -> None:
    """A mark whose table was kept is filled again, one whose was not stays, and so does all text."""
    document = tmp_path / "README.md"
    document.write_text("a\n<!-- bench:one -->\nold\n<!-- /bench -->\nb\n<!-- bench:two -->\nkept\n<!-- /bench -->\n")
    keep_section(tmp_path, "one", Table("T", ("x",), [["1"]]).render())
    refresh_document(document, tmp_path)
    refresh_document(document, tmp_path)
    assert document.read_text() == (
        "a\n<!-- bench:one -->\n**T.**\n\n| x |\n| --- |\n| 1 |\n<!-- /bench -->\n"
        "b\n<!-- bench:two -->\nkept\n<!-- /bench -->\n"
    )


def test_kept_sections_are_joined_in_the_order_of_the_names(tmp_path: Path) -> None:
    """The document of all tables has a heading for each that was kept."""
    for name in ("b", "a"):
        keep_section(tmp_path, name, f"table {name}\n")
    join_sections(tmp_path, ("a", "none", "b"), tmp_path / "all.md")
    assert (tmp_path / "all.md").read_text() == "# Measurements\n\n## a\n\ntable a\n\n## b\n\ntable b\n"


def test_pictures_come_without_a_folder() -> None:
    """Without a folder of images each set has pictures, no larger than asked for, and those with alpha have it."""
    pictures = find_pictures(None, 2, ("photos", "graphics", "alpha"))
    assert [picture.group for picture in pictures] == ["photos"] * 2 + ["graphics"] * 2 + ["alpha"] * 2
    for picture in pictures:
        image = picture.open(PIXELS)
        assert image.width * image.height <= PIXELS * 1.01
        assert (image.mode == "RGBA") == (picture.group == "alpha")
