"""Files that are either whole or absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.emulator.objects.files import read_json, write_json


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Letters of every script come back, a second text replaces the first, and nothing else is left."""
    path = tmp_path / "x.json"
    for value in ({"name": "ü/雪"}, [1, None]):
        write_json(path, value)
        assert read_json(path) == value
    assert [*tmp_path.iterdir()] == [path]


def test_a_failed_write_leaves_the_old_text(tmp_path: Path) -> None:
    """A value that is no JSON, or a disk that fails, costs the new text alone."""
    path = tmp_path / "x.json"
    write_json(path, "old")
    with pytest.raises(TypeError):
        write_json(path, object())
    assert read_json(path) == "old"


def test_half_a_text_lies_under_a_hidden_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is whole a text has a name with a dot before it, by which a restart knows it for rubbish."""
    path = tmp_path / "x.json"

    def die(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        write_json(path, "new")
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".x.json.")
