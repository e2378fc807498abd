"""What a run came to: counts that every worker adds to, and the table and the JSON that they end in; pure.

Counts are named after the endings (``done``, ``skipped:rule``); beside them stand ``bytes_before`` and ``bytes_after``
(of results), ``millis`` and ``nano_usd`` (of all work), ``todo`` and ``left`` (within and beyond the caps) with their
bytes, and under ``sample/`` the sums of the sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from autok.cli.figures import show_saving
from autok.units import format_bytes
from service.commands.backfill.forecast import Caps, fit_line
from service.commands.backfill.working import Ending
from service.cost import PRICES_DATED

SAMPLE: Final = "sample/"
_PLAIN: Final = ("done", "kept", "already", "superseded", "gone")
_SPOKEN: Final = {
    "kept": "kept as they were",
    "already": "finished before",
    "superseded": "overwritten meanwhile",
    "gone": "deleted meanwhile",
}


def count_ending(ending: Ending) -> dict[str, int]:
    """Return what one ending adds to the counts."""
    counts = {ending.code: 1, "millis": round(1000 * ending.seconds), "nano_usd": ending.nano_usd}
    if ending.code in ("done", "kept"):
        counts |= {"bytes_before": ending.bytes_before, "bytes_after": ending.bytes_after}
    return counts


def sample_of(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the sums of the sample out of the counts."""
    return {name.removeprefix(SAMPLE): value for name, value in counts.items() if name.startswith(SAMPLE)}


def summarize(counts: Mapping[str, int], caps: Caps, workers: int, elapsed: float, *, dry: bool) -> dict[str, Any]:
    """Return the summary as JSON values.

    Parameters
    ----------
    counts : mapping
    caps : Caps
    workers : int
        Images worked on at once.
    elapsed : float
        Seconds of the run by the clock.
    dry : bool
        Whether nothing was written; then the endings are the sample's.
    """
    sums = sample_of(counts)
    worked = _worked(counts)
    summary: dict[str, Any] = {
        "dry_run": dry,
        "counts": {name: counts[name] for name in sorted(counts) if _is_ending(name)},
        "images": sum(counts.get(name, 0) for name in worked),
        "bytes": {"before": counts.get("bytes_before", 0), "after": counts.get("bytes_after", 0)},
        "usd": counts.get("nano_usd", 0) / 1e9,
        "seconds": counts.get("millis", 0) / 1e3,
        "elapsed": round(elapsed, 3),
        "workers": workers,
        "todo": {"images": counts.get("todo", 0), "bytes": counts.get("todo_bytes", 0)},
        "left": {"images": counts.get("left", 0), "bytes": counts.get("left_bytes", 0)},
        "caps": {"objects": caps.objects, "usd": caps.usd},
        "prices_dated": PRICES_DATED,
    }
    return summary | ({"forecast": _forecast(counts, sums, workers)} if sums.get("n") else {})


def _is_ending(name: str) -> bool:
    return name in _PLAIN or name.partition(":")[0] in ("skipped", "refused", "failed")


def _worked(counts: Mapping[str, int]) -> list[str]:
    return [name for name in counts if _is_ending(name) and name not in ("already", "superseded", "gone")]


def _forecast(counts: Mapping[str, int], sums: Mapping[str, int], workers: int) -> dict[str, Any]:
    images, size = counts.get("todo", 0), counts.get("todo_bytes", 0)
    usd, millis = fit_line(sums, "nano_usd"), fit_line(sums, "millis")
    seconds = millis.total(images, size) / 1e3
    return {
        "sample": sums["n"],
        "bytes_after": round(size * sums["after"] / max(1, sums["bytes"])),
        "usd": usd.total(images, size) / 1e9,
        "doubt": round(usd.doubt, 3),
        "seconds": seconds,
        "hours": seconds / workers / 3600,
        "sample_usd": sums["nano_usd"] / 1e9,
    }


def show_summary(summary: Mapping[str, Any]) -> str:
    """Return the summary for a terminal."""
    return "\n".join(_show_forecast(summary) if summary["dry_run"] else _show_run(summary))


def _show_run(summary: Mapping[str, Any]) -> Iterator[str]:
    yield from _show_counts(summary["counts"])
    size, elapsed = summary["bytes"], summary["elapsed"]
    rate = summary["images"] / max(elapsed, 1e-3)
    yield (
        f"{_show_change(size['before'], size['after'])}; "
        f"${summary['usd']:.4f} at the prices of {summary['prices_dated']}; {summary['seconds']:.1f} s of work in "
        f"{elapsed:.1f} s with {summary['workers']} at once: {rate:.2f} images a second"
    )
    yield from _show_caps(summary)


def _show_forecast(summary: Mapping[str, Any]) -> Iterator[str]:
    todo, forecast = summary["todo"], summary.get("forecast")
    yield f"{todo['images']:,} images of {format_bytes(todo['bytes'])} are to be done; nothing was written."
    if forecast is not None:
        yield f"Of a sample of {forecast['sample']:,}, drawn by the hash of their names:"
        after = forecast["bytes_after"]
        yield from _show_counts({k: v for k, v in summary["counts"].items() if k != "already"})
        yield (
            f"Forecast: {_show_change(todo['bytes'], after)}; "
            f"${forecast['usd']:.4f} at the prices of {summary['prices_dated']}, give or take {forecast['doubt']:.0%}; "
            f"{forecast['hours']:.2f} hours with {summary['workers']} at once"
        )
    already = summary["counts"].get("already", 0)
    if already:
        yield f"{already:,} were finished before."
    yield from _show_caps(summary)


def _show_change(before: int, after: int) -> str:
    return f"{format_bytes(before)} -> {format_bytes(after)} ({show_saving(before, after)})"


def _show_counts(counts: Mapping[str, int]) -> Iterator[str]:
    order = sorted(counts, key=lambda name: (name not in _PLAIN[:2], name.partition(":")[0], -counts[name], name))
    for name in order:
        spoken = _SPOKEN.get(name, name.replace(":", ", "))
        yield f"{counts[name]:>12,}  {spoken}"


def _show_caps(summary: Mapping[str, Any]) -> Iterator[str]:
    caps, left = summary["caps"], summary["left"]
    if caps["objects"] is not None:
        yield f"Cap of {caps['objects']:,} images: {summary['todo']['images']:,} are within it."
    if caps["usd"] is not None:
        forecast = summary.get("forecast") or {"usd": 0.0, "sample_usd": 0.0}
        spent = (0.0 if summary["dry_run"] else summary["usd"]) + forecast["sample_usd"]
        wanted = forecast["usd"] + forecast["sample_usd"]
        yield (
            f"Cap of ${caps['usd']:.4f}: the forecast uses {wanted / caps['usd']:.0%} of it"
            + ("." if summary["dry_run"] else f", the run with its sample used {spent / caps['usd']:.0%}.")
        )
    if left["images"]:
        size = format_bytes(left["bytes"])
        yield f"{left['images']:,} images of {size} are left beyond the cap; another run goes on."
