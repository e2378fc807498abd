"""What time it is by the storage: the one clock that leases, signatures and every instance have in common.

An instance whose own clock is off would take the work of a living copy for abandoned, wait for that of a dead one,
and sign addresses that the storage refuses. Each answer of the storage has a ``Date``, so nothing more is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests

from autok.errors import SigningError

TOLERANCE: Final = 5.0
"""Seconds of difference that count as none: a ``Date`` has whole seconds, and answers are some time on their way."""

LARGEST: Final = 300.0
"""Seconds of difference beyond which nothing is signed: the storage refuses what is dated 15 minutes ahead of its own
time, and an address that is dated too early has lost as much of its life."""

_TRUST: Final = 600.0
"""Seconds after which the storage is heard anew before something is signed."""

_TRUST_APART: Final = 5.0
"""The same while the clocks are apart, since this machine's may have been set right meanwhile."""


class StorageClock:
    """The clock of this machine, corrected where it is apart from the storage's.

    Parameters
    ----------
    ask : callable, optional
        Makes the storage answer, so that it is heard; without one its time is taken as it was last heard.
    clock : callable
        Seconds since 1970 by this machine.
    steady : callable
        Seconds that only rise.
    """

    def __init__(
        self,
        ask: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._steady = steady
        self._heard = float("-inf")
        self.ahead = 0.0
        """Seconds that this machine is ahead of the storage, negative where it is behind; 0 where that is unknown."""

    def __call__(self) -> float:
        """Return the seconds since 1970 by the storage, as far as it was heard."""
        return self._clock() - self.ahead

    def hear(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        """Take the time from an answer of the storage; has the form of a hook of `requests`."""
        try:
            told = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
        except (ValueError, OverflowError):
            return
        # The second that is named has passed by half, on average.
        ahead = self._clock() - told - 0.5
        self.ahead = ahead if abs(ahead) > TOLERANCE else 0.0
        self._heard = self._steady()

    def check(self, seconds: float) -> None:
        """Make sure that an address which is to live for so many seconds can be dated by this machine.

        Parameters
        ----------
        seconds : float
            How long it is to live.

        Raises
        ------
        SigningError
            When the clocks are too far apart.
        StorageError
            When the storage had to be asked, and did not answer.
        """
        trust = _TRUST_APART if self.ahead else _TRUST
        if self._ask is not None and self._steady() - self._heard > trust:
            self._ask()
        if abs(self.ahead) > min(LARGEST, seconds / 2):
            side = "ahead of" if self.ahead > 0 else "behind"
            raise SigningError(
                f"The clock of this instance is {abs(self.ahead):,.0f} s {side} the storage's, which would "
                "refuse what it signs; trying again in a few seconds helps once it is set right."
            )
