"""From pixels to palette entries: nearest colour, error diffusion, and the choice that makes files smaller."""

from __future__ import annotations

from autok.mapping.regions import dither_strength, map_colors, map_region, rate_weight

__all__ = ["dither_strength", "map_colors", "map_region", "rate_weight"]
