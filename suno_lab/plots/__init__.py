"""Pictures. ``shape_*`` returns the rows that will be drawn; ``plot_*`` takes ``ax``, draws, and returns it.

matplotlib is imported when something is drawn.
"""

from __future__ import annotations

from suno_lab.plots.agreement import (
    plot_bland_altman,
    plot_key_errors,
    plot_octave_ratios,
    plot_reliability,
    plot_tempo_agreement,
    shape_bland_altman,
    shape_key_errors,
    shape_octave_ratios,
    shape_reliability,
    shape_tempo_agreement,
)
from suno_lab.plots.alignment import plot_alignment, shape_sections, shape_waveform, shape_words
from suno_lab.plots.comparing import (
    plot_alignments,
    plot_word_disagreement,
    shape_word_disagreement,
    shape_word_pairs,
)
from suno_lab.plots.conditions import plot_feature_by, shape_feature_by
from suno_lab.plots.distributions import (
    plot_deviation_ecdf,
    plot_ecdf,
    plot_onset_deviations,
    shape_deviation_ecdf,
    shape_ecdf,
    shape_onset_deviations,
)
from suno_lab.plots.form import plot_self_similarity, shape_segments, shape_self_similarity
from suno_lab.plots.karaoke import plot_karaoke, shape_karaoke
from suno_lab.plots.lineage import plot_lineage, shape_lineage
from suno_lab.plots.multiples import small_multiples
from suno_lab.plots.ranking import plot_ranking, shape_ranking
from suno_lab.plots.rhythm import plot_tempogram, shape_tempogram
from suno_lab.plots.spectra import plot_mel, shape_mel
from suno_lab.plots.tonality import plot_chroma, shape_chroma

__all__ = [
    "plot_alignment",
    "plot_alignments",
    "plot_bland_altman",
    "plot_chroma",
    "plot_deviation_ecdf",
    "plot_ecdf",
    "plot_feature_by",
    "plot_karaoke",
    "plot_key_errors",
    "plot_lineage",
    "plot_mel",
    "plot_octave_ratios",
    "plot_onset_deviations",
    "plot_ranking",
    "plot_reliability",
    "plot_self_similarity",
    "plot_tempo_agreement",
    "plot_tempogram",
    "plot_word_disagreement",
    "shape_bland_altman",
    "shape_chroma",
    "shape_deviation_ecdf",
    "shape_ecdf",
    "shape_feature_by",
    "shape_karaoke",
    "shape_key_errors",
    "shape_lineage",
    "shape_mel",
    "shape_octave_ratios",
    "shape_onset_deviations",
    "shape_ranking",
    "shape_reliability",
    "shape_sections",
    "shape_segments",
    "shape_self_similarity",
    "shape_tempo_agreement",
    "shape_tempogram",
    "shape_waveform",
    "shape_word_disagreement",
    "shape_word_pairs",
    "shape_words",
    "small_multiples",
]
