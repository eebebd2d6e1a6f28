"""Plain synthesis: songs of sine tones, made in milliseconds, for tests and load measurements.

Words are "sung" as one tone each, so that times, stems and lengths are as true as the engine's, only not music.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from suno_lab.emulator.songs import MP3_KBPS, EnginePictures, Sound
from suno_lab.engine.brief import Brief
from suno_lab.lyrics import parse

if TYPE_CHECKING:
    import numpy as np

SR = 44_100
WORD_S = 0.5  #: every word takes this long
TONICS = ("C", "D", "E", "F", "G", "A")
SCALE = (0, 2, 4, 7, 9)  #: pentatonic steps above the tonic


@dataclass(frozen=True, kw_only=True)
class Tone:
    """One sine tone; ``word`` and its ``line`` where it stands for one."""

    pitch: int
    start_s: float
    end_s: float
    word: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class PlainScore:
    """A row of tones over a beat."""

    title: str
    lyrics: str
    style: str
    tempo_bpm: float
    tonic: str
    tones: tuple[Tone, ...]
    duration_s: float


class PlainSongs(EnginePictures):
    """The cheap song maker.

    Parameters
    ----------
    most_s : float
        No piece gets longer.
    """

    version = "plain-1"

    def __init__(self, *, most_s: float = 8.0) -> None:
        self.most_s = most_s

    def compose(
        self, brief: Brief, *, seed: int, take: int = 0, after: Any = None, continue_at_s: float | None = None
    ) -> PlainScore:
        """See :class:`~suno_lab.emulator.songs.SongMaker`."""
        if after is not None:
            return self._continued(brief, after, seed=seed, take=take, at_s=continue_at_s)
        idea = random.Random(seed)
        tempo_bpm, tonic = float(idea.randrange(70, 140)), idea.choice(TONICS)
        own_title, own_lyrics = self.write_lyrics(brief.description or brief.style, seed=seed)
        lyrics = "" if brief.instrumental else brief.lyrics or own_lyrics
        tones, duration_s = self._tones(brief, lyrics, tonic=tonic, dice=random.Random(f"{seed}/{take}"))
        return PlainScore(
            title=brief.title or own_title, lyrics=lyrics, style=brief.style or "plain", tempo_bpm=tempo_bpm,
            tonic=tonic, tones=tones, duration_s=duration_s,
        )  # fmt: skip

    def _tones(self, brief: Brief, lyrics: str, *, tonic: str, dice: random.Random) -> tuple[tuple[Tone, ...], float]:
        words = [(word, line.index) for part in parse(lyrics).sections for line in part.lines for word in line.words]
        asked_s = brief.duration_s or (len(words) * WORD_S + 1.0 if words else brief.default_duration_s)
        duration_s = round(min(asked_s, self.most_s) * SR) / SR
        slots = max(1, int((duration_s - 0.5) / WORD_S))
        texts = words[:slots] or [("", 0)] * slots
        base = 60 + "C D EF G A B".index(tonic)
        tones = (
            Tone(pitch=base + dice.choice(SCALE), start_s=i * WORD_S, end_s=(i + 0.8) * WORD_S, word=text, line=line)
            for i, (text, line) in enumerate(texts)
        )
        return tuple(tones), duration_s

    def _continued(self, brief: Brief, after: PlainScore, *, seed: int, take: int, at_s: float | None) -> PlainScore:
        cut_s = min(after.duration_s if at_s is None else at_s, after.duration_s)
        fresh, length_s = self._tones(
            brief, "" if brief.instrumental else brief.lyrics, tonic=after.tonic, dice=random.Random(f"{seed}/{take}")
        )
        kept = tuple(tone for tone in after.tones if tone.end_s <= cut_s)
        lines_n = sum(len(part.lines) for part in parse(after.lyrics).sections)
        moved = tuple(
            replace(t, start_s=t.start_s + cut_s, end_s=t.end_s + cut_s, line=t.line + lines_n) for t in fresh
        )
        return replace(
            after,
            title=brief.title or after.title,
            style=brief.style or after.style,
            lyrics="\n".join(text for text in (after.lyrics, brief.lyrics) if text),
            tones=kept + moved,
            duration_s=round((cut_s + length_s) * SR) / SR,
        )

    def truth(self, score: PlainScore) -> dict[str, Any]:
        """See :class:`~suno_lab.emulator.songs.SongMaker`."""
        words = [
            {"word": t.word, "start_s": t.start_s, "end_s": t.end_s, "success": True, "palign": None}
            for t in score.tones
            if t.word
        ]
        notes = [{"pitch": t.pitch, "start_s": t.start_s, "end_s": t.end_s, "velocity": 0.8} for t in score.tones]
        return {
            "title": score.title, "style": score.style, "duration_s": score.duration_s, "tempo_bpm": score.tempo_bpm,
            "musical_key": f"{score.tonic} major", "key_tonic": score.tonic, "key_mode": "major", "meter": 4,
            "instrumental": not words, "words": words, "word_lines": [t.line for t in score.tones if t.word],
            "sections": [], "effects": {},
            "beats_s": [i * 60 / score.tempo_bpm for i in range(int(score.duration_s * score.tempo_bpm / 60))],
            "notes": {"vocals" if words else "lead": notes},
        }  # fmt: skip

    def render(self, score: PlainScore) -> Sound:
        """See :class:`~suno_lab.emulator.songs.SongMaker`."""
        import numpy as np

        n = round(score.duration_s * SR)
        melody = np.zeros(n, np.float32)
        for tone in score.tones:
            first, last = round(tone.start_s * SR), min(round(tone.end_s * SR), n)
            t = np.arange(max(last - first, 0)) / SR
            shape = np.hanning(len(t)) if len(t) else t
            melody[first:last] += (0.3 * shape * np.sin(2 * np.pi * _hz(tone.pitch) * t)).astype(np.float32)
        clicks = np.zeros(n, np.float32)
        period = round(60 / score.tempo_bpm * SR)
        for first in range(0, n, period):
            clicks[first : first + 200] = 0.2
        voice = "vocals" if any(tone.word for tone in score.tones) else "lead"
        stems = {name: np.stack([mono, mono], axis=1) for name, mono in ((voice, melody), ("drums", clicks))}
        return Sound(stems=stems, mix=stems[voice] + stems["drums"], sr=SR)

    def write_lyrics(self, prompt: str, *, seed: int) -> tuple[str, str]:
        """See :class:`~suno_lab.emulator.songs.SongMaker`."""
        words = re.findall(r"\w+", prompt)[:8] or ["la"]
        line = " ".join(words)
        return line.title()[:60], f"[Verse]\n{line}\n[Chorus]\nla la {line}"

    def boost_style(self, content: str, *, seed: int) -> str:
        """See :class:`~suno_lab.emulator.songs.SongMaker`."""
        return f"{content.strip()}, plain sine tones, steady clicks"

    def encode_mp3(self, samples: np.ndarray, sr: int) -> bytes:
        """See :class:`~suno_lab.emulator.songs.SongMaker`."""
        from suno_lab.engine import encode_mp3

        return encode_mp3(samples, sr, kbps=MP3_KBPS)


def _hz(pitch: int) -> float:
    return 440.0 * 2 ** ((pitch - 69) / 12)
