"""Excerpts that may be heard against each other: the same place, length, rate and loudness, and no tags.

Arrays in, arrays out; nothing here knows a session or a browser.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.errors import StudyError
from suno_lab.features.loudness import integrated_lufs, step_powers

Floats = npt.NDArray[np.float32]
Treatment = Literal["plain", "degraded", "anchor"]
Encoding = Literal["wav", "mp3"]

RATE_HZ = 44_100  #: of every excerpt: a rate of its own would tell a clip apart
FADE_S = 0.25
AT = 0.35  #: where an excerpt lies, from 0 (beginning) to 1 (end), when it is matched by position
SHORTEST_S = 1.0
MATCHED_LU = 0.1
QUIETEST_LUFS = -45.0  #: matching a test to something quieter would leave nothing to hear
ANCHOR_HZ = 3500.0  #: low-pass of the low anchor (ITU-R BS.1534-3)
DEGRADED_HZ, DEGRADED_STEPS_N = 3500.0, 12


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an excerpt lies in its clip, and what put it there (``"position"`` or the name of a section)."""

    start_s: float
    end_s: float
    matched_by: str


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What has to be known of a clip to place an excerpt: its length, and when each section first begins."""

    duration_s: float
    sections_s: Mapping[str, float]


def matched_places(outlines: Sequence[Outline], *, excerpt_s: float, match: str = "position") -> list[Place]:
    """Places for the clips of one item, equally long.

    Parameters
    ----------
    match : str
        ``"position"``: the same seconds of every clip, about a third into the shortest. Any other word is a section
        (``"chorus"``): its first occurrence in each clip; where one of the clips has none that leaves a second or
        more, all are placed by position.
    """
    shortest_s = min(outline.duration_s for outline in outlines)
    length_s = min(excerpt_s, shortest_s)
    if match != "position":
        starts = [outline.sections_s.get(match.casefold()) for outline in outlines]
        found = [start_s for start_s in starts if start_s is not None]
        if len(found) == len(outlines):
            room_s = min(o.duration_s - start_s for o, start_s in zip(outlines, found, strict=True))
            if room_s >= SHORTEST_S:
                return [_place(start_s, min(length_s, room_s), match.casefold()) for start_s in found]
    return [_place(AT * (shortest_s - length_s), length_s, "position")] * len(outlines)


def _place(start_s: float, length_s: float, matched_by: str) -> Place:
    start_s = round(start_s, 3)
    return Place(start_s=start_s, end_s=round(start_s + length_s, 3), matched_by=matched_by)


def cut(audio: Audio, place: Place, *, fade_s: float = FADE_S) -> Floats:
    """The excerpt at 44.1 kHz in two channels, faded in and out; shape (n, 2), the same n for the same length.

    Raises
    ------
    StudyError
        When it would be shorter than a second.
    """
    length_s = place.end_s - place.start_s
    if length_s < SHORTEST_S:
        raise StudyError(f"an excerpt of {length_s:.2f} s is too short to be judged: it takes {SHORTEST_S:g} s")
    samples = _stereo(audio.excerpt(place.start_s, place.end_s).samples)
    if audio.sr != RATE_HZ:
        import soxr

        samples = soxr.resample(samples, audio.sr, RATE_HZ, quality="HQ")
    frames_n = round(length_s * RATE_HZ)
    fitted = np.zeros((frames_n, 2), np.float32)
    fitted[: len(samples)] = samples[:frames_n]
    return fitted * faded(frames_n, round(min(fade_s, length_s / 4) * RATE_HZ))[:, None]


def faded(frames_n: int, fade_n: int) -> Floats:
    """An envelope with raised-cosine ends of ``fade_n`` frames, shape (frames_n,)."""
    envelope = np.ones(frames_n, np.float32)
    if fade_n:
        rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade_n) + 0.5) / fade_n)).astype(np.float32)
        envelope[:fade_n] = rise
        envelope[-fade_n:] = rise[::-1]
    return envelope


def _stereo(samples: Floats) -> Floats:
    if samples.shape[1] == 2:
        return samples
    return np.repeat(samples.mean(axis=1, dtype=np.float32)[:, None], 2, axis=1)


# ── loudness ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def loudness_lufs(samples: Floats, sr: int = RATE_HZ) -> float | None:
    """Gated loudness of an excerpt (ITU-R BS.1770-4); None for silence."""
    return integrated_lufs(step_powers(Audio(samples, sr)))


def reachable_lufs(samples: Floats) -> float | None:
    """The loudness of an excerpt once its highest sample is no more than full scale; None for silence."""
    over = max(float(np.abs(samples).max(initial=0.0)), 1.0)
    return loudness_lufs(samples / np.float32(over))


def common_loudness_lufs(loudness: Mapping[str, float | None]) -> float:
    """The loudness of the quietest excerpt, to which all others are turned down.

    Parameters
    ----------
    loudness : mapping of str to float or None
        Loudness of each excerpt in LUFS, by the clip's id.

    Raises
    ------
    StudyError
        When an excerpt is silent, or so quiet that the test could hardly be heard.
    """
    for clip_id, lufs in loudness.items():
        if lufs is None or lufs < QUIETEST_LUFS:
            what = "is silent" if lufs is None else f"has {lufs:.1f} LUFS"
            raise StudyError(f"the excerpt of clip {clip_id} {what}; leave the clip out, or choose another place")
    return min(lufs for lufs in loudness.values() if lufs is not None)


def gain_to_db(samples: Floats, target_lufs: float) -> float:
    """How far ``samples`` have to be turned down to have ``target_lufs``, in dB (0 or less).

    Gating is not linear at the absolute gate, so the result is measured and corrected until it is within 0.1 LU.
    """
    gain_db = 0.0
    for _ in range(4):
        lufs = loudness_lufs(scaled(samples, gain_db))
        if lufs is None or abs(lufs - target_lufs) < MATCHED_LU / 4:
            break
        gain_db += target_lufs - lufs
    return min(gain_db, 0.0)


def scaled(samples: Floats, gain_db: float) -> Floats:
    """The same, louder or quieter."""
    return samples * np.float32(10 ** (gain_db / 20))


# ── worse versions ───────────────────────────────────────────────────────────────────────────────────────────────────
def low_passed(samples: Floats, cutoff_hz: float = ANCHOR_HZ) -> Floats:
    """Without what lies above ``cutoff_hz`` (eighth-order Butterworth, both ways: no delay)."""
    from scipy.signal import butter, sosfiltfilt

    filters = butter(8, cutoff_hz, fs=RATE_HZ, output="sos")
    return sosfiltfilt(filters, samples, axis=0).astype(np.float32)


def degraded(samples: Floats) -> Floats:
    """A version that nobody who listens prefers: dull, and quantised to a few steps."""
    dull = low_passed(samples, DEGRADED_HZ)
    step = max(float(np.abs(dull).max()), 1e-6) / DEGRADED_STEPS_N
    return (np.round(dull / step) * step).astype(np.float32)


TREATMENTS: Mapping[Treatment, Callable[[Floats], Floats]] = {
    "plain": lambda samples: samples,
    "degraded": degraded,
    "anchor": low_passed,
}


def treated(samples: Floats, treatment: Treatment, *, target_lufs: float) -> Floats:
    """An excerpt as it is heard: treated, and at the common loudness; never above full scale.

    What a treatment took away may be given back: a worse version is as loud as the rest, not quieter.
    """
    made = TREATMENTS[treatment](samples)
    if treatment == "plain":
        return scaled(made, gain_to_db(made, target_lufs))
    lufs = loudness_lufs(made)
    headroom_db = -20 * math.log10(max(float(np.abs(made).max()), 1e-6))
    return scaled(made, min(target_lufs - (target_lufs if lufs is None else lufs), headroom_db))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def encoded(samples: Floats, encoding: Encoding, *, kbps: int = 192) -> bytes:
    """A file without tags, as large as any other of its length: WAV (16 bits), or MP3 at a constant rate."""
    if encoding == "mp3":
        from suno_lab.engine.encode import encode_mp3

        return encode_mp3(samples, RATE_HZ, kbps=kbps)
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(samples, -1.0, 1.0), RATE_HZ, format="WAV", subtype="PCM_16")
    return file.getvalue()
