import ctypes.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from suno_lab.engine import SR, synth
from suno_lab.engine.score import Note, Part
from suno_lab.errors import EngineError

TONE = Part(0, (Note(69, 0.1, 0.6, 0.8),))


def test_a_note_sounds_where_and_as_it_is_written() -> None:
    samples = synth.play(TONE, samples_n=SR)
    assert samples.shape == (SR, 2)
    assert samples.dtype == np.float32
    assert np.abs(samples[: round(0.095 * SR)]).max() < 1e-4
    sounding = samples[round(0.15 * SR) : round(0.55 * SR), 0]
    spectrum = np.abs(np.fft.rfft(sounding * np.hanning(len(sounding))))
    assert spectrum.argmax() * SR / len(sounding) == pytest.approx(440, abs=5)


def test_equal_parts_give_equal_samples_whatever_was_played_between() -> None:
    first = synth.play(TONE, samples_n=SR)
    synth.play(Part(48, (Note(40, 0.0, 0.9, 1.0),)), samples_n=SR // 2)
    np.testing.assert_array_equal(synth.play(TONE, samples_n=SR), first)


def test_threads_take_turns() -> None:
    parts = [Part(program, TONE.notes) for program in (0, 24, 33, 48)] * 2
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda part: synth.play(part, samples_n=SR // 2), parts))
    for part, samples in zip(parts, together, strict=True):
        np.testing.assert_array_equal(samples, synth.play(part, samples_n=SR // 2))


@pytest.mark.parametrize("notes", [(), (Note(60, 5.0, 6.0, 0.5),), (Note(400, 0.0, 1.0, 0.5),)])
def test_notes_that_cannot_sound_are_silent(notes: tuple[Note, ...]) -> None:
    assert not synth.play(Part(0, notes), samples_n=4410).any()


def test_the_library_comes_from_the_wheel_and_the_search_is_restored() -> None:
    find_library = ctypes.util.find_library
    path = synth.library_path()
    assert path is not None
    assert "fluidsynth" in path.name
    synth._lib()
    assert ctypes.util.find_library is find_library


def test_an_unreadable_bank_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(synth, "files", lambda package: tmp_path)
    with pytest.raises(EngineError, match="SoundFont"):
        synth._font.__wrapped__()
