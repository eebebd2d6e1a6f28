"""Labels of several people make one truth; what they do not agree on is left out and counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from suno_lab.calibration.labels import labelled_truth, name_consensus, tempo_consensus
from suno_lab.errors import StudyError

FILES = {name: Path(f"/audio/{name}.mp3") for name in "abcd"}


@pytest.mark.parametrize(
    ("tapped", "agreed"),
    [
        ([100.0], 100.0),
        ([100.0, 102.0], 101.0),
        ([60.0, 120.0], None),  # an octave apart: nobody is the majority
        ([60.0, 119.0, 121.0], 120.0),
        ([60.0, 61.0, 120.0, 121.0], None),
        ([100.0, 103.0, 106.0], 103.0),
        ([], None),
    ],
)
def test_tempi_agree_within_four_percent(tapped: list[float], agreed: float | None) -> None:
    assert tempo_consensus(tapped) == agreed


def test_names_agree_by_majority() -> None:
    assert name_consensus(["C major"]) == "C major"
    assert name_consensus(["C major", "A minor"]) is None
    assert name_consensus(["C major", "A minor", "C major"]) == "C major"
    assert name_consensus([]) is None


def labels(*rows: tuple[str, str, str, float | str]) -> pd.DataFrame:
    said = [
        (clip, who, f"reference_{scale}", *((value, None) if isinstance(value, float) else (None, value)))
        for clip, who, scale, value in rows
    ]
    frame = pd.DataFrame(said, columns=["clip_id", "annotator", "scale", "value", "label"])
    return frame.astype({"value": "float64", "label": "string"})


def test_disputes_and_empty_labels_are_counted() -> None:
    found = labelled_truth(
        labels(
            ("a", "ann", "tempo_bpm", 100.0), ("a", "bob", "tempo_bpm", 101.0), ("a", "ann", "musical_key", "C major"),
            ("b", "ann", "tempo_bpm", 60.0), ("b", "bob", "tempo_bpm", 120.0),
            ("c", "ann", "musical_key", "none"), ("c", "bob", "vocals", "unsure"), ("d", "bob", "vocals", "yes"),
            ("gone", "ann", "tempo_bpm", 90.0),
        ),
        FILES,
    )  # fmt: skip
    truth = found.truth.set_index("item")
    assert truth.loc["a", ["reference_tempo_bpm", "reference_key"]].tolist() == [100.5, "C major"]
    assert pd.isna(truth.loc["b", "reference_tempo_bpm"])
    assert truth.loc["d", "reference_vocals"] == "yes"
    counts = {row["scale"]: {k: v for k, v in row.items() if k != "scale"} for row in found.counts}
    assert counts["reference_tempo_bpm"] == {
        "clips_n": 2, "annotators_n": 2, "used_n": 1, "disputed_n": 1, "without_n": 0,
    }  # fmt: skip
    assert counts["reference_musical_key"]["without_n"] == 1
    assert counts["reference_vocals"] == {
        "clips_n": 2, "annotators_n": 1, "used_n": 1, "disputed_n": 0, "without_n": 1,
    }  # fmt: skip


def test_labels_that_decide_nothing_are_refused() -> None:
    with pytest.raises(StudyError, match="no label of tempo or key holds"):
        labelled_truth(labels(("a", "ann", "vocals", "yes")), FILES)
    with pytest.raises(StudyError, match="0 labels in all"):
        labelled_truth(labels(), FILES)
