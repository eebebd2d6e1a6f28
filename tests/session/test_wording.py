"""What a session says of its words, without buying any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.errors import InvalidRequest
from suno_lab.lyrics import read_file
from suno_lab.lyrics.checking import COLUMNS

QUICK = EmulatorSettings(latency_s=0.0, default_duration_s=6.0, rate_limit=None)
LYRICS = "[Verse]\nSlow tide, come in\nover the dark sand\n[Chorus]\nCarry me home"


@pytest.fixture
def session(tmp_path: Path) -> SunoSession:
    made = SunoSession(
        tmp_path / "words", service="emulator", emulator=QUICK, songs=PlainSongs(), progress=False
    )  # two clips
    made.generate(lyrics=LYRICS, style="folk", title="Tide")
    return made


def test_without_words_it_says_which_call_would_get_them(session: SunoSession, tmp_path: Path) -> None:
    clip = session.clip(session.clip_ids[0])
    before = len(session.requests)
    for ask in (clip.check_alignment, lambda: clip.export_lyrics(tmp_path / "x.lrc")):
        with pytest.raises(InvalidRequest, match=r"clip\.timed_lyrics\(\) asks for them \(a paid call\)"):
            ask()
    assert session.alignments().empty
    assert len(session.requests) == before
    assert not (tmp_path / "x.lrc").exists()


def test_words_are_checked_and_written(session: SunoSession, tmp_path: Path) -> None:
    clip = session.clip(session.clip_ids[0])
    clip.timed_lyrics()
    before = len(session.requests)
    found = clip.check_alignment()
    assert len(found.frame) == len(found.words) > 5
    assert found.hoot_cer is not None
    table = session.alignments()
    assert table.index.tolist() == [clip.clip_id]
    assert list(table) == list(COLUMNS)
    assert table["hoot_cer"].iloc[0] == found.hoot_cer
    target = clip.export_lyrics(tmp_path / "out" / "song.TextGrid")
    back = read_file(target)
    assert [word.word for word in back] == [word.word for word in found.words]
    assert [(word.section_label, word.line) for word in back] == [("Verse", 0)] * 4 + [("Verse", 1)] * 4 + [
        ("Chorus", 2)
    ] * 3
    with pytest.raises(ValueError, match="no lyrics format ends in"):
        clip.export_lyrics(tmp_path / "song.doc")
    assert len(session.requests) == before


def test_the_words_asked_for_and_reported_are_compared(session: SunoSession) -> None:
    table = session.fidelity()
    assert table["pair"].tolist() == ["asked/service"] * 2
    assert table["wer"].tolist() == [0.0, 0.0]
    assert table["asr_model"].isna().all()
    assert set(table["text_normalizer"]) == {"suno_lab 1"}
    assert session.fidelity(clips=[]).dtypes.astype(str).to_dict() == table.dtypes.astype(str).to_dict()


def test_three_pairs_where_somebody_listens(session: SunoSession, monkeypatch: pytest.MonkeyPatch) -> None:
    from suno_lab.lyrics import SungWord, recognised

    heard = tuple(
        SungWord(word=word, start_s=i, end_s=i + 0.5) for i, word in enumerate(("slow", "tide", "come", "in"))
    )
    monkeypatch.setattr("suno_lab.lyrics.recognise", lambda audio, *, model: heard)
    monkeypatch.setattr(recognised, "model_name", lambda model: "test 0123")
    table = session.fidelity(heard=True, clips=[session.clip(session.clip_ids[0])]).set_index("pair")
    assert table.index.tolist() == ["asked/service", "asked/heard", "service/heard"]
    assert table.loc["asked/heard", ["sub_n", "ins_n", "del_n"]].tolist() == [0, 0, 7]
    assert table.loc["asked/heard", "wer"] == pytest.approx(7 / 11)
    assert table.loc["asked/heard", "asr_model"] == "test 0123"
    assert pd.isna(table.loc["asked/service", "asr_model"])


def test_stamps_outside_the_clip_are_noticed(session: SunoSession) -> None:
    """Stamps far behind the end of the clip are findings."""
    clip = session.clip(session.clip_ids[0])
    clip.timed_lyrics()
    words = clip.words.reset_index()
    assert np.isfinite(words["start_s"]).all()
    with session.journal.write() as writing:
        writing.execute(
            "update words set start_s = start_s + 90, end_s = end_s + 90 where clip_id = ?", (clip.clip_id,)
        )
    assert {finding.code for finding in clip.check_alignment().findings} == {"outside"}
