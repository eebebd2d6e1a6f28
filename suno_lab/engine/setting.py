"""Setting words to time: which slot of the bar a syllable falls on, and when each of its phones sounds.

Two steps. :func:`place_syllables` finds the cheapest path of syllables over a grid of slots (stressed syllables on
strong slots, even spacing, room at the end). :func:`time_phrase` then gives every phone its time: a vowel begins on
its note; the consonants before it sound before the note, those after it before the next syllable's consonants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, inf

from .pronounce import Syllable
from .score import Phone, SungWord
from .sheet import SheetWord

#: natural lengths of sung consonants in seconds, by phone: stops, fricatives, nasals, liquids and glides
CONSONANT_S = {
    **dict.fromkeys(("P", "T", "K"), 0.075),
    **dict.fromkeys(("B", "D", "G"), 0.055),
    **dict.fromkeys(("CH", "JH", "S", "SH"), 0.105),
    **dict.fromkeys(("F", "TH"), 0.090),
    **dict.fromkeys(("V", "DH", "Z", "ZH", "HH"), 0.065),
    **dict.fromkeys(("M", "N", "NG"), 0.070),
    **dict.fromkeys(("L", "R", "W", "Y"), 0.060),
}
#: consonants take at most this share of the time between two vowels
CONSONANT_SHARE = 0.5
#: the first consonants of a phrase take at most this long before its first note
LEAD_MAX_S = 0.26
#: no two syllables come faster
SYLLABLE_MIN_S = 0.15
#: the last syllable of a phrase has at least this long, and the breath after it
LAST_MIN_S, BREATH_S = 0.45, 0.30
_PHRASE_BARS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Grid:
    """Slots a phrase may use: ``bars_n`` bars of ``meter`` beats of ``per_beat`` slots."""

    bars_n: int
    meter: int
    per_beat: int
    slot_s: float

    @property
    def slots_n(self) -> int:
        """How many slots there are."""
        return self.bars_n * self.meter * self.per_beat

    @property
    def least_gap(self) -> int:
        """Fewest slots between two syllables."""
        return max(1, ceil(SYLLABLE_MIN_S / self.slot_s - 1e-9))

    @property
    def tail(self) -> int:
        """Slots kept free for the last syllable and the breath."""
        return ceil((LAST_MIN_S + BREATH_S) / self.slot_s)


def grid_for(syllables_n: int, *, beat_s: float, meter: int) -> Grid:
    """The smallest grid a phrase fits on: eighths, or sixteenths where the tempo leaves time for them.

    The least is a bar, or two where bars are shorter than 2.6 s.
    """
    for bars_n in _PHRASE_BARS[0 if meter * beat_s >= 2.6 else 1 :]:
        for per_beat in (2, 4):
            grid = Grid(bars_n, meter, per_beat, beat_s / per_beat)
            roomy = bars_n * meter * beat_s >= 0.22 * syllables_n + LAST_MIN_S + BREATH_S
            if roomy and (syllables_n - 1) * grid.least_gap + grid.tail <= grid.slots_n:
                return grid
    raise ValueError(f"a phrase of {syllables_n} syllables does not fit into {_PHRASE_BARS[-1]} bars")


def slot_strength(slot: int, grid: Grid) -> float:
    """How strong a slot is: bar 3, middle of the bar 2, beat 1.5, off-beat 0.5, sixteenth 0."""
    beat, rest = divmod(slot, grid.per_beat)
    if rest:
        return 0.5 if rest * 2 == grid.per_beat else 0.0
    place = beat % grid.meter
    return 3.0 if place == 0 else 2.0 if place * 2 == grid.meter else 1.5


@lru_cache(maxsize=1024)
def place_syllables(stresses: tuple[bool, ...], grid: Grid, *, start: int = 0) -> tuple[int, ...]:
    """The slot of each syllable: the cheapest path over the grid (dynamic programming).

    Parameters
    ----------
    stresses : tuple of bool
        Per syllable, whether it is stressed.
    grid : Grid
        Where they may go.
    start : int
        Slot the first syllable would like to take.

    Returns
    -------
    tuple of int
        Strictly rising slots, the last no later than ``grid.slots_n - grid.tail``.
    """
    last = max(grid.slots_n - grid.tail, (len(stresses) - 1) * grid.least_gap)
    ideal = min(max(grid.least_gap, (last - start) / max(len(stresses) - 1, 1)), 0.42 / grid.slot_s)
    reach = range(grid.least_gap, max(grid.least_gap, ceil(2 * ideal)) + 1)
    strengths = [slot_strength(slot, grid) for slot in range(last + 1)]

    def fit(stressed: bool, slot: int) -> float:
        return (3.0 - strengths[slot]) if stressed else 0.35 * strengths[slot]

    costs = [fit(stresses[0], slot) + 0.6 * abs(slot - start) for slot in range(last + 1)]
    came_from: list[list[int]] = []
    spacing = {gap: 0.35 * (gap - ideal) ** 2 for gap in reach}
    for stressed in stresses[1:]:
        best, origin = [inf] * (last + 1), [0] * (last + 1)
        for slot in range(last + 1):
            for gap in reach:
                if gap <= slot and costs[slot - gap] + spacing[gap] < best[slot]:
                    best[slot], origin[slot] = costs[slot - gap] + spacing[gap], slot - gap
            best[slot] += fit(stressed, slot)
        costs = best
        came_from.append(origin)
    path = [min(range(last + 1), key=costs.__getitem__)]
    for origin in reversed(came_from):
        path.append(origin[path[-1]])
    return tuple(reversed(path))


def time_phrase(words: Sequence[SheetWord], onsets_s: Sequence[float], end_s: float) -> tuple[SungWord, ...]:
    """Give every phone of a phrase its time.

    Parameters
    ----------
    words : sequence of SheetWord
        What is sung.
    onsets_s : sequence of float
        Per syllable, when its note begins: the vowel starts there.
    end_s : float
        When the last syllable ends.

    Returns
    -------
    tuple of SungWord
        Contiguous within the phrase: each phone ends where the next begins.
    """
    owners = [(n, syllable) for n, word in enumerate(words) for syllable in word.syllables]
    syllables = [syllable for _, syllable in owners]
    squeezes = _squeezes(syllables, [*onsets_s, end_s])
    lead_s = _natural_s(syllables[0].onset)
    starts = [onsets_s[0] - min(lead_s, LEAD_MAX_S)]
    starts += [
        onset_s - squeeze * _natural_s(syllable.onset)
        for onset_s, squeeze, syllable in zip(onsets_s[1:], squeezes, syllables[1:], strict=False)
    ]
    phones: list[list[Phone]] = [[] for _ in words]
    for (owner, syllable), start_s, onset_s, until_s, squeeze in zip(
        owners, starts, onsets_s, [*starts[1:], end_s], squeezes, strict=True
    ):
        coda_start_s = until_s - squeeze * _natural_s(syllable.coda)
        phones[owner] += _spread(syllable.onset, start_s, onset_s)
        phones[owner].append(Phone(syllable.vowel, onset_s, coda_start_s, syllable.stressed))
        phones[owner] += _spread(syllable.coda, coda_start_s, until_s)
    return tuple(SungWord(word.text, tuple(p)) for word, p in zip(words, phones, strict=True))


def _natural_s(consonants: Sequence[str]) -> float:
    return sum(CONSONANT_S[phone] for phone in consonants)


def _squeezes(syllables: Sequence[Syllable], vowels_s: Sequence[float]) -> list[float]:
    """Per syllable, how far the consonants between its vowel and the next one (or the end) must shrink, 0–1."""
    between_s = [
        _natural_s(here.coda) + (_natural_s(after.onset) if after else 0.0)
        for here, after in zip(syllables, [*syllables[1:], None], strict=True)
    ]
    return [
        min(1.0, CONSONANT_SHARE * (until_s - from_s) / natural_s) if natural_s else 1.0
        for natural_s, (from_s, until_s) in zip(between_s, pairwise(vowels_s), strict=True)
    ]


def _spread(consonants: Sequence[str], start_s: float, end_s: float) -> list[Phone]:
    """Consonants from ``start_s`` to ``end_s`` in proportion to their natural lengths."""
    total_s = sum(CONSONANT_S[phone] for phone in consonants)
    phones, at_s = [], start_s
    for n, symbol in enumerate(consonants):
        last = n + 1 == len(consonants)
        next_s = end_s if last else at_s + (end_s - start_s) * CONSONANT_S[symbol] / total_s
        phones.append(Phone(symbol, at_s, next_s))
        at_s = next_s
    return phones
