"""From accepted tasks to scores, facts and sound: each made when it is first needed, the same in every process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from suno_lab.emulator.settings import EmulatorSettings
from suno_lab.emulator.songs import Composed, SongMaker, Sound
from suno_lab.emulator.state import State
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.engine.brief import Brief

SCORES_N, SOUNDS_N = 64, 1
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a music task asks of the song maker.

    Attributes
    ----------
    source : (str, int) or None
        Task and place of the clip that is continued.
    continue_at_s : float or None
        Where, in seconds of the source; None means its end.
    """

    brief: Brief
    source: tuple[str, int] | None = None
    continue_at_s: float | None = None


class Composer:
    """Makes and remembers scores.

    Parameters
    ----------
    state : State
        Keeps the facts and the truth of what was composed.
    songs : SongMaker
        Does the composing.
    settings : EmulatorSettings
        Decides the length of pieces of which no length was asked.
    """

    def __init__(self, *, state: State, songs: SongMaker, settings: EmulatorSettings) -> None:
        self._state, self._songs, self._settings = state, songs, settings
        self._lock = threading.RLock()
        self._scores: OrderedDict[tuple[str, int], Composed] = OrderedDict()
        self._sounds: OrderedDict[tuple[str, int], Sound] = OrderedDict()
        self._clips: dict[str, tuple[Piece, ...]] = {}

    def knows(self, task_id: str) -> bool:
        """Whether the clips of a task can be told without composing."""
        return task_id in self._clips

    def clips(self, task: Task) -> tuple[Piece, ...]:
        """The clips of a music task with their facts: ``title``, ``tags``, ``lyrics``, ``duration_s``."""
        known = self._clips.get(task.task_id)
        if known is not None:
            return known
        clips = tuple(self._with_facts(task, piece) for piece in self._state.pieces_of(task.task_id, "clip"))
        if len(self._clips) > 4096:
            self._clips.clear()
        self._clips[task.task_id] = clips
        return clips

    def truth(self, task: Task, place: int) -> dict[str, Any]:
        """What is true of a clip, as it was composed."""
        piece = self.clips(task)[place]
        kept = self._state.kept("truth", piece.piece_id)
        return kept if isinstance(kept, dict) else self._songs.truth(self.score(task, place))

    def score(self, task: Task, place: int) -> Composed:
        """The score of a clip; composed again where it was forgotten."""
        with self._lock:
            return _cached(self._scores, (task.task_id, place), SCORES_N, lambda: self._compose(task, place))

    def sound(self, task: Task, place: int) -> Sound:
        """The sound of a clip; only the last one is kept in memory."""
        score = self.score(task, place)
        with self._lock:
            known = self._sounds.get((task.task_id, place))
        if known is not None:
            return known
        sound = self._songs.render(score)
        with self._lock:
            return _cached(self._sounds, (task.task_id, place), SOUNDS_N, lambda: sound)

    def _with_facts(self, task: Task, piece: Piece) -> Piece:
        if piece.facts is not None:
            return piece
        score = self.score(task, piece.place)
        truth = self._songs.truth(score)
        self._state.keep("truth", piece.piece_id, truth, replace=False)
        return self._state.settle_facts(piece.piece_id, facts_of(task, score, truth))

    def _compose(self, task: Task, place: int) -> Composed:
        recipe = recipe_of(task, settings=self._settings)
        after = None
        if recipe.source is not None:
            source = self._state.task(recipe.source[0])
            after = self.score(source, recipe.source[1]) if source else None
        return self._songs.compose(
            recipe.brief, seed=task.seed, take=place, after=after, continue_at_s=recipe.continue_at_s
        )


def _cached(cache: OrderedDict[tuple[str, int], Value], name: tuple[str, int], most: int, make: Any) -> Value:
    if name not in cache:
        cache[name] = make()
        while len(cache) > most:
            cache.popitem(last=False)
    cache.move_to_end(name)
    return cache[name]


def facts_of(task: Task, score: Composed, truth: Mapping[str, Any]) -> dict[str, Any]:
    """What the protocol shows of a clip."""
    tags = str(task.body.get("style") or task.body.get("tags") or "") or default_tags(truth)
    return {"title": score.title, "tags": tags, "lyrics": score.lyrics, "duration_s": score.duration_s}


def default_tags(truth: Mapping[str, Any]) -> str:
    """Tags of a piece for which none were given."""
    voice = "instrumental" if truth.get("instrumental") else "vocals"
    return f"{truth.get('style') or 'song'}, {truth.get('key_mode') or 'major'}, {voice}"


# ── briefs ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def recipe_of(task: Task, *, settings: EmulatorSettings) -> Recipe:
    """What a music task asks for, read from its wire body."""
    source = task.detail.get("source")
    return Recipe(
        brief=brief_of(task, settings=settings),
        source=(str(source[0]), int(source[1])) if source else None,
        continue_at_s=task.detail.get("continue_at_s"),
    )


def brief_of(task: Task, *, settings: EmulatorSettings) -> Brief:
    """The brief of a music task. Words that were given are sung as they are; others the song maker writes."""
    body = {**task.detail.get("inherited", {}), **task.body}
    instrumental = body.get("instrumental") is True or task.operation in ("add_instrumental", "sounds")
    prompt = str(body.get("prompt") or "")
    described = task.operation in ("generate", "cover", "mashup", "sounds") and body.get("customMode") is not True
    return Brief(
        description=prompt if described else "",
        lyrics="" if described or instrumental else str(body.get("lyrics") or prompt),
        style=str(body.get("style") or body.get("tags") or ""),
        title=str(body.get("title") or ""),
        instrumental=instrumental,
        model=str(body.get("model") or "V5"),
        duration_s=_number(body.get("duration")),
        default_duration_s=settings.default_duration_s,
        negative_tags=str(body.get("negativeTags") or ""),
        vocal_gender=body.get("vocalGender") or None,
        style_weight=_number(body.get("styleWeight")),
        weirdness=_number(body.get("weirdnessConstraint")),
        audio_weight=_number(body.get("audioWeight")),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
