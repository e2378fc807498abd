"""What the environment says: defaults, one reading that collects every mistake, and checks that name the variable."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from autok.errors import SettingsError, TooManyBytesError

MIB: Final = 1024**2
MAX_EXPIRY: Final = 604_800
"""Seconds; the longest life of a V4 signature."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class InputLimits:
    """What an upload may be at most; checked on its header, before pixels are decoded."""

    max_bytes: int = 32 * MIB
    max_pixels: int = 64_000_000
    max_side: int = 16_384
    """Pixels."""
    max_scans: int = 100
    """Scans of a progressive JPEG."""
    max_text_chunks: int = 50
    """Text chunks of a PNG."""

    def as_dict(self) -> dict[str, int]:
        """Return the limits as JSON, by the names that the engine's `Limits` has."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def check_bytes(self, size: int) -> None:
        """Raise `TooManyBytesError` where a file of `size` bytes is over the limit."""
        if size > self.max_bytes:
            raise TooManyBytesError(
                f"The file has {size:,} bytes, which is over the limit of {self.max_bytes:,}; a smaller one will do."
            )


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What the child process that holds an image may use."""

    memory: int = 1536 * MIB
    """Bytes of address space above what the child starts with; of data beside a GPU."""
    cpu: int = 60
    """Seconds."""
    wall: int = 90
    """Seconds; below the function's own timeout of 120."""
    device: str = "cpu"
    """Where pixels are worked on, of `autok.devices.CHOICES`; only a backfill's words ask for another."""
    device_memory: int | None = None
    """Bytes of a GPU's memory that all children together may use; None is most of what is free."""

    def as_bounds(self) -> dict[str, int | bool]:
        """Return what a child bounds itself by, as JSON."""
        return {"memory": self.memory, "cpu": self.cpu, "wall": self.wall, "gpu": self.device != "cpu"}


@dataclass(frozen=True, slots=True)
class Settings:
    """One checked set of settings; built once when a process starts, then passed down."""

    uploads_bucket: str
    results_bucket: str
    site_origins: tuple[str, ...] = ()
    """Origins such as ``https://example.org`` whose pages may call the API; none by default."""
    input_limits: InputLimits = field(default_factory=InputLimits)
    child_limits: ChildLimits = field(default_factory=ChildLimits)
    upload_ttl: int = 600
    """Seconds an upload URL is good for."""
    download_ttl: int = 900
    """Seconds a download URL is good for."""
    access_key: str | None = field(default=None, repr=False)
    """Callers of the API must present it; None opens the API to everybody."""
    rate_limit: int = 600
    """Signatures a minute and instance; 0 is no limit."""
    signer: str | None = None
    """E-mail of the service account that signs through IAM; None asks the platform who it is."""
    signing_key_file: str | None = None
    """A service account's key file to sign with instead; the local stack makes one at start."""
    storage_token_file: str | None = None
    """A file with a static bearer token for the storage; the local stack makes one at start."""
    storage_url: str | None = None
    """Address of another Cloud Storage, such as ``http://localhost:9199``; None is Google's own."""
    max_attempts: int = 3
    """Attempts on one upload that may die before it is called poison."""
    lease: int = 30
    """Seconds after which a working report without a sign of life counts as abandoned."""
    vcpu: float = 1.0
    """Processors of an instance, for the cost in the report."""
    memory_gib: float = 2.0
    """Memory of an instance in GiB, for the cost in the report."""
    project: str | None = None
    """The cloud project, for traces in the log."""
    notify_topic: str | None = None
    """Pub/Sub topic, ``projects/P/topics/T``, on which every final report is announced; None announces nothing."""
    notify_url: str | None = None
    """Address of another Pub/Sub; None is Google's own."""
    tinify_keys_file: str | None = None
    """A file with the keys of callers that speak Tinify's API, one a line; None lets nobody in."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings.

        Parameters
        ----------
        env : mapping
            Usually ``os.environ``. Every variable begins with ``AUTOK_``, save ``STORAGE_EMULATOR_HOST``,
            ``PUBSUB_EMULATOR_HOST`` and ``GOOGLE_CLOUD_PROJECT``, which other programs define. An empty value counts
            as absent.

        Returns
        -------
        Settings

        Raises
        ------
        SettingsError
            With every mistake at once, each naming its variable.
        """
        mistakes: list[str] = []
        values = _read(env, mistakes)
        for name in ("uploads_bucket", "results_bucket"):
            if values[name] is None and not any(f"AUTOK_{name.upper()} " in each for each in mistakes):
                mistakes.append(f"AUTOK_{name.upper()} is missing; it takes the name of a bucket")
        if values["uploads_bucket"] is not None and values["uploads_bucket"] == values["results_bucket"]:
            mistakes.append(
                "AUTOK_RESULTS_BUCKET is the same as AUTOK_UPLOADS_BUCKET; every result would start the work again, so "
                "two buckets are needed"
            )
        if mistakes:
            raise SettingsError("; ".join(mistakes) + ".")
        return cls(**{key: value for key, value in values.items() if value is not None})


@dataclass(frozen=True, slots=True)
class _Variables:
    """The environment, and what was found wrong in it so far."""

    env: Mapping[str, str]
    mistakes: list[str]

    def take(self, name: str, parse: Callable[[str], _T], variable: str | None = None) -> _T | None:
        """Return what one variable says; None where it is unset, empty or a mistake."""
        variable = variable or f"AUTOK_{name}"
        text = self.env.get(variable, "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as mistake:
            # A mistyped key is still most of a key, and this sentence goes to the log.
            shown = "set" if name == "ACCESS_KEY" else _shorten(text)
            self.mistakes.append(f"{variable} is {shown}; it takes {mistake}")
            return None

    def group(self, kind: type[Any], prefix: str = "", **bounds: tuple[int, int]) -> Any:
        """Return a group of limits, with its own default for each that is not set."""
        read = {name: self.take(f"{prefix}{name.upper()}", _integer(*bound)) for name, bound in bounds.items()}
        return kind(**{name: value for name, value in read.items() if value is not None})


def _read(env: Mapping[str, str], mistakes: list[str]) -> dict[str, Any]:
    variables = _Variables(env, mistakes)
    take, group = variables.take, variables.group
    return {
        "uploads_bucket": take("UPLOADS_BUCKET", _bucket),
        "results_bucket": take("RESULTS_BUCKET", _bucket),
        "site_origins": take("SITE_ORIGINS", _origins),
        "input_limits": group(
            InputLimits,
            max_bytes=(1, 512 * MIB),
            max_pixels=(1, 268_402_689),
            max_side=(1, 65_535),
            max_scans=(1, 1000),
            max_text_chunks=(0, 1000),
        ),
        "child_limits": group(ChildLimits, "CHILD_", memory=(64 * MIB, 64 * 1024 * MIB), cpu=(1, 3600), wall=(1, 3600)),
        "upload_ttl": take("UPLOAD_TTL", _integer(1, MAX_EXPIRY)),
        "download_ttl": take("DOWNLOAD_TTL", _integer(1, MAX_EXPIRY)),
        "access_key": take("ACCESS_KEY", _key),
        "rate_limit": take("RATE_LIMIT", _integer(0, 1_000_000)),
        "signer": take("SIGNER", _email),
        "signing_key_file": take("SIGNING_KEY_FILE", str),
        "storage_token_file": take("STORAGE_TOKEN_FILE", str),
        "storage_url": take("STORAGE_URL", _url) or take("", _url, "STORAGE_EMULATOR_HOST"),
        "notify_topic": take("NOTIFY_TOPIC", _topic),
        "notify_url": take("NOTIFY_URL", _url) or take("", _url, "PUBSUB_EMULATOR_HOST"),
        "tinify_keys_file": take("TINIFY_KEYS_FILE", str),
        "max_attempts": take("MAX_ATTEMPTS", _integer(1, 20)),
        "lease": take("LEASE", _integer(1, 600)),
        "vcpu": take("VCPU", _number(0.08, 32)),
        "memory_gib": take("MEMORY_GIB", _number(0.125, 128)),
        "project": take("", str, "GOOGLE_CLOUD_PROJECT"),
    }


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or not low <= float(text) <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return float(text)

    return parse


def _bucket(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", text):
        raise ValueError("the name of a bucket: lower-case letters, digits, dots, dashes and underscores")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part for part in re.split(r"[,\s]+", text) if part)
    if not all(re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", origin) for origin in origins):
        raise ValueError("origins such as https://example.org, without a path, separated by commas")
    if "https://storage.googleapis.com" in origins:
        raise ValueError("origins of one's own; every public bucket of the world shares https://storage.googleapis.com")
    return tuple(origin.lower() for origin in origins)


def _url(text: str) -> str:
    url = text if "://" in text else f"http://{text}"
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?", url):
        raise ValueError("an address such as http://localhost:9199, without a path")
    return url.rstrip("/")


def _topic(text: str) -> str:
    if not re.fullmatch(r"projects/[a-z0-9.:-]+/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}", text):
        raise ValueError("a Pub/Sub topic such as projects/my-project/topics/images")
    return text


def _key(text: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]{16,256}", text):
        raise ValueError("16 to 256 printable characters without spaces")
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("the e-mail address of a service account")
    return text
