"""The emulator's settings: what holds unless it is said, and that a run cannot change it."""

from __future__ import annotations

import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from local.emulator.config import EmulatorConfig, EventConfig
from service.settings import Settings


@pytest.fixture
def config(tmp_path: Path) -> EmulatorConfig:
    """Return settings of which only what has no default is given."""
    return EmulatorConfig(data=tmp_path, public_key=b"key", token="word")


def test_nothing_is_sent_anywhere_unless_it_is_said(config: EmulatorConfig) -> None:
    """Without a bucket that emits and an address that hears, no event leaves the machine; no account is needed."""
    assert (config.events.target, config.events.bucket) == (None, None)
    assert config.buckets == {}
    assert config.signer is None


def test_only_this_machine_is_answered(config: EmulatorConfig) -> None:
    """Names of the loopback alone, since whoever reaches the emulator from elsewhere was not meant to."""
    assert set(config.hosts) == {"localhost", "127.0.0.1", "[::1]"}


def test_settings_are_not_shared_and_not_changed(config: EmulatorConfig, tmp_path: Path) -> None:
    """Two emulators of one process have buckets of their own, and no code alters what was fixed at the start."""
    other = EmulatorConfig(data=tmp_path, public_key=b"key", token="word")
    assert config.buckets is not other.buckets
    with pytest.raises(FrozenInstanceError):
        config.token = "another"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        config.events.max_attempts = 1  # type: ignore[misc]


def test_a_function_has_its_time_before_a_delivery_counts_as_refused() -> None:
    """The answer is waited for beyond the longest job, or a slow picture would be delivered twice."""
    limits = Settings("uploads", "results").child_limits
    assert EventConfig().ack_deadline > limits.wall


def test_attempts_last_longer_than_a_lease() -> None:
    """Pauses that double up to the longest outlive the lease of a worker that died, so that its event is not dead."""
    events = EventConfig()
    pauses = [min(events.backoff_first * 2**n, events.backoff_most) for n in range(events.max_attempts - 1)]
    assert sum(pauses) > Settings("uploads", "results").lease


def test_ages_are_told_by_the_clock_of_the_machine(config: EmulatorConfig) -> None:
    """Unless a test brings one of its own."""
    assert config.clock is time.time
