"""The command line, run as its users run it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy
import pytest
from PIL import Image

from autok import __version__, devices
from autok.cli import main
from autok.devices import Device
from autok.pipeline import Workshop
from autok.reporting import report_schema


@pytest.fixture
def folder(tmp_path: Path, china: bytes, flower: bytes) -> Path:
    """Return a folder with a tree of two photos, a graphic and a broken file."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "china.jpg").write_bytes(china)
    (tmp_path / "in" / "deep" / "flower.JPG").write_bytes(flower)
    (tmp_path / "in" / "notes.txt").write_text("no image")
    graphic = Image.new("RGB", (200, 100), "#336699")
    graphic.paste("#ff8800", (20, 20, 90, 80))
    graphic.save(tmp_path / "in" / "logo.png", compress_level=0)
    return tmp_path


def test_one_file_goes_to_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``-o out/`` writes the result under its own name and prints sizes and the reason."""
    assert main([str(folder / "in" / "logo.png"), "-o", f"{folder}/out/"]) == 0
    assert (folder / "out" / "logo.png").stat().st_size < (folder / "in" / "logo.png").stat().st_size
    assert "smaller" in capsys.readouterr().out


def test_a_tree_is_kept_and_other_files_are_left_out(folder: Path) -> None:
    """``-r`` goes into folders, keeps their tree and their spelling of extensions, and takes only images."""
    assert main(["-r", str(folder / "in"), "-o", str(folder / "out"), "-j", "2", "-q"]) == 0
    written = sorted(str(path.relative_to(folder / "out")) for path in (folder / "out").rglob("*") if path.is_file())
    assert written == ["china.jpg", "deep/flower.JPG", "logo.png"]


def test_json_prints_one_valid_report_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--json`` prints reports that fit the schema, a line each, and nothing else."""
    assert (
        main(
            [
                "--json",
                str(folder / "in" / "logo.png"),
                str(folder / "in" / "china.jpg"),
                "-o",
                f"{folder}/o/",
                "-j",
                "1",
            ]
        )
        == 0
    )
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report["input"]["name"] for report in reports] == ["logo.png", "china.jpg"]
    for report in reports:
        jsonschema.validate(report, report_schema())


def test_a_bad_file_fails_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no image is a sentence on stderr and exit status 1; the others are done."""
    status = main(
        [str(folder / "in" / "notes.txt"), str(folder / "in" / "logo.png"), "-o", f"{folder}/out/", "-j", "1"]
    )
    captured = capsys.readouterr()
    assert status == 1
    assert "notes.txt" in captured.err
    assert "Traceback" not in captured.err
    assert (folder / "out" / "logo.png").exists()
    assert not (folder / "out" / "notes.txt").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--colors", "1", "x.png"], "2 to 256"),
        (["--quality", "best", "x.png"], "0 to 100"),
        (["--jobs", "0", "x.png"], "number of processes"),
        (["--in-place", "-o", "y", "x.png"], "exclude"),
        (["-", "x.png"], "pipe"),
        (["-", "--skip-larger-than", "1MB"], "pipe"),
        ([], "FILE"),
        (["--skip-larger-than", "60%", "x.png"], "size such as"),
        (["--device-memory", "much", "x.png"], "device-memory is 'much'; it takes a size such as"),
    ],
)
def test_wrong_usage_is_status_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong option is exit status 2 and a sentence that names its range."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_missing_files_and_folders_without_r_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that stands for nothing is status 1 and a sentence."""
    assert main([str(folder / "nothing.png"), str(folder / "in")]) == 1
    said = capsys.readouterr().err
    assert "no such file" in said
    assert "add -r" in said


def test_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--dry-run`` says what would be saved and leaves everything as it is."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main(["--dry-run", "-r", str(folder / "in"), "-j", "1"]) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert "would go from" in capsys.readouterr().out


def test_in_place_replaces_only_what_gets_smaller(folder: Path) -> None:
    """``--in-place`` keeps format, name and permissions, and a second run changes nothing more for a lossless file."""
    logo = folder / "in" / "logo.png"
    logo.chmod(0o640)
    before = logo.stat().st_size
    assert main(["-i", str(logo), "-q"]) == 0
    first = logo.read_bytes()
    assert len(first) < before
    assert logo.stat().st_mode & 0o777 == 0o640
    assert main(["-i", str(logo), "-q"]) == 0
    assert logo.read_bytes() == first
    assert [path.name for path in logo.parent.iterdir() if path.name.startswith(".")] == []


def test_large_files_can_be_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--skip-larger-than`` leaves out files above a size and says how many."""
    assert main(["-r", str(folder / "in"), "-o", str(folder / "out"), "--skip-larger-than", "100kB", "-j", "1"]) == 0
    assert "2 larger" in capsys.readouterr().err
    assert [path.name for path in (folder / "out").rglob("*.*")] == ["logo.png"]


def test_equal_stems_get_names_of_their_own(tmp_path: Path, china: bytes) -> None:
    """``a.jpg`` beside ``a.png`` are two results, though both become JPEG."""
    (tmp_path / "a.jpg").write_bytes(china)
    Image.open(io.BytesIO(china)).save(tmp_path / "a.png")
    assert main([str(tmp_path / "a.jpg"), str(tmp_path / "a.png"), "-o", f"{tmp_path}/out/", "-q", "-j", "1"]) == 0
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_pipe_goes_through(china: bytes) -> None:
    """``autok -`` reads stdin and writes the result to stdout."""
    root = Path(__file__).parents[3] / "function"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-m", "autok", "-"], input=china, capture_output=True, env=environment, check=True
    )
    assert Image.open(io.BytesIO(done.stdout)).size == (640, 427)
    assert len(done.stdout) < len(china)
    bad = subprocess.run(
        [sys.executable, "-m", "autok", "-"], input=b"", capture_output=True, env=environment, check=False
    )
    assert bad.returncode == 1
    assert bad.stdout == b""
    assert b"Traceback" not in bad.stderr
    told = subprocess.run(
        [sys.executable, "-m", "autok", "-", "--json"], input=b"x", capture_output=True, env=environment, check=False
    )
    assert told.returncode == 1
    report = json.loads(told.stdout)
    assert (report["status"], report["error"]["code"]) == ("failed", "unsupported_format")


def test_results_are_no_inputs_of_the_next_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of results within the tree is left out when the same line is run again, unless it is named itself."""
    monkeypatch.chdir(folder / "in")
    for _ in range(2):
        assert main(["-r", ".", "-o", "./small", "-q", "-j", "1"]) == 0
    assert sorted(path.name for path in Path("small").iterdir()) == ["china.jpg", "deep", "logo.png"]
    assert main(["-r", "small", "-o", "small/less", "-q", "-j", "1"]) == 0
    assert sorted(path.name for path in Path("small/less").iterdir()) == ["china.jpg", "deep", "logo.png"]


def run_in_shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which ``$AUTOK`` is the command."""
    known = {**os.environ, "AUTOK": f"{sys.executable} -m autok", **environment}
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=120, env=known)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("$AUTOK - < logo.png >&-", "pipe's end is closed"),
        ("$AUTOK - <&-", "pipe's end is closed"),
        ("$AUTOK logo.png -o out > /dev/full", "No space left"),
        ("$AUTOK --json logo.png -o out > /dev/full", "No space left"),
        ("$AUTOK --json - < logo.png > /dev/full", "No space left"),
    ],
)
def test_streams_that_cannot_be_used_are_a_sentence(folder: Path, line: str, said: str) -> None:
    """Closed or full, a stream is exit status 1 and one line, without a traceback."""
    ended = run_in_shell(f"cd {folder}/in; {line}")
    assert ended.returncode == 1
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_closed_standard_error_stops_nothing(folder: Path) -> None:
    """Without a place for complaints files are compressed all the same."""
    ended = run_in_shell(f"cd {folder}/in; $AUTOK logo.png china.jpg -o out -j 1 2>&-")
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1].startswith("2 files went from")


def test_letters_that_a_terminal_lacks_are_escaped(folder: Path) -> None:
    """A name outside of the terminal's encoding is printed with escapes, and the work goes on."""
    (folder / "in" / "logo.png").rename(folder / "in" / "\u5199.png")
    ended = run_in_shell(f"cd {folder}/in; $AUTOK -r . -o ../out -j 1", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert "\\u5199.png" in ended.stdout


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """``--version`` prints the version and exits with 0."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.strip() == f"autok {__version__}"


def test_an_absent_gpu_is_said_and_is_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--device cuda`` without one: a sentence with what to do, and exit status 2."""
    monkeypatch.setattr(devices, "_missing", lambda: "no NVIDIA GPU answers.")
    with pytest.raises(SystemExit) as ended:
        main([str(folder / "in" / "logo.png"), "--device", "cuda"])
    assert ended.value.code == 2
    assert "no NVIDIA GPU answers. Install the extra autok[gpu]" in capsys.readouterr().err


def test_a_shared_device_serves_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a device that pays, files are worked on by threads; the bytes are those of the device, one for each file."""
    shared = Workshop(Device("drawn", numpy, None), always=True, batch=2)
    monkeypatch.setattr("autok.cli.open_workshop", lambda device, memory, batch: shared)
    assert main(["-r", str(folder / "in"), "-o", str(folder / "out"), "-j", "2", "-q", "--json"]) == 0
    assert len([path for path in (folder / "out").rglob("*") if path.is_file()]) == 3


def test_a_size_of_memory_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--device-memory`` takes a size and names itself where it gets none."""
    with pytest.raises(SystemExit):
        main([str(folder / "in" / "logo.png"), "--device-memory", "60%"])
    assert "device-memory" in capsys.readouterr().err
