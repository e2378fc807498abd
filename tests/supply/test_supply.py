"""What is shipped: pinned, hashed, and free of terms that would reach into the code around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from supply.licences import ACCEPTED, BACKFILL, Licence, find_licence
from supply.pins import LOCK, read_pins
from supply.pins import LOCKS as SHIPPED

ROOT = LOCK.parents[1]
LOCKS = [
    *SHIPPED,
    ROOT / "infra/local/requirements.txt",
    ROOT / "tests/requirements.txt",
    ROOT / "tests/supply/requirements.txt",
]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_package_is_pinned_with_hashes(lock: Path) -> None:
    """Each line of a lock file is one version with its hashes, and no address of a registry is in it."""
    text = lock.read_text()
    lines = [line for line in text.splitlines() if line and line[0] not in " #"]
    pins = list(read_pins(lock))
    assert len(pins) == len(lines)
    assert all(pin.hashes for pin in pins)
    assert "://" not in text


def test_a_backfill_computes_with_what_the_function_computes_with() -> None:
    """What makes a result's pixels and files has one version in both lock files, so that both give the same bytes."""
    names = {"mozjpeg-lossless-optimization", "oxipng-pybind", "pillow", "pyjpegli"}
    names |= {"numpy", "scikit-image", "scikit-learn", "scipy"}
    beside = LOCK.with_name("requirements-backfill.txt")
    function, backfill = ({pin.name: pin.version for pin in read_pins(lock)} for lock in (LOCK, beside))
    assert {name: function[name] for name in names} == {name: backfill[name] for name in names}


def test_make_installs_nothing_without_its_hash() -> None:
    """Whatever make installs from a lock file is installed with --require-hashes."""
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if " -r " in line and ("pip" in line.lower())]
    assert len(lines) >= 2
    assert all("--require-hashes" in line for line in lines)


@pytest.mark.parametrize("lock", SHIPPED, ids=lambda lock: lock.name)
def test_every_shipped_package_has_an_accepted_licence(lock: Path) -> None:
    """Each package that is installed says a licence, and none of them is of the GPL's family."""
    if "backfill" in lock.name and not BACKFILL:
        pytest.skip("make backfill installs these packages")
    found = [licence for pin in read_pins(lock) if (licence := find_licence(pin)) is not None]
    assert len(found) > 40
    assert [each for each in found if not each.is_accepted] == []


@pytest.mark.parametrize("terms", [("GPL-3.0-or-later",), ("MIT", "LGPL-2.1"), ("AGPL-3.0",), ()])
def test_another_licence_would_be_noticed(terms: tuple[str, ...]) -> None:
    """A licence of the GPL's family, beside another one too, and silence are not accepted."""
    assert not Licence("package", "1", terms).is_accepted
    assert not any("GPL" in each for each in ACCEPTED)
