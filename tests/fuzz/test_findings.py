"""What fuzzing found, each once mended and never to come back."""

from __future__ import annotations

import base64
import zlib

import pytest

from autok.contest import asked_colors
from autok.decoding import decode
from autok.encoding import rewrite_jpeg
from autok.models import Candidate
from autok.options import Options
from autok.pipeline import compress
from support.uploads import corner_picture, private_exif, saved

COEFFICIENTS_OUT_OF_RANGE = zlib.decompress(
    base64.b85decode(
        "c-s4a<NpH&0WUXCHwH#V1_nkTWcYuZ!I^=Bjg6g+m4ls~os*M;i${c)hnt&6Qb?FzL{>^(PF6}rMnOeST|r4lSw=>~TvNxu(8R<<Uft5x"
        "!pKI?*u)5A2qPyaCl5D|1TU|Ik)n*E5y{~H0R}-126hHcW=16jCP7AKLB{__7`6&9FflSSGqEtUva+xM9bL=F#LU1V$SS00=*T7<n8>bF"
        "C}Pw&aUqAY)5e3MG8aFn7$+4qadL@?OGrwos;O&eYMGdtnOj&|IlH*JxqEne1&4%&g-1k2C8wmOrDtSj6_=Ejl~+_&HMg|3wRd!OO`1Gq"
        ">a^)IX3ko)c*)Xb%U7&iwQ2K~t=qQm*tzS_;Uh<n9Y1mM)TPT;u3o!-<L0f0j~+jH`t13Om#;p4`uyeVx9>lG{sKB%o{@o>5e68*0O)QO"
        "RyKAHPA+bczXXB)Vq#%oW?={Ui;<}uq(G2`Rnd@5$T5&Tu~1masF6d&Y2w0-2RW6EgFc8R6<y>KQ!#m{`Vr(cu+NC|SQA-3gL@3&uUiZ}"
        "%#6UeVHRYtXE<|dkHBUtV<jdwi*^0~1T6kD?Aj6-FWP^0V`;YKx$>Or?Vn?U4yi1u|9=wz*qz)l"
    )
)


def test_a_jpeg_that_ends_its_rewriters_process_stays_as_it_is() -> None:
    """A file that decodes, but whose coefficients no encoder writes, is its own rewrite, and this process lives on."""
    assert decode(COEFFICIENTS_OUT_OF_RANGE).image.size == (9, 7)
    assert rewrite_jpeg(COEFFICIENTS_OUT_OF_RANGE) == COEFFICIENTS_OUT_OF_RANGE


@pytest.mark.parametrize("colors", [2, 17])
@pytest.mark.parametrize(
    ("data", "metadata"),
    [
        (saved(corner_picture().convert("CMYK"), "JPEG"), "none"),
        (saved(corner_picture(), "AVIF", exif=b"Exif\0\0" + private_exif()), "all"),
    ],
    ids=["cmyk jpeg", "avif with all metadata"],
)
def test_asked_colors_in_a_kept_format_without_palettes(data: bytes, metadata: str, colors: int) -> None:
    """Where the kept format holds no palette and the upload cannot stay, the format's own encoder makes the result."""
    result, report = compress(data, Options.parse({"format": "keep", "colors": colors, "metadata": metadata}))
    output = decode(result)
    assert output.format == report.content["output"]["format"] == decode(data).format
    assert output.image.size == (48, 32)


def test_a_contest_without_the_asked_colors_has_a_winner() -> None:
    """When no candidate has the asked palette and none is lossless, the best-looking one wins."""
    among = [
        Candidate("png", "foretold", None, 5, 90.0, colors=16),
        Candidate("jpeg", "coarse", b"1", 1, 40.0, quality=20),
        Candidate("jpeg", "fine", b"22", 2, 80.0, quality=70),
    ]
    assert asked_colors(among, 16).winner == 2
