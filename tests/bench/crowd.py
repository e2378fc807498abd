"""Arrivals, instances that start cold, refusals and retries: how long images wait where a fleet has a limit.

Images arrive independently of one another (a Poisson process). An instance holds one image at a time. Who finds none
free waits in line, and an instance is started for whoever waits beyond those that are starting, up to the limit. Who
waited for longer than the platform holds a request is turned away and comes again after a pause that doubles. An
instance that found nothing to do for a while is taken down.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_ARRIVAL, _READY, _DONE, _IMPATIENT = range(4)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Instances and what the platform does for them; seconds."""

    instances: int
    """Most at a time."""
    cold: float
    """From the decision to start an instance until it takes an image."""
    patience: float
    """How long a request is held while no instance is free."""
    idle: float = 900.0
    """After so long without work an instance is taken down."""
    first_pause: float = 10.0
    last_pause: float = 600.0
    """Before who was turned away comes again, at first and at most; it doubles."""
    faults: float = 0.0
    """Share of the work that ends in a fault of the storage, after which the event comes again."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of all images."""

    waits: list[float]
    """Seconds from arrival to done, in the order of the ends."""
    peak: int
    """Most instances at a time."""
    starts: int
    refused: int
    """Requests that were turned away."""
    faults: int
    busy: float
    """Seconds that instances worked."""
    span: float
    """Seconds from the first arrival to the last end."""

    def percentile(self, share: float) -> float:
        """Return the wait that so large a share of images stays within."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class _Image:
    arrived: float
    work: float
    pause: float


@dataclass(slots=True)
class _World:
    fleet: Fleet
    rng: random.Random
    agenda: list[tuple[float, int, int, _Image | None]] = field(default_factory=list)
    line: OrderedDict[int, _Image] = field(default_factory=OrderedDict)
    """Who waits, by the number of the request, the first to come first."""
    free: list[float] = field(default_factory=list)
    """Since when each free instance is free; the last one is used first."""
    up: int = 0
    starting: int = 0
    peak: int = 0
    starts: int = 0
    refused: int = 0
    faults: int = 0
    busy: float = 0.0
    waits: list[float] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def plan(self, when: float, kind: int, image: _Image | None, number: int | None = None) -> None:
        """Put something on the agenda; what is due at one time happens in the order in which it was put there."""
        heapq.heappush(self.agenda, (when, next(self.numbers) if number is None else number, kind, image))

    def arrive(self, now: float, image: _Image) -> None:
        """Give an image to a free instance, or let it wait, and start an instance where that helps."""
        self._take_down(now)
        if self.free:
            self.free.pop()
            self.work(now, image)
            return
        number = next(self.numbers)
        self.line[number] = image
        self.plan(now + self.fleet.patience, _IMPATIENT, image, number)
        if self.up < self.fleet.instances and self.starting < len(self.line):
            self.up, self.starting, self.starts = self.up + 1, self.starting + 1, self.starts + 1
            self.peak = max(self.peak, self.up)
            self.plan(now + self.fleet.cold, _READY, None)

    def _take_down(self, now: float) -> None:
        """Take down who has been free for too long: the first of the list."""
        gone = next((at for at, since in enumerate(self.free) if now - since < self.fleet.idle), len(self.free))
        del self.free[:gone]
        self.up -= gone

    def work(self, now: float, image: _Image) -> None:
        """Let an instance work on an image."""
        self.busy += image.work
        self.plan(now + image.work, _DONE, image)

    def end(self, now: float, image: _Image) -> None:
        """Count an image as done, or let it come again after a fault; the instance goes on."""
        if self.rng.random() < self.fleet.faults:
            self.faults += 1
            self.come_again(now, image)
        else:
            self.waits.append(now - image.arrived)
        self.go_on(now)

    def go_on(self, now: float) -> None:
        """Let a free instance take the next in line, or wait."""
        if self.line:
            self.work(now, self.line.popitem(last=False)[1])
        else:
            self.free.append(now)

    def come_again(self, now: float, image: _Image) -> None:
        """Let an image arrive again after its pause, which is scattered by a tenth so that not all come at once."""
        pause = image.pause * self.rng.uniform(0.9, 1.1)
        image.pause = min(2 * image.pause, self.fleet.last_pause)
        self.plan(now + pause, _ARRIVAL, image)

    def give_up(self, now: float, number: int, image: _Image) -> None:
        """Turn away who still waits."""
        if self.line.pop(number, None) is not None:
            self.refused += 1
            self.come_again(now, image)


def simulate(fleet: Fleet, rate: float, count: int, draw: Callable[[random.Random], float], seed: int = 0) -> Course:
    """Let images arrive, and follow each to its end.

    Parameters
    ----------
    fleet : Fleet
    rate : float
        Arrivals a second, on average.
    count : int
        Images.
    draw : callable
        Draws the seconds that an image takes an instance, out of a generator of random numbers.
    seed : int, optional
        Of that generator; the same seed gives the same course. The default is 0.

    Returns
    -------
    Course
    """
    arrivals, rng = random.Random(seed), random.Random(seed + 1)
    world = _World(fleet, rng)
    now = first = arrivals.expovariate(rate)
    world.plan(now, _ARRIVAL, _Image(now, draw(rng), fleet.first_pause))
    left = count - 1
    while world.agenda:
        now, number, kind, image = heapq.heappop(world.agenda)
        if kind == _READY:
            world.starting -= 1
            world.go_on(now)
            continue
        assert image is not None
        if kind == _DONE:
            world.end(now, image)
        elif kind == _IMPATIENT:
            world.give_up(now, number, image)
        else:
            if left and image.arrived == now:
                # The next one to come for the first time is put on the agenda by the one before it.
                left -= 1
                later = now + arrivals.expovariate(rate)
                world.plan(later, _ARRIVAL, _Image(later, draw(rng), fleet.first_pause))
            world.arrive(now, image)
        if len(world.waits) == count:
            break
    return Course(world.waits, world.peak, world.starts, world.refused, world.faults, world.busy, now - first)


def draw_from(seconds: Sequence[float], shares: Sequence[float], overhead: float) -> Callable[[random.Random], float]:
    """Return a draw of service times: a recorded size by its share, its seconds scattered by a fifth, and an overhead.

    Parameters
    ----------
    seconds, shares : sequence of float
        Of the sizes; the shares add up to 1.
    overhead : float
        Seconds beside the engine.
    """
    steps = list(itertools.accumulate(shares))

    def draw(rng: random.Random) -> float:
        place = rng.random()
        size = next((at for at, step in enumerate(steps) if place < step), len(steps) - 1)
        return overhead + seconds[size] * rng.uniform(0.8, 1.2)

    return draw
