"""Lighthouse, run by the project's own Node in Debian's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from functools import partial
from pathlib import Path

from support.node import NODE

PROGRAM = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"  # noqa: E501


def score_page(address: str, runs: int, folder: Path) -> dict[str, int]:
    """Return the median score, 0 to 100, of each category over several runs."""
    results = [_run(address, folder / f"lighthouse-{number}.json") for number in range(runs)]
    return {key: round(statistics.median(result[key] for result in results)) for key in CATEGORIES}


def _run(address: str, output: Path) -> dict[str, float]:
    command = [
        str(NODE),
        str(PROGRAM),
        address,
        "--quiet",
        "--output=json",
        f"--output-path={output}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={_FLAGS}",
    ]
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or ""}
    run = partial(subprocess.run, command, env=environment, timeout=180, stdout=subprocess.DEVNULL)
    # Now and then Chromium misses the start of a navigation; Lighthouse then asks to be run again.
    if run(check=False).returncode:
        run(check=True)
    report = json.loads(output.read_text())
    found = {key: 100 * (category["score"] or 0) for key, category in report["categories"].items()}
    for audit in report["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] in {"binary", "numeric"}:
            print(f"  {address.rsplit('/', 1)[1]}: {audit['title']} {audit.get('displayValue', '')}")
    return found
