"""Sounds and loops from a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import KM, Body, K, Limit, O, Operation, Price, Request, wire
from suno_lab.api.music import RECORD
from suno_lab.api.music_rules import SOUND_MODELS, characters, model_field
from suno_lab.api.prices import KIE_LIST

_TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
KEYS = (*(f"{tonic}m" for tonic in _TONICS), *_TONICS, "Any")
_PITCH = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_KEY = re.compile(r"([A-Ga-g])([#♯b♭]?)\s*(m|min|minor|maj|major|)", re.IGNORECASE)


def wire_key(musical_key: Any) -> Any:
    """``"Eb minor"`` → ``"D#m"``, the service's spelling; what is no key stays as it is."""
    found = _KEY.fullmatch(musical_key.strip()) if isinstance(musical_key, str) else None
    if found is None:
        return musical_key
    letter, accidental, mode = found.groups()
    pitch = _PITCH[letter.upper()] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(accidental.lower(), 0)
    minor = mode == "m" or mode.lower().startswith("min")
    return _TONICS[pitch % 12] + ("m" if minor else "")


@dataclass(frozen=True, kw_only=True)
class Sounds(Request):
    """Ask for a sound or a loop."""

    operation: ClassVar[str] = "sounds"

    description: str = wire("prompt", required=True, limits=(characters(500, K),), doc="what should be heard")
    model: str = model_field(*SOUND_MODELS)
    loop: bool | None = wire("soundLoop", "boolean", default=None, doc="whether the end fits the start")
    tempo_bpm: int | None = wire(
        "soundTempo", "integer", default=None, limits=(Limit(least=1, most=300, source=K),), doc="beats per minute"
    )
    musical_key: str | None = wire("soundKey", default=None, enum=KEYS, doc='key, as "Eb minor" or "D#m"')
    grab_lyrics: bool | None = wire("grabLyrics", "boolean", default=None, doc="whether to return the words as well")

    def body(self) -> Body:
        """The wire body, the key in the service's spelling."""
        own = super().body()
        return {**own, "soundKey": wire_key(own["soundKey"])} if "soundKey" in own else own

    def advice(self, field: str) -> str | None:
        """What to say where the description is missing."""
        return "description is empty: say what should be heard" if field == "description" else None


SOUNDS = Operation(
    request=Sounds,
    title="Make sounds",
    source=f"{K}; {KM}; {O}",
    path="/api/v1/generate/sounds",
    record=RECORD,
    market_model="ai-music-api/sounds",
    prices=(Price(credits=2.5, source=KIE_LIST),),
)

OPERATIONS: tuple[Operation, ...] = (SOUNDS,)
