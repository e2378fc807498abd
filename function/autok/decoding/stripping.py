"""The upload without its private parts, and the metadata that its results carry."""

from __future__ import annotations

from autok.decoding.colors import Outcome
from autok.decoding.container import Blocks, Container
from autok.decoding.exif import Exif
from autok.decoding.gif import write_gif
from autok.decoding.jpeg import write_jpeg
from autok.decoding.metadata import copyright_block, is_allowed, name_contents, whole_block, write_block
from autok.decoding.png import write_png
from autok.decoding.webp import write_webp
from autok.models import Format, Metadata

_WRITERS = {"png": write_png, "jpeg": write_jpeg, "webp": write_webp, "gif": write_gif}


def reduce_metadata(container: Container, block: Exif, which: str, outcome: Outcome) -> Metadata:
    """Return what the results carry beside their pixels, and the names of what was removed and kept.

    Parameters
    ----------
    container : Container
    block : Exif
        The container's EXIF block, read.
    which : {"none", "copyright", "all"}
        What was asked for.
    outcome : Outcome
        What was done about colour.
    """
    names = name_contents(block) | set(container.extras) | ({"XMP"} if container.xmp else set())
    kept: set[str] = set()
    if which == "copyright":
        kept = {name for name in names if is_allowed(name)}
    elif which == "all":
        kept = {name for name in names if name not in container.extras and name != "thumbnail"}
    return Metadata(
        icc_profile=outcome.icc,
        exif=_exif(container, block, which, 1),
        xmp=container.xmp if which == "all" else None,
        removed=tuple(sorted(names - kept)),
        kept=tuple(sorted(kept)),
        profile=outcome.words,
    )


def _exif(container: Container, block: Exif, which: str, orientation: int) -> bytes | None:
    if which == "none":
        return write_block({}, {}, orientation)
    if which == "all" and (whole := whole_block(block, orientation)) is not None:
        return whole
    return copyright_block(block, dict(container.texts), orientation)


def strip_original(
    data: bytes, kind: Format, container: Container, block: Exif, which: str, outcome: Outcome
) -> bytes | None:
    """Return the upload rid of private segments and trailing bytes, or None where it cannot be kept.

    It cannot where its colours had to be converted, where its orientation cannot be told in a way that every
    browser follows, where browsers do not show it, or where its format cannot be rewritten surely.
    """
    writer = _WRITERS.get(kind)
    if writer is None or outcome.converted or container.shown == "nowhere":
        return None
    if block.orientation != 1 and kind != "jpeg":
        return None
    return writer(
        data,
        Blocks(
            exif=_exif(container, block, which, block.orientation),
            xmp=container.xmp if which == "all" else None,
            icc=outcome.icc,
            texts=which == "all",
        ),
    )
