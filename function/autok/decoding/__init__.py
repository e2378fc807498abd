"""Any file in, safely: a picture, upright, in 8-bit RGB or RGBA, with what the file said beside its pixels."""

from autok.decoding.decoder import decode
from autok.decoding.limits import Limits
from autok.decoding.preview import preview

__all__ = ["Limits", "decode", "preview"]
