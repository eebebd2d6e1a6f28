"""Singing: spoken frames are stretched onto the times the composer fixed, and sounded at the pitch of the notes.

The method is analysis–resynthesis with WORLD (Morise, Yokomori & Ozawa, 2016): the spectral envelope of the speech,
a pitch of our own, and a noise share that depends on the kind of phone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .pronounce import VOWELS
from .score import Note, Phone, Phrase
from .speech import FRAME_S, VOICE_SR, Speech, speak

#: how far formants are moved for each voice; the pitch range is the composer's business
FORMANT_SHIFT = {"m": 1.0, "f": 1.16}
#: glides between notes take this long
GLIDE_S = 0.065
#: vibrato: depth in semitones, rate in Hz, when it sets in, how long it grows, and the least length of its note
VIBRATO_ST, VIBRATO_HZ, VIBRATO_DELAY_S, VIBRATO_GROWTH_S, VIBRATO_MIN_S = 0.28, 5.4, 0.18, 0.25, 0.40
#: the stretch of a vowel that is drawn out, as shares of its spoken length; before and after it keeps its own pace
HELD_FROM, HELD_TO = 0.25, 0.50
_VOICED = VOWELS | {"B", "D", "G", "V", "DH", "Z", "ZH", "JH", "M", "N", "NG", "L", "R", "W", "Y"}
_NOISY = frozenset({"V", "DH", "Z", "ZH", "JH"})
#: share of noise over frequency of a clear voice, and of voiced fricatives
_NOISE_HZ = (0.0, 1500.0, 4000.0, 8000.0, VOICE_SR / 2)
_NOISE_CLEAR, _NOISE_FRICATIVE = (0.001, 0.005, 0.03, 0.15, 0.3), (0.02, 0.15, 0.6, 0.9, 0.95)
_PAD_FRAMES = 4


def sing(
    phrase: Phrase, *, gender: str, rng: np.random.Generator, pitch_sd_cents: float = 0.0
) -> tuple[np.ndarray, float]:
    """Sing one phrase.

    Parameters
    ----------
    phrase : Phrase
        Words with the times of their phones, and notes.
    gender : {"m", "f"}
        Which voice.
    rng : numpy.random.Generator
        For small deviations of pitch.
    pitch_sd_cents : float
        Standard deviation of notes around their pitch.

    Returns
    -------
    samples : ndarray of float32, shape (n,)
        At :data:`~suno_lab.engine.speech.VOICE_SR`, peak below 1.
    start_s : float
        When the first sample sounds.
    """
    import pyworld

    phones = [phone for word in phrase.words for phone in word.phones]
    speech = speak(tuple(tuple((p.symbol, p.stressed) for p in word.phones) for word in phrase.words))
    first = round(phrase.start_s / FRAME_S) - _PAD_FRAMES
    frames_n = round(phrase.end_s / FRAME_S) + _PAD_FRAMES - first
    source, owner = frame_sources(phones, speech, first=first, frames_n=frames_n)
    envelope = _envelope(speech, source, FORMANT_SHIFT[gender])
    noise, voiced = _excitation(phones, speech, source, owner, bins_n=envelope.shape[1])
    pitch_hz = pitch_curve_hz(phrase.notes, first=first, frames_n=frames_n, rng=rng, sd_cents=pitch_sd_cents)
    sound = pyworld.synthesize(np.where(voiced, pitch_hz, 0.0), envelope, noise, VOICE_SR, FRAME_S * 1000)
    samples = sound[: frames_n * round(VOICE_SR * FRAME_S)].astype(np.float32)
    return _levelled(samples), first * FRAME_S


def frame_sources(
    phones: Sequence[Phone], speech: Speech, *, first: int, frames_n: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each frame of the song, which (fractional) frame of the speech it repeats, and which phone it belongs to.

    Vowels are held in their first half, so that the glide of a diphthong comes last; consonants stretch evenly.
    -1 where nobody sings.
    """
    source, owner = np.full(frames_n, -1.0), np.full(frames_n, -1)
    for n, (phone, (begin, end)) in enumerate(zip(phones, speech.spans, strict=True)):
        start, stop = round(phone.start_s / FRAME_S) - first, round(phone.end_s / FRAME_S) - first
        if stop <= start:
            continue
        length, place = end - begin, np.arange(stop - start, dtype=float)
        if phone.symbol in VOWELS and stop - start > length:
            source[start:stop] = begin + _stretched(place, stop - start, length)
        else:
            source[start:stop] = begin + place * length / (stop - start)
        owner[start:stop] = n
    return np.clip(source, -1.0, len(speech.voiced) - 1.001), owner


def _stretched(place: np.ndarray, frames_n: int, length: float) -> np.ndarray:
    begin, end = HELD_FROM * length, HELD_TO * length
    tail = length - end
    held = begin + (place - begin) * (end - begin) / max(frames_n - begin - tail, 1.0)
    return np.where(place < begin, place, np.where(place > frames_n - tail, length - (frames_n - place), held))


def _envelope(speech: Speech, source: np.ndarray, shift: float) -> np.ndarray:
    """Power envelope of every frame, interpolated in time, formants moved by ``shift``."""
    whole = np.maximum(source, 0.0).astype(int)
    share = (np.maximum(source, 0.0) - whole)[:, None].astype(np.float32)
    after = np.minimum(whole + 1, len(speech.log_envelope) - 1)
    log = speech.log_envelope[whole] * (1 - share) + speech.log_envelope[after] * share
    if shift != 1.0:
        bins = np.arange(log.shape[1]) / shift
        low = np.minimum(bins.astype(int), log.shape[1] - 2)
        part = (bins - low).astype(np.float32)
        log = log[:, low] * (1 - part) + log[:, low + 1] * part
    envelope = np.exp(np.ascontiguousarray(log), dtype=np.float64)
    envelope[source < 0] = 1e-16
    return envelope


def _excitation(
    phones: Sequence[Phone], speech: Speech, source: np.ndarray, owner: np.ndarray, *, bins_n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Noise share per frame and bin (0–1), and which frames have a pitch."""
    hz = np.linspace(0, VOICE_SR / 2, bins_n)
    rows = np.stack(
        [np.interp(hz, _NOISE_HZ, _NOISE_CLEAR), np.interp(hz, _NOISE_HZ, _NOISE_FRICATIVE), np.ones(bins_n)]
    )
    is_vowel = np.array([p.symbol in VOWELS for p in phones] + [False])
    may_voice = np.array([p.symbol in _VOICED for p in phones] + [False])
    noisy = np.array([p.symbol in _NOISY for p in phones] + [False])
    pitched = is_vowel[owner] | (may_voice[owner] & speech.voiced[np.maximum(source, 0.0).astype(int)])
    pitched &= source >= 0
    return rows[np.where(pitched, noisy[owner].astype(int), 2)], pitched


def pitch_curve_hz(
    notes: Sequence[Note], *, first: int, frames_n: int, rng: np.random.Generator, sd_cents: float
) -> np.ndarray:
    """Pitch of every frame: the notes, glides between them, vibrato on long ones, a little drift.

    ``first`` is the number of the first frame from the start of the clip.
    """
    time_s = (first + np.arange(frames_n)) * FRAME_S
    pitches = np.array([note.pitch for note in notes]) + rng.normal(0.0, sd_cents / 100, len(notes))
    starts_s = np.array([note.start_s for note in notes])
    curve = pitches[np.clip(np.searchsorted(starts_s, time_s + GLIDE_S / 2, side="right") - 1, 0, None)]
    width = 2 * round(GLIDE_S / FRAME_S / 2) + 1
    glide = np.hanning(width + 2)[1:-1]
    curve = np.convolve(np.pad(curve, width // 2, mode="edge"), glide / glide.sum(), "valid")
    for note in notes:
        if note.end_s - note.start_s > VIBRATO_MIN_S:
            since_s = time_s - note.start_s - VIBRATO_DELAY_S
            depth = VIBRATO_ST * np.clip(since_s / VIBRATO_GROWTH_S, 0, 1) * (time_s < note.end_s)
            curve = curve + depth * np.sin(2 * np.pi * VIBRATO_HZ * since_s)
    drift = np.convolve(rng.standard_normal(frames_n + 100), np.hanning(101) / 50, "valid") * 0.04
    return 440.0 * 2.0 ** ((curve + drift - 69.0) / 12.0)


def _levelled(samples: np.ndarray) -> np.ndarray:
    """To an equal loudness of what sounds, whatever the words."""
    sounding = samples[np.abs(samples) > 1e-3 * max(float(np.abs(samples).max()), 1e-9)]
    rms = float(np.sqrt(np.mean(sounding**2))) if sounding.size else 1.0
    return samples * np.float32(0.12 / max(rms, 1e-6))
