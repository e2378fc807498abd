from __future__ import annotations

import json
from typing import Any

import pytest

from service.logs import find_trace, hash_name, make_log

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_line_is_one_json_object_with_severity_and_trace() -> None:
    """Cloud Logging reads severity, message and trace; absent fields are left out, line breaks are escaped."""
    lines: list[str] = []
    make_log("projects/p/traces/t", lines.append)("INFO", "done\n", ms=5, code=None)
    assert [json.loads(line) for line in lines] == [
        {"severity": "INFO", "message": "done\n", "logging.googleapis.com/trace": "projects/p/traces/t", "ms": 5}
    ]
    assert lines[0].count("\n") == 1


def test_lines_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Without another sink a line is printed."""
    make_log()("WARNING", "x")
    assert json.loads(capsys.readouterr().out)["severity"] == "WARNING"


@pytest.mark.parametrize(
    ("headers", "project", "trace"),
    [
        ({"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, "p", f"projects/p/traces/{TRACE}"),
        ({"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"}, "p", f"projects/p/traces/{TRACE}"),
        ({"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"}, None, None),
        ({"traceparent": "garbage"}, "p", None),
        ({}, "p", None),
    ],
)
def test_the_trace_comes_from_either_header(headers: dict[str, str], project: str | None, trace: Any) -> None:
    """W3C's and Google's header name the trace; without a project there is none."""
    assert find_trace(headers, project) == trace


def test_a_name_is_logged_as_its_hash() -> None:
    """The hash is stable, short, and takes names that are no proper Unicode."""
    assert hash_name("web/1") == hash_name("web/1") != hash_name("web/2")
    assert len(hash_name("\ud800")) == 16
