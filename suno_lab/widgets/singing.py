"""Sung words as a player shows them: in lines and sections, whatever form they were handed over in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from typing import Any

from suno_lab.lyrics import clean_words, normalize_word, parse
from suno_lab.models import Word
from suno_lab.widgets.rows import number, records, text

#: a rest as long as this starts a new line where nothing else says where lines end
REST_S = 1.0


def word_rows(words: Any, *, lyrics: str = "") -> list[dict[str, Any]]:
    """Words as plain rows in order of time; without times, or with times that are no numbers, a word is left out.

    Parameters
    ----------
    words : frame, or sequence of Word, SungWord or mapping
        With ``word, start_s, end_s``; a frame may carry the times in its index. Words that name a ``line`` or a
        ``section`` are taken as they are; others are cleaned of the service's tags and line ends first.
    lyrics : str
        The text that is sung. Words that are found in it, in order, are broken into its lines.

    Returns
    -------
    list of dict
        ``word, start_s, end_s, line, section, section_index``; lines and sections are counted from 0.
    """
    timed = sorted((row for row in map(_timed, records(words)) if row), key=lambda row: row["start_s"])
    placed = timed if any("line" in row or "section" in row for row in timed) else _cleaned(timed)
    breaks = _breaks(placed, lyrics=lyrics)
    pairs = list(pairwise(placed))
    new_section = [_section(before) != _section(row) for before, row in pairs]
    lines = accumulate((starts or opens for starts, opens in zip(breaks, new_section, strict=True)), initial=0)
    return [
        {
            "word": row["word"].strip(),
            "start_s": row["start_s"],
            "end_s": row["end_s"],
            "line": int(line),
            "section": text(row.get("section")),
            "section_index": int(section_index),
        }
        for row, line, section_index in zip(placed, lines, accumulate(new_section, initial=0), strict=False)
    ]


def _timed(record: Mapping[str, Any]) -> dict[str, Any] | None:
    word, start_s, end_s = str(record.get("word", "")), number(record.get("start_s")), number(record.get("end_s"))
    if not word.strip() or start_s is None or end_s is None:
        return None
    row = {"word": word, "start_s": round(start_s, 4), "end_s": round(max(start_s, end_s), 4)}
    if number(record.get("line")) is not None:
        row["line"] = number(record["line"])
    label = record.get("section_label", record.get("section"))
    return {**row, "section": label, "place": record.get("section")} if isinstance(label, str) else row


def _cleaned(timed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Words as the service writes them → words, with the lines and sections its tags and line ends tell."""
    sung = clean_words(Word(word=row["word"], start_s=row["start_s"], end_s=row["end_s"]) for row in timed)
    several = len({word.line for word in sung}) > len({word.section for word in sung})
    return [
        {
            "word": word.word,
            "start_s": word.start_s,
            "end_s": word.end_s,
            "section": word.section_label,
            "place": word.section,
            **({"line": word.line} if several else {}),
        }
        for word in sung
    ]


def _section(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row.get("section"), row.get("place")


def _breaks(rows: Sequence[Mapping[str, Any]], *, lyrics: str) -> list[bool]:
    """Whether each word after the first begins a line."""
    if any("line" in row for row in rows):
        return [before.get("line") != row.get("line") for before, row in pairwise(rows)]
    known = list(_lines_in(rows, lyrics)) if lyrics else []
    if any(line is not None for line in known):
        return [None not in pair and pair[0] != pair[1] for pair in pairwise(known)]
    return [row["start_s"] - before["end_s"] > REST_S for before, row in pairwise(rows)]


def _lines_in(rows: Sequence[Mapping[str, Any]], lyrics: str) -> Iterator[int | None]:
    """The line of the text that each word stands in; a word that is not found stays in the line before it."""
    written = [(normalize_word(word), line.index) for line in parse(lyrics).lines for word in line.words]
    sung = [normalize_word(row["word"]) for row in rows]
    matcher = SequenceMatcher(None, sung, [word for word, _ in written], autojunk=False)
    found: dict[int, int] = {}
    for block in matcher.get_matching_blocks():
        found.update({block.a + i: written[block.b + i][1] for i in range(block.size)})
    line: int | None = None
    for i in range(len(sung)):
        line = found.get(i, line)
        yield line
