"""Build songs of known tempo, key and beats from published tunes: ``python -m benchmarks corpus --out DIR``.

Needs ``pip install -e '.[corpus]'``. Chorales and fiddle tunes come from the corpus of music21, songs for a General
MIDI band from any folders of MIDI files (``--midi``), the sound from this package's synthesizer. Sets: A chorales, M
tunes alone, B tunes with drums, bass and chords, P the same without drums, C MIDI files of even tempo. A third of the
pieces is marked ``held`` in ``truth.csv``: it is for judging, never for choosing parameters.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks._midi_songs import midi_song
from suno_lab.engine.score import SR, Note, Part
from suno_lab.engine.synth import play

FIELDS = ("path", "tempo", "tonic", "mode", "dur", "off", "set", "split")
PROGRAMS = {
    "A": (0, 19, 48, 52, 4, 73),
    "melody": (0, 24, 40, 73, 65, 56, 4, 81, 11),
    "chords": (0, 4, 24, 25, 48, 89),
    "bass": (32, 33, 38),
}
TRIADS = {
    "major": ((0, 4, 7), (5, 9, 0), (7, 11, 2), (9, 0, 4), (2, 5, 9)),
    "minor": ((0, 3, 7), (5, 8, 0), (7, 11, 2), (8, 0, 3), (10, 2, 5)),
}


@dataclass(frozen=True, kw_only=True)
class Tune:
    """Notes in quarters: (start, length, MIDI pitch), with key and bar."""

    name: str
    notes: tuple[tuple[float, float, int], ...]
    tonic: int
    mode: str
    bar_quarters: float


def main(argv: list[str]) -> int:
    """Write ``DIR/*.flac`` and ``DIR/truth.csv``."""
    parser = argparse.ArgumentParser(prog="benchmarks corpus", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--chorales", type=int, default=45)
    parser.add_argument("--tunes", type=int, default=45)
    parser.add_argument("--midi", type=Path, nargs="*", default=(), help="folders of MIDI files, for set C")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(options.seed)
    rows = []
    with open(options.out / "truth.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for kind, tune in (*_chosen("A", options.chorales, rng), *_chosen("M", options.tunes, rng)):
            for name in (kind,) if kind == "A" else ("M", "P", "B"):
                rows.append(_render(name, tune, options.out, rng))
                writer.writerow(rows[-1])
                file.flush()
        for folder in options.midi:
            for row in _midi_rows(folder, options.out):
                rows.append(row)
                writer.writerow(row)
                file.flush()
    print(json.dumps({"out": str(options.out), "songs_n": len(rows), "seconds": round(sum(r["dur"] for r in rows))}))
    return 0


# ── tunes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _chosen(kind: str, n: int, rng: np.random.Generator) -> list[tuple[str, Tune]]:
    from music21 import corpus

    paths = sorted(corpus.getComposer("bach" if kind == "A" else "ryansMammoth"))
    found: list[tuple[str, Tune]] = []
    for index in rng.permutation(len(paths)):
        if len(found) == n:
            break
        if tune := _tune(paths[index], chorale=kind == "A"):
            found.append((kind, tune))
    return found


def _tune(path: Path, *, chorale: bool) -> Tune | None:
    from music21 import converter, key, meter

    score = converter.parse(path)
    keys = [k for k in score.flatten().getElementsByClass(key.Key) if k.mode in ("major", "minor")]
    bars = {m.ratioString for m in score.flatten().getElementsByClass(meter.TimeSignature)} - {"1/32"}
    if len({str(k) for k in keys}) != 1 or len(bars) != 1 or not bars & {"4/4", "2/4", "3/4", "2/2"}:
        return None
    notes = tuple(sorted(_notes(score)))
    tonic, mode = keys[0].tonic.pitchClass, keys[0].mode
    lowest_last = min((n for n in notes if n[0] + n[1] >= notes[-1][0] + notes[-1][1] - 1e-6), key=lambda n: n[2])
    if len(notes) < 40 or (lowest_last[2] - tonic) % 12 != 0:
        return None
    beats, unit = next(iter(bars)).split("/")
    return Tune(name=path.stem, notes=notes, tonic=tonic, mode=mode, bar_quarters=4 * int(beats) / int(unit))


def _notes(score: object) -> Iterator[tuple[float, float, int]]:
    for part in getattr(score, "parts", [score]):
        for item in part.flatten().stripTies().notes:
            length = float(item.quarterLength)
            if length > 0:
                yield from ((float(item.offset), length, int(pitch.midi)) for pitch in item.pitches)


# ── songs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _render(name: str, tune: Tune, out: Path, rng: np.random.Generator) -> dict[str, object]:
    tempo = float(np.round(rng.uniform(60, 190) if name in "AM" else rng.uniform(72, 176), 2))
    shift, off = int(rng.integers(-5, 7)), float(np.round(rng.uniform(0.2, 1.2), 3))
    quarter_s = 60 / tempo
    repeats = max(1, round(40 / (quarter_s * (tune.notes[-1][0] + tune.notes[-1][1]))))
    length = np.ceil((tune.notes[-1][0] + tune.notes[-1][1]) / tune.bar_quarters) * tune.bar_quarters
    notes = [(q + r * length, d, p + shift) for r in range(repeats) for q, d, p in tune.notes]
    notes = [note for note in notes if note[0] * quarter_s < 60]
    tonic = (tune.tonic + shift) % 12
    stems = list(_stems(name, notes, tonic, tune, rng))
    end_s = off + quarter_s * max(q + d for q, d, _ in notes) + 1.0
    samples_n = int(end_s * SR)
    jitter_s = float(rng.choice([0, 0.004]))
    mix = np.zeros((samples_n, 2), np.float32)
    for program, drums, gain, part in stems:
        timed = tuple(_note(n, off, quarter_s, rng.normal(0, jitter_s)) for n in part)
        mix += gain * play(Part(program=program, drums=drums, notes=timed), samples_n=samples_n)
    path = f"{name}_{tune.name}.flac"
    _write(out / path, mix)
    values = (path, tempo, tonic, tune.mode, round(samples_n / SR, 6), off, name, _split(tune.name))
    return dict(zip(FIELDS, values, strict=True))


def _midi_rows(folder: Path, out: Path) -> Iterator[dict[str, object]]:
    """One row for every file of even tempo; its key is not known."""
    for source in sorted(folder.glob("*.mid")):
        if (song := midi_song(source)) is None:
            continue
        mix, tempo, off_s = song
        path = f"C_{source.stem}.flac"
        _write(out / path, mix)
        values = (path, tempo, -1, "", round(len(mix) / SR, 6), off_s, "C", _split(path))
        yield dict(zip(FIELDS, values, strict=True))


def _write(path: Path, mix: np.ndarray) -> None:
    soundfile.write(path, 0.9 * mix / max(np.abs(mix).max(), 1e-6), SR)


def _split(name: str) -> str:
    return "held" if hashlib.sha256(name.encode()).digest()[0] % 3 == 0 else "dev"


def _note(note: tuple[float, float, int, float], off: float, quarter_s: float, off_s: float) -> Note:
    start_s = max(off + note[0] * quarter_s + off_s, 0)
    return Note(start_s=start_s, end_s=start_s + 0.92 * note[1] * quarter_s, pitch=note[2], velocity=note[3])


def _stems(name: str, notes: list, tonic: int, tune: Tune, rng: np.random.Generator) -> Iterator[tuple]:
    program = int(rng.choice(PROGRAMS["A" if name == "A" else "melody"]))
    yield program, False, 1.0, [(*n, float(rng.uniform(0.6, 0.8))) for n in notes]
    if name in "AM":
        return
    chords = list(_chords(notes, tonic, tune))
    style = int(rng.integers(3))
    yield int(rng.choice(PROGRAMS["chords"])), False, 0.7, list(_comp(chords, style))
    yield int(rng.choice(PROGRAMS["bass"])), False, 0.9, list(_bass(chords, style))
    if name == "B":
        yield 0, True, float(rng.uniform(0.6, 1.2)), list(_drums(notes, tune.bar_quarters, style))


def _chords(notes: list, tonic: int, tune: Tune) -> Iterator[tuple[float, float, tuple[int, ...]]]:
    """A triad a bar: the one whose pitches the melody holds longest; ties go to the more usual one."""
    end = max(q + d for q, d, _ in notes)
    for start in np.arange(0, end, tune.bar_quarters):
        held = np.zeros(12)
        for q, d, p in notes:
            held[p % 12] += max(min(q + d, start + tune.bar_quarters) - max(q, start), 0)
        triads = [tuple((tonic + n) % 12 for n in triad) for triad in TRIADS[tune.mode]]
        best = max(range(len(triads)), key=lambda i: held[list(triads[i])].sum() - 0.1 * i)
        yield float(start), tune.bar_quarters, triads[best]


def _comp(chords: list, style: int) -> Iterator[tuple[float, float, int, float]]:
    for start, bar, triad in chords:
        hits = ([(0, bar)], [(q, 0.9) for q in np.arange(0, bar, 1)], [(q, 0.4) for q in np.arange(0.5, bar, 1)])[style]
        for at, length in hits:
            yield from ((start + float(at), float(length), 54 + (pc - 54) % 12, 0.5) for pc in triad)


def _bass(chords: list, style: int) -> Iterator[tuple[float, float, int, float]]:
    for start, bar, triad in chords:
        for i, at in enumerate(np.arange(0, bar, 2 if style == 0 else 1)):
            pitch_class = triad[0] if i % 2 == 0 or style == 1 else triad[2]
            yield start + float(at), 0.9, 36 + (pitch_class - 36) % 12, 0.75


def _drums(notes: list, bar: float, style: int) -> Iterator[tuple[float, float, int, float]]:
    """Kick 36, snare 38, hat 42: backbeat, four on the floor, or half time."""
    end = max(q + d for q, d, _ in notes)
    for start in np.arange(0, end, bar):
        for at in np.arange(0, bar, 0.5):
            yield float(start + at), 0.2, 42, 0.6 if at % 1 == 0 else 0.4
        kicks, snares = (((0, 2), (1, 3)), ((0, 1, 2, 3), (1, 3)), ((0,), (2,)))[style]
        for pitch, places in ((36, kicks), (38, snares)):
            yield from ((float(start + at), 0.2, pitch, 0.85) for at in places if at < bar)
