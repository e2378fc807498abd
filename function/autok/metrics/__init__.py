"""How far a result is from its source: PSNR, SSIM, Delta-E 2000 and SSIMULACRA2, one file each."""

from __future__ import annotations

from autok.metrics.delta_e import delta_e_2000
from autok.metrics.measurement import measure
from autok.metrics.psnr import psnr_db
from autok.metrics.scorer import Scorer
from autok.metrics.ssim import ssim
from autok.metrics.ssimulacra2 import Reference, prepare, ssimulacra2

__all__ = ["Reference", "Scorer", "delta_e_2000", "measure", "prepare", "psnr_db", "ssim", "ssimulacra2"]
