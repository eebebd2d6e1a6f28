"""Lyrics: taken apart, timed, checked, compared, written in other formats. Pure functions on plain values."""

from __future__ import annotations

from suno_lab.lyrics.recognised import recognise, recognised_fidelity
from suno_lab.lyrics.text import (
    TEXT_NORMALIZER,
    Line,
    Lyrics,
    Section,
    Tag,
    normalize_word,
    parse,
    parse_tag,
    split_words,
)
from suno_lab.lyrics.timed import Finding, SungWord, TimedLine, clean_words, join_words, lines, sanity

__all__ = [
    "TEXT_NORMALIZER",
    "Finding",
    "Line",
    "Lyrics",
    "Section",
    "SungWord",
    "Tag",
    "TimedLine",
    "clean_words",
    "join_words",
    "lines",
    "normalize_word",
    "parse",
    "parse_tag",
    "recognise",
    "recognised_fidelity",
    "sanity",
    "split_words",
]
