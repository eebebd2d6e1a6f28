import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.engine import SR, Brief, Score, compose, midi_notes
from suno_lab.errors import InvalidRequest, UnknownModel
from suno_lab.lyrics import parse

TWO_LINES = "[Verse]\nThe morning light is calling me home\nI left my shadow on the road"


def check(score: Score) -> None:
    """What holds for every score."""
    truth = score.truth()
    assert truth.duration_s * SR == pytest.approx(round(truth.duration_s * SR), abs=1e-6)
    assert truth.duration_s <= score.model.max_duration_s
    assert truth.sections[0].start_s == 0.0
    assert truth.sections[-1].end_s == pytest.approx(truth.duration_s)
    for spans in (truth.sections, truth.chords):
        for before, after in pairwise(spans):
            assert before.end_s == after.start_s
    for before, after in pairwise(truth.words):
        assert before.end_s <= after.start_s + 1e-9
    for word in truth.words:
        assert 0 <= word.start_s < word.end_s <= truth.duration_s
    assert len(truth.word_lines) == len(truth.words)
    assert set(truth.downbeats_s) <= set(truth.beats_s)
    for notes in truth.notes.values():
        for note in notes:
            assert 0 <= note.start_s < note.end_s
            assert 0 < note.velocity <= 1
    json.dumps(truth.as_json(), allow_nan=False)


def test_equal_briefs_and_seeds_give_equal_scores() -> None:
    brief = Brief(lyrics=TWO_LINES, style="folk")
    assert compose(brief, seed=1) == compose(brief, seed=1)
    assert compose(brief, seed=1) != compose(brief, seed=2)


def test_siblings_share_the_idea_and_differ_in_the_performance() -> None:
    brief = Brief(lyrics=TWO_LINES, style="folk, in A minor, 92 bpm", model="V6")
    one, two = (compose(brief, seed=7, take=take) for take in (0, 1))
    assert one.key == two.key
    assert one.tempo_bpm == pytest.approx(two.tempo_bpm, rel=0.02)
    assert one.parts != two.parts
    assert one.phrases != two.phrases


def test_asked_tempo_and_key_are_played_by_most_seeds() -> None:
    scores = [compose(Brief(style="house, 124 bpm, in F# minor", instrumental=True), seed=n) for n in range(40)]
    kept = [s for s in scores if s.key.name == "F# minor" and s.tempo_bpm == pytest.approx(124, rel=0.02)]
    assert len(kept) >= 32
    assert all(s.truth().requested_key == "F# minor" for s in scores)
    assert all(not s.effects["tempo_missed"] and not s.effects["key_missed"] for s in kept)


def test_words_are_those_of_the_lyrics_in_order() -> None:
    score = compose(Brief(lyrics=TWO_LINES), seed=3)
    words = [word.word for word in score.truth().words]
    assert " ".join(words) == "The morning light is calling me home I left my shadow on the road"
    assert score.truth().word_lines == (0,) * 7 + (1,) * 7
    check(score)


def test_words_lie_inside_their_sections() -> None:
    score = compose(Brief(lyrics=f"{TWO_LINES}\n[Solo]\n[Chorus]\nCarry me over the water"), seed=3)
    spans = {section.label: section for section in score.sections}
    assert list(spans) == ["Intro", "Verse", "Solo", "Chorus", "Outro"]
    early_s = 0.3  # consonants sound before the first beat of a section
    for word in score.truth().words[-5:]:
        assert spans["Chorus"].start_s - early_s <= word.start_s
        assert word.end_s <= spans["Chorus"].end_s


def test_vowels_begin_on_their_notes() -> None:
    phrase = compose(Brief(lyrics=TWO_LINES), seed=3).phrases[0]
    starts_s = {note.start_s for note in phrase.notes}
    vowels_s = {p.start_s for w in phrase.words for p in w.phones if p.symbol[0] in "AEIOU"}
    assert vowels_s == starts_s


@pytest.mark.parametrize("duration_s", [0.5, 3.0, 10.0, 33.3, 60.0])
@pytest.mark.parametrize("instrumental", [True, False])
def test_asked_duration_is_exact(duration_s: float, instrumental: bool) -> None:
    lyrics = "" if instrumental else f"{TWO_LINES}\n[Chorus]\n" + "Carry me over the water\n" * 6
    score = compose(Brief(lyrics=lyrics, instrumental=instrumental, duration_s=duration_s), seed=2)
    assert score.duration_s == pytest.approx(duration_s, abs=1 / SR)
    check(score)


def test_default_duration_is_that_of_instrumentals() -> None:
    assert (
        compose(Brief(description="calm piano", instrumental=True, default_duration_s=12.0), seed=1).duration_s == 12.0
    )


@pytest.mark.parametrize("name", ["V3_5", "V4", "V5", "V6_WILD"])
def test_no_clip_is_longer_than_its_model_allows(name: str) -> None:
    score = compose(Brief(lyrics="la la la la la la la la\n" * 400, model=name), seed=1)
    assert score.model.max_duration_s - 12 < score.duration_s
    check(score)


ODD_LYRICS = [
    "", " \n\t\n", "🎵🎶", "[Verse]\n[Chorus]", "[", "]]][[[", "...", "a" * 5000, "word " * 1000, "你好世界 привет мир",
    "مرحبا بالعالم", "1 2 3 1984 24/7 007", "<script>alert(1)</script>", "'; DROP TABLE clips; --", "\x00\x07\u202e",
    "I-I-I love-ove you-ou-ou", "[Verse] inline words [Chorus] more words", "mmm hmm pst shh", "'", "-" * 80, "é" * 300,
]  # fmt: skip


@pytest.mark.parametrize("lyrics", ODD_LYRICS)
def test_odd_lyrics_are_sung_somehow(lyrics: str) -> None:
    check(compose(Brief(lyrics=lyrics, duration_s=20.0), seed=1))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.integers(0, 2**63), st.sampled_from(["V3_5", "V5", "V6_WILD"]))
def test_any_brief_becomes_a_score(lyrics: str, style: str, seed: int, model: str) -> None:
    check(compose(Brief(lyrics=lyrics, style=style, model=model, duration_s=15.0), seed=seed))


def test_negative_tags_silence_stems() -> None:
    score = compose(Brief(style="rock", negative_tags="drums, electric guitar", instrumental=True), seed=1)
    assert not {"drums", "guitar"} & set(score.parts)
    everything = "drums, bass, keys, guitar, pad, lead, strings"
    assert compose(Brief(style="rock", negative_tags=everything, instrumental=True), seed=1).parts


def test_waltz_has_three_beats() -> None:
    score = compose(Brief(description="a slow waltz", instrumental=True), seed=1)
    assert score.meter == 3
    assert len(score.beats_s) == 3 * (len(score.downbeats_s) - 1) + 1


def test_piece_ends_on_its_tonic() -> None:
    score = compose(Brief(style="jazz, in Eb major", instrumental=True, model="V6"), seed=4)
    assert score.chords[-1].label == f"{score.key.tonic}:maj"
    assert score.chords[-2].label.startswith("Bb:")


def test_no_lyrics_are_written_by_the_engine() -> None:
    score = compose(Brief(description="a song about rivers and lanterns", default_duration_s=20.0), seed=1)
    assert "[Verse" in score.lyrics
    assert score.title
    assert len(score.truth().words) > 8


def test_midi_notes_are_sorted_and_plain() -> None:
    notes = midi_notes(compose(Brief(lyrics=TWO_LINES), seed=3))
    assert {"vocals", "bass"} <= set(notes)
    assert all(rows == sorted(rows) for rows in notes.values())


def test_continuation_keeps_tempo_key_and_earlier_words() -> None:
    first = compose(Brief(lyrics=TWO_LINES, style="rock, in E minor, 130 bpm"), seed=3)
    more = compose(Brief(lyrics="[Bridge]\nAnd on we go until the end"), seed=9, after=first, continue_at_s=9.0)
    cut_s = next(t for t in first.downbeats_s if t == pytest.approx(9.0, abs=60 / 130 * 2 + 0.01))
    earlier = tuple(word for word in first.truth().words if word.end_s <= cut_s)
    assert (more.key, more.tempo_bpm, more.style_name) == (first.key, first.tempo_bpm, first.style_name)
    assert more.truth().words[: len(earlier)] == earlier
    assert " ".join(word.word for word in more.truth().words[len(earlier) :]) == "And on we go until the end"
    assert parse(more.lyrics).lines[more.truth().word_lines[-1]].text == "And on we go until the end"
    check(more)


def test_continuation_without_room_is_refused() -> None:
    first = compose(Brief(instrumental=True, duration_s=240.0, model="V4"), seed=1)
    with pytest.raises(InvalidRequest, match="no room"):
        compose(Brief(instrumental=True, model="V4"), seed=1, after=replace(first, downbeats_s=first.downbeats_s[-2:]))


@pytest.mark.parametrize("duration_s", [0.0, -1.0, float("nan"), float("inf")])
def test_lengths_that_are_none_are_refused(duration_s: float) -> None:
    with pytest.raises(InvalidRequest, match="positive"):
        Brief(duration_s=duration_s)


def test_scores_are_the_same_in_every_process() -> None:
    code = (
        "import json; from suno_lab.engine import Brief, compose; "
        "score = compose(Brief(description='sad rock with violin', negative_tags='bass'), seed=3); "
        "print(json.dumps(score.truth().as_json()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["words"]


def test_unknown_model_is_named() -> None:
    with pytest.raises(UnknownModel, match="V9"):
        compose(Brief(model="V9"), seed=1)
