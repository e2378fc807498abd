"""The report: every value of a run as plain JSON; report.schema.json beside this file describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any

from autok import __version__
from autok.formats import ALL_EXTENSIONS, FORMATS, Format
from autok.models import Analysis, Candidate, Decision, Palette, Plan, Report, SourceImage, Trial
from autok.options import Options

_ENGINE = {
    "numpy": "numpy",
    "pillow": "pillow",
    "scikit-learn": "scikit-learn",
    "scipy": "scipy",
    "oxipng": "oxipng-pybind",
    "jpegli": "pyjpegli",
    "mozjpeg": "mozjpeg-lossless-optimization",
}


@dataclass(frozen=True, slots=True)
class Run:
    """All that one run produced, as the report needs it."""

    name: str | None
    source: SourceImage
    size: tuple[int, int]
    """Width and height of the result."""
    options: Options
    analysis: Analysis
    plan: Plan
    decision: Decision
    candidates: Sequence[Candidate]
    winner: Candidate
    palette: Palette
    metrics: Mapping[str, Any]
    notes: Sequence[str]
    timings_ms: Mapping[str, float]
    device: str = "cpu"


def build_report(run: Run) -> Report:
    """Gather the report of a run.

    Parameters
    ----------
    run : Run
        What was decided and measured; its winner has data.

    Returns
    -------
    Report
        As ``report.schema.json`` describes it. ``status`` is done; ``source`` and ``attempt`` are the service's to set.
    """
    assert run.winner.data is not None
    return Report(
        {
            "version": __version__,
            "engine": engine_versions() | {"device": run.device},
            "status": "done",
            "attempt": 1,
            "source": None,
            "input": _input(run.name, run.source),
            "output": _output(run, run.winner.data),
            "options": run.options.as_dict(),
            "plan": _plan(run.plan, run.analysis),
            "decision": _decision(run.decision),
            "why": run.decision.why,
            "curve": _curve(run.plan, run.decision, run.candidates),
            "contest": [_candidate(c, chosen=c is run.winner) for c in run.candidates],
            "metrics": dict(run.metrics),
            "palette": [
                {"hex": f"#{r:02x}{g:02x}{b:02x}", "alpha": int(a), "share": round(share, 6)}
                for (r, g, b, a), share in zip(run.palette.colors.tolist(), run.palette.shares, strict=True)
            ],
            "metadata": {
                "removed": list(run.source.metadata.removed),
                "kept": list(run.source.metadata.kept),
                "profile": run.source.metadata.profile,
            },
            "notes": list(run.notes),
            "timings_ms": {stage: round(ms, 1) for stage, ms in run.timings_ms.items()},
        }
    )


def _input(name: str | None, source: SourceImage) -> dict[str, Any]:
    return {
        "name": name,
        "bytes": len(source.data),
        "width": source.width,
        "height": source.height,
        "format": source.format,
        "sha256": hashlib.sha256(source.data).hexdigest(),
    }


def _output(run: Run, data: bytes) -> dict[str, Any]:
    return {
        "name": output_name(run.name, run.winner.format),
        "bytes": run.winner.size,
        "width": run.size[0],
        "height": run.size[1],
        "format": run.winner.format,
        "content_type": FORMATS[run.winner.format].content_type,
        "sha256": hashlib.sha256(data).hexdigest(),
        "saved": round(1 - run.winner.size / len(run.source.data), 4),
    }


def output_name(name: str | None, output_format: Format) -> str:
    """Return the upload's own stem with the extension of the result.

    An ending that is no image's, as that of ``report.v2``, is part of the name.

    Parameters
    ----------
    name : str or None
        The upload's name, with or without folders; None makes it ``image``.
    output_format : str
        Of the result, such as ``png``.

    Returns
    -------
    str
        A name without folders.
    """
    path = PurePath(name or "")
    stem = path.stem if path.suffix.lower() in ALL_EXTENSIONS else path.name
    return f"{stem or 'image'}{FORMATS[output_format].extension}"


@cache
def engine_versions() -> dict[str, str]:
    """Return what the bytes of a result depend on: this package, its libraries and the device."""
    versions = {"autok": __version__}
    for key, package in _ENGINE.items():
        try:
            versions[key] = version(package)
        except PackageNotFoundError:
            versions[key] = "absent"
    return versions | {"device": "cpu"}


def report_schema() -> dict[str, Any]:
    """Return the JSON schema of the report."""
    from importlib.resources import files

    schema: dict[str, Any] = json.loads((files("autok") / "report.schema.json").read_text("utf-8"))
    return schema


def _plan(plan: Plan, analysis: Analysis) -> dict[str, Any]:
    return {
        "goal": plan.goal,
        "target_score": _round(plan.target_score),
        "target_bytes": plan.target_bytes,
        "colors": plan.colors,
        "quality": plan.jpeg_quality,
        "predicted_score": _round(plan.predicted_score),
        "entropy_bits": round(analysis.entropy_bits, 4),
        "spatial_variance": round(analysis.spatial_variance, 2),
        "mean_activity": round(analysis.mean_activity, 3),
        "smooth_share": round(analysis.smooth_share, 4),
        "edge_share": round(analysis.edge_share, 4),
        "flat_share": round(analysis.flat_share, 4),
        "distinct_colors": analysis.exact_colors,
        "dither": round(plan.dither, 3),
        "scale": round(plan.scale, 4),
        "formats": list(plan.formats),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "format": decision.format,
        "colors": decision.colors,
        "quality": _tenth(decision.quality),
        "scale": round(decision.scale, 4),
        "dither": round(decision.dither, 3),
        "score": _round(decision.score),
        "trials": [_trial(trial) for trial in decision.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "kind": trial.kind,
        "setting": _tenth(trial.setting),
        "score": _round(trial.score),
        "bytes": trial.size,
        "rate": round(trial.rate, 4),
        "banding": _round(trial.banding),
    }


def _candidate(candidate: Candidate, *, chosen: bool) -> dict[str, Any]:
    return {
        "format": candidate.format,
        "encoder": candidate.encoder,
        "bytes": candidate.size,
        "predicted": candidate.data is None,
        "score": _round(candidate.score),
        "lossless": candidate.lossless,
        "colors": candidate.colors,
        "quality": _tenth(candidate.quality),
        "chosen": chosen,
        "note": candidate.note,
    }


def _curve(plan: Plan, decision: Decision, candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Join the predicted curve, the trials and the encoded palettes, by rising K."""
    points: dict[int, dict[str, Any]] = {
        colors: {"colors": colors, "predicted_score": _round(score), "score": None, "bytes": None, "chosen": False}
        for colors, score in plan.curve
    }

    def at(colors: int) -> dict[str, Any]:
        empty = {"colors": colors, "predicted_score": None, "score": None, "bytes": None, "chosen": False}
        return points.setdefault(colors, empty)

    for trial in decision.trials:
        if trial.kind == "palette":
            at(int(trial.setting))["score"] = _round(trial.score)
            at(int(trial.setting))["bytes"] = trial.size
    for candidate in candidates:
        if candidate.colors is not None and candidate.data is not None and candidate.format == "png":
            at(candidate.colors)["bytes"] = candidate.size
    at(decision.colors)["chosen"] = True
    return [points[colors] for colors in sorted(points)]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
