"""Lyrics: taken apart, timed, checked, compared, written in other formats. Pure functions on plain values."""

from __future__ import annotations

from suno_lab.lyrics.alignment import deviation, evaluate, match_words, offset_test
from suno_lab.lyrics.checking import AlignmentCheck, check_alignment
from suno_lab.lyrics.forced import force_align
from suno_lab.lyrics.formats import read_file, write_file
from suno_lab.lyrics.placing import place_words
from suno_lab.lyrics.recognised import recognise, recognised_fidelity
from suno_lab.lyrics.syllables import split_syllables, syllables_n
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
    "AlignmentCheck",
    "Finding",
    "Line",
    "Lyrics",
    "Section",
    "SungWord",
    "Tag",
    "TimedLine",
    "check_alignment",
    "clean_words",
    "deviation",
    "evaluate",
    "force_align",
    "join_words",
    "lines",
    "match_words",
    "normalize_word",
    "offset_test",
    "parse",
    "parse_tag",
    "place_words",
    "read_file",
    "recognise",
    "recognised_fidelity",
    "sanity",
    "split_syllables",
    "split_words",
    "syllables_n",
    "write_file",
]
