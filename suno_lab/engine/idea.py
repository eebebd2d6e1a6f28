"""The idea of a piece: tempo, key, harmony, instruments and voice, decided once before a note is written.

Two takes of one seed share the idea. A take may drift a little in tempo and now and then sits in another key, as
siblings of one task do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from . import styles
from .models import EmulatedModel
from .styles import Style
from .theory import Key
from .wishes import TEMPO_RANGE_BPM, Wishes

#: how often a take of a piece without an asked key sits in another key than its sibling
SIBLING_KEY_P = 0.12
#: standard deviation of a take's tempo around the idea's where no tempo was asked, as a fraction
SIBLING_TEMPO_SD = 0.008
_BORROWED = {"major": ("iv", "bVII", "bVI", "II"), "minor": ("IV", "bII", "vi", "II")}


@dataclass(frozen=True)
class Idea:
    """What a piece is, before its form and notes.

    ``loops`` are Roman numerals, one row of four bars each: verse, chorus, bridge.
    """

    tempo_bpm: float
    key: Key
    meter: int
    style: Style
    loops: tuple[tuple[str, ...], ...]
    vocal_gender: str
    lead_program: int
    silenced: frozenset[str]
    effects: dict[str, float | bool | str]


def form_idea(
    wishes: Wishes,
    model: EmulatedModel,
    *,
    seed: int,
    take: int,
    style_weight: float | None = None,
    weirdness: float | None = None,
) -> Idea:
    """Decide everything the words leave open, and whether the emulated model honours what they ask.

    ``style_weight`` scales the model's deviations from 1.5 (at 0) over 1.0 (0.5, or not given) to 0.5 (at 1);
    ``weirdness`` above 0.5 replaces up to 30 % of the inner chords by borrowed ones and widens the leaps.
    """
    shared, own = Random(f"{seed}:idea"), Random(f"{seed}:take:{take}")
    slack = 1.5 - min(max(0.5 if style_weight is None else style_weight, 0.0), 1.0)
    tempo_bpm, tempo_missed = _tempo(wishes, model, slack, shared, own)
    key, key_missed = _key(wishes, model, slack, shared, own)
    style = _with_instruments(wishes.style, wishes)
    strange = model.adventure + 0.6 * max(0.0, min(weirdness or 0.0, 1.0) - 0.5)
    return Idea(
        tempo_bpm=tempo_bpm,
        key=key,
        meter=wishes.meter,
        style=style,
        loops=loops_for(style, key.mode, strange=strange, seed=seed),
        vocal_gender=wishes.vocal_gender or ("m" if shared.random() < 0.6 else "f"),
        lead_program=dict(wishes.instruments).get("lead", style.lead),
        silenced=wishes.silenced,
        effects={
            "tempo_missed": tempo_missed,
            "key_missed": key_missed,
            "strange_chords_p": round(strange, 4),
            "loudness_lufs": model.loudness_lufs,
            "bandwidth_hz": model.bandwidth_hz,
            "pitch_sd_cents": model.pitch_sd_cents,
            "timing_sd_ms": model.timing_sd_ms,
            "density": model.density,
        },
    )


def _tempo(wishes: Wishes, model: EmulatedModel, slack: float, shared: Random, own: Random) -> tuple[float, bool]:
    """The tempo played, and whether it ignores the one asked for."""
    low, high = wishes.style.tempo_bpm
    free, missed_by = (
        shared.uniform(low, high) * wishes.tempo_factor,
        shared.choice((-1, 1)) * shared.uniform(0.08, 0.2),
    )
    miss = shared.random() < model.tempo_miss_p * slack
    drift = shared.gauss(0.0, 0.7) + own.gauss(0.0, 0.7)
    if wishes.tempo_bpm is None:
        tempo = free * (1.0 + own.gauss(0.0, SIBLING_TEMPO_SD))
    elif miss:
        tempo = wishes.tempo_bpm * (1.0 + missed_by)
    else:
        tempo = wishes.tempo_bpm * (1.0 + model.tempo_sd * slack * drift)
    tempo = min(max(tempo, TEMPO_RANGE_BPM[0]), TEMPO_RANGE_BPM[1])
    return round(tempo, 2), miss and wishes.tempo_bpm is not None


def _key(wishes: Wishes, model: EmulatedModel, slack: float, shared: Random, own: Random) -> tuple[Key, bool]:
    """The key played, and whether it ignores the one asked for (then a neighbour on the circle of fifths)."""
    mode = wishes.mode or ("minor" if shared.random() < wishes.style.minor_p else "major")
    free = Key(tonic_pc=shared.randrange(12), mode=mode)
    miss, neighbour = shared.random() < model.key_miss_p * slack, shared.choice((5, 7))
    if wishes.key is None:
        moved = own.choice((2, 5, 7, 10)) if own.random() < SIBLING_KEY_P else 0
        return replace(free, tonic_pc=(free.tonic_pc + moved) % 12), False
    return (replace(wishes.key, tonic_pc=(wishes.key.tonic_pc + neighbour) % 12) if miss else wishes.key), miss


def _with_instruments(style: Style, wishes: Wishes) -> Style:
    """The style with the instruments that were named; one that is missing joins in."""
    parts = dict(style.parts)
    for stem, program in wishes.instruments:
        if stem != "lead":
            pattern = parts[stem][1] if stem in parts else "pad" if stem == "pad" else "fingers"
            parts[stem] = (program, pattern)
    return replace(style, parts=parts)


def style_named(name: str) -> Style:
    """The row of the style table called ``name``; the default style when there is none."""
    return next((style for style in styles.STYLES if style.name == name), styles.DEFAULT_STYLE)


def loops_for(style: Style, mode: str, *, strange: float, seed: int) -> tuple[tuple[str, ...], ...]:
    """Three rows of the style's harmony; inner chords are borrowed ones with chance ``strange``."""
    rng = Random(f"{seed}:loops")
    rows = [tuple(row.split()) for row in (style.major if mode == "major" else style.minor)]
    first = rng.randrange(len(rows))
    chosen = [rows[(first + n) % len(rows)] for n in range(3)]
    return tuple(
        tuple(rng.choice(_BORROWED[mode]) if n in (1, 2) and rng.random() < strange else c for n, c in enumerate(row))
        for row in chosen
    )
