"""What was sung against what was asked for: word and character error rates, and where they come from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from suno_lab.lyrics.text import normalize_word


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One difference: ``kind`` is ``same``, ``sub``, ``ins`` (sung but not asked for) or ``del`` (asked, not sung)."""

    kind: str
    asked: str = ""
    sung: str = ""


@dataclass(frozen=True, kw_only=True)
class Fidelity:
    """How far the sung words are from those asked for.

    ``wer`` is (sub_n + ins_n + del_n) / asked_n, ``cer`` the same of characters; NaN when nothing was asked for.
    """

    wer: float
    cer: float
    asked_n: int
    sung_n: int
    sub_n: int
    ins_n: int
    del_n: int
    edits: tuple[Edit, ...]


def fidelity(asked: Sequence[str], sung: Sequence[str]) -> Fidelity:
    """Compare words, regardless of case, punctuation and typographic apostrophes.

    Fewest edits (Levenshtein 1966); among those, substitutions before deletions before insertions.
    """
    asked, sung = ([word for word in map(normalize_word, words) if word] for words in (asked, sung))
    edits = word_edits(asked, sung)
    counts = {kind: sum(edit.kind == kind for edit in edits) for kind in ("sub", "ins", "del")}
    characters = distance(" ".join(asked), " ".join(sung))
    return Fidelity(
        wer=sum(counts.values()) / len(asked) if asked else math.nan,
        cer=characters / len(" ".join(asked)) if asked else math.nan,
        asked_n=len(asked),
        sung_n=len(sung),
        sub_n=counts["sub"],
        ins_n=counts["ins"],
        del_n=counts["del"],
        edits=edits,
    )


def wer(asked: Sequence[str], sung: Sequence[str]) -> float:
    """Word error rate; NaN when nothing was asked for."""
    return fidelity(asked, sung).wer


def cer(asked: Sequence[str], sung: Sequence[str]) -> float:
    """Character error rate, spaces between words included; NaN when nothing was asked for."""
    return fidelity(asked, sung).cer


def word_edits(asked: Sequence[str], sung: Sequence[str]) -> tuple[Edit, ...]:
    """The fewest edits that turn one list of words into the other, in order."""
    table = _table(asked, sung)
    i, j = len(asked), len(sung)
    edits: list[Edit] = []
    while i or j:
        if i and j and table[i][j] == table[i - 1][j - 1] + (asked[i - 1] != sung[j - 1]):
            i, j = i - 1, j - 1
            kind = "same" if asked[i] == sung[j] else "sub"
            edits.append(Edit(kind=kind, asked=asked[i], sung=sung[j]))
        elif i and table[i][j] == table[i - 1][j] + 1:
            i -= 1
            edits.append(Edit(kind="del", asked=asked[i]))
        else:
            j -= 1
            edits.append(Edit(kind="ins", sung=sung[j]))
    return tuple(reversed(edits))


def _table(asked: Sequence[str], sung: Sequence[str]) -> list[list[int]]:
    """Edit distances of all beginnings."""
    table = [list(range(len(sung) + 1))]
    for i, wanted in enumerate(asked, 1):
        row = [i]
        for j, heard in enumerate(sung, 1):
            row.append(min(table[-1][j - 1] + (wanted != heard), table[-1][j] + 1, row[-1] + 1))
        table.append(row)
    return table


def distance(a: str, b: str) -> int:
    """Edit distance of two strings."""
    row = list(range(len(b) + 1))
    for i, character in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(before + (character != other), row[j] + 1, row[j - 1] + 1)
    return row[-1]
