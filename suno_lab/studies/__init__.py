"""Studies: a frame of clips in, a frame of findings out. Knows nothing of the network."""

from __future__ import annotations

from suno_lab.studies.comparison import Comparison, compare
from suno_lab.studies.following import Detector, adherence
from suno_lab.studies.power import detectable_difference, power_of, prompts_needed
from suno_lab.studies.ranking import Ranking, rank

__all__ = [
    "Comparison",
    "Detector",
    "Ranking",
    "adherence",
    "compare",
    "detectable_difference",
    "power_of",
    "prompts_needed",
    "rank",
]
