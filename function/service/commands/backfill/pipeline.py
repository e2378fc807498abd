"""The Beam pipeline: ranges -> pages -> (sample -> caps) -> uploads -> the worker's own function.

The only module that knows Beam. What a run comes to is told in Beam's counters, which every runner adds up: a bundle
that is tried again counts once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import apache_beam as beam
from apache_beam.metrics import Metrics, MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions

from autok.errors import AutokError, StorageError
from service.commands.backfill.figures import SAMPLE, count_ending
from service.commands.backfill.forecast import Caps, Cut, draw_sample, find_cut, sum_up, trim
from service.commands.backfill.listing import Page, Range, read_pages
from service.commands.backfill.working import Ending, Parts, acquire, compress, insist, rehearse, release
from service.events import Upload
from service.settings import Settings

SPACE: Final = "autok-backfill"
"""Of the counters."""
PATIENCE: Final = 10
"""Uploads in a row that the storage may fail before the run does."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is to do."""

    settings: Settings
    """Of a worker; must hold no secret, since runners keep it."""
    prefix: str
    caps: Caps
    sample: int
    """Images that are rehearsed before anything is done, where a forecast is needed."""
    dry: bool
    workers: int
    """Images worked on at once."""
    runner: str
    flags: Sequence[str]
    """Beam's own options."""


def _count(counts: Mapping[str, int]) -> None:
    for name, value in counts.items():
        Metrics.counter(SPACE, name).inc(value)


class _InProcess(beam.DoFn):  # type: ignore[misc]
    """What needs the parts of a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.parts: Parts | None = None

    def setup(self) -> None:
        """Start the helper, or join the one of another thread."""
        self.parts = acquire(self.settings)

    def teardown(self) -> None:
        """Leave it; the last one ends it."""
        # Beam may tear down what was never set up.
        if self.parts is not None:
            release(self.settings)
            self.parts = None


class ListPages(_InProcess):
    """List a range of names."""

    def __init__(self, settings: Settings, prefix: str) -> None:
        super().__init__(settings)
        self.prefix = prefix

    def process(self, element: Range) -> Iterator[Page]:
        """Yield the pages of one range."""
        assert self.parts is not None
        for page in read_pages(self.parts.storage, self.settings, self.prefix, element):
            _count(page.counts)
            yield page


class Rehearse(_InProcess):
    """Find out what an upload takes."""

    def process(self, element: Upload) -> Iterator[Ending]:
        """Yield the ending that the upload would come to."""
        assert self.parts is not None
        yield rehearse(element, self.parts.storage, self.parts.engine, self.settings)


class Compress(_InProcess):
    """Do what the worker does."""

    def start_bundle(self) -> None:
        """Begin with nothing put off."""
        self.later: list[Upload] = []
        self.misses = 0

    def process(self, element: Upload) -> None:
        """Bring one upload to its end; put it off where somebody else is at it."""
        try:
            _count(count_ending(self._attempt(element)))
        except AutokError as error:
            if not error.retryable:
                raise
            self.later.append(element)

    def finish_bundle(self) -> None:
        """Insist on what was put off."""
        for upload in self.later:
            ending = insist(upload, self._attempt, self.settings)
            self.misses = self.misses + 1 if ending.code == f"failed:{StorageError.code}" else 0
            if self.misses >= PATIENCE:
                raise StorageError("The storage does not answer; run it again later, it goes on where it ended.")
            _count(count_ending(ending))

    def _attempt(self, upload: Upload) -> Ending:
        parts = self.parts
        assert parts is not None
        return compress(upload, parts.storage, parts.engine, self.settings, parts.topic)


def _sum_sample(endings: Iterable[Ending]) -> Mapping[str, int]:
    sums = sum_up(endings)
    _count({SAMPLE + name: value for name, value in sums.items()})
    return sums


def _count_rehearsed(ending: Ending) -> Ending:
    _count({ending.code: 1})
    return ending


def _take(page: Page, cut: Cut) -> Iterator[Upload]:
    taken = trim(page, cut)
    size = sum(upload.size for upload in taken)
    _count({"todo": len(taken), "todo_bytes": size})
    _count({"left": len(page.todo) - len(taken), "left_bytes": page.size - size})
    yield from taken


def _todo(page: Page) -> tuple[Upload, ...]:
    return page.todo


def _sizes(page: Page) -> tuple[str, list[int]]:
    return page.first, [upload.size for upload in page.todo]


def build(pipeline: Any, ranges: Sequence[Range], order: Order) -> None:
    """Lay the pipeline out.

    Parameters
    ----------
    pipeline : beam.Pipeline
    ranges : sequence of tuple
        From `service.commands.backfill.listing.find_ranges`.
    order : Order
    """
    pages = (
        pipeline
        | "ranges" >> beam.Create(list(ranges))
        # A runner fuses steps that touch: without this one worker would list every range.
        | "spread ranges" >> beam.Reshuffle()
        | "list" >> beam.ParDo(ListPages(order.settings, order.prefix))
        # Two branches read the pages: kept, they are listed once, and both see the same.
        | "keep pages" >> beam.Reshuffle()
    )
    sums: Any = pipeline | "no sample" >> beam.Create([{}])
    if order.dry or order.caps.usd is not None:
        sums = _rehearse(pages, order)
    cut = (
        pages
        | "sizes" >> beam.Map(_sizes)
        | "all sizes" >> beam.combiners.ToList()
        | "cut" >> beam.Map(find_cut, order.caps, beam.pvalue.AsSingleton(sums))
        if order.caps
        else pipeline | "no cut" >> beam.Create([Cut(None)])
    )
    uploads = pages | "take" >> beam.FlatMap(_take, beam.pvalue.AsSingleton(cut))
    if not order.dry:
        _ = uploads | "spread" >> beam.Reshuffle() | "compress" >> beam.ParDo(Compress(order.settings))


def _rehearse(pages: Any, order: Order) -> Any:
    """Return the sums of the sample as a collection of one."""
    endings = (
        pages
        | "uploads of pages" >> beam.Map(_todo)
        | "sample" >> beam.CombineGlobally(draw_sample, order.caps.bound_sample(order.sample))
        # A combined sample is one element; to be worked on at once it has to be many again.
        | "each" >> beam.FlatMap(iter)
        | "spread sample" >> beam.Reshuffle()
        | "rehearse" >> beam.ParDo(Rehearse(order.settings))
    )
    if order.dry:
        endings = endings | "count rehearsed" >> beam.Map(_count_rehearsed)
    return endings | "gather" >> beam.combiners.ToList() | "sum up" >> beam.Map(_sum_sample)


def run_pipeline(ranges: Sequence[Range], order: Order) -> dict[str, int]:
    """Run a pipeline to its end; return its counts.

    Raises
    ------
    RuntimeError
        When the runner gives it up.
    """
    options = PipelineOptions(_flags(order), save_main_session=False)
    pipeline = beam.Pipeline(runner=_open_runner(order, options), options=options)
    build(pipeline, ranges, order)
    result = pipeline.run()
    result.wait_until_finish()
    found = result.metrics().query(MetricsFilter().with_namespace(SPACE))["counters"]
    counts: dict[str, int] = {}
    for each in found:
        name = each.key.metric.name
        counts[name] = counts.get(name, 0) + (each.attempted if each.committed is None else each.committed)
    return {name: value for name, value in counts.items() if value}


def _open_runner(order: Order, options: PipelineOptions) -> Any:
    """Return Beam's runner.

    Notes
    -----
    The one called DirectRunner first looks for a program on the network that is newer than it; this is the one that
    it falls back to, and it needs its options told once more.
    """
    if order.runner != "DirectRunner":
        return order.runner
    from apache_beam.portability.api import beam_provision_api_pb2
    from apache_beam.runners.portability.fn_api_runner import fn_runner
    from apache_beam.runners.portability.portable_runner import JobServiceHandle

    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    info = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return fn_runner.FnApiRunner(provision_info=fn_runner.ExtendedProvisionInfo(info))


def _flags(order: Order) -> list[str]:
    """Return Beam's options: those given, and defaults for the others."""
    given = list(order.flags)
    if order.runner == "DirectRunner":
        # Threads are enough: each image has a child process of its own, and they share one warm helper.
        mode = "multi_threading" if order.workers > 1 else "in_memory"
        defaults = {"direct_num_workers": order.workers, "direct_running_mode": mode}
    else:
        machine = next((flag for flag in given if flag.startswith("--machine_type=")), "--machine_type=n1-standard-1")
        found = re.search(r"-(\d+)$", machine)
        machines = math.ceil(order.workers / int(found[1] if found else 1))
        # One image a processor: the machine runs a process for each, and each of these one thread.
        defaults = {"num_workers": machines, "max_num_workers": machines, "number_of_worker_harness_threads": 1}
    named = {flag.partition("=")[0] for flag in given}
    return [*given, *(f"--{name}={value}" for name, value in defaults.items() if f"--{name}" not in named)]
