"""A session's measures are as good as its error card says, and no better."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from suno_lab import SunoSession
from suno_lab.calibration import shipped_card
from suno_lab.cli import main
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.errors import StudyError
from suno_lab.store import ratings
from suno_lab.store.annotations import label

QUICK = EmulatorSettings(latency_s=0.0, default_duration_s=4.0, rate_limit=None)
WORTH = ["tempo_probability", "key_probability", "confidence_domain"]


@pytest.fixture
def session(tmp_path: Path) -> SunoSession:
    made = SunoSession(
        tmp_path / "mine", service="emulator", emulator=QUICK, songs=PlainSongs(), progress=False
    )  # two clips
    made.generate("a tune", instrumental=True)
    return made


def say(session: SunoSession, who: str, *labels: tuple[int, str, float | str]) -> None:
    rows = [
        label(session.clip_ids[place], who, scale=scale, **({"value": v} if isinstance(v, float) else {"word": v}))
        for place, scale, v in labels
    ]
    ratings.keep(session.journal, rows, now=1.0)


def test_own_labels_make_the_card_of_a_session(session: SunoSession) -> None:
    assert session.error_card() == shipped_card()
    say(session, "ann", (0, "tempo_bpm", 100.0), (0, "musical_key", "C major"), (1, "tempo_bpm", 100.0))
    say(session, "bob", (0, "tempo_bpm", 101.0), (1, "tempo_bpm", 50.0))
    card = session.calibrate(estimators=["suno_lab"])
    assert card.domain == "annotated:mine"
    assert card.emulated
    tempo = next(row for row in card.labels if row["scale"] == "reference_tempo_bpm")
    assert (tempo["used_n"], tempo["disputed_n"]) == (1, 1)
    assert session.error_card() == card
    page = session.report().read_text(encoding="utf-8")
    assert "domain annotated:mine" in page
    assert "domain engine" in page


def test_labels_that_decide_nothing_are_said_to(session: SunoSession) -> None:
    with pytest.raises(StudyError, match=r"label some with session\.annotate"):
        session.calibrate()


def test_every_report_holds_the_card(session: SunoSession, tmp_path: Path) -> None:
    session.export(tmp_path / "set")
    text = (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    assert "## How far the measures can be trusted\n\n    error card, domain engine" in text
    assert "Error card" in (tmp_path / "set" / "report.html").read_text(encoding="utf-8")


def test_a_probability_is_shown_in_its_domain_only(session: SunoSession) -> None:
    emulated = session.analyze(["rhythm", "tonality"])
    assert emulated["key_confidence"].notna().all()
    for name, chance in (("tempo_confidence", "tempo_probability"), ("key_confidence", "key_probability")):
        assert emulated[chance].notna().tolist() == emulated[name].notna().tolist()
    assert set(emulated["confidence_domain"].dropna()) == {"engine"}
    with session.journal.write() as writing:  # the same clips, had they come from the service
        for clip_id in session.clip_ids:
            writing.update("clips", {"emulated": 0, "service": "kie"}, where={"clip_id": clip_id})
    for frame in (session.analyze(["rhythm", "tonality"]), session.df):
        assert frame[WORTH].isna().all().all()
        assert frame["key_confidence"].notna().all()


def test_no_clips_have_the_same_columns(tmp_path: Path) -> None:
    with SunoSession(tmp_path / "empty", service="emulator", progress=False) as empty:
        assert empty.df[WORTH].dtypes.astype(str).tolist() == ["float64", "float64", "string"]
        assert len(empty.analyze()) == 0


def test_the_other_estimator_has_no_confidence_to_translate(session: SunoSession) -> None:
    frame = session.analyze("rhythm", estimator="librosa")
    assert frame["tempo_probability"].isna().all()


def test_a_card_of_an_earlier_version_claims_nothing(session: SunoSession) -> None:
    session.analyze("rhythm")
    (session.folder / "error_card.json").write_text(json.dumps({"version": 1}), encoding="utf-8")
    assert session.df["confidence_domain"].isna().all()
    with pytest.raises(StudyError, match="make it again"):
        session.error_card()


def test_calibrate_on_the_command_line(session: SunoSession, capsys: pytest.CaptureFixture[str]) -> None:
    say(session, "ann", (0, "tempo_bpm", 100.0))
    session.close()
    assert main(["calibrate", "--session", str(session.folder), "--study", "ears", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["domain"] == "annotated:ears"
    assert main(["calibrate", "--session", str(session.folder), "--corpus", "x"]) == 2
    assert main(["calibrate", "--study", "ears"]) == 2
    assert main(["calibrate", "--domain", "ears"]) == 2
    assert main(["calibrate", "--songs", "0"]) == 2
    assert main(["calibrate", "--estimators", "madmom"]) == 2
    assert main(["calibrate", "--out", "/proc/nowhere/card.json"]) == 2


def test_missing_is_missing(session: SunoSession) -> None:
    """Without a measure there is no chance, and no domain."""
    assert pd.isna(session.df["tempo_probability"]).all()
    assert session.df["confidence_domain"].isna().all()
