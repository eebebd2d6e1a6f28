"""A score to sound: stems and their mix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .mixer import CHANNELS, DUCKED, make_room, master, place
from .score import SR, Score
from .synth import play


@dataclass(frozen=True)
class Rendered:
    """The sound of a score.

    Attributes
    ----------
    stems : mapping of str to ndarray of float32, shape (n, 2)
        ``drums``, ``bass``, ``keys``, ``guitar``, ``pad``, ``lead``, ``vocals``: those that play.
    mix : ndarray of float32, shape (n, 2)
        Their sum.
    sr : int
        44,100 Hz.
    """

    stems: Mapping[str, np.ndarray]
    mix: np.ndarray
    sr: int = SR

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.mix.shape[0] / self.sr


def render(score: Score) -> Rendered:
    """Play and sing a score. On one machine, equal scores give equal samples.

    Safe to call from worker threads; the synthesizer is used by one at a time.
    """
    stems = {name: place(play(part, samples_n=score.samples_n), CHANNELS[name]) for name, part in score.parts.items()}
    if score.phrases:
        spans_s = [(phrase.start_s, phrase.end_s) for phrase in score.phrases]
        for name in stems.keys() & set(DUCKED):
            make_room(stems[name], spans_s)
        stems["vocals"] = place(sung_samples(score), CHANNELS["vocals"], short=True)
    if not stems:
        stems["keys"] = np.zeros((score.samples_n, 2), np.float32)
    mix = master(
        stems,
        loudness_lufs=score.model.loudness_lufs,
        bandwidth_hz=score.model.bandwidth_hz,
        fade_s=score.fade_s,
    )
    return Rendered(stems=stems, mix=mix)


def sung_samples(score: Score) -> np.ndarray:
    """The voice alone, dry, shape (n, 2) float32 at 44,100 Hz."""
    from scipy.signal import resample_poly

    from .speech import VOICE_SR
    from .voice import sing

    out = np.zeros((score.samples_n, 2), np.float32)
    rng = np.random.default_rng([score.seed % 2**63, score.take])
    for phrase in score.phrases:
        samples, start_s = sing(
            phrase, gender=score.vocal_gender or "m", rng=rng, pitch_sd_cents=score.model.pitch_sd_cents
        )
        sound = resample_poly(samples, SR // VOICE_SR, 1)
        at = round(start_s * SR)
        here = out[max(at, 0) : at + len(sound)]
        here += sound[max(-at, 0) : max(-at, 0) + len(here), None]
    return out
