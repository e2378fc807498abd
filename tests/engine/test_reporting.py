"""The report's own parts; whole reports are checked against the schema by the tests of the pipeline."""

from __future__ import annotations

import jsonschema
import pytest

from autok import __version__
from autok.formats import Format
from autok.reporting import engine_versions, output_name, report_schema


@pytest.mark.parametrize(
    ("name", "output_format", "expected"),
    [
        ("cat.png", "jpeg", "cat.jpg"),
        ("archive.tar.webp", "webp", "archive.tar.webp"),
        (None, "png", "image.png"),
        (".png", "png", ".png.png"),
        ("日本.JPG", "avif", "日本.avif"),
        ("report.v2", "png", "report.v2.png"),
    ],
)
def test_results_keep_the_stem_of_the_upload(name: str | None, output_format: Format, expected: str) -> None:
    """A result is called as its upload was, with the extension of what it is."""
    assert output_name(name, output_format) == expected


def test_versions_name_what_the_bytes_depend_on() -> None:
    """The report names this package and every library that shapes the bytes."""
    versions = engine_versions()
    assert versions["autok"] == __version__
    assert {"numpy", "pillow", "scikit-learn", "oxipng", "jpegli", "mozjpeg", "device"} <= set(versions)


def test_the_schema_is_one_and_refuses_half_a_report() -> None:
    """The schema is valid, each caller has its own, and it refuses done without parts and failed without its error."""
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for status in ("done", "failed"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"version": "1", "status": status, "attempt": 1}, schema)
    jsonschema.validate({"version": "1", "status": "working", "attempt": 1, "stage": "decode"}, schema)
    schema.clear()
    assert report_schema()


@pytest.mark.parametrize("name", ["a/b/cat.png", "..png", "cat", "cat.", "C:\\x\\cat.PNG", "x" * 300 + ".png"])
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "avif"])
def test_a_name_of_any_kind_ends_as_its_format_does(name: str, kind: Format) -> None:
    """Whatever the upload is called, the result's name has the extension of what it is, and something before it."""
    made = output_name(name, kind)
    extension = {"jpeg": ".jpg"}.get(kind, f".{kind}")
    assert made.lower().endswith((extension, ".jpeg"))
    assert len(made) > len(extension)
    assert output_name(made, kind) == made


def test_versions_are_texts_that_a_report_can_hold() -> None:
    """Each is a text that is not empty, so that two reports can be held side by side."""
    versions = engine_versions()
    assert all(isinstance(value, str) and value for value in versions.values())
    jsonschema.validate(dict(versions), {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}})
