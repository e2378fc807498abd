"""Jobs in children of a warmed helper: what they may, and how they end."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import service
from autok.errors import (
    AutokError,
    BusyError,
    CorruptImageError,
    CrashError,
    MemoryLimitError,
    OptionError,
    TimeLimitError,
)
from service.sandbox import helper, open_sandbox
from service.sandbox.client import Sandbox
from service.settings import ChildLimits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked and bounded on Linux alone")
LIMITS = ChildLimits(memory=256 * 1024**2, cpu=1, wall=60)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Return a sandbox whose jobs misbehave as they are told."""
    made = Sandbox(LIMITS, "support.engines")
    yield made
    made.close()


def ignore(stage: str) -> None:
    """Take no notice of a stage."""


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait until something holds, at most ten seconds."""
    for _ in range(500):
        if condition():
            return True
        time.sleep(0.02)
    return False


def count_descriptors() -> int:
    """Return the number of this process's open descriptors."""
    return len(list(Path("/proc/self/fd").iterdir()))


def is_running(process: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_job_gets_its_bytes_and_returns_files(sandbox: Sandbox) -> None:
    """Bytes travel in whole, the answer and its files come back in whole, and the use of the processor is told."""
    answer = sandbox.run({}, b"abc" * 1_000_000, ignore)
    assert answer.content == {"length": 3_000_000}
    assert answer.files == (b"cba" * 1_000_000, b"second")
    assert answer.usage.peak_bytes > 3_000_000
    assert answer.usage.wall_seconds > 0
    assert answer.usage.bounded is True


def test_a_system_that_ignores_the_limit_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that gets more memory than its limit says so to the helper, before any image is at work."""
    assert helper.holds_limits()
    monkeypatch.setattr(helper, "bound", lambda **_: None)
    assert not helper.holds_limits()


def test_stages_flow_out_while_the_work_goes_on(sandbox: Sandbox) -> None:
    """Each stage is told in its turn."""
    stages: list[str] = []
    sandbox.run({}, b"abc", stages.append)
    assert list(dict.fromkeys(stages)) == ["decoding", "encoding"]


def test_an_empty_file_is_a_job_like_any_other(sandbox: Sandbox) -> None:
    """No bytes at all travel as well as many."""
    assert sandbox.run({}, b"", ignore).files[0] == b""


@pytest.mark.parametrize(
    ("do", "kind", "words"),
    [
        ("bomb", MemoryLimitError, "256 MiB"),
        ("spin", TimeLimitError, "1 s of processor time"),
        ("abort", CrashError, "status -6"),
        ("segfault", CrashError, "status -11"),
        ("exit", CrashError, "SystemExit"),
        ("leave", CrashError, "status 0"),
        ("fail", CrashError, "ZeroDivisionError"),
        ("refuse", CorruptImageError, "12 of 99 rows"),
        ("refuse option", OptionError, "pin is 'x'"),
        ("kill helper", CrashError, "ended twice"),
    ],
)
def test_whatever_a_job_does_ends_in_its_own_error_and_the_next_one_succeeds(
    sandbox: Sandbox, do: str, kind: type[AutokError], words: str
) -> None:
    """A bomb, a hang, a crash or a refusal is told by its own error, and the next job finds nothing of it."""
    with pytest.raises(kind, match=words) as caught:
        sandbox.run({"do": do}, b"abc", ignore)
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)
    assert sandbox.run({}, b"abc", ignore).files[0] == b"cba"


def test_a_hanging_child_is_killed_on_the_wall_clock() -> None:
    """A child that waits for ever is ended when its time is over, and the next job succeeds."""
    made = Sandbox(ChildLimits(memory=256 * 1024**2, cpu=1, wall=1), "support.engines")
    try:
        with pytest.raises(TimeLimitError, match="longer than 1 s"):
            made.run({"do": "hang"}, b"", ignore)
        assert made.run({}, b"abc", ignore).files[0] == b"cba"
    finally:
        made.close()


def test_a_child_sees_neither_the_environment_nor_open_files(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child has an empty environment and its own few descriptors, and is another process each time."""
    monkeypatch.setenv("AUTOK_ACCESS_KEY", "0123456789abcdef")
    first = sandbox.run({"do": "surroundings"}, b"", ignore).content
    second = sandbox.run({"do": "surroundings"}, b"", ignore).content
    assert first["environment"] == {}
    # Three standard ones on nothing, the answer, the channel, and the folder being listed.
    assert len(first["descriptors"]) == 6
    assert first["pid"] != second["pid"]
    assert first["parent"] not in (os.getpid(), 1)


def test_the_helper_starts_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper's own environment holds no variable of the service's."""
    monkeypatch.setenv("AUTOK_ACCESS_KEY", "0123456789abcdef")
    made = Sandbox(LIMITS, "support.engines")
    try:
        parent = made.run({"do": "surroundings"}, b"", ignore).content["parent"]
        environment = Path(f"/proc/{parent}/environ").read_bytes()
        assert b"AUTOK_" not in environment
        assert b"OMP_NUM_THREADS=1" in environment
    finally:
        made.close()


def test_a_child_beside_a_gpu_may_reserve_addresses_and_no_more_data(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There 64 GiB of addresses can be had, which a plain child is refused; data are bounded, and GPUs stay chosen."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    made = Sandbox(replace(LIMITS, device="cuda"), "support.engines")
    try:
        answer = made.run({"do": "reserve"}, b"", ignore)
        assert answer.content["space"] == answer.content["infinity"]
        assert LIMITS.memory < answer.content["data"] < LIMITS.memory + 2**30
        assert answer.usage.bounded is None
        with pytest.raises(MemoryLimitError, match="256 MiB"):
            made.run({"do": "bomb"}, b"", ignore)
        assert made.run({"do": "surroundings"}, b"", ignore).content["environment"] == {"CUDA_VISIBLE_DEVICES": "1"}
    finally:
        made.close()
    with pytest.raises(CrashError, match="OSError"):
        sandbox.run({"do": "reserve"}, b"", ignore)


def test_threads_share_one_helper(sandbox: Sandbox) -> None:
    """Forty jobs from eight threads each get their own answer."""
    inputs = [bytes([number]) * (1000 + number) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda data: sandbox.run({"do": "digest"}, data, ignore).content["sha256"], inputs))
    assert answers == [hashlib.sha256(data).hexdigest() for data in inputs]


def test_a_helper_that_died_between_jobs_is_replaced(sandbox: Sandbox) -> None:
    """A helper that was killed is started anew by the next job."""
    first = sandbox.run({"do": "surroundings"}, b"", ignore).content["parent"]
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: not is_running(first))
    assert sandbox.run({"do": "surroundings"}, b"", ignore).content["parent"] != first


def test_a_helper_that_cannot_load_the_engine_says_why() -> None:
    """A module that cannot be loaded is a fault that is worth another try, with the reason in words."""
    with pytest.raises(BusyError, match=r"No module named 'support\.absent'"):
        Sandbox(LIMITS, "support.absent").start()


def test_a_caller_that_gives_up_takes_its_child_along(sandbox: Sandbox) -> None:
    """An exception out of the progress callback ends the job and kills its child."""
    seen: list[int] = []

    def give_up(stage: str) -> None:
        if stage[0].isdigit():
            seen.append(int(stage.split(maxsplit=1)[0]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sandbox.run({"do": "orphan"}, b"", give_up)
    assert wait_for(lambda: not is_running(seen[0]))


def test_a_killed_worker_takes_helper_and_child_along() -> None:
    """After kill -9 of the process that serves, neither its helper nor the child at work goes on."""
    code = """
from service.sandbox.client import Sandbox
from service.settings import ChildLimits
def tell(stage):
    print(stage, flush=True)
Sandbox(ChildLimits(), "support.engines").run({"do": "orphan"}, b"", tell)
"""
    roots = [str(Path(service.__file__).parents[1]), str(Path(__file__).parents[2])]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(roots)}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        lines = (line.split() for line in worker.stdout)
        child, helper = next((int(a), int(b)) for a, b in (each for each in lines if len(each) == 2))
        assert is_running(child)
        worker.kill()
    assert wait_for(lambda: not is_running(child) and not is_running(helper))


def test_a_forked_copy_of_the_server_starts_its_own_helper(sandbox: Sandbox) -> None:
    """A process forked from one that has a helper does not use it, and leaves it alone."""
    first = sandbox.run({"do": "surroundings"}, b"", ignore).content["parent"]
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            parent = sandbox.run({"do": "surroundings"}, b"", ignore).content["parent"]
            os.write(sender, str(parent).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(sender)
    with os.fdopen(receiver) as stream:
        assert int(stream.read()) != first
    assert sandbox.run({"do": "surroundings"}, b"", ignore).content["parent"] == first


def test_many_jobs_leave_no_descriptor_and_no_thread(sandbox: Sandbox) -> None:
    """Sixty jobs, half of them refused, leave as many descriptors and threads as there were."""
    sandbox.run({}, b"", ignore)
    before = (count_descriptors(), threading.active_count())
    for number in range(60):
        try:
            sandbox.run({"do": "refuse" if number % 2 else "reverse"}, b"abc", ignore)
        except CorruptImageError:
            continue
    assert (count_descriptors(), threading.active_count()) == before


def test_linux_has_the_helper() -> None:
    """On this system a sandbox is the one with a warmed helper."""
    assert type(open_sandbox(LIMITS)) is Sandbox
