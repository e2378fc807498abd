"""What an upload may claim before one of its pixels is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from autok.errors import CorruptImageError, TooLongSideError, TooManyBytesError, TooManyPixelsError


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on one upload; every one is checked on the header, none on decoded pixels."""

    max_bytes: int = 32 * 1024 * 1024
    """Size of the file in bytes; the default is 32 MiB, the largest body of an HTTP/1 request to Cloud Run."""
    max_pixels: int = 64_000_000
    """Width times height; the default of 64 megapixels is 256 MB once decoded."""
    max_side: int = 16_384
    """Width or height in pixels; the default is also the longest side that WebP can nearly hold (16,383)."""
    max_scans: int = 100
    """Scans of a JPEG; the default is ten times what encoders write. Each costs a pass over the whole picture."""
    max_text_chunks: int = 50
    """Text chunks of a PNG; the default is 50. Each can inflate to many times its size."""

    def check_bytes(self, count: int) -> None:
        """Raise where a file is over the limit.

        Parameters
        ----------
        count : int
            Its bytes.

        Raises
        ------
        TooManyBytesError
            If there are more than `max_bytes`.
        """
        if count > self.max_bytes:
            raise TooManyBytesError(
                f"The file has {count:,} bytes; at most {self.max_bytes:,} are accepted. Save it smaller and try again."
            )

    def check_size(self, width: int, height: int) -> None:
        """Raise where a picture is empty or over a limit.

        Parameters
        ----------
        width, height : int
            Its sides in pixels, as its header says.

        Raises
        ------
        CorruptImageError
            If a side is shorter than a pixel.
        TooLongSideError
            If a side is longer than `max_side`.
        TooManyPixelsError
            If there are more than `max_pixels`.
        """
        if width < 1 or height < 1:
            raise CorruptImageError(
                f"The header says the picture is {width} x {height} pixels; both sides must be at least 1. "
                "Export the image again."
            )
        if max(width, height) > self.max_side:
            raise TooLongSideError(
                f"The picture is {width:,} x {height:,} pixels; a side may have at most {self.max_side:,}. "
                "Crop it or scale it down."
            )
        if width * height > self.max_pixels:
            raise TooManyPixelsError(
                f"The picture is {width:,} x {height:,} = {width * height / 1e6:,.1f} megapixels; "
                f"at most {self.max_pixels / 1e6:,.1f} are accepted. Scale it down."
            )
