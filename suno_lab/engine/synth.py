"""Notes to sound: FluidSynth over a General MIDI SoundFont, one stem at a time.

The synthesizer library is the one inside the pygame-ce wheel, found beside that package without importing it; the
SoundFont is assets/FluidR3Mono_GM.sf3 (MIT). It is loaded once a process and shared. Every stem is played by a
synthesizer of its own, made and dropped in well under a millisecond: a used one keeps traces in its filters, so that
the same notes would not give the same samples twice.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import sys
import threading
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..errors import EngineError
from .score import SR, Note, Part

#: the synthesizer works in blocks of this many samples; notes begin on one (at most 1.5 ms early)
BLOCK_N = 64
_DRUM_BANK, _DRUM_CHANNEL = 128, 9
_LOCK = threading.Lock()


def play(part: Part, *, samples_n: int) -> np.ndarray:
    """The sound of one stem.

    Parameters
    ----------
    part : Part
        Program and notes.
    samples_n : int
        Length wanted, in samples at 44,100 Hz.

    Returns
    -------
    ndarray of float32, shape (samples_n, 2)
        Dry, at the synthesizer's own level; equal parts give equal samples.

    Raises
    ------
    EngineError
        When the synthesizer library or the SoundFont cannot be used.
    """
    blocks_n = -(-samples_n // BLOCK_N)
    out = np.zeros((blocks_n * BLOCK_N, 2), np.float32)
    with _LOCK:
        lib, synth = _lib(), _new_synth()
        try:
            _render(lib, synth, part, out)
        finally:
            lib._fl.fluid_synth_remove_sfont(ctypes.c_void_p(synth.synth), ctypes.c_void_p(_font()))
            synth.delete()
    return out[:samples_n]


def library_path() -> Path | None:
    """The synthesizer library inside the pygame-ce wheel (Linux, macOS or Windows layout), if it is there."""
    spec = find_spec("pygame")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    places = (home.parent / "pygame_ce.libs", home / ".dylibs", home)
    return next((path for place in places for path in sorted(place.glob("*fluidsynth*")) if path.is_file()), None)


def _render(lib: ModuleType, synth: Any, part: Part, out: np.ndarray) -> None:
    channel = _DRUM_CHANNEL if part.drums else 0
    font_id = lib._fl.fluid_synth_add_sfont(ctypes.c_void_p(synth.synth), ctypes.c_void_p(_font()))
    synth.program_select(channel, font_id, _DRUM_BANK if part.drums else 0, part.program)
    at = 0
    for until, on, pitch, velocity in _events(part.notes, out.shape[0]):
        at = _advance(lib, synth, out, at, until)
        if on:
            synth.noteon(channel, pitch, velocity)
        else:
            synth.noteoff(channel, pitch)
    _advance(lib, synth, out, at, out.shape[0])


def _events(notes: Sequence[Note], samples_n: int) -> list[tuple[int, bool, int, int]]:
    """(sample, on, pitch, velocity) in order, ends before beginnings; notes past the end are left out."""

    def at(time_s: float) -> int:
        return min(int(max(time_s, 0.0) * SR) // BLOCK_N * BLOCK_N, samples_n)

    events = [
        event
        for note in notes
        if at(note.start_s) < samples_n and 0 <= note.pitch < 128
        for event in (
            (at(note.start_s), True, note.pitch, min(max(round(note.velocity * 127), 1), 127)),
            (max(at(note.end_s), at(note.start_s) + BLOCK_N), False, note.pitch, 0),
        )
    ]
    return sorted(events)


def _advance(lib: ModuleType, synth: Any, out: np.ndarray, at: int, until: int) -> int:
    """Let the synthesizer write ``out[at:until]``; returns where it is now."""
    if until > at:
        here = out[at:].ctypes.data
        lib._fl.fluid_synth_write_float(ctypes.c_void_p(synth.synth), until - at, here, 0, 2, here, 1, 2)
    return max(at, until)


@cache
def _lib() -> ModuleType:
    """pyfluidsynth, bound to the library of the pygame-ce wheel (or the system's, where that wheel has none).

    Where ``CI`` is set, pyfluidsynth prints the library it found; standard output belongs to the caller.
    """
    bundled, find_library = library_path(), ctypes.util.find_library
    if bundled is not None:
        ctypes.util.find_library = lambda name: str(bundled) if "fluidsynth" in name else find_library(name)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            import fluidsynth
    except (ImportError, OSError) as fault:
        raise EngineError("no FluidSynth library: install pygame-ce (its wheel brings one) or libfluidsynth") from fault
    finally:
        ctypes.util.find_library = find_library
    fl = fluidsynth._fl
    fl.fluid_synth_get_sfont_by_id.restype = ctypes.c_void_p
    fl.fluid_synth_write_float.argtypes = [
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_int,
        ctypes.c_int,
    ]  # fmt: skip
    for level in range(5):  # its warnings about empty channels would fill the notebook
        fl.fluid_set_log_function(level, None, None)
    return fluidsynth


def _new_synth() -> Any:
    """A synthesizer without effects: reverb is the mixer's job, chorus would make renders differ."""
    options = {"synth.reverb.active": 0, "synth.chorus.active": 0, "synth.cpu-cores": 1, "synth.polyphony": 128}
    return _lib().Synth(gain=0.6, samplerate=float(SR), channels=16, **options)


@cache
def _font() -> int:
    """Address of the loaded SoundFont. The synthesizer that loaded it is kept for the life of the process."""
    path = files(__package__).joinpath("assets", "FluidR3Mono_GM.sf3")
    keeper = _keeper()
    font_id = keeper.sfload(str(path))
    if font_id < 0:
        raise EngineError(f"FluidSynth cannot read the SoundFont {path}")
    return int(_lib()._fl.fluid_synth_get_sfont_by_id(ctypes.c_void_p(keeper.synth), font_id))


@cache
def _keeper() -> Any:
    return _new_synth()
