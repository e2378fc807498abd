"""The trained constants of SSIMULACRA2 2.1, and the step from weighted errors to a score.

References
----------
J. Sneyers, "SSIMULACRA 2 - Structural SIMilarity Unveiling Local And Compression Related Artifacts", version 2.1,
https://github.com/cloudinary/ssimulacra2 (BSD-3-Clause).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SCALES = 6
"""Scales at most; each halves the one before and has at least 8 pixels a side."""
SMALLEST_SIDE = 8
"""Pixels a side below which a scale is left out."""
_NEGLIGIBLE = 0.01
_VALUES: dict[int, float] = {
    9: 1.1041726426657346,
    15: 1.8422455520539298,
    16: 11.441172603757666,
    21: 1.8787594979546387,
    22: 10.94906990605142,
    25: 0.9677937080626833,
    28: 0.9981766977854967,
    39: 7.466890328078848,
    41: 17.445833984131262,
    45: 6.683678146179332,
    47: 1.027889937768264,
    48: 225.20515300849274,
    51: 19.213238186143016,
    54: 176.39317598450694,
    57: 24.43300999870476,
    58: 0.28520802612117757,
    63: 34.77906344483772,
    64: 44.835625328877896,
    93: 8.826982764996862,
    94: 23.19243343998926,
    96: 95.1080498811086,
    97: 0.9863978034400682,
    98: 0.9834382792465353,
    100: 171.2667255897307,
    101: 0.9807858872435379,
}
"""Of the 108 weights those that are not below `_NEGLIGIBLE`; the others together move a score by less than 0.01."""


@lru_cache(maxsize=SCALES)
def weights(scales: int) -> NDArray[np.float64]:
    """Give the weights for a number of scales.

    Parameters
    ----------
    scales : int
        0 to 6. The published metric counts through its weights without leaving gaps for the scales that a small
        picture does not have, so below 256 pixels a side they fall on other maps; this follows it.

    Returns
    -------
    ndarray of shape (scales, 3, 6), float64
        By scale and plane (X, Y, B - Y): for the means of structure, artifact and detail, then for their 4-norms.
    """
    table = np.zeros(3 * scales * 6)
    for index, value in _VALUES.items():
        if index < table.size:
            table[index] = value
    return table.reshape(3, scales, 6).transpose(1, 0, 2).copy()


def score_errors(means: NDArray[np.float64]) -> float:
    """Turn the errors of all scales and planes into a score.

    Parameters
    ----------
    means : ndarray of shape (S, 3, 6), float64
        By scale and plane: the means of structure, artifact and detail, then the means of their fourth powers.

    Returns
    -------
    float
        At most 100 (no difference); 90 visually lossless, 70 high, 50 medium, 30 low quality; may be negative.
    """
    errors = means.copy()
    errors[:, :, 3:] = np.sqrt(np.sqrt(errors[:, :, 3:]))
    total = float((errors * weights(len(means))).sum()) * 0.9562382616834844
    total = 2.326765642916932 * total - 0.020884521182843837 * total**2 + 6.248496625763138e-05 * total**3
    return 100.0 - 10.0 * total**0.6276336467831387 if total > 0 else 100.0
