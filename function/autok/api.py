"""The engine as Python programs call it: ``import autok; autok.compress(data)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from autok.formats import Format
from autok.options import Options
from autok.pipeline import compress as run_pipeline
from autok.verification import Verdict, verify

__all__ = ["Result", "Verdict", "compress", "verify"]


class Result(NamedTuple):
    """An image made smaller, and the report on how; unpacks into the two.

    Examples
    --------
    >>> from autok.api import Result
    >>> data, report = Result(b"...", {"output": {"format": "png", "saved": 0.71}})
    >>> data
    b'...'
    """

    data: bytes
    """The file; never larger than the one given, unless no browser shows that one's format."""
    report: Mapping[str, Any]
    """JSON values, as ``report.schema.json`` describes them."""

    @property
    def format(self) -> Format:
        """The format that won, such as ``jpeg``."""
        format_: Format = self.report["output"]["format"]
        return format_

    @property
    def saved(self) -> float:
        """The share of bytes that was saved, at most 1."""
        return float(self.report["output"]["saved"])


def compress(
    data: bytes | bytearray | memoryview,
    *,
    quality: Literal["small", "balanced", "high"] | float | None = None,
    colors: Literal["auto"] | int = "auto",
    target: str | int | None = None,
    format: Literal["auto", "keep", "png", "jpeg", "webp", "avif", "any"] = "auto",  # noqa: A002 - the option's name
    scale: Literal["auto"] | float = 1.0,
    max_size: int | None = None,
    dither: Literal["auto", "none"] | float = "auto",
    space: Literal["oklab", "cielab", "rgb"] = "oklab",
    metadata: Literal["none", "copyright", "all"] = "none",
    pin: Sequence[str] = (),
    name: str | None = None,
) -> Result:
    """Make an image smaller, by as many colours as it needs.

    Parameters
    ----------
    data : bytes-like
        A PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file of at most 32 MiB and 64 megapixels.
    quality : {'small', 'balanced', 'high'} or float, optional
        The score to reach on the SSIMULACRA2 scale, 0 to 100, or one of three names for 60, 70 and 80. The default is
        balanced, or no floor where a `target` is given.
    colors : 'auto' or int
        Colours of the palette, 2 to 256; the default is ``'auto'``.
    target : str or int, optional
        A saving (``'60%'``) or a size to stay under (``'200kB'``, ``'200KiB'``, or bytes); the default is none.
    format : str
        ``'auto'`` (PNG or JPEG, whichever wins), ``'keep'``, one of ``'png'``, ``'jpeg'``, ``'webp'``, ``'avif'``, or
        ``'any'`` (all compete); the default is ``'auto'``.
    scale : 'auto' or float
        Factor on both sides, 0.05 to 1; the default is 1.
    max_size : int, optional
        Longest side in pixels, 1 to 16384; the default is none.
    dither : 'auto', 'none' or float
        Strength of error diffusion, 0 to 1; the default is ``'auto'``.
    space : {'oklab', 'cielab', 'rgb'}
        Colour space of the clustering; the default is ``'oklab'``.
    metadata : {'none', 'copyright', 'all'}
        What is kept of the metadata; the default is ``'none'``.
    pin : sequence of str
        Colours such as ``'#ff8800'`` that must survive exactly; the default is none.
    name : str, optional
        The file's name for the report; nothing of that name is opened.

    Returns
    -------
    Result
        Equal bytes and options give equal bytes, whatever the machine's number of cores.

    Raises
    ------
    OptionError
        For an option outside its range, or one that this picture cannot meet.
    InputError
        For bytes that are no image, damaged, animated, or over a limit.
    EncodeError
        If an encoder fails.

    Examples
    --------
    >>> import io, autok
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.linear_gradient("L").convert("RGB").save(file, "BMP")
    >>> result = autok.compress(file.getvalue(), colors=16)
    >>> result.format, result.report["decision"]["colors"]
    ('png', 16)
    >>> result.saved > 0.9
    True
    >>> autok.compress(b"a letter, no image")
    Traceback (most recent call last):
    autok.errors.UnsupportedFormatError: ...
    """
    options = Options.parse(
        {
            "quality": quality,
            "colors": colors,
            "target": target,
            "format": format,
            "scale": scale,
            "max_size": max_size,
            "dither": dither,
            "space": space,
            "metadata": metadata,
            "pin": tuple(pin) if not isinstance(pin, str) else pin,
        }
    )
    result, report = run_pipeline(bytes(memoryview(data)), options, name=name)
    return Result(result, report.content)
