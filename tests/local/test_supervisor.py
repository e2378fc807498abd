"""The supervisor's refusals: a taken port, a folder in use; the whole of it runs in the tests of the stack."""

from __future__ import annotations

import fcntl
import socket
from pathlib import Path

import pytest

from local.ports import Ports
from local.supervisor import main


def test_a_folder_in_use_is_told(tmp_path: Path, free_ports: Ports, capsys: pytest.CaptureFixture[str]) -> None:
    """Two stacks in one folder would undo each other's objects: the second one says so and ends with 1."""
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["--port", str(free_ports.page), "--data", str(tmp_path)]) == 1
    assert f"Another stack is running with the folder {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["", "below"])
def test_a_folder_that_cannot_be_is_told(
    tmp_path: Path, free_ports: Ports, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a file lies in the way of the stack's folder, a sentence says so, and nothing is started."""
    (tmp_path / "file").touch()
    assert main(["--port", str(free_ports.page), "--data", str(tmp_path / "file" / place)]) == 1
    said = capsys.readouterr()
    assert f"The folder {tmp_path}/file" in said.err
    assert "cannot be used" in said.err
    assert not said.out


def test_a_taken_port_is_told(tmp_path: Path, free_ports: Ports, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started, no key is made, and the folder is free again for the next try."""
    with socket.create_server(("127.0.0.1", free_ports.storage)):
        for _ in range(2):
            assert main(["--port", str(free_ports.page), "--data", str(tmp_path)]) == 1
            assert f"Port {free_ports.storage}," in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--unknown"]])
def test_wrong_words_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The command line says what it takes and ends with 2."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "local.supervisor" in capsys.readouterr().err


def test_a_port_that_leaves_no_room_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ports that follow the page's have to exist."""
    assert main(["--port", "65535", "--data", str(tmp_path)]) == 1
    assert "PORT is 65535" in capsys.readouterr().err
