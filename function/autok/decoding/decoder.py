"""The way from bytes to an upright picture: sniff, read the container, check, decode, settle the colours, turn."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from autok.decoding.colors import settle_colors
from autok.decoding.container import Blocks, Container
from autok.decoding.exif import parse_exif
from autok.decoding.gif import read_gif
from autok.decoding.heic import load_heic, read_heic
from autok.decoding.jpeg import read_jpeg, write_jpeg
from autok.decoding.limits import Limits
from autok.decoding.modes import GRAY_MODES, to_eight_bits, with_empty_margins, without_idle_alpha
from autok.decoding.opening import guard, load_picture, open_picture, raised_limit
from autok.decoding.orientation import UPRIGHT, turn_upright
from autok.decoding.pictures import read_picture
from autok.decoding.png import pixels_png, read_png
from autok.decoding.sniffing import sniff
from autok.decoding.stripping import Which, reduce_metadata, strip_original
from autok.decoding.webp import read_webp, write_webp
from autok.formats import FORMATS, Format
from autok.models import SourceImage

_READERS: dict[Format, Callable[[bytes, Limits], Container]] = {
    "png": read_png,
    "jpeg": read_jpeg,
    "webp": read_webp,
    "gif": read_gif,
    "heic": read_heic,
}


def decode(data: bytes, limits: Limits | None = None, *, metadata: Which = "none") -> SourceImage:
    """Decode an upload of any accepted format into an upright 8-bit picture.

    Parameters
    ----------
    data : bytes
        The whole file.
    limits : Limits, optional
        Checked on the header, before a pixel is decoded; the default is `Limits()`.
    metadata : {"none", "copyright", "all"} or frozenset of {"copyright", "creation", "location"}, optional
        What the results may carry beside their pixels; the default is none of it.

    Returns
    -------
    SourceImage
        Mode RGB, or RGBA where the alpha is not 255 everywhere.

    Raises
    ------
    InputError
        The file is of no accepted kind, damaged, cut off, animated, or over a limit.
    MemoryLimitError
        There is not enough memory to decode it.
    """
    limits = limits or Limits()
    limits.check_bytes(len(data))
    kind = sniff(data)
    reader = _READERS.get(kind)
    with raised_limit(limits):
        container = reader(data, limits) if reader else read_picture(data, kind, limits)
        image = _load(data, kind, container, limits)
    block = parse_exif(container.exif)
    gray = image.mode in GRAY_MODES
    with guard(FORMATS[kind].label):
        image, outcome = settle_colors(to_eight_bits(image, container), container, gray=gray)
        image = without_idle_alpha(with_empty_margins(image, container.box))
        image = turn_upright(image, UPRIGHT if container.upright else block.orientation)
    # Pillow's encoders write what they find here, private or not.
    image.info = {}
    reduced = reduce_metadata(container, block, metadata, outcome)
    return SourceImage(
        image=image,
        format=kind,
        data=data,
        original=strip_original(data, kind, container, block, metadata, outcome),
        metadata=reduced,
        notes=(*container.notes, *outcome.notes),
    )


def _load(data: bytes, kind: Format, container: Container, limits: Limits) -> Image.Image:
    if kind == "heic":
        return load_heic(data)
    return load_picture(open_picture(_pixel_bytes(data, kind, container), kind, limits), FORMATS[kind].label)


def _pixel_bytes(data: bytes, kind: Format, container: Container) -> bytes:
    """Return what Pillow gets to see: no text, no profile and no EXIF that could upset it."""
    if kind == "png":
        return pixels_png(data)
    if kind == "jpeg":
        return write_jpeg(data, Blocks())
    if kind == "webp" and container.shown:
        return write_webp(data, Blocks())
    return data
