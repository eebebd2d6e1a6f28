import numpy as np
import pandas as pd
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies.following import Detector, adherence, corrected_share, key_followed, tempo_followed


def clips(**columns):
    return pd.DataFrame({"model": "V5", "prompt_id": range(len(next(iter(columns.values()))))} | columns)


def test_tempo_forgives_the_octave():
    df = clips(requested_tempo_bpm=[100.0, 100, 100, 100, np.nan], tempo_bpm=[101.0, 200, 110, np.nan, 90])
    row = adherence(df).iloc[0]
    assert (row.aspect, row.by, row.prompts_n, row.clips_n, row.missing_n) == ("tempo", "V5", 3, 3, 1)
    assert row.followed == pytest.approx(2 / 3)
    assert 0 <= row.low < row.followed < row.high <= 1


def test_keys_in_any_spelling():
    assert key_followed("Db minor", "C# minor")
    assert key_followed("E♭ Major", "Eb major")
    assert key_followed("A min", "A minor")
    assert not key_followed("A minor", "C major")
    assert not tempo_followed(100, 150)


def test_the_sample_is_the_prompts():
    """Three clips of one prompt and one of another weigh the same."""
    df = clips(requested_duration_s=[60.0] * 4, duration_s=[60.0, 61.0, 62.0, 120.0]).assign(prompt_id=[1, 1, 1, 2])
    row = adherence(df).iloc[0]
    assert (row.followed, row.prompts_n, row.clips_n) == (0.5, 2, 4)


def test_no_request_is_an_empty_table():
    table = adherence(clips(tempo_bpm=[100.0]))
    assert len(table) == 0
    assert list(table)[:3] == ["aspect", "by", "followed"]


def test_the_truth_behind_a_poor_detector():
    """70 % follow; the detector misses 40 % of them and sees 10 % of the others: the corrected interval holds 70 %."""
    rng = np.random.default_rng(0)
    detector = Detector(sensitivity=0.6, false_alarm=0.1)
    held = 0
    for _ in range(100):
        follows = rng.random(60) < 0.7
        seen = np.where(follows, rng.random(60) < 0.6, rng.random(60) < 0.1)
        df = clips(requested_tempo_bpm=np.full(60, 100.0), tempo_bpm=np.where(seen, 100.0, 137.0))
        row = adherence(df, detectors={"tempo": detector}).iloc[0]
        held += row.corrected_low <= 0.7 <= row.corrected_high
        assert row.followed < 0.7
    assert held >= 90


def test_correction_stays_a_share():
    assert corrected_share(0.05, Detector(sensitivity=0.9, false_alarm=0.1)) == 0.0
    assert corrected_share(0.95, Detector(sensitivity=0.9, false_alarm=0.1)) == 1.0
    with pytest.raises(StudyError, match="corrects nothing"):
        corrected_share(0.5, Detector(sensitivity=0.3, false_alarm=0.3))


@pytest.mark.parametrize("options", [{"by": "colour"}, {"pair": "item"}])
def test_columns_must_be_there(options):
    with pytest.raises(StudyError, match="no column"):
        adherence(clips(requested_tempo_bpm=[100.0], tempo_bpm=[100.0]), **options)


def test_services_are_not_mixed():
    df = clips(requested_tempo_bpm=[100.0, 90.0], tempo_bpm=[100.0, 90.0]).assign(service=["kie", "emulator"])
    with pytest.raises(StudyError, match="several services"):
        adherence(df)
    assert len(adherence(df, by="service")) == 2
