"""From a session's clips to the plan of a listening test, and from a plan to the sounds it names."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from suno_lab.audio import Audio
from suno_lab.errors import StudyError
from suno_lab.studies.assignment import Assigned, plan_assignment, trials_that_fit
from suno_lab.widgets.grids import axis_labels, prompt_text
from suno_lab.widgets.listening import excerpts
from suno_lab.widgets.listening.excerpts import Encoding, Floats, Outline, Place, Treatment
from suno_lab.widgets.listening.trials import ListeningSettings, Plan, Role, Sound, Trial
from suno_lab.widgets.rows import records
from suno_lab.widgets.shapes import sections_of_words
from suno_lab.widgets.singing import word_rows

AT_ONCE_N = 6  #: conditions in one multi-stimulus trial
EMULATOR = "emulator"

Clips = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, kw_only=True)
class Material:
    """The clips of a test: ``item → condition → clip ids``, what was asked for, and whether the emulator answered."""

    clips: Clips
    prompts: Mapping[str, str]
    emulated: bool


def plan_test(session: Any, name: str, settings: ListeningSettings, *, salt: str) -> Plan:
    """Plan a test: choose clips, give them out, place excerpts, find the common loudness.

    Parameters
    ----------
    session : SunoSession
    name : str
        By which the test is found again.
    salt : str
        Random; the words that stand for pages and sounds are made from it, so nobody can guess them.

    Raises
    ------
    StudyError
        When the clips carry no comparison, services are mixed, or an excerpt cannot be heard.
    """
    material = material_of(session.df, settings)
    sittings = _assigned(material.clips, settings)
    used = sorted({clip_id for sitting in sittings for trial in sitting for clip_id in trial.clip_ids})
    if settings.reference is not None:
        used = sorted({*used, *(c for by in material.clips.values() for c in by[settings.reference])})
    placed = dict(_placed(session, _items_of(used, material.clips), settings))
    loudness = {clip_id: lufs for clip_id, (_, lufs) in placed.items()}
    maker = _Maker(
        material=material, places={c: place for c, (place, _) in placed.items()}, words=_words(salt), settings=settings
    )
    trials = tuple(maker.sitting(number, sitting) for number, sitting in enumerate(sittings))
    return Plan(
        test_id=next(_words(f"{salt}/test")),
        name=name,
        settings=settings,
        sounds=tuple(maker.sounds.values()),
        target_lufs=round(excerpts.common_loudness_lufs(loudness), 6),
        sittings=trials,
        emulated=material.emulated,
    )


# ── which clips ──────────────────────────────────────────────────────────────────────────────────────────────────────
def material_of(df: Any, settings: ListeningSettings) -> Material:
    """The clips that are here, by item and condition.

    Raises
    ------
    StudyError
        When nothing is here, a named condition is missing, or clips of several services would be mixed.
    """
    here = df[df["clip_id"].notna() & df["path"].notna()] if len(df) else df
    if not len(here):
        raise StudyError("there is no clip to listen to in this session yet")
    services = sorted(here["service"].dropna().unique()) if "service" in here else []
    if len(services) > 1 and settings.by != "service":
        raise StudyError(f'clips of {", ".join(services)} are not put side by side, unless asked by="service"')
    items, conditions = axis_labels(here, settings.item), axis_labels(here, settings.by)
    wanted = set(settings.conditions or conditions)
    if missing := sorted({*wanted, *filter(None, [settings.reference])} - set(conditions)):
        raise StudyError(f"no clip of {', '.join(missing)}; there are {', '.join(sorted(set(conditions)))}")
    clips: Clips = defaultdict(lambda: defaultdict(list))
    prompts: dict[str, str] = {}
    for record, item, condition in zip(records(here), items, conditions, strict=True):
        if condition in wanted or condition == settings.reference:
            clips[item][condition].append(str(record["clip_id"]))
            prompts.setdefault(item, prompt_text(record))
    kept = {item: dict(by) for item, by in clips.items() if settings.reference is None or settings.reference in by}
    return Material(clips=kept, prompts=prompts, emulated=EMULATOR in services)


def _assigned(clips: Clips, settings: ListeningSettings) -> list[list[Assigned]]:
    """The sittings. Under a reference, the conditions that are judged are the others."""
    judged = {item: {c: ids for c, ids in by.items() if c != settings.reference} for item, by in clips.items()}
    size = {"ab": 2, "abx": 2, "category": 1}.get(settings.form, 0)
    size = size or min(max((len(by) for by in judged.values()), default=0), AT_ONCE_N)
    trials_n = settings.trials_n or trials_that_fit(
        settings.minutes, excerpt_s=settings.excerpt_s, size=size, questions_n=max(len(settings.questions), 1)
    )
    single = settings.form == "category"
    return plan_assignment(
        judged,
        listeners_n=settings.listeners_n,
        trials_n=trials_n,
        size=max(size, 1),
        repeats=settings.repeats,
        same_n=settings.same_n if settings.form == "ab" else 0,
        degraded_n=settings.degraded_n if settings.form == "ab" or single else 0,
        training_n=settings.training_n,
        seed=settings.seed,
    )


def _items_of(used: Iterable[str], clips: Clips) -> dict[str, list[str]]:
    wanted = set(used)
    found = {item: [c for ids in by.values() for c in ids if c in wanted] for item, by in clips.items()}
    return {item: ids for item, ids in found.items() if ids}


# ── which part of them ───────────────────────────────────────────────────────────────────────────────────────────────
def _placed(
    session: Any, items: Mapping[str, Sequence[str]], settings: ListeningSettings
) -> Iterator[tuple[str, tuple[Place, float | None]]]:
    """Place and loudness of the excerpt of each clip; one item's audio is in memory at a time."""
    for clip_ids in items.values():
        clips = [session.clip(clip_id) for clip_id in clip_ids]
        sounds = [Audio.load(clip.path) for clip in clips]
        outlines = [outline(clip, sound, match=settings.match) for clip, sound in zip(clips, sounds, strict=True)]
        places = excerpts.matched_places(outlines, excerpt_s=settings.excerpt_s, match=settings.match)
        for clip_id, sound, place in zip(clip_ids, sounds, places, strict=True):
            yield clip_id, (place, excerpts.reachable_lufs(excerpts.cut(sound, place)))


def outline(clip: Any, audio: Audio, *, match: str) -> Outline:
    """Length of a clip and, where sections matter, the first start of each as its timed words tell."""
    if match == "position":
        return Outline(duration_s=audio.duration_s, sections_s={})
    rows = word_rows(getattr(clip, "words", None), lyrics=getattr(clip, "lyrics", None) or "")
    starts: dict[str, float] = {}
    for section in sections_of_words(rows, duration_s=audio.duration_s):
        starts.setdefault(str(section["label"]).casefold(), section["start_s"])
    return Outline(duration_s=audio.duration_s, sections_s=starts)


# ── under which names ────────────────────────────────────────────────────────────────────────────────────────────────
def _words(salt: str) -> Iterator[str]:
    """Random-looking words without end; the salt decides which."""
    number = 0
    while True:
        yield hashlib.sha256(f"{salt}/{number}".encode()).hexdigest()[:12]
        number += 1


@dataclass(kw_only=True)
class _Maker:
    """Turns assignments into trials, naming each sound once."""

    material: Material
    places: Mapping[str, Place]
    words: Iterator[str]
    settings: ListeningSettings
    sounds: dict[tuple[str, Treatment, int], Sound] = field(default_factory=dict)

    def sitting(self, number: int, assigned: Sequence[Assigned]) -> tuple[Trial, ...]:
        rng = random.Random(f"{self.settings.seed}/sides/{number}")
        xs = [i % 2 for i in range(len(assigned))]
        rng.shuffle(xs)
        pages = [next(self.words) for _ in assigned]
        return tuple(self._trial(one, pages, x, rng) for one, x in zip(assigned, xs, strict=True))

    def _trial(self, one: Assigned, pages: Sequence[str], x: int, rng: random.Random) -> Trial:
        heard: list[tuple[str, Role]] = [
            (
                self._sound(clip_id, condition, "degraded" if place == one.spoilt else "plain", one.clip_ids[:place]),
                "clip",
            )
            for place, (clip_id, condition) in enumerate(zip(one.clip_ids, one.conditions, strict=True))
        ]
        reference = None
        if self.settings.reference is not None:
            clip_id = rng.choice(self.material.clips[one.item][self.settings.reference])
            reference = self._sound(clip_id, self.settings.reference)
            anchor = self._sound(clip_id, self.settings.reference, "anchor")
            hidden = self._sound(clip_id, self.settings.reference, before=(clip_id,))
            heard += [(hidden, "reference"), (anchor, "anchor")]
            rng.shuffle(heard)
        return Trial(
            page=pages[one.position],
            purpose=one.purpose,
            item=one.item,
            prompt=self.material.prompts[one.item],
            sounds=tuple(sound for sound, _ in heard),
            roles=tuple(role for _, role in heard),
            matched_by=self.places[one.clip_ids[0]].matched_by,
            reference=reference,
            x=self._again(one, x) if self.settings.form == "abx" else None,
            repeat_of=None if one.repeat_of is None else pages[one.repeat_of],
        )

    def _again(self, one: Assigned, place: int) -> str:
        """The sound at ``place`` under another name: X must not be found out by its name."""
        return self._sound(one.clip_ids[place], one.conditions[place], before=one.clip_ids[place : place + 1])

    def _sound(self, clip_id: str, condition: str, treatment: Treatment = "plain", before: Sequence[str] = ()) -> str:
        """The name of a sound; each time a clip comes again in one trial (``before``) it has another."""
        key = (clip_id, treatment, before.count(clip_id))
        if key not in self.sounds:
            place = self.places[clip_id]
            self.sounds[key] = Sound(
                sound=next(self.words),
                clip_id=clip_id,
                condition=condition,
                start_s=place.start_s,
                end_s=place.end_s,
                treatment=treatment,
            )
        return self.sounds[key].sound


# ── as sound ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def rendered(session: Any, plan: Plan, sound: str) -> Floats:
    """One sound of a plan as it is heard, shape (n, 2) at 44.1 kHz.

    Raises
    ------
    StudyError
        The plan has no such sound.
    """
    wanted = plan.sound(sound)
    place = Place(start_s=wanted.start_s, end_s=wanted.end_s, matched_by="")
    cut = excerpts.cut(_decoded(Path(session.clip(wanted.clip_id).path)), place)
    return excerpts.treated(cut, wanted.treatment, target_lufs=plan.target_lufs)


@lru_cache(maxsize=2)
def _decoded(path: Path) -> Audio:
    return Audio.load(path)


def sound_file(session: Any, plan: Plan, sound: str, *, encoding: Encoding = "wav", kbps: int = 192) -> bytes:
    """One sound of a plan as a file without tags."""
    return excerpts.encoded(rendered(session, plan, sound), encoding, kbps=kbps)
