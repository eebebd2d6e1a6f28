from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine.pronounce import VOWELS, syllables_of
from suno_lab.engine.setting import (
    CONSONANT_S,
    CONSONANT_SHARE,
    LEAD_MAX_S,
    Grid,
    grid_for,
    place_syllables,
    slot_strength,
    time_phrase,
)
from suno_lab.engine.sheet import SheetWord

BAR = Grid(bars_n=2, meter=4, per_beat=2, slot_s=0.25)


def words(text: str) -> list[SheetWord]:
    return [SheetWord(word, syllables_of(word)) for word in text.split()]


def test_every_consonant_has_a_length() -> None:
    assert len(CONSONANT_S) == 24
    assert not VOWELS & CONSONANT_S.keys()


def test_strong_slots() -> None:
    assert [slot_strength(slot, BAR) for slot in range(9)] == [3.0, 0.5, 1.5, 0.5, 2.0, 0.5, 1.5, 0.5, 3.0]


def test_stressed_syllables_take_strong_slots() -> None:
    slots = place_syllables((True, False, False, False, True, False), BAR)
    assert slot_strength(slots[0], BAR) == 3.0
    assert slot_strength(slots[4], BAR) >= 2.0


@given(st.lists(st.booleans(), min_size=1, max_size=14), st.floats(40, 240), st.sampled_from([3, 4]), st.integers(0, 1))
def test_any_phrase_fits_its_grid(stresses: list[bool], tempo_bpm: float, meter: int, start: int) -> None:
    grid = grid_for(len(stresses), beat_s=60 / tempo_bpm, meter=meter)
    slots = place_syllables(tuple(stresses), grid, start=start)
    assert len(slots) == len(stresses)
    assert all(after - before >= grid.least_gap for before, after in pairwise(slots))
    assert slots[0] >= 0
    assert slots[-1] <= grid.slots_n - grid.tail


def test_too_long_a_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        grid_for(500, beat_s=0.25, meter=4)


@pytest.mark.parametrize("gap_s", [0.15, 0.3, 1.0])
def test_phones_are_contiguous_and_vowels_on_their_notes(gap_s: float) -> None:
    sheet = words("strengths splash the quick brown fox")
    syllables_n = sum(len(word.syllables) for word in sheet)
    onsets_s = [1.0 + gap_s * n for n in range(syllables_n)]
    phones = [phone for word in time_phrase(sheet, onsets_s, onsets_s[-1] + 0.5) for phone in word.phones]
    assert all(before.end_s == pytest.approx(after.start_s) for before, after in pairwise(phones))
    vowels = [phone for phone in phones if phone.symbol in VOWELS]
    assert [phone.start_s for phone in vowels] == onsets_s
    for phone in vowels[:-1]:
        assert phone.end_s - phone.start_s >= (1 - CONSONANT_SHARE) * gap_s - 1e-9
    assert onsets_s[0] - phones[0].start_s <= LEAD_MAX_S
    assert phones[-1].end_s == pytest.approx(onsets_s[-1] + 0.5)
