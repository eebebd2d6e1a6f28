"""Word times looked at from every side, in one value that can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from suno_lab.audio import Audio
from suno_lab.lyrics import SungWord, check_alignment
from suno_lab.lyrics.checking import COLUMNS


def test_true_times_of_a_sung_line(sung):
    audio, words = sung
    found = check_alignment(audio, [replace(word, palign=0.5) for word in words], hoot_cer=0.1)
    assert found.findings == ()
    assert found.offset.plausible
    assert found.agreement.within_share >= 0.8
    assert set(found.row()) == set(COLUMNS)
    assert (found.row()["hoot_cer"], found.row()["palign_mean"]) == (0.1, 0.5)
    frame = found.frame
    assert frame["word"].tolist() == [word.word for word in words]
    assert frame["late_s"].abs().median() < 0.15
    assert "no common offset, no drift" in str(found)


def test_late_times_are_told_to_the_reader(sung):
    audio, words = sung
    late = [replace(word, start_s=word.start_s + 0.4, end_s=word.end_s + 0.4) for word in words]
    found = check_alignment(audio, late)
    assert found.agreement.bias_s == pytest.approx(0.4, abs=0.1)
    assert any("late" in verdict for verdict in found.verdicts)


def test_without_a_stem_nothing_is_forced(sung):
    audio, words = sung
    found = check_alignment(Audio(audio.samples, audio.sr), words)
    assert found.forced is None
    assert found.row()["forced_n"] is None
    assert found.frame["forced_start_s"].isna().all()


def test_what_a_word_says_is_escaped(sung):
    audio, words = sung
    spoilt = [*words, SungWord(word="<script>", start_s=99.0, end_s=98.0)]
    found = check_alignment(audio, spoilt, forced=False)
    assert {finding.code for finding in found.findings} >= {"backwards", "outside"}
    assert "<script>" not in found._repr_html_()
    assert "backwards" in found.frame["findings"].iloc[-1]


def test_no_words(sung):
    found = check_alignment(sung[0], ())
    assert [finding.code for finding in found.findings] == ["empty"]
    assert found.row()["words_n"] == 0
    assert len(found.frame) == 0
