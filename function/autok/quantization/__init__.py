"""K colours for an image: weighted K-means on its colour histogram.

Theory
------
The palette minimises the weighted squared error between the colours of an image and their nearest entries
(K-means: Lloyd, "Least squares quantization in PCM", 1982). Three choices make it fast and good:

- It learns from the histogram, not from pixels: some 20,000 weighted colours, whatever the size of the image.
- It measures errors in OKLab with lighter chroma, where equal distances look about equally large, and it
  weights a colour by how smooth the places are where it occurs: weight = pixels^0.85 / (1 + activity / 3). An
  error in busy texture is seen less than one in a sky (contrast masking), and small details count for a little
  more than their area.
- It starts from a variance cut, which is deterministic and already within some ten per cent of the optimum:
  the cluster with the largest squared error is split at the best threshold along its principal axis, until
  there are K (Wu, "Color quantization by dynamic programming and principal analysis", 1992). The splits are
  nested, so that one run gives the error at every K: the distortion curve.

In RGB, where the squared error itself is the aim, more clusters are cut than wanted and joined again
(`autok.quantization.merges`), and the fullest bins are split (`autok.fine_bins`). Among translucent colours, centres
that serve little are put where the error is large, as long as that lowers it (`autok.quantization.swaps`).

Lloyd's iterations are scikit-learn's, on one thread, since the order of its sums, and with it the bytes, would
depend on the number of threads. Nothing is random.

Translucent colours are clustered in four dimensions (see `autok.color`), unmasked and by area; whatever is hidden under
no alpha is one reserved entry, which takes part so that no other is spent on what can hardly be seen. Pinned colours
are centroids that never move. An image of no more than K colours keeps them all, exactly.
"""

from __future__ import annotations

from autok.quantization.clouds import Cloud
from autok.quantization.lloyd import Task, refine_many
from autok.quantization.palettes import MAX_COLORS, Groundwork, distortion_curve, lay_ground, quantize, vary_ground
from autok.quantization.refinement import Refiner, refine

__all__ = [
    "MAX_COLORS",
    "Cloud",
    "Groundwork",
    "Refiner",
    "Task",
    "distortion_curve",
    "lay_ground",
    "quantize",
    "refine",
    "refine_many",
    "vary_ground",
]
