"""Which files go in, where each result goes, and how it gets there without ever losing the old one."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autok.models import EXTENSIONS

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"}
)
"""Extensions by which a folder's images are known; a file that is named is read whatever it is called."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read and its place below the folder that was named (its own name otherwise)."""

    path: Path
    relative: Path


class MissingInputError(Exception):
    """A named file or folder is not there, or cannot be taken as it was named."""


def find_inputs(names: Sequence[str], *, recursive: bool) -> tuple[list[Input], list[str]]:
    """Return the files that the names stand for, each once, in the order of the names, and the complaints.

    Parameters
    ----------
    names : sequence of str
        Files, folders or globs.
    recursive : bool
        Whether folders are gone into; a folder named without it is a complaint.

    Returns
    -------
    inputs : list of Input
    complaints : list of str
        One sentence for each name that stands for nothing.
    """
    found: dict[Path, Input] = {}
    complaints: list[str] = []
    for name in names:
        try:
            for item in _expand(name, recursive):
                found.setdefault(item.path.resolve(), item)
        except MissingInputError as error:
            complaints.append(str(error))
    return list(found.values()), complaints


def _expand(name: str, recursive: bool) -> Iterator[Input]:
    path = Path(name)
    if path.is_dir():
        if not recursive:
            raise MissingInputError(f"{name}: is a folder; add -r to go into it")
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix.lower() in SUFFIXES:
                yield Input(file, file.relative_to(path))
    elif path.exists():
        yield Input(path, Path(path.name))
    else:
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
        if not matches:
            raise MissingInputError(f"{name}: no such file")
        for match in matches:
            if Path(match).is_file():
                yield Input(Path(match), Path(Path(match).name))


def destination(item: Input, output: str | None, output_format: str, *, single: bool) -> Path:
    """Return where a result goes.

    With ``-o`` a folder: the input's place below it, under the result's extension. With ``-o`` a file (one input,
    and the path has an extension or is a file): that file. Without: beside the input, as ``NAME-autok.EXT``.
    """
    extension = EXTENSIONS[output_format]
    if output is None:
        return item.path.with_name(f"{item.path.stem}-autok{_extension(item.path, output_format)}")
    folder = Path(output)
    if single and not output.endswith(("/", os.sep)) and not folder.is_dir() and (folder.suffix or folder.is_file()):
        return folder
    name = item.relative.with_suffix(_extension(item.path, output_format) if item.path.suffix else extension)
    return folder / name


def _extension(path: Path, output_format: str) -> str:
    """Return the input's own spelling of the extension (``.JPG``, ``.jpeg``) where it fits the format."""
    suffix = path.suffix.lower()
    same = suffix == EXTENSIONS[output_format] or (output_format, suffix) in {
        ("jpeg", ".jpeg"), ("jpeg", ".jpe"), ("jpeg", ".jfif"), ("tiff", ".tif"),
    }  # fmt: skip
    return path.suffix if same else EXTENSIONS[output_format]


def write_safely(path: Path, data: bytes) -> None:
    """Write a file so that at any moment either the old or the whole new one is there.

    A temporary file in the same folder is written, flushed to the disk and renamed over `path`; the permissions of a
    file that was there are kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
