import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine import Brief
from suno_lab.engine.theory import TONICS
from suno_lab.engine.wishes import read_wishes, requested_key, requested_mode, requested_tempo_bpm


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("92 bpm", 92.0), ("folk, 92BPM, warm", 92.0), ("at 104.5 bpm", 104.5), ("tempo: 120", 120.0),
        ("bpm = 75", 75.0), ("120 beats per minute", 120.0), ("90-100 bpm", 95.0), ("90 to 110 BPM", 100.0),
        ("85-bpm groove", 85.0), ("30 bpm", 60.0), ("300 bpm", 150.0),
    ],
)  # fmt: skip
def test_tempo_is_read(text: str, bpm: float) -> None:
    assert requested_tempo_bpm(text) == bpm


@pytest.mark.parametrize("text", ["", "a song from 1992", "track 12", "upbeat", "0 bpm", "00 bpm", "tempo rubato"])
def test_no_tempo_is_invented(text: str) -> None:
    assert requested_tempo_bpm(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("in A minor", "A minor"), ("in a minor", "A minor"), ("pop, a minor, slow", "A minor"),
        ("F# major", "F# major"),        ("F♯ major", "F# major"), ("Eb minor", "Eb minor"), ("E♭ minor", "Eb minor"),
        ("E flat minor", "Eb minor"),
        ("C sharp minor", "C# minor"), ("Db major", "C# major"), ("Bbm", "Bb minor"), ("pop, Am, 90 bpm", "A minor"),
        ("key of D", "D major"), ("rock in E", "E major"), ("key: Gm", "G minor"), ("bb major", "Bb major"),
        ("D dorian", "D minor"), ("c-minor", "C minor"), ("Cmaj", "C major"), ("G# min", "Ab minor"),
    ],
)  # fmt: skip
def test_key_is_read(text: str, key: str) -> None:
    found = requested_key(text)
    assert found is not None
    assert found.name == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sad song in a minor key",
        "a major hit",
        "in a major way",
        "Am I dreaming",
        "be minor",
        "minor",
        "I am a man",
    ],
)
def test_no_key_is_invented(text: str) -> None:
    assert requested_key(text) is None


@given(
    st.sampled_from(TONICS),
    st.sampled_from(["major", "minor"]),
    st.sampled_from(["{}", "in {}", "pop, {}, slow", "[{}]"]),
)
def test_every_key_comes_back(tonic: str, mode: str, frame: str) -> None:
    found = requested_key(frame.format(f"{tonic} {mode}"))
    assert found is not None
    assert found.name == f"{tonic} {mode}"


@given(st.integers(40, 240))
def test_every_tempo_comes_back(bpm: int) -> None:
    assert requested_tempo_bpm(f"warm folk, {bpm} bpm") == bpm


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    wishes = read_wishes(Brief(style=text, description=text, lyrics=f"[{text}]", negative_tags=text))
    assert wishes.meter in (3, 4)


def test_mode_by_name_beats_mood() -> None:
    assert [requested_mode(t) for t in ("a sad song", "happy in a minor key", "music")] == ["minor", "minor", None]


def test_style_counts_before_lyrics_tags_before_description() -> None:
    brief = Brief(style="rock, 90 bpm", lyrics="[100 bpm, in D minor]\nla", description="110 bpm in E major")
    wishes = read_wishes(brief)
    assert (wishes.tempo_bpm, wishes.key and wishes.key.name) == (90.0, "D minor")


def test_words_name_style_instruments_voice_and_silence() -> None:
    wishes = read_wishes(
        Brief(description="slow jazz waltz with rhodes and trumpet, sung by a woman", negative_tags="no drums, guitars")
    )
    assert (wishes.style.name, wishes.meter, wishes.vocal_gender) == ("jazz", 3, "f")
    assert dict(wishes.instruments) == {"keys": 4, "lead": 56}
    assert wishes.silenced == {"drums", "guitar"}
    assert wishes.tempo_factor < 1


def test_instrumental_in_words_needs_no_lyrics() -> None:
    assert read_wishes(Brief(description="calm piano, no vocals")).instrumental
    assert not read_wishes(Brief(style="piano, instrumental intro", lyrics="Hello my friend")).instrumental
