"""What was deployed, as Terraform's outputs say it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from autok.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Deployment:
    """The addresses of one deployment."""

    address: str
    """Of the page."""
    api: str
    """Origin of the API."""
    site_origin: str
    results_bucket: str
    project: str
    project_number: str
    trigger: str
    """``projects/P/locations/L/triggers/T``."""
    worker: str
    """Name of the worker's service."""
    dead_letter_topic: str
    """``projects/P/topics/T``."""
    worker_timeout: int
    """Seconds."""
    storage: str | None = None
    """Origin of another storage than Google's; None is Google's own."""

    @classmethod
    def from_outputs(cls, text: str) -> Deployment:
        """Read what ``terraform output -json`` prints.

        Raises
        ------
        SettingsError
            When the text is no such document, or lacks an output.
        """
        try:
            values = {name: entry["value"] for name, entry in json.loads(text).items()}
            names = [name for name in cls.__dataclass_fields__ if name != "storage"]
            found: dict[str, Any] = {name: values[name] for name in names}
        except (ValueError, TypeError, AttributeError) as fault:
            raise SettingsError("The outputs are not what terraform output -json prints; deploy first.") from fault
        except KeyError as fault:
            raise SettingsError(f"The outputs lack {fault.args[0]}; deploy with this version first.") from fault
        return cls(**{**found, "worker_timeout": int(found["worker_timeout"]), "storage": values.get("storage")})

    def address_of(self, bucket: str, name: str) -> str:
        """Return the address of an object without any signature."""
        if self.storage is not None:
            return f"{self.storage}/{bucket}/{name}"
        return f"https://{bucket}.storage.googleapis.com/{name}"
