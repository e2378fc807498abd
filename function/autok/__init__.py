"""Auto-K: images made smaller with K-means, by as many colours as they need."""

from __future__ import annotations

__version__ = "0.1.0"
