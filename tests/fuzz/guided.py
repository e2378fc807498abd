"""Fuzzing guided by coverage, for Pythons that atheris has wheels for."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.judging import judge
from fuzz.seeds import make_seeds


def run_guided(seconds: float, folder: Path) -> int:
    """Run libFuzzer on the decoder in a process of its own; return 1 when it found anything, else 0."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="autok-corpus-") as corpus:
        for kind, seeds in make_seeds().items():
            for number, data in enumerate(seeds):
                (Path(corpus) / f"{kind}-{number}").write_bytes(data)
        command = [sys.executable, "-m", "fuzz.guided", f"-max_total_time={seconds:.0f}", "-max_len=65536"]
        command += ["-rss_limit_mb=2048", "-timeout=20", f"-artifact_prefix={folder}/", corpus]
        return int(subprocess.run(command, check=False).returncode != 0)


def main() -> None:
    """Take libFuzzer's arguments and fuzz."""
    import atheris

    with atheris.instrument_imports(include=["autok.decoding"]):
        import autok.decoding  # noqa: F401

    atheris.Setup(sys.argv, lambda data: judge(data, "none"))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
