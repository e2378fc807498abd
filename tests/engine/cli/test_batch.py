"""Many files: every failure is an outcome of its own file, and no original is ever lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from autok.cli import batch
from autok.cli.batch import Job, compress_file, failure, open_workshop, run
from autok.cli.files import Input
from autok.options import Options
from support.fake_gpu import GIB, show_gpu
from support.uploads import corner_picture, saved

PICTURE = saved(corner_picture(), "BMP")


def job(
    path: Path, *, output: str | None = None, in_place: bool = False, dry_run: bool = False, **options: object
) -> Job:
    """Return a job on one file."""
    parsed = Options.parse({"format": "png"})
    return Job(Input(path, Path(path.name)), parsed, output, in_place, dry_run, single=True)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a file with a picture that becomes smaller."""
    path = tmp_path / "a.bmp"
    path.write_bytes(PICTURE)
    return path


def test_a_result_is_written_beside_its_original(picture: Path) -> None:
    """It has its format's extension, the size that the report says, and the original stays."""
    outcome = compress_file(job(picture))
    assert not outcome.failed
    assert outcome.written is not None
    assert outcome.written.parent == picture.parent
    assert outcome.written.suffix == ".png"
    assert outcome.written.stat().st_size == outcome.report["output"]["bytes"]
    assert picture.read_bytes() == PICTURE


def test_a_rehearsal_writes_nothing(picture: Path) -> None:
    """The report is whole, and the folder is as it was."""
    outcome = compress_file(job(picture, dry_run=True))
    assert outcome.report["output"]["bytes"] > 0
    assert outcome.written is None
    assert [*picture.parent.iterdir()] == [picture]


def test_another_format_takes_no_place(picture: Path) -> None:
    """In place a result is written only where it is of the original's own format."""
    assert compress_file(job(picture, in_place=True)).written is None
    assert picture.read_bytes() == PICTURE
    png = picture.with_name("b.png")
    png.write_bytes(saved(corner_picture(), "PNG", compress_level=0))
    before = png.stat().st_size
    assert compress_file(job(png, in_place=True)).written == png
    assert png.stat().st_size < before


def test_a_rehearsal_tells_what_would_be_left_as_it_is(picture: Path) -> None:
    """What a run in place would leave alone is not told as saved."""
    assert compress_file(job(picture, in_place=True, dry_run=True)).kept
    assert not compress_file(job(picture, dry_run=True)).kept


def test_an_original_is_never_the_target(picture: Path) -> None:
    """Where the result would take its place under another option the file fails, and stays."""
    png = picture.with_name("b.png")
    data = saved(corner_picture(), "PNG", compress_level=0)
    png.write_bytes(data)
    outcome = compress_file(job(png, output=str(png)))
    assert outcome.report["error"]["code"] == "file_error"
    assert "--in-place" in outcome.report["error"]["detail"]
    assert png.read_bytes() == data


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "file_error"), (b"", "empty_file"), (b"GIF89a", "truncated_image"), (b"text", "unsupported_format")],
)
def test_what_cannot_be_compressed_is_an_outcome(tmp_path: Path, content: bytes | None, code: str) -> None:
    """A missing file, an empty one and damaged ones fail by their code, with their name and a sentence."""
    path = tmp_path / "x.gif"
    if content is not None:
        path.write_bytes(content)
    outcome = compress_file(job(path))
    assert outcome.failed
    assert outcome.written is None
    assert (outcome.report["error"]["code"], outcome.report["input"]["name"]) == (code, "x.gif")
    assert outcome.report["error"]["detail"]


@pytest.mark.parametrize(("fault", "code"), [(MemoryError(), "memory_limit"), (ZeroDivisionError("SECRET"), "crashed")])
def test_a_fault_of_the_engine_is_told_without_its_words(
    picture: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    """Too little memory has its advice, and anything else only its kind: its text could hold what is private."""

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("autok.pipeline.compress", fail)
    outcome = compress_file(job(picture))
    assert outcome.report["error"]["code"] == code
    assert "SECRET" not in str(outcome.report)
    assert picture.read_bytes() == PICTURE


def test_one_process_goes_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a second process the outcomes come one by one, as the files were named."""
    monkeypatch.setattr(batch, "compress_file", lambda each: failure(each, {"code": each.item.path.name}))
    jobs = [job(tmp_path / name) for name in "cab"]
    assert [outcome.report["error"]["code"] for outcome in run(jobs, 1)] == ["c", "a", "b"]
    assert list(run([], 1)) == []


def test_the_processor_needs_no_workshop() -> None:
    """Only a GPU has one."""
    assert open_workshop("cpu", None, 1) is None


@pytest.mark.parametrize(("asked", "always"), [("cuda", True), ("auto", False)])
def test_a_gpu_that_was_asked_for_does_it_all(asked: str, always: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by auto it works where that was measured to pay."""
    show_gpu(monkeypatch, {"pixels": 1000, "batch": 2, "gain": 9.0})
    workshop = open_workshop(asked, 8 * GIB, 1)
    assert workshop is not None
    assert workshop.is_shared == always


def test_what_cannot_become_smaller_is_not_written_again(picture: Path) -> None:
    """A result that is the upload's own bytes gets no file beside it, unless a place was named."""
    path = picture.with_name("dot.png")
    path.write_bytes(saved(Image.new("RGB", (1, 1)), "PNG"))
    while (written := compress_file(job(path)).written) is not None:
        assert written.stat().st_size < path.stat().st_size
        path = written
    named = picture.with_name("named.png")
    assert compress_file(job(path, output=str(named))).written == named
    assert named.read_bytes() == path.read_bytes()


def test_threads_of_libraries_are_left_alone_by_a_single_file(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment changes only where several processes share the cores."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert len([*run([job(picture, dry_run=True)], 4)]) == 1
    assert "OMP_NUM_THREADS" not in os.environ
