from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import service
from autok import devices
from autok.errors import DeviceError, TooManyPixelsError
from autok.pipeline import compress
from service.engine import UNSHOWN, run
from service.settings import InputLimits
from support.libraries import open_strict

REQUEST = {"options": {"colors": 8}, "limits": InputLimits().as_dict(), "name": "x.tiff", "preview": True}


def draw(kind: str) -> bytes:
    """Return a small picture in a format."""
    data = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(data, kind)
    return data.getvalue()


def call(data: bytes, **change: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Run the job as the child does; return the report and the files."""
    answer, files = run(REQUEST | change, data, lambda stage: None)
    return answer["report"], list(files)


def test_a_job_is_the_engines_own_work() -> None:
    """The result in the sandbox's job is byte for byte what the engine makes of the same bytes and options."""
    report, (result,) = call(draw("PNG"))
    assert result == compress(draw("PNG"), options_of(report))[0]
    assert report["input"]["name"] == "x.tiff"
    assert report["options"]["colors"] == 8


def options_of(report: dict[str, Any]) -> Any:
    """Return the options that a report names."""
    from autok.options import Options

    return Options.parse(report["options"])


def test_what_browsers_cannot_show_gets_a_preview() -> None:
    """A TIFF comes with a second file that is a PNG or a JPEG, and a PNG does not; nor when none is wanted."""
    assert "tiff" in UNSHOWN
    _, files = call(draw("TIFF"))
    assert Image.open(io.BytesIO(files[1])).format in ("PNG", "JPEG")
    assert len(call(draw("TIFF"), preview=False)[1]) == 1
    assert len(call(draw("PNG"))[1]) == 1


def test_the_limits_are_those_of_the_settings() -> None:
    """Every limit of the settings is one of the engine's, and is kept."""
    with pytest.raises(TooManyPixelsError):
        call(draw("PNG"), limits=InputLimits(max_pixels=100).as_dict())


def test_a_job_that_names_a_device_is_worked_on_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report names the device of the job, the processor where it names none; an absent one is said."""
    assert call(draw("PNG"))[0]["engine"]["device"] == "cpu"
    monkeypatch.setattr(devices, "_missing", lambda: "no NVIDIA GPU answers.")
    with pytest.raises(DeviceError, match="no NVIDIA GPU answers"):
        call(draw("PNG"), device="cuda")
    monkeypatch.setattr(devices, "_missing", lambda: None)
    monkeypatch.setattr(devices, "_cuda", open_strict)
    assert call(draw("PNG"), device="cuda")[0]["engine"]["device"] == "array-api-strict"
    assert call(draw("PNG"), device="cpu")[0]["engine"]["device"] == "cpu"


def test_the_stages_are_told() -> None:
    """The job names its stages as it goes."""
    stages: list[str] = []
    run(REQUEST, draw("PNG"), stages.append)
    assert len(set(stages)) >= 4


def test_warming_leaves_one_thread() -> None:
    """A process that has loaded and warmed the engine can be forked: it has started no second thread."""
    code = (
        "from service import engine; from service.sandbox import helper; engine.warm(); print(helper.count_threads())"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(service.__file__).parents[1])}
    env |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]
