"""Audio that users bring: uploaded here, or fetched from an address on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from suno_lab.emulator.addresses import fetch, may_follow, parts_of
from suno_lab.emulator.call import Call
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.songs import Sound
from suno_lab.errors import AudioError

if TYPE_CHECKING:
    from suno_lab.audio import Audio

#: longer recordings are not read (docs.kie.ai/old-model, 2026-08: at most eight minutes)
MOST_S = 480.0
#: so much of a recording is listened to for its tempo and key
LISTEN_S = 60.0
SR = 44_100


@dataclass(frozen=True, kw_only=True)
class Recording:
    """An audio file that was brought.

    Attributes
    ----------
    digest : str
        SHA-256 of its bytes: its name in the store.
    """

    digest: str
    duration_s: float


def recording_at(call: Call, url: str) -> Recording | None:
    """The recording behind an address, kept from now on.

    Returns
    -------
    Recording or None
        None for an address outside this machine: it is not followed, and the task goes on without it.

    Raises
    ------
    Refusal
        When the file is not there, not audio, or too long.
    """
    body = own_file(call, url)
    if body is None:
        if not may_follow(url, call.service.settings.allow_hosts):
            call.state.note("upload", call.request.path, now=call.now, note=f"not fetched: {url[:200]}")
            return None
        body = fetch(url, allowed=call.service.settings.allow_hosts)
    digest = call.service.blobs.keep(body)
    return Recording(digest=digest, duration_s=audio_of(call.service.blobs, digest).duration_s)


def own_file(call: Call, url: str) -> bytes | None:
    """The bytes of a file this emulator serves itself; None for another's address."""
    from suno_lab.emulator import files
    from suno_lab.emulator.families.uploads import upload_bytes
    from suno_lab.models import HttpRequest

    parts = parts_of(url)
    if f"{parts.scheme}://{parts.netloc}" != call.request.origin:
        return None
    inner = Call(HttpRequest(method="GET", url=url), call.now, call.service)
    if parts.path.startswith("/uploads/"):
        found = upload_bytes(inner, unquote(parts.path).removeprefix("/uploads/"))
        if found is None:
            raise Refusal(No.CANNOT_FETCH)
        return found
    reply = files.serve_file(inner)
    if reply.status != 200:
        raise Refusal(No.CANNOT_FETCH)
    return reply.body


# ── decoding ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def audio_of(blobs: BlobStore, digest: str) -> Audio:
    """A kept recording, decoded; refused when it is no audio or too long."""
    from suno_lab.audio import Audio

    try:
        return Audio.load(blobs.path(digest), max_duration_s=MOST_S)
    except AudioError as problem:
        reason = "is too long" if "longer" in str(problem) else "cannot be read as audio"
        raise Refusal(No.INVALID, f"The file {reason}; at most {MOST_S:g} seconds are taken") from None


def sound_of(audio: Audio, *, gain: float = 1.0) -> Sound:
    """A recording as one stem, stereo, at the rate of everything else."""
    import numpy as np
    import soxr

    stereo = audio.samples[:, :2] if audio.channels_n > 1 else audio.samples.repeat(2, axis=1)
    if audio.sr != SR:
        stereo = soxr.resample(stereo, audio.sr, SR)
    stereo = np.asarray(stereo, np.float32) * np.float32(gain)
    return Sound(stems={"upload": stereo}, mix=stereo, sr=SR)


def measured(audio: Audio) -> dict[str, Any]:
    """Tempo and key of a recording's first :data:`LISTEN_S` seconds, as far as they can be heard."""
    from suno_lab.features import extract

    row = extract(audio, families=("rhythm", "tonality"), excerpt=(0.0, LISTEN_S))
    return {name: row[name] for name in ("tempo_bpm", "musical_key")}


class BlobStore:
    """Bytes by their SHA-256.

    Parameters
    ----------
    folder : Path
        Made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, body: bytes) -> str:
        """Keep bytes; their digest."""
        from suno_lab.emulator.media import write_atomically

        digest = hashlib.sha256(body).hexdigest()
        path = self.path(digest)
        if not path.exists():
            write_atomically(path, body)
        return digest

    def path(self, digest: str) -> Path:
        """Where the bytes of a digest are."""
        return self._folder / digest[:2] / digest

    def read(self, digest: str) -> bytes:
        """The bytes of a digest."""
        return self.path(digest).read_bytes()
