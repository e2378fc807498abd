"""From bytes and options to bytes and a report: the stages, one after the other.

This package is the only place that sees two stages. Values move forward: decode, scale, analyze, plan, search (which
asks the palette stages and the encoders for trials, a stated number of times), encode, contest, measure, report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Final, NamedTuple

from PIL import Image

from autok.analysis import analyze
from autok.contest import Verdict, asked_colors, best_under, smallest_reaching
from autok.decoding import Limits, decode
from autok.decoding import preview as draw_preview
from autok.devices import CPU
from autok.encoding import able_formats, decode_pixels
from autok.explaining import explain
from autok.metrics import Scorer, measure
from autok.models import Candidate, Decision, Report, SourceImage
from autok.options import Options
from autok.options.edits import Edit
from autok.pipeline.candidates import Found, find_candidates
from autok.pipeline.scene import Place, Scene, choose_dither
from autok.pipeline.sizes import Forecast, foretell_size, shrink, step_towards, suggest_scale
from autok.pipeline.stopwatch import Stopwatch
from autok.pipeline.workshop import PROCESSOR, Workshop
from autok.planning import Upload, plan
from autok.quantization import lay_ground
from autok.reporting import Run, build_report
from autok.scaling import Scale, choose_scale, reframe, rescale

__all__ = ["PROCESSOR", "Workshop", "compress", "preview"]

_SHRINKS: Final = 4
"""Most times that a picture is scaled down for a size that no fair quality reaches."""


def compress(
    data: bytes,
    options: Options | None = None,
    *,
    edit: Edit | None = None,
    name: str | None = None,
    limits: Limits | None = None,
    workshop: Workshop = PROCESSOR,
    clock: Callable[[], float] = time.perf_counter,
    progress: Callable[[str], None] | None = None,
) -> tuple[bytes, Report]:
    """Make an image smaller.

    Parameters
    ----------
    data : bytes
        An image file of any format that is read.
    options : Options, optional
        What is wanted; the default is balanced quality, all else automatic.
    edit : Edit, optional
        What is done to the picture before; the default is nothing.
    name : str, optional
        The file's own name, for the report; it is never opened.
    limits : Limits, optional
        What is refused before pixels are decoded; the default is `Limits()`.
    workshop : Workshop, optional
        A GPU for the pixel work, which several threads may share; the default is the processor.
    clock : callable, optional
        Returns seconds; only the timings of the report depend on it. The default is `time.perf_counter`.
    progress : callable, optional
        Gets the name of each stage as it begins.

    Returns
    -------
    result : bytes
        An image file, never larger than `data` unless that could not be shown by a browser or was edited.
    report : Report

    Raises
    ------
    InputError
        For bytes that are no image, damaged, or over a limit.
    OptionError
        For options that this picture cannot meet.
    EncodeError
        If an encoder fails.
    """
    options, edit = options or Options(), edit or Edit()
    watch = Stopwatch(clock, progress)
    with watch.stage("decode"):
        decoded = decode(data, limits or Limits(), metadata=edit.preserve or options.metadata)
        upright = _settle(decoded, options, edit)
    with watch.stage("scale"):
        framed = upright if edit.frame is None else reframe(upright, edit.frame)
        scale = choose_scale(framed, options)
    solved = _work(framed, options, edit.formats, scale, watch, workshop)
    if options.scale is None and solved.outgrows(framed.original):
        # Fewer pixels are a means: where they take more bytes than the upload, it keeps its own.
        whole = replace(options, scale=1.0)
        solved = _work(framed, whole, edit.formats, choose_scale(framed, whole), watch, workshop)
    return _finish(solved, upright, options, name, watch)


def preview(data: bytes, limits: Limits | None = None) -> bytes:
    """Return a JPEG (or PNG, with alpha) of an image that browsers cannot show, at most 2048 pixels a side.

    Parameters
    ----------
    data : bytes
        The file, of any format that `compress` reads.
    limits : Limits, optional
        Of the file; the default is `Limits` as it comes.

    Returns
    -------
    bytes
        The smaller file, without metadata other than an RGB profile.

    Raises
    ------
    InputError
        As `compress`.
    """
    return draw_preview(decode(data, limits or Limits()))


class _Solved(NamedTuple):
    """What the search and the contest came to, and where."""

    scene: Scene
    found: Found
    verdict: Verdict
    scale: Scale
    metrics: dict[str, Any]
    place: Place

    def outgrows(self, original: bytes | None) -> bool:
        return original is not None and self.found.candidates[self.verdict.winner].size > len(original)


def _work(
    framed: SourceImage, options: Options, among: Collection[str], scale: Scale, watch: Stopwatch, workshop: Workshop
) -> _Solved:
    """Solve on the workshop's device, and on the processor where the device's memory does not suffice."""
    device = workshop.device_for(framed.pixel_count)
    place = Place(device, workshop.refine) if device is not CPU else Place()
    try:
        with workshop.room(device):
            return _solve(framed, options, among, scale, watch, place)
    except Exception as fault:
        if not device.is_full(fault):
            raise
    # Outside of the handler, so that the fault's frames no longer hold arrays there.
    device.release()
    return _solve(framed, options, among, scale, watch, Place(note=f"The memory of {device.name} did not suffice."))


def _solve(
    upright: SourceImage, options: Options, among: Collection[str], scale: Scale, watch: Stopwatch, place: Place
) -> _Solved:
    """Search at the chosen scale; under ``scale=auto`` at smaller ones until an asked size is met and looks fair."""
    for shrinks in range(_SHRINKS + 1):
        source = rescale(upright, scale.factor) if scale.factor < 1 else upright
        scene = _look(source, options, among, scale, watch, place)
        forecasts = _foretell(scene, watch)
        smaller = _shrink(scene, forecasts, scale, shrinks)
        if smaller is not None:
            scale = smaller
            continue
        found = find_candidates(scene, watch, forecasts)
        with watch.stage("contest"):
            verdict = _judge(scene, found)
        winner = found.candidates[verdict.winner]
        limit, fixed = scene.plan.target_bytes or 0, source.metadata.size
        if limit <= fixed or verdict.rule != "smallest found" or options.scale is not None or shrinks == _SHRINKS:
            break
        step = step_towards(limit, winner.size, fixed)
        scale = shrink(scale, step, f", because no quality alone reaches {limit} bytes")
    with watch.stage("metrics"):
        metrics = _metrics(scene, winner)
    return _Solved(scene, found, verdict, scale, metrics, place)


def _foretell(scene: Scene, watch: Stopwatch) -> tuple[Forecast, ...]:
    """Foretell an asked size for which pixels may be given up; nothing where the upload itself keeps to it."""
    limit, original = scene.plan.target_bytes, scene.source.original
    if limit is None or scene.options.scale is not None or (original is not None and len(original) <= limit):
        return ()
    with watch.stage("search"):
        return foretell_size(scene, limit)


def _shrink(scene: Scene, forecasts: tuple[Forecast, ...], scale: Scale, shrinks: int) -> Scale | None:
    """Return a smaller scale where an asked size is foretold to need it, until there were enough of them."""
    if not forecasts or shrinks == _SHRINKS:
        return None
    limit = scene.plan.target_bytes
    assert limit is not None
    return suggest_scale(forecasts[0], scale, limit, scene.options.target_score, again=shrinks > 0)


def _look(
    source: SourceImage, options: Options, among: Collection[str], scale: Scale, watch: Stopwatch, place: Place
) -> Scene:
    """Measure the picture and plan."""
    with watch.stage("analyze"):
        analysis = analyze(source, place.device, fine=options.space == "rgb")
    with watch.stage("plan"):
        able = able_formats(source.image.size, has_alpha=source.has_alpha)
        upload = Upload(len(source.data), source.format, able)
        ground = lay_ground(analysis, options.space, refiner=place.refiner)
        wanted = plan(analysis, ground.distortion_curve(), options, upload, scale.factor, among)
        dither = choose_dither(analysis, options, wanted.colors)
        scorer = Scorer(source, device=place.device)
    return Scene(source, options, analysis, replace(wanted, dither=dither), scorer, place.device, ground)


def _judge(scene: Scene, found: Found) -> Verdict:
    plan_ = scene.plan
    if plan_.goal == "colors":
        return asked_colors(found.candidates, len(found.palette.colors))
    if plan_.goal == "bytes":
        assert plan_.target_bytes is not None
        return best_under(found.candidates, plan_.target_bytes, plan_.target_score)
    return smallest_reaching(found.candidates, plan_.target_score)


def _finish(
    solved: _Solved, upright: SourceImage, options: Options, name: str | None, watch: Stopwatch
) -> tuple[bytes, Report]:
    """Return the winner's file, and the report on how it came to be."""
    scene, found = solved.scene, solved.found
    winner = found.candidates[solved.verdict.winner]
    why = explain(scene.plan, scene.analysis, found.trials, found.candidates, solved.verdict)
    notes = [*upright.notes, *(reason for reason in (solved.scale.reason, solved.place.note) if reason)]
    run = Run(
        name=name,
        source=upright,
        size=scene.source.image.size,
        options=options,
        analysis=scene.analysis,
        plan=scene.plan,
        decision=_decision(scene, found, winner, why),
        candidates=found.candidates,
        winner=winner,
        palette=found.palette,
        metrics=solved.metrics,
        notes=notes,
        timings_ms=watch.timings_ms(),
        device=solved.place.device.name,
    )
    assert winner.data is not None
    return winner.data, build_report(run)


def _metrics(scene: Scene, winner: Candidate) -> dict[str, Any]:
    assert winner.data is not None
    image = scene.source.image if winner.lossless else decode_pixels(winner.data, winner.format, indexed=True)
    if winner.quality is None:
        # What is kept without loss, and every palette that was written, is scored already, on the whole picture.
        return measure(scene.source, image, scene.scorer, score=winner.score)
    return measure(scene.source, image, scene.judge, closely=False)


def _decision(scene: Scene, found: Found, winner: Candidate, why: str) -> Decision:
    colors = len(found.palette.colors)
    return Decision(
        format=winner.format,
        colors=colors,
        quality=winner.quality,
        scale=scene.plan.scale,
        dither=choose_dither(scene.analysis, scene.options, colors),
        score=winner.score,
        trials=found.trials,
        why=why,
    )


def _settle(source: SourceImage, options: Options, edit: Edit) -> SourceImage:
    """Leave out what cannot win: alpha under a background or in a JPEG, and the upload in a format not asked for."""
    if edit.formats and source.format not in edit.formats:
        source = replace(source, original=None)
    if edit.background is not None:
        return _without_alpha(source, edit.background, "as asked")
    if edit.formats == ("jpeg",) or (options.format == "jpeg" and not edit.formats):
        return _without_alpha(source, "white", "because JPEG has no transparency")
    return source


def _without_alpha(source: SourceImage, color: str, why: str) -> SourceImage:
    """Lay a translucent picture on a colour."""
    if not source.has_alpha:
        return source
    ground = Image.new("RGB", source.image.size, color)
    ground.paste(source.image, mask=source.image.getchannel("A"))
    return replace(
        source, image=ground, original=None, notes=(*source.notes, f"The picture was laid on {color}, {why}.")
    )
