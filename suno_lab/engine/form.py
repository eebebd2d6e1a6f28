"""The form of a piece: which sections, how many bars each, which phrase begins in which bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

from .setting import Grid, grid_for
from .sheet import SheetPhrase, SheetSection

#: how full the band plays, by kind of section
ENERGY = {"intro": 0.45, "verse": 0.6, "pre-chorus": 0.75, "chorus": 1.0, "bridge": 0.65, "instrumental": 0.85,
          "outro": 0.55}  # fmt: skip
#: what an instrumental piece without tags goes through after its intro
_INSTRUMENTAL_ROUND = (("Verse", "verse"), ("Chorus", "chorus"), ("Verse 2", "verse"), ("Chorus", "chorus"),
                       ("Bridge", "bridge"), ("Chorus", "chorus"))  # fmt: skip
#: the last chord rings this many bars
RING_BARS = 1.5


@dataclass(frozen=True)
class PlannedPhrase:
    """A phrase with its grid and the bar of the section it begins in."""

    phrase: SheetPhrase
    grid: Grid
    bar: int


@dataclass(frozen=True)
class PlannedSection:
    """A section of ``bars_n`` bars."""

    label: str
    kind: str
    bars_n: int
    phrases: tuple[PlannedPhrase, ...] = ()

    @property
    def energy(self) -> float:
        """How full the band plays, 0–1."""
        return ENERGY[self.kind]


@dataclass(frozen=True)
class Clock:
    """The metre in seconds: ``lead_in_s`` before the first beat, then bars of equal length."""

    tempo_bpm: float
    meter: int
    lead_in_s: float

    @property
    def beat_s(self) -> float:
        """Length of a beat."""
        return 60.0 / self.tempo_bpm

    @property
    def bar_s(self) -> float:
        """Length of a bar."""
        return self.meter * self.beat_s

    def bars_within(self, duration_s: float) -> int:
        """Bars before the last chord in a piece of ``duration_s``; at least one."""
        room_s = duration_s - self.lead_in_s - 0.75 * min(RING_BARS * self.bar_s, 4.0)
        return max(1, floor(room_s / self.bar_s + 1e-9))


def plan_form(
    sheet: Sequence[SheetSection],
    *,
    clock: Clock,
    duration_s: float | None,
    default_duration_s: float,
    most_s: float,
    continued: bool = False,
) -> tuple[PlannedSection, ...]:
    """Sections with bars for a sung piece (``sheet`` has words) or an instrumental one.

    Parameters
    ----------
    sheet
        The sections of the lyrics; empty, or without phrases, for instrumentals.
    clock
        Tempo and metre.
    duration_s
        Asked length: material is cut off or bars are added until it fits; ``None`` lets the words decide.
    default_duration_s, most_s
        Length of instrumentals when nothing is asked, and the longest allowed.
    continued
        The piece goes on from an earlier one: no intro.
    """
    sung = any(section.phrases for section in sheet)
    wanted_s = duration_s if sung else (duration_s or default_duration_s)
    sections = [_planned(section, clock) for section in sheet]
    if not sections:
        sections = _instrumental(clock.bars_within(min(wanted_s or default_duration_s, most_s)), continued=continued)
    else:
        sections = _framed(sections, clock, continued=continued)
    most_bars = clock.bars_within(most_s)
    if wanted_s is None:
        return tuple(_shortened(sections, most_bars))
    bars_n = min(clock.bars_within(wanted_s), most_bars)
    return tuple(_lengthened(_shortened(sections, bars_n), bars_n))


def _planned(section: SheetSection, clock: Clock) -> PlannedSection:
    bar, phrases = 0, []
    for phrase in section.phrases:
        grid = grid_for(len(phrase.syllables), beat_s=clock.beat_s, meter=clock.meter)
        phrases.append(PlannedPhrase(phrase, grid, bar))
        bar += grid.bars_n
    if not phrases:
        bar = 2 if section.kind in ("intro", "outro") or clock.bar_s > 3.0 else 4
    elif len(phrases) > 1:
        bar += bar % 2
    return PlannedSection(section.label, section.kind, bar, tuple(phrases))


def _framed(sections: list[PlannedSection], clock: Clock, *, continued: bool) -> list[PlannedSection]:
    """An intro before and an outro after, where the lyrics name none."""
    bars_n = 2 if clock.bar_s > 1.8 else 4
    before = [] if continued or sections[0].kind == "intro" else [PlannedSection("Intro", "intro", bars_n)]
    after = [] if sections[-1].kind == "outro" else [PlannedSection("Outro", "outro", bars_n)]
    return [*before, *sections, *after]


def _instrumental(bars_n: int, *, continued: bool) -> list[PlannedSection]:
    frame = 0 if bars_n < 6 else 2 if bars_n < 24 else 4
    before = 0 if continued else frame
    sections = [PlannedSection("Intro", "intro", before)] if before else []
    left, step = bars_n - before - frame, 4 if bars_n < 24 else 8
    for n in range(1000):
        if left <= 0:
            break
        label, kind = _INSTRUMENTAL_ROUND[n % len(_INSTRUMENTAL_ROUND)]
        sections.append(PlannedSection(label, kind, min(step, left)))
        left -= step
    return [*sections, PlannedSection("Outro", "outro", frame)] if frame else sections


def _shortened(sections: list[PlannedSection], bars_n: int) -> list[PlannedSection]:
    """At most ``bars_n`` bars: outro and intro go first, then phrases from the end."""
    total = sum(section.bars_n for section in sections)
    kept = list(sections)
    for end in (-1, 0):
        if total > bars_n and len(kept) > 1 and not kept[end].phrases and kept[end].kind in ("intro", "outro"):
            total -= kept.pop(end).bars_n
    found: list[PlannedSection] = []
    for section in kept:
        left = bars_n - sum(s.bars_n for s in found)
        if left <= 0:
            break
        phrases = tuple(p for p in section.phrases if p.bar + p.grid.bars_n <= left)
        found.append(replace(section, bars_n=min(section.bars_n, left), phrases=phrases))
    return found


def _lengthened(sections: list[PlannedSection], bars_n: int) -> list[PlannedSection]:
    """Exactly ``bars_n`` bars: what is missing is played by the band before the outro, or is a short outro itself."""
    missing = bars_n - sum(section.bars_n for section in sections)
    if missing <= 0:
        return sections
    if missing <= 4 and sections[-1].kind != "outro":
        return [*sections, PlannedSection("Outro", "outro", missing)]
    body = sections[:-1] if sections[-1].kind == "outro" else sections
    after = sections[len(body) :]
    added = []
    while missing > 0:
        added.append(PlannedSection("Instrumental", "instrumental", min(8, missing)))
        missing -= 8
    return [*body, *added, *after]
