"""As much of Apache Beam as the backfill's pipeline asks for, on lists in memory: for machines that have no Beam.

A collection is a list; a step takes one and gives one; a bundle is all of it. Counters are real and add up.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

COUNTS: Counter[tuple[str, str]] = Counter()
"""What was counted, by namespace and name, since `install`."""


class DoFn:
    """What a `par_do` runs."""

    def setup(self) -> None:
        """Do nothing."""

    def start_bundle(self) -> None:
        """Do nothing."""

    def finish_bundle(self) -> None:
        """Do nothing."""

    def teardown(self) -> None:
        """Do nothing."""


@dataclass
class Collection:
    """Elements; ``|`` hands them to a step."""

    elements: list[Any]

    def __or__(self, step: Step) -> Collection:
        return step.apply(self)


@dataclass
class Step:
    """A named or nameless transform."""

    work: Callable[[list[Any]], Iterable[Any]]

    def __rrshift__(self, name: str) -> Step:
        return self

    def apply(self, given: Any) -> Collection:
        """Run it, at once."""
        return Collection(list(self.work(given.elements if isinstance(given, Collection) else [])))


class Pipeline:
    """Where a pipeline begins."""

    def __or__(self, step: Step) -> Collection:
        return step.apply(None)


def par_do(worker: DoFn) -> Step:
    """Run one worker over one bundle, from its setup to its teardown."""

    def work(elements: list[Any]) -> list[Any]:
        worker.setup()
        try:
            worker.start_bundle()
            done = [each for element in elements for each in worker.process(element) or ()]  # type: ignore[attr-defined]
            worker.finish_bundle()
        finally:
            worker.teardown()
        return done

    return Step(work)


def _single(sides: Iterable[Any]) -> list[Any]:
    values = []
    for side in sides:
        if isinstance(side, Collection):
            (side,) = side.elements
        values.append(side)
    return values


def _map(function: Callable[..., Any], *sides: Any) -> Step:
    return Step(lambda elements: [function(each, *_single(sides)) for each in elements])


def _flat_map(function: Callable[..., Iterable[Any]], *sides: Any) -> Step:
    return Step(lambda elements: itertools.chain.from_iterable(function(each, *_single(sides)) for each in elements))


class Metrics:
    """Counters that add up."""

    @staticmethod
    def counter(space: str, name: str) -> Any:
        """Return what counts under a name."""
        made = ModuleType("counter")
        made.inc = lambda value=1: COUNTS.update({(space, name): value})  # type: ignore[attr-defined]
        return made


def install(patch: pytest.MonkeyPatch) -> None:
    """Let this be Beam for imports, and begin to count anew."""
    COUNTS.clear()
    beam, metrics, options, root = (
        ModuleType(name)
        for name in ("apache_beam", "apache_beam.metrics", "apache_beam.options.pipeline_options", "options")
    )
    combiners, views = ModuleType("combiners"), ModuleType("pvalue")
    combiners.ToList = lambda: Step(lambda elements: [elements])  # type: ignore[attr-defined]
    views.AsSingleton = lambda collection: collection  # type: ignore[attr-defined]
    steps = {
        "Create": lambda values: Step(lambda _: list(values)),
        "Reshuffle": lambda: Step(lambda elements: elements[::-1]),
        "ParDo": par_do,
        "Map": _map,
        "FlatMap": _flat_map,
        "CombineGlobally": lambda function, *more: Step(lambda elements: [function(elements, *more)]),
    }
    vars(beam).update(steps, DoFn=DoFn, Pipeline=Pipeline, combiners=combiners, pvalue=views)
    vars(metrics).update(Metrics=Metrics, MetricsFilter=object)
    vars(options).update(PipelineOptions=object)
    named = {"apache_beam": beam, "apache_beam.metrics": metrics, "apache_beam.options": root}
    for name, module in {**named, "apache_beam.options.pipeline_options": options}.items():
        patch.setitem(sys.modules, name, module)
