"""Files that are not as one hopes: each is a sentence, the others go on, and nothing half written is left."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from autok.cli import batch, files, main
from autok.cli.files import Input, destination, find_inputs, name_apart, show_path, write_safely


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """Return a graphic that can be made much smaller."""
    path = tmp_path / "in" / "logo.png"
    path.parent.mkdir()
    graphic = Image.new("RGB", (120, 60), "#336699")
    graphic.paste("#ff8800", (20, 20, 90, 50))
    graphic.save(path, compress_level=0)
    return path


def test_names_that_are_no_utf8_are_worked_on_and_shown(logo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name of any bytes is compressed and printed with its odd bytes escaped, control characters as well."""
    odd = os.fsdecode(os.fsencode(logo.parent) + b"/caf\xe9\x1b[31m.png")
    logo.rename(odd)
    assert main(["-i", "-r", str(logo.parent), "-j", "1"]) == 0
    assert "caf\\xe9\\x1b[31m.png" in capsys.readouterr().out
    assert show_path("a\nb") == "a\\nb"


def test_a_folder_that_cannot_be_read_is_named(
    logo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unreadable folder is a sentence and exit status 1; the files beside it are done."""
    locked = logo.parent / "locked"
    locked.mkdir()
    real = os.scandir

    def scan(path: Any) -> Any:
        if Path(path) == locked:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scan)
    before = logo.stat().st_size
    assert main(["-i", "-r", str(logo.parent), "-q", "-j", "1"]) == 1
    assert "locked: Permission denied." in capsys.readouterr().err
    assert logo.stat().st_size < before


def test_a_file_that_vanishes_fails_alone(
    logo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file deleted between being found and being read is a sentence; the next is done."""
    gone = logo.with_name("gone.png")
    gone.write_bytes(logo.read_bytes())

    def find(names: list[str], **how: Any) -> Any:
        found = find_inputs(names, **how)
        gone.unlink()
        return found

    monkeypatch.setattr("autok.cli.find_inputs", find)
    output = logo.parent.parent / "out"
    words = ["-r", str(logo.parent), "-o", str(output), "-j", "1", "--skip-larger-than", "1MB", "-q"]
    assert main(words) == 1
    assert "gone.png: No such file or directory." in capsys.readouterr().err
    assert [path.name for path in output.iterdir()] == ["logo.png"]


def test_a_full_disk_leaves_the_old_file_whole(
    logo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the disk is full in the middle of a write, the original is as it was and no temporary file is left."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = logo.read_bytes()
    monkeypatch.setattr(files.os, "fsync", full)
    assert main(["-i", str(logo), "-q"]) == 1
    assert "logo.png: No space left on device." in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in logo.parent.iterdir()} == {"logo.png": before}


def test_a_read_only_file_is_left_alone(
    logo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A target that may not be written is a sentence, although its folder would let it be replaced."""
    monkeypatch.setattr(files.os, "access", lambda path, mode: False)
    before = logo.read_bytes()
    assert main(["-i", str(logo), "-q"]) == 1
    assert "logo.png: It is read-only." in capsys.readouterr().err
    assert logo.read_bytes() == before


def test_a_target_below_a_file_is_a_sentence(logo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An output folder that cannot be made, because a file has its name, is told."""
    assert main([str(logo), "-o", f"{logo}/below/"]) == 1
    assert "logo.png: Not a directory." in capsys.readouterr().err


def test_an_original_is_never_overwritten_by_o(logo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``-o`` with the original's own folder is refused, and says which flag would do it."""
    before = logo.read_bytes()
    assert main([str(logo), "-o", f"{logo.parent}/"]) == 1
    assert "--in-place" in capsys.readouterr().err
    assert logo.read_bytes() == before


def test_a_link_stays_a_link(logo: Path) -> None:
    """In place through a symbolic link, the file that it points to is replaced."""
    link = logo.parent.parent / "link.png"
    link.symlink_to(logo)
    before = logo.stat().st_size
    assert main(["-i", str(link), "-q"]) == 0
    assert link.is_symlink()
    assert logo.stat().st_size < before


def test_a_circle_of_links_is_a_sentence(logo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Links that lead to each other are neither followed for ever nor replaced."""
    one, other = logo.with_name("one.png"), logo.with_name("other.png")
    one.symlink_to(other)
    other.symlink_to(one)
    assert main([str(logo), "-o", str(one)]) == 1
    assert main([str(logo), "-o", str(one / "deep.png")]) == 1
    assert capsys.readouterr().err.count("logo.png: Its links lead in a circle.") == 2
    assert one.is_symlink()


@pytest.mark.parametrize("letter", ["a", "\u5199"])
def test_the_longest_names_are_written(tmp_path: Path, letter: str) -> None:
    """A name of as many bytes as a folder takes is no obstacle, in any script."""
    name = letter * (251 // len(letter.encode())) + ".png"
    write_safely(tmp_path / name, b"1")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("beside", [False, True])
def test_no_two_results_meet(beside: bool) -> None:
    """Whatever formats win, each result has a place of its own; who shares no stem keeps its name."""
    names = ["a/x.png", "a/x.jpg", "a/x.png.jpg", "b/x.png", "a/y.png"]
    inputs = [Input(Path(name), Path(name).relative_to(Path(name).parent)) for name in names]
    output = None if beside else "out"
    for kind in ("png", "jpeg"):
        results = [destination(item, output, kind, single=False) for item in name_apart(inputs, beside=beside)]
        assert len({*results}) == len(names)
        stem = "a/y-autok" if beside else "out/y"
        assert results[-1].with_suffix("") == Path(stem)


def test_results_beside_their_originals_do_not_meet(tmp_path: Path, china: bytes) -> None:
    """A photo as PNG and its JPEG, which both become JPEG, each get a result."""
    (tmp_path / "x.jpg").write_bytes(china)
    Image.open(tmp_path / "x.jpg").resize((120, 80)).save(tmp_path / "x.png")
    assert main(["-r", str(tmp_path), "-q", "-j", "1"]) == 0
    written = sorted(path.name for path in tmp_path.glob("*-autok.*"))
    assert written == ["x.jpg-autok.jpg", "x.png-autok.jpg"]


def test_results_of_an_earlier_run_are_left_out_of_a_folder(logo: Path) -> None:
    """What was written beside its original is not compressed once more by the next run over the folder."""
    for _ in range(2):
        assert main(["-r", str(logo.parent), "-q", "-j", "1"]) == 0
    assert sorted(path.name for path in logo.parent.iterdir()) == ["logo-autok.png", "logo.png"]


def test_special_files_and_patterns(logo: Path) -> None:
    """A device is refused in a sentence, a pattern finds its files, and a pattern that finds none says so."""
    inputs, complaints = find_inputs(["/dev/zero", f"{logo.parent}/*.png", f"{logo.parent}/*.gif"], recursive=False)
    assert [item.path for item in inputs] == [logo]
    assert [text.partition(": ")[2] for text in complaints] == ["is neither a file nor a folder", "no such file"]


def test_a_fault_of_the_engine_is_a_failed_file(
    logo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong with one file, it is named, nothing is written, and no trace is printed."""
    for fault, words in ((MemoryError(), "-j"), (ZeroDivisionError("x"), "ZeroDivisionError")):

        def fail(*_: object, fault: BaseException = fault, **__: object) -> None:
            raise fault

        monkeypatch.setattr("autok.pipeline.compress", fail)
        assert main(["-i", str(logo), "-q"]) == 1
        said = capsys.readouterr().err
        assert words in said
        assert "Traceback" not in said


def test_an_interruption_begins_nothing_more(
    logo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is exit status 130 and a sentence, and the files that waited are untouched."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "compress_file", interrupt)
    before = logo.read_bytes()
    assert main(["-i", str(logo)]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert logo.read_bytes() == before


def test_a_new_file_obeys_the_umask_and_an_old_one_keeps_its_rights(tmp_path: Path) -> None:
    """Permissions are those that any program would give, or those that were there."""
    mask = os.umask(0o027)
    try:
        write_safely(tmp_path / "deep" / "new", b"1")
    finally:
        os.umask(mask)
    assert (tmp_path / "deep" / "new").stat().st_mode & 0o777 == 0o640
    (tmp_path / "deep" / "new").chmod(0o604)
    write_safely(tmp_path / "deep" / "new", b"2")
    assert (tmp_path / "deep" / "new").stat().st_mode & 0o777 == 0o604
    assert (tmp_path / "deep" / "new").read_bytes() == b"2"
