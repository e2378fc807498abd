"""What a child is bound to, looked at from inside of one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest

from service.sandbox.child import MAX_OUTPUT
from service.sandbox.launching import describe_environment

READ = """
import json, resource, signal, sys
from service.sandbox.child import bound
bound(**json.loads(sys.argv[1]))
kinds = ("CORE", "CPU", "FSIZE", "NOFILE", "AS", "DATA")
limits = {kind: resource.getrlimit(getattr(resource, f"RLIMIT_{kind}")) for kind in kinds}
print(json.dumps({**limits, "wall": signal.getitimer(signal.ITIMER_REAL)[0]}))
"""


def limits_under(**bounds: object) -> dict[str, list[int]]:
    """Return the limits of a fresh process that bound itself."""
    command = [sys.executable, "-P", "-c", READ, json.dumps(bounds)]
    done = subprocess.run(command, env=describe_environment(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_bound_is_set_for_good() -> None:
    """No core, a second between the signal and the kill, few files of bounded size: soft and hard limits alike."""
    found = limits_under(memory=1 << 30, cpu=7, wall=9)
    assert found["CORE"] == [0, 0]
    assert found["CPU"] == [7, 8]
    assert found["FSIZE"] == [MAX_OUTPUT, MAX_OUTPUT]
    assert found["NOFILE"] == [64, 64]
    assert 9 < found["wall"] <= 10


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
@pytest.mark.parametrize("gpu", [False, True])
def test_memory_is_bounded_above_what_the_process_has(gpu: bool) -> None:
    """Address space counts, or beside a GPU the data alone, and the libraries' own share is not charged."""
    found = limits_under(memory=1 << 28, cpu=7, wall=9, gpu=gpu)
    bound, other = (found["DATA"], found["AS"]) if gpu else (found["AS"], found["DATA"])
    assert bound[0] == bound[1] > 1 << 28
    assert other == list(resource.getrlimit(resource.RLIMIT_AS if gpu else resource.RLIMIT_DATA))
    assert bound[0] % os.sysconf("SC_PAGE_SIZE") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
def test_the_bound_holds() -> None:
    """Half of the memory can be had, and twice as much is refused."""
    ask = READ + "\nbytearray(1 << 27)\ntry:\n    bytearray(1 << 29)\nexcept MemoryError:\n    print('refused')\n"
    command = [sys.executable, "-P", "-c", ask, json.dumps({"memory": 1 << 28, "cpu": 7, "wall": 9})]
    done = subprocess.run(command, env=describe_environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "refused"
