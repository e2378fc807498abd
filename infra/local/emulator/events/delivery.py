"""The event sender: at least once, with back-off, until acknowledged or dead.

An event is acknowledged by a 2xx answer within the deadline. Anything else, silence included, is a refusal and
brings it again after a pause that doubles, as a push subscription does.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from collections.abc import Callable
from typing import Final

import h11

from local.emulator.config import EventConfig
from local.emulator.events.cloudevents import event_headers
from local.emulator.events.journal import Event, EventJournal
from local.emulator.events.posting import post

_LOGGER: Final = logging.getLogger(__name__)
_IDLE: Final = 3600.0


class EventSender:
    """Takes events out of a journal and posts them to the target.

    Parameters
    ----------
    journal : EventJournal
    config : EventConfig
    clock : callable
        Seconds since the epoch.
    loses_ack : callable
        Asked after each acknowledged delivery; True makes it count as refused.
    """

    def __init__(
        self,
        journal: EventJournal,
        config: EventConfig,
        clock: Callable[[], float],
        loses_ack: Callable[[Event], bool] = lambda _: False,
    ) -> None:
        self._journal = journal
        self._config = config
        self._clock = clock
        self._loses_ack = loses_ack
        self._target = config.target
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def target(self) -> str | None:
        """Where events go; None keeps them pending."""
        return self._target

    @target.setter
    def target(self, url: str | None) -> None:
        self._target = url
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; deliveries under way are then given up and come again after a restart."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            # The journal calls from any thread, and an asyncio event is not made for that.
            loop.call_soon_threadsafe(self._wake.set)

        self._journal.subscribe(wake)
        try:
            while True:
                pause = self._start_due()
                try:
                    await asyncio.wait_for(self._wake.wait(), pause)
                except TimeoutError:
                    continue
                self._wake.clear()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_due(self) -> float:
        """Begin what is due and allowed; return the seconds until the next event is due."""
        while self._target is not None and len(self._tasks) < self._config.concurrency:
            event = self._journal.next_pending()
            if event is None:
                return _IDLE
            if event.not_before > self._clock():
                return event.not_before - self._clock()
            # Noted before the first await: the loop would otherwise find the same event pending again.
            sending = dataclasses.replace(event, state="sending", attempts=event.attempts + 1)
            self._journal.save(sending)
            task = asyncio.create_task(self._deliver(sending, self._target))
            self._tasks.add(task)
            task.add_done_callback(self._end_task)
        return _IDLE

    def _end_task(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()

    async def _deliver(self, event: Event, target: str) -> None:
        headers = event_headers(event.id, event.resource)
        body = json.dumps(event.resource).encode()
        try:
            async with asyncio.timeout(self._config.ack_deadline):
                status = await post(target, headers, body)
        except (OSError, h11.ProtocolError) as error:
            _LOGGER.info("Event %s had no answer: %s", event.id, type(error).__name__)
            status = 0
        self._journal.save(self._judge(event, status))

    def _judge(self, event: Event, status: int) -> Event:
        """Return `event` as it is after an answer of `status`; 0 stands for none."""
        statuses = [*event.statuses, status]
        if 200 <= status < 300 and not self._loses_ack(event):
            if event.copies > 0:
                return dataclasses.replace(
                    event, state="pending", statuses=statuses, refusals=0, not_before=0.0, copies=event.copies - 1
                )
            return dataclasses.replace(event, state="delivered", statuses=statuses)
        refusals = event.refusals + 1
        if refusals >= self._config.max_attempts:
            _LOGGER.warning("Event %s is dead after %d refusals", event.id, refusals)
            return dataclasses.replace(event, state="dead", statuses=statuses, refusals=refusals)
        # The exponent is bounded too: an event that is refused for days would overflow a float.
        pause = min(self._config.backoff_first * 2.0 ** min(refusals - 1, 30), self._config.backoff_most)
        return dataclasses.replace(
            event, state="pending", statuses=statuses, refusals=refusals, not_before=self._clock() + pause
        )
