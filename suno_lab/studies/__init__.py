"""Studies: a frame of clips in, a frame of findings out. Knows nothing of the network."""

from __future__ import annotations

from suno_lab.studies.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
