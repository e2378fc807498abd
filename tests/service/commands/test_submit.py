"""``autok-cloud submit``, with a client that needs no service."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from autok.cli.files import Input
from service import client as calls
from service.commands import main, submit

ANSWER = {
    "status": "done",
    "report": {"input": {"bytes": 1000}, "output": {"bytes": 250, "format": "png"}, "why": "It was asked for."},
    "download": {"url": "http://localhost:1/x"},
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let every client answer from a table by the file's name, and return the table."""
    told: dict[str, Any] = {}

    class Told(calls.Client):
        def upload(self, name: str, data: bytes, options: Any) -> str:
            told.setdefault("options", []).append(options)
            if name not in told:
                raise calls.ClientError("The service does not take it.")
            return f"/v1/results/{name}"

        def wait(self, result: str, progress: Any, timeout: float) -> dict[str, Any]:
            progress("search")
            answer: dict[str, Any] = told[result.rpartition("/")[2]]
            return answer

        def download(self, url: str) -> bytes:
            return b"small"

    monkeypatch.setattr(submit, "Client", Told)
    return told


def test_without_waiting_the_addresses_are_printed(
    service: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file's line ends in where its result will be; options travel as the API takes them."""
    (tmp_path / "a.png").write_bytes(b"1")
    service["a.png"] = ANSWER
    assert main(["submit", str(tmp_path / "a.png"), "--api", "https://api.example/", "--colors", "8"]) == 0
    assert capsys.readouterr().out.strip().endswith("a.png: https://api.example/v1/results/a.png")
    assert service["options"][0]["colors"] == 8


def test_waiting_prints_savings_and_saves_results(
    service: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With ``-o`` each result lies in the folder under its own extension, and the total is told."""
    for name in ("a.png", "b.bmp"):
        (tmp_path / name).write_bytes(b"1")
        service[name] = ANSWER
    assert main(["submit", str(tmp_path / "a.png"), str(tmp_path / "b.bmp"), "-o", f"{tmp_path}/out"]) == 0
    said = capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png"]
    assert "1 kB -> 250 bytes (75.0% smaller)" in said
    assert said.endswith("2 files went from 2 kB to 500 bytes: 75.0% smaller\n")


def test_files_of_one_name_are_saved_apart(service: dict[str, Any], tmp_path: Path) -> None:
    """Results of namesakes in two folders lie side by side, and none takes the place of another's original."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.png").write_bytes(folder.encode())
    service["x.png"] = ANSWER
    files = [f"{tmp_path}/{folder}/x.png" for folder in ("a", "b")]
    assert main(["submit", *files, "-o", f"{tmp_path}/b"]) == 0
    left = {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    assert left == {"x.png": b"b", "x.png.png": b"small", "x.png-2.png": b"small"}


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_folder_is_no_file(service: dict[str, Any], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder ends in a sentence, whatever it is called."""
    assert main(["submit", name, name, "--wait"]) == 1
    assert f"{name}: Is a directory." in capsys.readouterr().err


def test_one_files_failure_stops_no_other(
    service: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file, a refusal, a failed result and a result over its own original are each told, the rest is done."""
    for name in ("ok.png", "refused.png", "failed.png"):
        (tmp_path / name).write_bytes(b"original")
    service["ok.png"] = ANSWER
    service["failed.png"] = {"status": "failed", "error": {"detail": "It is damaged."}}
    names = [str(tmp_path / name) for name in ("ok.png", "refused.png", "failed.png", "gone.png")]
    assert main(["submit", *names, "--wait", "-j", "2"]) == 1
    said = capsys.readouterr()
    assert "ok.png: 1 kB" in said.out
    for words in ("refused.png: The service does not take it.", "failed.png: It is damaged.", "gone.png: No such file"):
        assert words in said.err
    assert main(["submit", names[0], "-o", f"{tmp_path}/"]) == 1
    assert "place of its original" in capsys.readouterr().err
    assert (tmp_path / "ok.png").read_bytes() == b"original"


def test_json_prints_the_answers(service: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--json`` prints a line a file with its id and the service's answer, and nothing else."""
    (tmp_path / "a.png").write_bytes(b"1")
    service["a.png"] = ANSWER
    assert main(["submit", str(tmp_path / "a.png"), str(tmp_path / "gone.png"), "--wait", "--json", "-j", "1"]) == 1
    lines = {line["file"].rpartition("/")[2]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (lines["a.png"]["id"], lines["a.png"]["status"]) == ("a.png", "done")
    assert lines["gone.png"]["error"]["detail"] == "No such file or directory."


def test_progress_is_drawn_on_a_terminal(
    service: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal a bar with the stages under way is drawn and wiped again."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"1")
        service[name] = ANSWER
    drawn = threading.Event()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(submit, "draw_bar", lambda done, count: drawn.set() or f"{done} of {count}")
    original = submit.send

    def send(item: Input, *more: Any) -> Any:
        if item.path.name == "b.png":
            assert drawn.wait(20)
        return original(item, *more)

    monkeypatch.setattr(submit, "send", send)
    assert main(["submit", str(tmp_path / "a.png"), str(tmp_path / "b.png"), "--wait"]) == 0
    assert " of 2" in capsys.readouterr().err


def test_an_interruption_ends_the_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is exit status 130 at once, though a file was waiting for its next try."""
    (tmp_path / "a.png").write_bytes(b"1")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(submit, "wait", interrupt)
    assert main(["submit", str(tmp_path / "a.png"), "--api", "http://localhost:1"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["submit"],
        ["submit", "x", "--api", "ftp://x"],
        ["submit", "x", "--jobs", "0"],
        ["submit", "x", "--timeout", "soon"],
        ["submit", "x", "--colors", "1"],
    ],
)
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    """No command, no file, and values out of their range end in exit status 2."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
