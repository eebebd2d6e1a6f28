"""From accepted tasks to scores, facts and sound: each made when it is first needed, the same in every process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from suno_lab.emulator.briefs import Recipe, brief_of, recipe_of
from suno_lab.emulator.layers import Layer, combine, combine_truth
from suno_lab.emulator.recordings import BlobStore, audio_of, measured, sound_of
from suno_lab.emulator.settings import EmulatorSettings
from suno_lab.emulator.songs import Composed, SongMaker, Sound
from suno_lab.emulator.state import State
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.engine.brief import Brief

SCORES_N, TASKS_N = 64, 4096
#: a larger sound is made again for every file that is made of it
SOUND_BYTES = 256 * 1024 * 1024
Value = TypeVar("Value")


class Composer:
    """Makes and remembers scores.

    Parameters
    ----------
    state : State
        Keeps the facts and the truth of what was composed.
    songs : SongMaker
        Does the composing.
    blobs : BlobStore
        Holds the recordings that were brought.
    settings : EmulatorSettings
        Decides the length of pieces of which no length was asked.
    """

    def __init__(self, *, state: State, songs: SongMaker, blobs: BlobStore, settings: EmulatorSettings) -> None:
        self._state, self._songs, self._blobs, self._settings = state, songs, blobs, settings
        self._lock = threading.RLock()
        self._scores: OrderedDict[tuple[str, int], Composed] = OrderedDict()
        self._rendering = threading.RLock()
        self._last: tuple[tuple[str, int], Sound] | None = None
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
        if len(self._clips) >= TASKS_N:
            self._clips.clear()
        self._clips[task.task_id] = clips
        return clips

    def truth(self, task: Task, place: int) -> dict[str, Any]:
        """What is true of a clip, as it was composed."""
        kept = self._state.kept("truth", self.clips(task)[place].piece_id)
        return kept if isinstance(kept, dict) else self._truth(task, place)

    def sound(self, task: Task, place: int) -> Sound:
        """The sound of a clip. One is made at a time; the last one is kept in memory where it is not too large."""
        with self._rendering:
            if self._last is not None and self._last[0] == (task.task_id, place):
                return self._last[1]
            sound = self._songs.render(self._score(task, place))
            layer = self._recipe(task).layer
            if layer is not None:
                sound = combine(sound, self._base_sound(task, layer), layer)
            self._last = ((task.task_id, place), sound) if sound.bytes_n <= SOUND_BYTES else None
            return sound

    def _with_facts(self, task: Task, piece: Piece) -> Piece:
        if piece.facts is not None:
            return piece
        truth = self._truth(task, piece.place)
        self._state.keep("truth", piece.piece_id, truth, replace=False)
        facts = facts_of(task, self._score(task, piece.place), truth)
        return self._state.settle_facts(piece.piece_id, facts)

    def _recipe(self, task: Task) -> Recipe:
        return recipe_of(task, settings=self._settings)

    def _score(self, task: Task, place: int) -> Composed:
        """The score of what is new in a clip; composed again where it was forgotten."""
        with self._lock:
            return _cached(self._scores, (task.task_id, place), SCORES_N, lambda: self._compose(task, place))

    def _compose(self, task: Task, place: int) -> Composed:
        recipe = self._recipe(task)
        after = None
        if recipe.after is not None:
            source = self._state.task(recipe.after[0])
            after = self._score(source, recipe.after[1]) if source else None
        brief = recipe.brief
        if recipe.layer is not None and recipe.layer.clip is not None:
            brief = fitted(brief, self._base_truth(task, recipe.layer))
        elif task.detail.get("recording"):
            brief = fitted(brief, self._heard(str(task.detail["recording"])))
        return self._songs.compose(brief, seed=task.seed, take=place, after=after, continue_at_s=recipe.continue_at_s)

    def _truth(self, task: Task, place: int) -> dict[str, Any]:
        own = self._songs.truth(self._score(task, place))
        layer = self._recipe(task).layer
        return own if layer is None else combine_truth(own, self._base_truth(task, layer), layer)

    # ── the audio that new music is laid to ──────────────────────────────────────────────────────────────────────────
    def _base_truth(self, task: Task, layer: Layer) -> Mapping[str, Any]:
        source = self._state.task(layer.clip[0]) if layer.clip else None
        if source is None or layer.clip is None:
            return {"duration_s": float(task.detail["base_s"])}
        return self.truth(source, layer.clip[1])

    def _heard(self, recording: str) -> Mapping[str, Any]:
        """Tempo and key of a recording, measured once."""
        kept = self._state.kept("heard", recording)
        if kept is None:
            self._state.keep("heard", recording, measured(audio_of(self._blobs, recording)), replace=False)
            kept = self._state.kept("heard", recording)
        return dict(kept)

    def _base_sound(self, task: Task, layer: Layer) -> Sound:
        source = self._state.task(layer.clip[0]) if layer.clip else None
        if source is None or layer.clip is None:
            from suno_lab.engine import recording_gain

            gain = recording_gain(brief_of(task, settings=self._settings).audio_weight)
            return sound_of(audio_of(self._blobs, layer.recording), gain=gain)
        return self.sound(source, layer.clip[1])


def _cached(
    cache: OrderedDict[tuple[str, int], Value], name: tuple[str, int], most: int, make: Callable[[], Value]
) -> Value:
    """What is cached under ``name``, made first if need be; the one not used for longest makes room."""
    if name not in cache:
        cache[name] = make()
        while len(cache) > most:
            cache.popitem(last=False)
    cache.move_to_end(name)
    return cache[name]


def fitted(brief: Brief, base: Mapping[str, Any]) -> Brief:
    """The brief, asking for tempo and key of what it has to fit, where they are known and nothing else was asked."""
    tempo, key = base.get("tempo_bpm"), base.get("musical_key")
    wishes = [brief.style, f"{tempo:.2f} bpm" if tempo else "", f"in {key}" if key else ""]
    return replace(brief, style=", ".join(wish for wish in wishes if wish))


def facts_of(task: Task, score: Composed, truth: Mapping[str, Any]) -> dict[str, Any]:
    """What the protocol shows of a clip."""
    body = task.asked
    return {
        "title": score.title,
        "tags": str(body.get("style") or body.get("tags") or "") or default_tags(truth),
        "lyrics": str(body.get("fullLyrics") or "") or score.lyrics,
        "duration_s": float(truth["duration_s"]),
    }


def default_tags(truth: Mapping[str, Any]) -> str:
    """Tags of a piece for which none were given."""
    voice = "instrumental" if truth.get("instrumental") else "vocals"
    return f"{truth.get('style') or 'song'}, {truth.get('key_mode') or 'major'}, {voice}"
