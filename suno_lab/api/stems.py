"""Songs taken apart: two stems, twelve, or one by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    N1,
    Body,
    Finding,
    K,
    Operation,
    Price,
    RecordEndpoint,
    Request,
    WireField,
    objects,
    wire,
)
from suno_lab.api.fields import blank
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of, snake_case, text_or_none
from suno_lab.models import ClipRecord, Product, TaskState

# fmt: off
#: what ``stemName`` may be
STEM_NAMES: tuple[str, ...] = (
    "Lead Vocal", "Drum Kit", "Kick", "Snare", "Risers", "Bass", "Backing Vocals", "Piano", "Electric Guitar",
    "Percussion", "String Section", "Synth", "Acoustic Guitar", "Sound Effects", "Synth Pad", "Synth Bass", "Guitar",
    "Brass Section", "Organ", "Electronic Drum Kit", "Lead Electric Guitar", "Synth Keys", "Rhythm Electric Guitar",
    "Electric Piano", "Upright Bass", "Keyboards", "Distorted Electric Guitar", "Synth Strings", "Synth Lead",
    "Woodwinds", "Rhythm Acoustic Guitar", "Flute", "Harp", "Tambourine", "Trumpet", "Arpeggiator", "Accordion",
    "Fiddle", "Pedal Steel Guitar", "Synth Voice", "Violin", "Digital Piano", "Synth Brass", "Mandolin", "Choir",
    "Banjo", "Bells", "Clarinet", "Tenor Saxophone", "Trombone", "Shaker", "French Horn", "Glockenspiel",
    "Electric Bass", "Cello", "Timpani", "Harmonica", "Marimba", "Vibraphone", "Lap Steel Guitar", "Saxophone",
    "Orchestra", "Horns", "Cymbals", "Hand Clap", "Oboe", "Celesta", "Congas", "Drone", "Alto Saxophone",
    "Double Bass", "Ukulele", "Harpsichord", "Baritone Saxophone", "Xylophone", "Tuba", "Bass Guitar", "Whistle",
    "Lead Guitar", "Rhodes", "808", "Bongos", "Bassoon", "Cowbell", "Viola", "Sitar", "Steel Drums", "Piccolo",
    "Theremin", "Bagpipes", "Hi-Hat", "Music Box", "Melodica", "Tabla", "Koto", "Djembe", "Taiko", "Didgeridoo",
)
#: what the record's link fields hold, in the order of a full separation
LINKS: Mapping[str, str] = {
    "vocalUrl": "Vocals", "instrumentalUrl": "Instrumental", "backingVocalsUrl": "Backing Vocals", "drumsUrl": "Drums",
    "bassUrl": "Bass", "guitarUrl": "Guitar", "pianoUrl": "Piano", "keyboardUrl": "Keyboard",
    "percussionUrl": "Percussion", "stringsUrl": "Strings", "synthUrl": "Synth", "fxUrl": "FX", "brassUrl": "Brass",
    "woodwindsUrl": "Woodwinds",
}
# fmt: on
TWO, TWELVE, ONE = "separate_vocal", "split_stem", "split_stem_advanced"


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────────────────
def read_stems(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a stem record (or callback) → one product per stem, each file once.

    Stems that the record lists with an id come first, in its order; ``item_id`` is what MIDI transcription takes.
    """
    infos = ("response", "vocal_removal_info", "vocal_separation_info")
    response = next((found for name in infos if (found := object_of(data.get(name)))), {})
    clip_id = either(data, "musicId") or either(data, "audioId")
    named = [item for listed in objects(either_list(response, "originData")) for item in _extracted(listed)]
    stems = [_stem(item, clip_id) for item in named]
    known = {stem.url for stem in stems}
    for link, name in LINKS.items():
        url = either(response, link)
        if url is not None and url not in known:
            stems.append(Product(kind="stem", name=name, url=url, clip_id=clip_id))
    return (), tuple(stem for stem in stems if stem.url)


def either_list(found: Mapping[str, Any], name: str) -> Any:
    """The value under a camelCase name, or under the same name in snake_case."""
    return found.get(name, found.get(snake_case(name)))


def _extracted(listed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A stem listed plainly, or (one named stem) the pair of what was taken out and what remains."""
    if not ("extract" in listed or "remove" in listed):
        yield listed
    for part in ("extract", "remove"):
        found = object_of(listed.get(part))
        if found:
            yield found


def _stem(item: Mapping[str, Any], clip_id: str | None) -> Product:
    return Product(
        kind="stem",
        name=either(item, "stemTypeGroupName") or "",
        url=either(item, "audioUrl"),
        clip_id=clip_id,
        item_id=text_or_none(item.get("id")),
    )


RECORD = RecordEndpoint(
    family="stems",
    path="/api/v1/vocal-removal/record-info",
    state_field="successFlag",
    states={
        "PENDING": TaskState.PENDING,
        "SUCCESS": TaskState.SUCCESS,
        "CREATE_TASK_FAILED": TaskState.FAILED,
        "GENERATE_AUDIO_FAILED": TaskState.FAILED,
        "CALLBACK_EXCEPTION": TaskState.FAILED,
    },
    read=read_stems,
)


# ── the call ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def one_source(body: Body, host: str) -> Iterator[Finding]:
    """Either a generated clip (``taskId`` and ``audioId``) or a recording (``audioUrl``)."""
    given = {name for name in ("taskId", "audioId", "audioUrl") if not blank(body.get(name))}
    if given not in ({"taskId", "audioId"}, {"audioUrl"}):
        message = "give either `taskId` and `audioId`, or `audioUrl`; given is "
        message += " and ".join(f"`{name}`" for name in sorted(given)) or "none of them"
        yield Finding(severity="refuse", field="audioId", message=message, given=sorted(given), source=f"{K}; {N0}")
    if "audioUrl" in given and host == "sunoapi":
        message = "`audioUrl` as the source is documented by kie only"
        yield Finding(severity="warn", field="audioUrl", message=message, given=body["audioUrl"], source=K)


def name_needs_type(body: Body, host: str) -> Iterator[Finding]:
    """``stemName`` picks the stem of a one-stem separation."""
    if not blank(body.get("stemName")) and body.get("type") != ONE:
        message = "`stemName` counts with one named stem only (type split_stem_advanced)"
        yield Finding(severity="warn", field="stemName", message=message, given=body["stemName"], source=K)


def _one_stem(body: Body) -> bool:
    return body.get("type") == ONE


@dataclass(frozen=True, kw_only=True)
class Separate(Request):
    """Take a song apart: 2 stems (voice and band), 12 stems, or the one named ``stem_name`` and what remains.

    The song is a clip (``task_id`` and ``clip_id``) or a recording (``source_url``, at most 20 MB). Each call is billed
    again.
    """

    operation: ClassVar[str] = "separate"
    extra: ClassVar[tuple[WireField, ...]] = (
        WireField(name="type", enum=(TWO, TWELVE, ONE), doc="2 stems (the service's default), 12, or one by name"),
    )

    task_id: str | None = wire("taskId", default=None, doc="the task that made the clip")
    clip_id: str | None = wire("audioId", default=None, doc="the clip")
    source_url: str | None = wire("audioUrl", "uri", default=None, doc="a recording instead of a clip, at most 20 MB")
    stems: int = 2
    stem_name: str | None = wire(
        "stemName", default=None, required=_one_stem, enum=STEM_NAMES, doc="the one stem that is wanted"
    )

    def body(self) -> Body:
        """The wire body with ``type`` set by what was asked for."""
        by_number = {2: TWO, 12: TWELVE}
        kind = ONE if self.stem_name is not None else by_number.get(self.stems, f"{self.stems} stems")
        return {"type": kind, **super().body()}

    def names(self) -> Mapping[str, str]:
        """The service's field names → the fields a user fills."""
        return {**super().names(), "type": "stems"}


SEPARATE = Operation(
    request=Separate,
    title="Separate stems",
    source=f"{K}; {N0}; {N1}; {KM}",
    path="/api/v1/vocal-removal/generate",
    record=RECORD,
    market_model="ai-music-api/separate-vocals",
    prices=(
        Price(credits=50, source=KIE_LIST, when=(("type", TWELVE),)),
        Price(credits=20, source=KIE_LIST, when=(("type", ONE),)),
        Price(credits=10, source=KIE_LIST),
    ),
    makes="stem",
    rules=(one_source, name_needs_type),
)

OPERATIONS: tuple[Operation, ...] = (SEPARATE,)
