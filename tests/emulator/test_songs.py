"""Both song makers keep the same promises."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from suno_lab.emulator import EngineSongs, PlainSongs
from suno_lab.engine.brief import Brief

MAKERS = [PlainSongs(), EngineSongs()]
BRIEF = Brief(lyrics="[Verse]\nlight on the water", style="folk, 120 bpm", title="Light", model="V5", duration_s=8.0)


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.version)
def maker(request):
    return request.param


def test_scores_are_told_before_a_sound_is_made(maker):
    score = maker.compose(BRIEF, seed=1)
    truth = maker.truth(score)
    assert (score.title, score.lyrics) == ("Light", BRIEF.lyrics)
    assert [word["word"] for word in truth["words"]] == ["light", "on", "the", "water"]
    assert truth["duration_s"] == score.duration_s
    assert len(truth["word_lines"]) == 4
    assert {"tempo_bpm", "musical_key", "key_mode", "style", "notes", "instrumental"} <= set(truth)
    assert maker.truth(maker.compose(BRIEF, seed=1)) == truth
    assert maker.truth(maker.compose(BRIEF, seed=1, take=1)) != truth


def test_words_of_its_own_when_none_are_given(maker):
    score = maker.compose(Brief(description="a song about tea", model="V5"), seed=2)
    assert score.title
    assert score.lyrics
    assert maker.truth(score)["words"]


def test_an_extension_goes_on(maker):
    first = maker.compose(BRIEF, seed=1)
    more = maker.compose(Brief(lyrics="[Chorus]\nand on", model="V5"), seed=2, after=first, continue_at_s=3.0)
    words = [word["word"] for word in maker.truth(more)["words"]]
    assert words[-2:] == ["and", "on"]
    assert maker.truth(more)["tempo_bpm"] == maker.truth(first)["tempo_bpm"]


def test_the_sound_is_as_long_as_the_score_and_its_stems_add_up(maker):
    score = maker.compose(Brief(instrumental=True, style="piano", model="V5", duration_s=3.0), seed=1)
    sound = maker.render(score)
    assert len(sound.mix) / sound.sr == pytest.approx(score.duration_s, abs=1e-4)
    assert np.allclose(sum(sound.stems.values()), sound.mix, atol=1e-4)
    samples, sr = soundfile.read(io.BytesIO(maker.encode_mp3(sound.mix, sound.sr)))
    assert len(samples) / sr == pytest.approx(score.duration_s, abs=0.1)


def test_pictures_are_jpeg(maker):
    assert maker.draw_cover("Ünïcode ✓ " * 9, "folk", seed=1)[:3] == b"\xff\xd8\xff"


def test_texts_are_written(maker):
    title, text = maker.write_lyrics("a song about tea", seed=1)
    assert title
    assert "[" in text
    assert maker.write_lyrics("a song about tea", seed=1) == (title, text)
    assert len(maker.boost_style("pop", seed=1)) > len("pop")
