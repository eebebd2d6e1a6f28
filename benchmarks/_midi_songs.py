"""General MIDI files as songs of known tempo, played by this package's synthesizer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from suno_lab.engine.score import SR, Note, Part
from suno_lab.engine.synth import play

MOST_S = 60.0  #: of a file, from its first note on
LEAST_S = 25.0
SAME_TEMPO = 0.002  #: tempi that differ by less, as a share, are one
DRUM_CHANNEL = 9


def midi_song(path: Path) -> tuple[np.ndarray, float, float] | None:
    """Sound, quarter notes a minute and the time of the first beat; None for changing tempi and for short pieces.

    The sound has the shape (samples, 2) at 44,100 Hz. Controllers and bends are not played.
    """
    import mido

    file = mido.MidiFile(path, clip=True)
    tempi = list(_tempi(file))
    if np.ptp(tempi) > SAME_TEMPO * tempi[0]:
        return None
    parts = _parts(file)
    starts = [note.start_s for notes in parts.values() for note in notes]
    ends = [note.end_s for notes in parts.values() for note in notes]
    if not starts or max(ends) - min(starts) < LEAST_S:
        return None
    first_s = max(min(starts) - 0.5, 0.0)
    samples_n = int(min(max(ends) + 1.0 - first_s, MOST_S) * SR)
    mix = np.zeros((samples_n, 2), np.float32)
    for (channel, program), notes in parts.items():
        timed = tuple(_moved(note, -first_s) for note in notes if note.start_s - first_s < MOST_S)
        mix += play(Part(program=program, drums=channel == DRUM_CHANNEL, notes=timed), samples_n=samples_n)
    return mix, tempi[0], -first_s % (60 / tempi[0])


def _tempi(file: object) -> Iterator[float]:
    """Quarter notes a minute, as they are in force: of several at one moment the last; 120 where none is set."""
    import mido

    tick, set_at = 0, {0: 120.0}
    for message in mido.merge_tracks(file.tracks):
        tick += message.time
        if message.type == "set_tempo":
            set_at[tick] = 60e6 / message.tempo
    if set_at[0] == 120.0 and len(set_at) == 2:
        set_at.pop(0)  # set once, somewhat late
    yield from set_at.values()


def _parts(file: object) -> dict[tuple[int, int], list[Note]]:
    """Notes by channel and program."""
    parts, programs, held, now_s = defaultdict(list), defaultdict(int), {}, 0.0
    for message in file:
        now_s += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity > 0:
            held[message.channel, message.note] = (now_s, message.velocity / 127, programs[message.channel])
        elif message.type in ("note_on", "note_off") and (message.channel, message.note) in held:
            start_s, velocity, program = held.pop((message.channel, message.note))
            note = Note(pitch=message.note, start_s=start_s, end_s=max(now_s, start_s + 0.05), velocity=velocity)
            parts[message.channel, program].append(note)
    return parts


def _moved(note: Note, by_s: float) -> Note:
    return Note(pitch=note.pitch, start_s=note.start_s + by_s, end_s=note.end_s + by_s, velocity=note.velocity)
