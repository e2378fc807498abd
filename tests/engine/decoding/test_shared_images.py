"""The table of odd and of bad files; runs where IMAGES names their folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import autok
from autok.decoding import decode
from autok.errors import AnimationError, AutokError, CorruptImageError, InputError, TruncatedImageError
from autok.errors import UnsupportedFormatError as Unsupported

ODD: dict[str, tuple[str, tuple[int, int], str]] = {
    "adobe-rgb-8.3MP.jpg": ("RGB", (3840, 2160), "Adobe RGB (1998), kept"),
    "alpha-lossy.webp": ("RGBA", (400, 301), "sRGB"),
    "apple-gainmap-display-p3.jpg": ("RGB", (384, 512), "Display P3, kept"),
    "avif-imir.avif": ("RGB", (722, 1024), "sRGB"),
    "basi2c08.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "basi3p08.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "basi6a16.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "basn0g01.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "basn0g16.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "basn2c16.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "basn3p02.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "basn4a16.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "basn6a16.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "ccwn2c08.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    "cdfn2c08.png": ("RGB", (8, 32), "gamma 1, converted to sRGB"),
    "cmyk-adobe-100px.jpg": ("RGB", (100, 100), "CMYK without a profile, converted to sRGB"),
    "cmyk-no-profile.jpg": ("RGB", (510, 532), "CMYK without a profile, converted to sRGB"),
    "exif2c08.png": ("RGB", (32, 32), "sRGB"),
    "g03n2c08.png": ("RGB", (32, 32), "gamma 0.35, converted to sRGB"),
    "g25n3p04.png": ("RGB", (32, 32), "gamma 2.5, converted to sRGB"),
    "gps-nikon.jpg": ("RGB", (858, 570), "sRGB"),
    "gray-3.4MP.jpg": ("RGB", (2268, 1512), "sRGB"),
    "gray-alpha.png": ("RGBA", (510, 532), "sRGB"),
    "hopper.bmp": ("RGB", (128, 128), "sRGB"),
    "hopper.tif": ("RGB", (128, 128), "sRGB"),
    "icc-channels-swapped.png": ("RGB", (1000, 1000), "RGB-to-GBR, kept"),
    "icc-p3-color-bars.png": ("RGB", (1000, 800), "DCI-P3-D65-2_2-Gamma, kept"),
    "iphone14-display-p3.mpo.jpg": ("RGB", (56, 70), "Display P3, kept"),
    "jpeg-arithmetic.jpg": ("RGB", (227, 149), "sRGB"),
    "jpeg-non-interleaved-scans.jpg": ("RGB", (510, 532), "sRGB"),
    "jpeg-restart-markers.jpg": ("RGB", (1024, 631), "sRGB"),
    "oi9n2c16.png": ("RGB", (32, 32), "gamma 1, converted to sRGB"),
    **{f"orientation-{n}.jpg": ("RGB", (600, 450), "Generic RGB Profile, kept") for n in range(2, 9)},
    "orientation-1.jpg": ("RGB", (600, 450), "sRGB"),
    "photo-gray.png": ("RGB", (500, 500), "sRGB"),
    "photo-with-alpha.png": ("RGBA", (500, 500), "sRGB"),
    "photo.webp": ("RGB", (776, 909), "sRGB"),
    "png-16bit-rgb.png": ("RGB", (149, 227), "sRGB"),
    "s01n3p01.png": ("RGB", (1, 1), "gamma 1, converted to sRGB"),
    "tbbn0g04.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "tbbn3p08.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "tbrn2c08.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "tp1n3p08.png": ("RGBA", (32, 32), "gamma 1, converted to sRGB"),
    "xmp-block.jpg": ("RGB", (360, 216), "sRGB"),
}
"""Mode, upright size and what is done about colour."""

REFUSED: dict[str, type[InputError]] = {
    "animated.gif": AnimationError,
    "animated.webp": AnimationError,
    "apng-20-frames.png": AnimationError,
    "apng-dispose.png": AnimationError,
    "hopper.ico": Unsupported,
    "hopper.psd": Unsupported,
}
OPTIONAL = {"heic-3-images.heic"}
"""Files that an optional package decides about."""

SURVIVORS = {
    "1x1.png", "bomb-ztxt-200MB.png", "jpeg-exif-garbage.jpg", "jpeg-exif-orientation-9.jpg", "jpeg-icc-garbage.jpg",
    "jpeg-named.png", "jpeg-no-huffman-tables.jpg", "pillow-hopper_bad_exif.jpg", "pillow-invalid-exif.jpg",
    "pillow-png_decompression_dos.png", "png-garbage-after-iend.png", "png-index-out-of-palette.png",
    "png-trns-longer-than-plte.png", "polyglot-gif-js.gif", "polyglot-jpeg-zip.jpg",
}  # fmt: skip
"""Files of bad/ that are decoded; all others are refused."""


def test_every_odd_file_is_in_the_table(images: Path) -> None:
    """No file of odd/ is left without an expectation."""
    assert {path.name for path in (images / "odd").iterdir()} == {*ODD, *REFUSED, *OPTIONAL}


@pytest.mark.parametrize("name", ODD)
def test_odd(images: Path, name: str) -> None:
    """A file of odd/ comes out in its mode, upright size and colours; a kept original shows the same pixels."""
    source = decode((images / "odd" / name).read_bytes())
    assert (source.image.mode, source.image.size, source.metadata.profile) == ODD[name]
    if source.original is not None:
        assert len(source.original) <= len(source.data)
        assert np.array_equal(np.asarray(decode(source.original).image), np.asarray(source.image))


@pytest.mark.parametrize("name", REFUSED)
def test_odd_refusals(images: Path, name: str) -> None:
    """Animations and refused kinds of odd/ end in their own error."""
    with pytest.raises(REFUSED[name]):
        decode((images / "odd" / name).read_bytes())


def _odd(images: Path, name: str) -> np.ndarray:
    return np.asarray(decode((images / "odd" / name).read_bytes()).image).astype(int)


def test_orientations_agree(images: Path) -> None:
    """The eight orientations show one picture: most of their 16-pixel means differ by less than 4 steps."""
    upright = _odd(images, "orientation-3.jpg")[:448, :592].reshape(28, 16, 37, 16, 3).mean((1, 3))
    for number in (2, 4, 5, 6, 7, 8):
        other = _odd(images, f"orientation-{number}.jpg")[:448, :592].reshape(28, 16, 37, 16, 3).mean((1, 3))
        assert np.median(np.abs(other - upright)) < 4


def test_interlaced_equals_plain(images: Path) -> None:
    """Interlacing and IDAT chunks of one byte change no pixel."""
    assert np.array_equal(_odd(images, "basi6a16.png"), _odd(images, "basn6a16.png"))
    assert np.array_equal(_odd(images, "oi9n2c16.png"), _odd(images, "basn2c16.png"))


def test_mirrored_avif(images: Path) -> None:
    """An AVIF's mirror property is applied once: the picture is the stored one, mirrored left to right."""
    path = images / "odd" / "avif-imir.avif"
    with Image.open(path) as stored:
        mirrored = np.asarray(stored.convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT)).astype(int)
    assert np.array_equal(_odd(images, path.name), mirrored)


def test_bad(images: Path) -> None:
    """Every file of bad/ is decoded or refused as wanted, with a stable code and a sentence."""
    for path in sorted((images / "bad").iterdir()):
        data = path.read_bytes()
        if path.name in SURVIVORS:
            assert decode(data).data == data
            continue
        with pytest.raises(InputError, match=r"\.$") as caught:
            decode(data)
        assert caught.value.code != "invalid_input", path.name


def test_cut_files_of_bad(images: Path) -> None:
    """The cut files of bad/ count as cut off."""
    for path in (images / "bad").glob("trunc-*"):
        with pytest.raises(TruncatedImageError):
            decode(path.read_bytes())
    with pytest.raises(CorruptImageError):
        decode((images / "bad" / "png-missing-plte.png").read_bytes())


PROBE = """
import re, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from autok.decoding import decode
from autok.errors import AutokError
# getrusage would count the process that began this one: its peak is inherited through exec.
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
for path in sys.argv[2:]:
    data = Path(path).read_bytes()
    before = peak()
    try:
        size = decode(data).pixel_count * 3
    except AutokError:
        size = 0
print(peak(), peak() - before, size)
"""


def _probe(*paths: Path) -> list[int]:
    root = str(Path(autok.__file__).parent.parent)
    ran = subprocess.run([sys.executable, "-c", PROBE, root, *map(str, paths)], capture_output=True, check=True)
    return [int(word) for word in ran.stdout.split()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peaks are read from Linux's /proc")


@needs_proc
def test_memory_of_bad_files(images: Path) -> None:
    """All files of bad/ one after another stay below 512 MB in one process, start-up included."""
    peak, _, _ = _probe(*sorted((images / "bad").iterdir()))
    assert peak < 512_000_000


@needs_proc
def test_memory_of_a_large_photo(images: Path) -> None:
    """A photo of 48.8 megapixels takes at most 1.4 times its RGB bytes above what the process had."""
    _, growth, size = _probe(images / "odd" / "gray-3.4MP.jpg", images / "photos" / "mosaic-48.8MP.jpg")
    assert growth <= 1.4 * size


def test_photos_keep_no_private_data(images: Path) -> None:
    """Kept originals of real photos hold no EXIF but an orientation, and no XMP."""
    for path in sorted((images / "photos").glob("phone-*")):
        source = decode(path.read_bytes())
        assert source.original is not None
        head = source.original[:5000]
        assert b"http://ns.adobe.com" not in head
        assert b"GPS" not in head
        assert len(source.metadata.removed) > 3
        with pytest.raises(AutokError):
            decode(source.original[: len(source.original) // 2])
