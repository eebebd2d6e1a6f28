"""What ``keep=`` wants beside the sound: the calls that make it, what they cost, and what is lost without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from suno_lab.api import Request, operation_of
from suno_lab.api.cover_art import DrawCover
from suno_lab.api.hosts import Host
from suno_lab.api.lyrics import TimedLyricsOf
from suno_lab.api.stems import Separate
from suno_lab.api.wav import ConvertWav
from suno_lab.errors import InvalidRequest
from suno_lab.models import ClipRecord

#: what ``keep=`` may name: files of a clip that are there anyway, and what a call of its own has to make
FILES, MADE = ("mp3", "image"), ("wav", "timed_lyrics", "stems", "cover")
KEEPABLE = (*FILES, *MADE)
#: so many clips a task is priced for before it is made
CLIPS_N = 2


def keepable(keep: Iterable[str]) -> tuple[str, ...]:
    """The names of ``keep=``, checked.

    Raises
    ------
    InvalidRequest
        A name nobody knows.
    """
    wanted = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in wanted:
        if name not in KEEPABLE:
            raise InvalidRequest(f"keep= knows {', '.join(KEEPABLE)}, got {name!r}", field="keep", given=name)
    return wanted


def follow_ups(
    keep: Iterable[str], task_id: str, clips: Iterable[ClipRecord], *, instrumental: bool
) -> Iterator[Request]:
    """The calls that make what is to be kept of a finished task; words only where some are sung."""
    if "cover" in keep:
        yield DrawCover(task_id=task_id)
    for clip in clips:
        about = {"task_id": task_id, "clip_id": clip.clip_id}
        if "wav" in keep:
            yield ConvertWav(**about)
        if "timed_lyrics" in keep and clip.lyrics and not instrumental:
            yield TimedLyricsOf(**about)
        if "stems" in keep:
            yield Separate(task_id=task_id, clip_id=clip.clip_id)


def follow_up_credits(keep: Iterable[str], request: Request, *, host: str) -> float | None:
    """What keeping adds to the price of a request, for two clips a task; None where a price is not published."""
    if operation_of(request).makes != "clips":
        return 0.0
    clips = [ClipRecord(clip_id=f"c{n}", task_id="t", sibling=n, lyrics="la") for n in range(CLIPS_N)]
    sung = not getattr(request, "instrumental", False)
    asked = follow_ups(keep, "t", clips, instrumental=not sung)
    prices = [operation_of(one).credits(one, host=host) for one in asked]
    known = [price for price in prices if price is not None]
    return sum(known, 0.0) if len(known) == len(prices) else None


def what_is_lost(keep: Iterable[str], host: Host) -> str:
    """One sentence about what is not kept and until when it can be had; "" where everything is kept."""
    missing = [name for name in KEEPABLE if name not in keep]
    if not missing:
        return ""
    days = host.retention_days["audio"]
    until = f"{days * 24:g} hours" if days < 2 else f"{days:g} days"
    kept = ", ".join(keep) or "nothing"
    return (
        f"kept of every clip: {kept}. Not kept: {', '.join(missing)}; {host.name} deletes files after {until}, "
        "and what was not fetched or made by then is lost (SunoSession(…, keep=…) keeps more)"
    )
