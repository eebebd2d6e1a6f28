"""Pictures. ``shape_*`` returns the rows that will be drawn; ``plot_*`` takes ``ax``, draws, and returns it.

matplotlib is imported when something is drawn.
"""

from __future__ import annotations

from suno_lab.plots.alignment import plot_alignment, shape_sections, shape_waveform, shape_words
from suno_lab.plots.conditions import plot_feature_by, shape_feature_by
from suno_lab.plots.tonality import plot_chroma, shape_chroma

__all__ = [
    "plot_alignment",
    "plot_chroma",
    "plot_feature_by",
    "shape_chroma",
    "shape_feature_by",
    "shape_sections",
    "shape_waveform",
    "shape_words",
]
