"""The engine as the child process runs it: a request and bytes in, an answer and files out.

Nothing here runs in the process that serves requests: scikit-learn and the decoders are loaded by the helper alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from autok.pipeline import Workshop

UNSHOWN: Final = frozenset({"tiff", "heic"})
"""Formats that browsers do not show, for which a preview of the original is made."""


def warm() -> None:
    """Load what every job needs, and let the mathematics library take its buffers before memory is bounded.

    Notes
    -----
    A process under an address-space limit that has not yet multiplied a matrix spins in OpenBLAS for its buffer.
    No encoder is called: one that starts threads would leave a forked child waiting for threads it does not have.
    """
    import numpy as np
    from sklearn.cluster import KMeans

    import autok.pipeline  # noqa: F401

    square = np.arange(4096, dtype=np.float64).reshape(64, 64)
    KMeans(4, n_init=1, max_iter=2, random_state=0).fit((square @ square.T)[:, :3])


def run(
    request: Mapping[str, Any], data: bytes, progress: Callable[[str], None]
) -> tuple[dict[str, Any], Sequence[bytes]]:
    """Compress one image.

    Parameters
    ----------
    request : mapping
        ``options`` (JSON values), ``limits`` (fields of the engine's `Limits`), ``name`` (of the file, or None),
        ``preview`` (whether one is wanted where browsers cannot show the original), where the picture itself is to be
        changed ``edit`` (JSON values), and ``device`` (of `autok.devices.CHOICES`), the processor by default.
    data : bytes
        The upload.
    progress : callable
        Called with the name of each stage.

    Returns
    -------
    answer : dict
        ``report``: the engine's report as JSON.
    files : sequence of bytes
        The result, and the preview where there is one.

    Raises
    ------
    AutokError
        When the image is refused or cannot be compressed, or the device is not there.
    """
    from autok.decoding import Limits
    from autok.options import Options
    from autok.options.edits import Edit
    from autok.pipeline import compress, preview

    limits = Limits(**request["limits"])
    result, report = compress(
        data,
        Options.parse(request["options"]),
        edit=Edit.parse(request.get("edit", {})),
        name=request["name"],
        limits=limits,
        clock=time.perf_counter,
        progress=progress,
        workshop=_open_workshop(request.get("device", "cpu")),
    )
    files = [result]
    if request["preview"] and report["input"]["format"] in UNSHOWN:
        progress("preview")
        files.append(preview(data, limits))
    return {"report": report.content}, files


def _open_workshop(device: str) -> Workshop:
    """Return the device of one picture; how many share it is for those to bound who start the processes."""
    from autok.devices import open_device
    from autok.pipeline import Workshop
    from autok.pipeline.workshop import ROOM_BYTES

    return Workshop(open_device(device), ROOM_BYTES, always=device == "cuda")
