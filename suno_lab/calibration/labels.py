"""Truth by ear: what annotators said of a session's clips, as a truth table. Disputed labels are left out and counted.

**The consensus.** A label counts where more than half of those who gave one agree; one annotator alone is believed.
Tempi agree within 4 % (the consensus is the median of those that do), keys and voices by name. A tie, or no majority,
is a dispute: the clip has no truth on that scale. ``none`` for a key and ``unsure`` for a voice are no label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from suno_lab.calibration.scores import TOLERANCE
from suno_lab.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

#: scale → the column of :attr:`LabelledTruth.truth`
SCALES = {
    "reference_tempo_bpm": "reference_tempo_bpm",
    "reference_musical_key": "reference_key",
    "reference_vocals": "reference_vocals",
}
NO_LABEL = ("none", "unsure")


@dataclass(frozen=True, kw_only=True)
class LabelledTruth:
    """What the labels say.

    Attributes
    ----------
    truth : pandas.DataFrame
        As :func:`~suno_lab.calibration.read_truth` gives it, one row a labelled clip whose file is here, with ``item``
        (the clip's id) and ``reference_vocals`` beside.
    counts : tuple of mappings
        One row a scale: ``scale``, ``clips_n`` (labelled), ``annotators_n``, ``used_n``, ``disputed_n``,
        ``without_n`` (nobody gave a label that says something).
    """

    truth: pd.DataFrame
    counts: tuple[Mapping[str, str | int], ...]


def tempo_consensus(values: Sequence[float]) -> float | None:
    """The tempo that more than half of the annotators tapped within 4 %; None where there is none.

    Of several groups that would do, the one with the smallest spread around its middle counts.
    """
    groups = [[other for other in values if abs(other / middle - 1) <= TOLERANCE] for middle in values]
    largest = max(groups, key=lambda group: (len(group), -max(group) / min(group)), default=[])
    return float(median(largest)) if 2 * len(largest) > len(values) else None


def name_consensus(names: Sequence[str]) -> str | None:
    """The name that more than half of the annotators gave; None where there is none."""
    best = Counter(names).most_common(1)
    return best[0][0] if best and 2 * best[0][1] > len(names) else None


def labelled_truth(labels: pd.DataFrame, files: Mapping[str, Path]) -> LabelledTruth:
    """Make one truth of everybody's labels.

    Parameters
    ----------
    labels : pandas.DataFrame
        As ``session.annotated()`` gives it: ``clip_id``, ``annotator``, ``scale``, ``value``, ``label``.
    files : mapping of str to path
        The audio of each clip that is here.

    Returns
    -------
    LabelledTruth

    Raises
    ------
    StudyError
        No label of tempo or key holds for a clip whose file is here.
    """
    import pandas as pd

    here = labels[labels["clip_id"].isin(list(files))]
    found: dict[str, dict[str, float | str | None]] = {}
    counts = []
    for scale, column in SCALES.items():
        given = here[here["scale"] == scale]
        agreed = {str(clip_id): _agreed(scale, rows) for clip_id, rows in given.groupby("clip_id")}
        for clip_id, (value, _) in agreed.items():
            found.setdefault(clip_id, {})[column] = value
        counts.append(_counts(scale, given, [state for _, state in agreed.values()]))
    if not any(row["used_n"] for row in counts if row["scale"] != "reference_vocals"):
        raise StudyError(
            "no label of tempo or key holds for a clip whose audio is here: label some with session.annotate() "
            f"({len(labels)} labels in all; disputed ones do not count)"
        )
    rows = [{"item": clip_id, "path": str(files[clip_id]), **said} for clip_id, said in found.items()]
    dtypes = {
        "item": "string", "path": "string", "reference_tempo_bpm": "float64", "reference_key": "string",
        "reference_vocals": "string", "reference_duration_s": "float64", "first_beat_s": "float64", "genre": "string",
    }  # fmt: skip
    return LabelledTruth(truth=pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes), counts=tuple(counts))


def _agreed(scale: str, rows: pd.DataFrame) -> tuple[float | str | None, str]:
    """What a clip's annotators agree on, and whether it is used, disputed or without a label."""
    if scale == "reference_tempo_bpm":
        values = [float(value) for value in rows["value"].dropna() if value > 0]
        agreed: float | str | None = tempo_consensus(values)
        return agreed, _state(values, agreed)
    names = [str(name) for name in rows["label"].dropna() if name not in NO_LABEL]
    agreed = name_consensus(names)
    return agreed, _state(names, agreed)


def _state(said: Sequence[object], agreed: object) -> str:
    return "without" if not said else "disputed" if agreed is None else "used"


def _counts(scale: str, given: pd.DataFrame, states: Iterable[str]) -> Mapping[str, str | int]:
    states = list(states)
    return {
        "scale": scale,
        "clips_n": len(states),
        "annotators_n": int(given["annotator"].nunique()),
        **{f"{state}_n": states.count(state) for state in ("used", "disputed", "without")},
    }
