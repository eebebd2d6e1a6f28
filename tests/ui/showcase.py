"""Every widget of the package, filled with any text: for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from suno_lab.widgets.browsing import ClipTable
from suno_lab.widgets.comparing import Matrix
from suno_lab.widgets.lineage import Lineage
from suno_lab.widgets.lyrics_editor import LyricsEditor
from suno_lab.widgets.notes import Notes
from suno_lab.widgets.playing import player
from tests.widgets.clips import PlainClip

Texts = Sequence[str]


def shown_player(texts: Texts, sound: Path) -> Any:
    words = [{"word": text, "start_s": i / 20, "end_s": i / 20 + 0.05, "section": text} for i, text in enumerate(texts)]
    length_s = 3.0 / len(texts)
    sections = [{"label": text, "start_s": i * length_s, "end_s": (i + 1) * length_s} for i, text in enumerate(texts)]
    clip = PlainClip(sound, title=" ".join(texts), model=texts[0])
    stems = dict.fromkeys(texts[:3], sound)
    return player(clip, words=words, sections=sections, stems=stems, beats=[0.5], finding=texts[0])


def shown_matrix(texts: Texts, sound: Path) -> Any:
    clips = [
        {
            "clip_id": f"c{i}", "title": text, "name": text, "row": i // 2, "column": i % 2, "gain_db": 0.0,
            "finding": text, "emulated": True,
            "chips": [{"name": "tempo_bpm", "text": text, "asked": text, "value": text}],
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    rows = list(texts[: len(texts) // 2 + 1])
    return Matrix(rows=rows, columns=list(texts[:2]), clips=clips, note="emulated – not Suno", notes={"c0": texts[0]})


def shown_notes(texts: Texts, sound: Path) -> Any:
    return Notes(lines=[{"text": text, "tone": "bad"} for text in texts])


def shown_lyrics(texts: Texts, sound: Path) -> Any:
    return LyricsEditor(value="\n".join(texts), label=" ".join(texts), placeholder=texts[0], tags=list(texts))


def shown_table(texts: Texts, sound: Path) -> Any:
    rows = [
        {
            "id": f"c{i}", "clip_id": f"c{i}", "hidden": text, "finding": text,
            "cells": [{"text": text, "value": text}] * 2,
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    columns = [{"name": "title", "label": texts[0]}, {"name": "prompt", "label": texts[1]}]
    return ClipTable(columns=columns, rows=rows, sort="title", selected="c1", note="emulated – not Suno")


def shown_lineage(texts: Texts, sound: Path) -> Any:
    last = len(texts) - 1
    steps = [
        {
            "x": -i, "y": 0.0, "what": text, "which": text, "made": i < last, "clip_id": f"c{i}" if i < last else "",
            "into": i - 1 if i else None,
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    return Lineage(steps=steps)


SHOWCASE: Mapping[str, Callable[[Texts, Path], Any]] = {
    "player": shown_player,
    "matrix": shown_matrix,
    "notes": shown_notes,
    "table": shown_table,
    "lyrics editor": shown_lyrics,
    "lineage": shown_lineage,
}
