"""Which files go in, where each result goes, and how it gets there without ever losing the old one."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from autok.cli.stopping import undisturbed
from autok.formats import ALL_EXTENSIONS, FORMATS

BESIDE = "-autok"
"""Ends the stem of a result that is written beside its original."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read and its place below the folder that was named (its own name otherwise)."""

    path: Path
    relative: Path


def find_inputs(names: Sequence[str], *, recursive: bool, output: str | None = None) -> tuple[list[Input], list[str]]:
    """Return the files that the names stand for, each once, in the order of the names, and the complaints.

    Parameters
    ----------
    names : sequence of str
        Files, folders or globs.
    recursive : bool
        Whether folders are gone into; a folder named without it is a complaint.
    output : str, optional
        Where results go. Within a folder that is gone into it is left out, unless it is named itself.

    Returns
    -------
    inputs : list of Input
    complaints : list of str
        One sentence for each name that stands for nothing, and for each folder that cannot be read.
    """
    found: dict[Path, Input] = {}
    complaints: list[str] = []
    results = Path(output).resolve() if recursive and output is not None else None
    for name in names:
        try:
            for item in _expand(name, recursive, results, complaints):
                found.setdefault(item.path.resolve(), item)
        except (OSError, RuntimeError) as fault:
            complaints.append(f"{show_path(name)}: {describe_fault(fault)}")
    return list(found.values()), complaints


def _expand(name: str, recursive: bool, results: Path | None, complaints: list[str]) -> Iterator[Input]:
    path = Path(name)
    matches = [path] if path.exists() else _match(name)
    if not matches:
        complaints.append(f"{show_path(name)}: no such file")
    for match in matches:
        if match.is_dir():
            if recursive:
                yield from _walk(match, results, complaints)
            elif match == path:
                complaints.append(f"{show_path(name)}: is a folder; add -r to go into it")
        elif match.is_file() or match.is_fifo():
            yield Input(match, Path(match.name))
        else:
            complaints.append(f"{show_path(match)}: is neither a file nor a folder")


def _match(name: str) -> list[Path]:
    return [Path(match) for match in sorted(glob.glob(name, recursive=True))]  # noqa: PTH207 (absolute patterns)


def _walk(folder: Path, results: Path | None, complaints: list[str]) -> Iterator[Input]:
    """Yield the images below a folder, but none that an earlier run put beside their originals or among the results."""

    def complain(fault: OSError) -> None:
        complaints.append(f"{show_path(fault.filename)}: {describe_fault(fault)}")

    for place, folders, names in os.walk(folder, onerror=complain):
        folders[:] = sorted(name for name in folders if results is None or Path(place, name).resolve() != results)
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in ALL_EXTENSIONS and not path.stem.endswith(BESIDE) and path.is_file():
                yield Input(path, path.relative_to(folder))


def name_apart(inputs: Sequence[Input], *, beside: bool) -> list[Input]:
    """Give inputs whose results could meet in one place (``a.png`` and ``a.jpg``) their full name as stem.

    Parameters
    ----------
    inputs : sequence of Input
    beside : bool
        Whether results go beside their originals, rather than to `Input.relative` below one folder.

    Returns
    -------
    list of Input
        In the same order; no two results meet, whatever formats win. Where full names meet as well (those of two
        folders, or ``a.png`` and a file ``a.png.jpg``), a number is added.
    """

    def place(item: Input, relative: Path) -> Path:
        return (item.path.with_name(relative.name) if beside else relative).with_suffix("")

    times = Counter(place(item, item.relative) for item in inputs)
    taken = {stem for stem, number in times.items() if number == 1}
    named = []
    for item in inputs:
        relative = item.relative
        if times[place(item, relative)] > 1:
            full = relative.name + relative.suffix
            numbered = (f"{relative.name}-{number}{relative.suffix}" for number in count(2))
            free = (relative.with_name(name) for name in chain([full], numbered))
            relative = next(each for each in free if place(item, each) not in taken)
            taken.add(place(item, relative))
        named.append(Input(item.path, relative))
    return named


def show_path(path: str | Path) -> str:
    r"""Return a path as it may be printed: bytes that are no UTF-8, and what would steer a terminal, as ``\x..``."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def describe_fault(fault: Exception) -> str:
    """Return the system's words for a fault, as a sentence."""
    words = (fault.strerror if isinstance(fault, OSError) else None) or str(fault) or type(fault).__name__
    return f"{words.rstrip('.')}."


def destination(item: Input, output: str | None, output_format: str, *, single: bool) -> Path:
    """Return where a result goes.

    With ``-o`` a folder: the input's place below it, under the result's extension. With ``-o`` a file (one input,
    and the path has an extension or is a file): that file. Without: beside the input, as ``NAME-autok.EXT``.
    """
    extension = FORMATS[output_format].extension
    if output is None:
        return item.path.with_name(f"{item.relative.stem}{BESIDE}{_extension(item.path, output_format)}")
    folder = Path(output)
    if single and not output.endswith(("/", os.sep)) and not folder.is_dir() and (folder.suffix or folder.is_file()):
        return folder
    name = item.relative.with_suffix(_extension(item.path, output_format) if item.path.suffix else extension)
    return folder / name


def _extension(path: Path, output_format: str) -> str:
    """Return the input's own spelling of the extension (``.JPG``, ``.jpeg``) where it fits the format."""
    fits = path.suffix.lower() in FORMATS[output_format].extensions
    return path.suffix if fits else FORMATS[output_format].extension


def write_safely(path: Path, data: bytes) -> None:
    """Write a file so that at any moment either the old or the whole new one is there.

    A temporary file in the same folder is written, flushed to the disk and renamed over `path`; owner and permissions
    of a file that was there are kept, and a link stays one: what it points to is replaced.

    Raises
    ------
    OSError
        When it cannot be written, or is there and may not be; nothing half written is left.
    """
    path = _follow(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not os.access(path, os.W_OK):
        # A rename asks for no right on the file itself, but whoever made it read-only meant it.
        raise PermissionError(errno.EACCES, "It is read-only", str(path))
    with undisturbed():
        _replace(path, data)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _follow(path: Path) -> Path:
    """Return what a path leads to through its links."""
    with contextlib.suppress(RuntimeError):
        path = path.resolve()
        if not path.is_symlink():
            return path
    raise OSError(errno.ELOOP, "Its links lead in a circle", str(path))


def _replace(path: Path, data: bytes) -> None:
    # Names are bounded in bytes, and one as long as may be leaves no room for more.
    start = os.fsdecode(os.fsencode(path.name)[:100])
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{start}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _dress(Path(temporary), path)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _dress(temporary: Path, path: Path) -> None:
    """Give the new file the owner and the permissions of the one that it replaces."""
    if not path.exists():
        temporary.chmod(0o666 & ~_umask())
        return
    there = path.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(temporary, there.st_uid, there.st_gid)
    temporary.chmod(there.st_mode & 0o7777)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
