"""What a music task asks of the song maker, read from its wire body and from what was found out at acceptance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from suno_lab.api.song_models import DEFAULT_MODEL
from suno_lab.emulator.layers import Layer, Where
from suno_lab.emulator.settings import EmulatorSettings
from suno_lab.emulator.tasks import Task
from suno_lab.engine.brief import Brief

#: operations whose clips hold audio that no score holds
LAYERED = frozenset({"upload_extend", "add_instrumental", "add_vocals", "replace_section"})
#: operations whose ``prompt`` describes the song unless custom mode says that it is sung
DESCRIBED = frozenset({"generate", "cover", "mashup"})
#: length of a sound of which no length can be asked
SOUND_S = 8.0
#: what replaces a section is asked for with this much more, for its ending is cut off
ENDING_S = 4.0


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a music task asks for.

    Attributes
    ----------
    after : (str, int) or None
        Task and place of the clip whose score goes on.
    continue_at_s : float or None
        Where, in seconds of that clip; None means its end.
    layer : Layer or None
        The audio that the new music is laid to.
    """

    brief: Brief
    after: tuple[str, int] | None = None
    continue_at_s: float | None = None
    layer: Layer | None = None


def recipe_of(task: Task, *, settings: EmulatorSettings) -> Recipe:
    """The recipe of a music task."""
    brief = brief_of(task, settings=settings)
    source = task.detail.get("source")
    clip = (str(source[0]), int(source[1])) if source else None
    if task.operation == "extend" and not task.detail.get("source_layered"):
        return Recipe(brief=brief, after=clip, continue_at_s=task.detail.get("continue_at_s"))
    make = _LAYERS.get(task.operation)
    has_base = clip is not None or bool(task.detail.get("recording"))
    return Recipe(brief=brief, layer=make(task, clip) if make and has_base else None)


# ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _after(task: Task, clip: tuple[str, int] | None) -> Layer:
    seam_s = task.detail.get("continue_at_s")
    length_s = float(task.detail["base_s"])
    return Layer(
        where=Where.AFTER, recording=_recording(task), clip=clip, start_s=length_s if seam_s is None else float(seam_s)
    )


def _under_voice(task: Task, clip: tuple[str, int] | None) -> Layer:
    return Layer(where=Where.OVER, recording=_recording(task), without=frozenset({"vocals"}))


def _over_band(task: Task, clip: tuple[str, int] | None) -> Layer:
    return Layer(where=Where.OVER, recording=_recording(task), stems=frozenset({"vocals"}))


def _inside(task: Task, clip: tuple[str, int] | None) -> Layer:
    start_s, end_s = float(task.body["infillStartS"]), float(task.body["infillEndS"])
    return Layer(where=Where.INSIDE, recording=_recording(task), clip=clip, start_s=start_s, end_s=end_s)


def _recording(task: Task) -> str:
    return str(task.detail.get("recording") or "")


_LAYERS: Mapping[str, Callable[[Task, tuple[str, int] | None], Layer]] = {
    "extend": _after,
    "upload_extend": _after,
    "add_instrumental": _under_voice,
    "add_vocals": _over_band,
    "replace_section": _inside,
}


# ── briefs ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def brief_of(task: Task, *, settings: EmulatorSettings) -> Brief:
    """The brief of a music task. Words that were given are sung as they are; others the song maker writes."""
    body = task.asked
    if task.operation == "sounds":
        return _sound_brief(task)
    persona = task.detail.get("persona") or {}
    instrumental = body.get("instrumental") is True or task.operation == "add_instrumental"
    described = task.operation in DESCRIBED and body.get("customMode") is not True
    prompt = _text(body, "prompt")
    return Brief(
        description=prompt if described else "",
        lyrics="" if described or instrumental else _text(body, "lyrics") or prompt,
        style=", ".join(text for text in (_text(body, "style") or _text(body, "tags"), persona.get("style")) if text),
        title=_text(body, "title"),
        instrumental=instrumental,
        model=task.model or DEFAULT_MODEL,
        duration_s=_duration_s(task, body),
        default_duration_s=settings.default_duration_s,
        negative_tags=_text(body, "negativeTags"),
        vocal_gender=persona.get("vocal_gender") or body.get("vocalGender") or None,
        style_weight=_number(body.get("styleWeight")),
        weirdness=_number(body.get("weirdnessConstraint")),
        audio_weight=_number(body.get("audioWeight")),
    )


def _duration_s(task: Task, body: Mapping[str, Any]) -> float | None:
    """The asked length: what was said, else what the given audio sets."""
    if task.operation == "replace_section":
        return float(body["infillEndS"]) - float(body["infillStartS"]) + ENDING_S
    asked = _number(body.get("duration"))
    follows = task.operation in ("cover", "mashup", "add_vocals", "add_instrumental")
    return asked if asked is not None or not follows else _number(task.detail.get("base_s"))


def _sound_brief(task: Task) -> Brief:
    body = task.body
    prompt, tempo, key = _text(body, "prompt"), body.get("soundTempo"), _text(body, "soundKey")
    wishes = [prompt]
    if isinstance(tempo, int) and not isinstance(tempo, bool):
        wishes.append(f"{tempo} bpm")
    if key and key != "Any":
        wishes.append(f"in {key[:-1]} minor" if key.endswith("m") else f"in {key} major")
    return Brief(
        description=", ".join(wishes), title=prompt[:80], instrumental=True, model=task.model or DEFAULT_MODEL,
        duration_s=SOUND_S, default_duration_s=SOUND_S,
    )  # fmt: skip


def _text(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name) or "")


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
