"""The upload without its private parts, and the metadata that its results carry."""

from __future__ import annotations

from collections.abc import Callable

from autok.decoding.avif import write_avif
from autok.decoding.bmp import write_bmp
from autok.decoding.colors import Outcome
from autok.decoding.container import Blocks, Container
from autok.decoding.exif import Exif, parse_exif
from autok.decoding.gif import write_gif
from autok.decoding.ifd import write_block
from autok.decoding.jpeg import write_jpeg
from autok.decoding.metadata import MAX_BLOCK, chosen_block, name_contents, name_texts, turned, whole_block
from autok.decoding.png import write_png
from autok.decoding.webp import write_webp
from autok.formats import Format
from autok.models import Metadata

_WRITERS: dict[Format, Callable[[bytes, Blocks], bytes | None]] = {
    "png": write_png,
    "jpeg": write_jpeg,
    "webp": write_webp,
    "gif": write_gif,
    "avif": write_avif,
    "bmp": write_bmp,
}


Which = str | frozenset[str]
"""``none``, ``copyright`` (author, copyright and date) or ``all``; or the groups of `metadata.chosen_block`."""

_COPYRIGHT = frozenset({"copyright", "creation"})


def reduce_metadata(container: Container, block: Exif, which: Which, outcome: Outcome) -> Metadata:
    """Return what the results carry beside their pixels, and the names of what was removed and kept.

    Parameters
    ----------
    container : Container
    block : Exif
        The container's EXIF block, read.
    which : Which
        What was asked for.
    outcome : Outcome
        What was done about colour.
    """
    names = name_contents(block) | name_texts(container.texts) | set(container.extras)
    names |= {"XMP"} if container.xmp else set()
    exif, xmp = _exif(container, block, which, 1), _xmp(container, which)
    kept = name_contents(parse_exif(exif)) | ({"XMP"} if xmp else set())
    return Metadata(
        icc_profile=outcome.icc,
        exif=exif,
        xmp=xmp,
        removed=tuple(sorted(names - kept)),
        kept=tuple(sorted(kept)),
        profile=outcome.words,
    )


def _exif(container: Container, block: Exif, which: Which, orientation: int) -> bytes | None:
    if which == "all":
        return whole_block(block, container.texts, orientation)
    groups = _COPYRIGHT if which == "copyright" else which
    if isinstance(groups, frozenset):
        return chosen_block(block, container.texts, groups, orientation)
    return write_block(turned(orientation))


def _xmp(container: Container, which: Which) -> bytes | None:
    return container.xmp if which == "all" and len(container.xmp or b"") <= MAX_BLOCK else None


def strip_original(
    data: bytes, kind: Format, container: Container, block: Exif, which: Which, outcome: Outcome
) -> bytes | None:
    """Return the upload rid of private segments and trailing bytes, or None where it cannot be kept.

    It cannot where its colours had to be converted, where its orientation cannot be told in a way that every
    browser follows, where browsers do not show it, or where its format cannot be rewritten surely.
    """
    writer = _WRITERS.get(kind)
    if writer is None or outcome.converted or not container.shown:
        return None
    if block.orientation != 1 and kind not in ("jpeg", "avif"):
        return None
    # An AVIF is turned by properties of its picture, which stay.
    exif = _exif(container, block, which, 1 if kind == "avif" else block.orientation)
    # Numbers that settled the colours go on doing so; where there was no profile, one made of them only adds bytes.
    icc = None if outcome.numbers and container.icc is None else outcome.icc
    return writer(data, Blocks(exif, _xmp(container, which), icc, outcome.numbers))
