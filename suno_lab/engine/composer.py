"""From a brief to a score: the one place where idea, words, form, band and melody meet. No audio, no neural net."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from ..errors import InvalidRequest
from ..lyrics import parse
from .arrange import Draft, arrange, lay_bars
from .brief import Brief
from .form import RING_BARS, Clock, plan_form
from .grammar import theme_words, write_lyrics
from .idea import Idea, form_idea, loops_for, style_named
from .models import emulated_model
from .score import SR, ChordSpan, Note, Part, Score, Section, cut_phrase
from .sheet import read_sheet
from .vocal import sung_phrases
from .wishes import Wishes, read_wishes

S = TypeVar("S", ChordSpan, Section)

#: a continuation needs at least this much room below the model's longest clip
ROOM_MIN_S = 4.0


def compose(
    brief: Brief, *, seed: int, take: int = 0, after: Score | None = None, continue_at_s: float | None = None
) -> Score:
    """Write the piece a brief asks for.

    Parameters
    ----------
    brief : Brief
        What is wanted.
    seed : int
        Equal briefs, seeds and takes give equal scores.
    take : int
        0 and 1 are siblings: the same idea, another performance and other turns of the melody.
    after, continue_at_s
        Continue an earlier score from the bar nearest to that second (its last bar when not given), in its tempo,
        key and style; the earlier words before the cut stay as they are.

    Returns
    -------
    Score
        Complete: every note and the time of every phone is decided.

    Raises
    ------
    UnknownModel
        For a model that is not in :data:`suno_lab.engine.models.MODELS`.
    InvalidRequest
        When there is no room left to continue.
    """
    model, wishes = emulated_model(brief.model), read_wishes(brief)
    idea = form_idea(wishes, model, seed=seed, take=take, style_weight=brief.style_weight, weirdness=brief.weirdness)
    lead_in_s = round(Random(f"{seed}:lead-in:{take}").uniform(0.28, 0.5), 3)
    if after is not None:
        idea, lead_in_s = _same_idea(idea, after, wishes), _cut_s(after, continue_at_s, model.max_duration_s)
    title, lyrics = _words(brief, wishes, seed)
    clock = Clock(idea.tempo_bpm, idea.meter, lead_in_s)
    sections = plan_form(
        read_sheet("" if wishes.instrumental else lyrics),
        clock=clock if after is None else replace(clock, lead_in_s=0.0),
        duration_s=brief.duration_s,
        default_duration_s=brief.default_duration_s,
        most_s=model.max_duration_s - (lead_in_s if after else 0.0),
        continued=after is not None,
    )
    draft = Draft(
        idea=idea, clock=clock, sections=sections, bars=lay_bars(sections, clock, idea), seed=seed, take=take,
        timing_sd_s=model.timing_sd_ms / 1000, density=model.density,
        leaps=max(0.0, (brief.weirdness or 0.0) - 0.5),
    )  # fmt: skip
    duration_s = _duration_s(brief, draft, continued=after is not None, most_s=model.max_duration_s)
    written = _score(brief, wishes, draft, duration_s=duration_s, title=title, lyrics=lyrics)
    return written.head(duration_s) if after is None else _joined(after.head(lead_in_s), written.head(duration_s))


def _words(brief: Brief, wishes: Wishes, seed: int) -> tuple[str, str]:
    """Title and lyrics: the given ones, else the engine's own."""
    if wishes.instrumental:
        themes = theme_words(f"{brief.description} {brief.title}")
        return brief.title or " ".join(themes[:2]).title() or wishes.style.name.title(), brief.lyrics
    wanted_s = brief.duration_s or brief.default_duration_s
    n_lines = min(max(round(wanted_s / 4.0) - 2, 2), 40)
    title, text = write_lyrics(brief.description or brief.style, seed=seed, n_lines=n_lines)
    return brief.title or title, brief.lyrics if brief.lyrics.strip() else text


def _duration_s(brief: Brief, draft: Draft, *, continued: bool, most_s: float) -> float:
    """Length of the clip in seconds, a whole number of samples."""
    ring_s = min(RING_BARS * draft.clock.bar_s, 4.0)
    wanted_s = brief.duration_s if brief.duration_s is not None else draft.music_end_s + ring_s
    if continued and brief.duration_s is not None:
        wanted_s += draft.clock.lead_in_s
    if brief.duration_s is None and not continued and not any(section.phrases for section in draft.sections):
        wanted_s = brief.default_duration_s
    return round(min(max(wanted_s, 0.5), most_s) * SR) / SR


def _score(brief: Brief, wishes: Wishes, draft: Draft, *, duration_s: float, title: str, lyrics: str) -> Score:
    idea, clock = draft.idea, draft.clock
    beats_s = tuple(clock.lead_in_s + n * clock.beat_s for n in range(len(draft.bars) * clock.meter + 1))
    phrases = tuple(sung_phrases(draft))
    gender = idea.vocal_gender if phrases else None
    return Score(
        brief=brief, seed=draft.seed, take=draft.take, model=emulated_model(brief.model), title=title, lyrics=lyrics,
        style_name=idea.style.name, tempo_bpm=idea.tempo_bpm, key=idea.key, meter=idea.meter, vocal_gender=gender,
        requested_tempo_bpm=wishes.tempo_bpm, requested_key=wishes.key,
        beats_s=beats_s,
        downbeats_s=beats_s[:: clock.meter],
        chords=_chord_spans(draft, duration_s), sections=tuple(_section_spans(draft, duration_s)),
        parts=arrange(draft, duration_s), phrases=phrases, duration_s=duration_s,
        fade_s=min(1.5, duration_s / 4) if draft.music_end_s > duration_s - 0.3 else 0.0,
        effects=idea.effects,
    )  # fmt: skip


def _chord_spans(draft: Draft, duration_s: float) -> tuple[ChordSpan, ...]:
    bars = draft.bars
    starts_s = [0.0, *(bar.start_s for bar in bars), draft.music_end_s]
    labels = ["N", *(bar.chord.label for bar in bars), bars[-1].next_chord.label]
    return tuple(ChordSpan(*span) for span in _end_to_end(starts_s, max(duration_s, draft.music_end_s), labels))


def _section_spans(draft: Draft, duration_s: float) -> Iterator[Section]:
    sections = list(draft.section_bars())
    starts_s = [0.0, *(bars[0].start_s for _, bars in sections[1:])]
    labels = [section.label for section, _ in sections]
    return (Section(*span) for span in _end_to_end(starts_s, max(duration_s, draft.music_end_s), labels))


def _end_to_end(starts_s: Sequence[float], end_s: float, labels: Sequence[str]) -> Iterator[tuple[float, float, str]]:
    """Spans that each end where, to the last bit, the next one begins, as mir_eval wants them."""
    return zip(starts_s, [*starts_s[1:], end_s], labels, strict=True)


# ── continuation ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _cut_s(after: Score, continue_at_s: float | None, most_s: float) -> float:
    """The downbeat of ``after`` nearest to the wish (not the first); its last one when nothing is wished."""
    places = after.downbeats_s[1:] or after.downbeats_s
    wanted_s = places[-1] if continue_at_s is None else continue_at_s
    cut_s = min((t for t in places if t <= most_s - ROOM_MIN_S), key=lambda t: abs(t - wanted_s), default=None)
    if cut_s is None:
        raise InvalidRequest(f"no room to continue: the model's clips end at {most_s:.0f} s", field="continue_at_s")
    return cut_s


def _same_idea(idea: Idea, after: Score, wishes: Wishes) -> Idea:
    """The idea in the tempo, key, metre, voice and (where none is named) style of an earlier score."""
    style = idea.style if wishes.style_named else style_named(after.style_name)
    gender = wishes.vocal_gender or after.vocal_gender or idea.vocal_gender
    loops = idea.loops
    if after.key.mode != idea.key.mode or not wishes.style_named:
        loops = loops_for(style, after.key.mode, strange=0.0, seed=after.seed)
    return replace(
        idea, tempo_bpm=after.tempo_bpm, key=after.key, meter=after.meter, style=style, loops=loops,
        vocal_gender=gender, effects={**idea.effects, "tempo_missed": False, "key_missed": False},
    )  # fmt: skip


def _joined(before: Score, new: Score) -> Score:
    """One piece of two: stems keep the instrument they began with, lines count on."""
    entry_s = min((phrase.start_s for phrase in new.phrases), default=before.duration_s)
    earlier = tuple(kept for phrase in before.phrases if (kept := cut_phrase(phrase, entry_s)) is not None)
    lines_n = len(parse(before.lyrics).lines)
    stems = {**new.parts, **before.parts}
    parts = {
        name: Part(part.program, _notes(before, name) + _notes(new, name), part.drums) for name, part in stems.items()
    }
    return replace(
        new,
        lyrics="\n\n".join(text for text in (before.lyrics, new.lyrics) if text),
        vocal_gender=before.vocal_gender or new.vocal_gender,
        requested_tempo_bpm=before.requested_tempo_bpm,
        requested_key=before.requested_key,
        beats_s=before.beats_s + new.beats_s,
        downbeats_s=before.downbeats_s + new.downbeats_s,
        chords=_met(before.chords, [span for span in new.chords if span.start_s >= before.duration_s - 1e-3]),
        sections=_met(before.sections, [replace(s, start_s=max(s.start_s, before.duration_s)) for s in new.sections]),
        parts=parts,
        phrases=earlier + tuple(replace(p, line=p.line + lines_n) for p in new.phrases),
    )


def _met(before: Sequence[S], after: Sequence[S]) -> tuple[S, ...]:
    """Spans after spans; the last of the former ends where the first of the latter begins."""
    met = tuple(replace(span, end_s=after[0].start_s) for span in before[-1:])
    return tuple(before[:-1]) + met + tuple(after)


def _notes(score: Score, stem: str) -> tuple[Note, ...]:
    return score.parts[stem].notes if stem in score.parts else ()
