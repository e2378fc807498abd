"""The table of the file formats."""

from __future__ import annotations

from typing import get_args

import pytest
from PIL import Image

from autok.encoding import ENCODERS
from autok.formats import ALL_EXTENSIONS, FORMATS, WRITABLE, FileFormat, Format


def test_every_format_has_a_row() -> None:
    """The rows are the formats, and an extension belongs to one of them only."""
    assert tuple(FORMATS) == get_args(Format)
    assert len(set(ALL_EXTENSIONS)) == len(ALL_EXTENSIONS)


def test_what_is_written_has_a_writer() -> None:
    """The formats that can be written are PNG and the lossy writers'."""
    assert set(WRITABLE) == {"png", *ENCODERS}


@pytest.mark.parametrize("row", [row for name, row in FORMATS.items() if name != "heic"], ids=lambda row: row.label)
def test_a_row_calls_its_format_as_the_library_does(row: FileFormat) -> None:
    """Pillow knows every extension, the first under the same name, and the media type as that name's."""
    Image.init()
    assert set(row.extensions) <= set(Image.registered_extensions())
    assert Image.registered_extensions()[row.extension] == row.label.upper()
    assert Image.MIME[row.label.upper()] == row.content_type
