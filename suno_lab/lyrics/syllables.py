"""Syllables of words as they are written: by spelling for Latin letters, by character for Chinese and Japanese.

English spelling tells the number of syllables of about nine words in ten; ``tests/lyrics/test_syllables.py`` holds it
against the pronouncing dictionary. Other languages written in Latin letters go by the same vowels.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_NUCLEUS = re.compile(r"(?:[aeiou]|y(?![aeiou])|(?<=[^aeiou])y(?=[aeiou]))+")
#: after these vowels the next is said apart
_APART = re.compile(
    r"(?<![ctsg])i(?=a(?!ge)|o(?!us$))|(?<=[tc])i(?=ate|atio)|i(?=um|et[yh]?|est$|er$|enc)|(?<=qu)i(?=e)|"
    r"(?<![gq])u(?=a|i[dt]|ous|et$|o)|(?<=[aeiou][a-z])e(?=as?$)|e(?=o(?!u)|i[nt]g?$|um)|(?<=cr)e(?=a)|y(?=[aeiou])|o(?=e[mt]|i[n]g)|a(?=os|ic|o)"
)
#: an e that is not said
_SILENT = re.compile(
    r"(?<=[^aeiouytd])e(?=d$)|(?<=[aeiouy][^aeiouysxzcgh])e(?=s$|'s$)|(?<=[aeiouy][^aeiouysxzcgh][^aeiouysxzcgh])e(?=s$)|"
    r"(?<=[aeiouy][^aeiouy])e(?=(?:ly|ment|ments|ful|less|ness|time|where|thing|one|body|fore|way|man|men)?$)|"
    r"(?<=^ev)e(?=ry)|(?<=[^aeiouy])e(?=$)|(?<=[aeiou]th)e(?=s$)"
)
_JOINED = "\u2019'-"


@lru_cache(maxsize=16384)
def split_syllables(word: str) -> tuple[str, ...]:
    """The syllables of one word, in the letters it is written with; joined they are the word.

    Parameters
    ----------
    word : str
        As written; punctuation stays with its neighbour.

    Returns
    -------
    tuple of str
        Empty where nothing can be said; of other scripts one piece.

    Examples
    --------
    >>> split_syllables("harbour")
    ('har', 'bour')
    >>> split_syllables("water,")
    ('wa', 'ter,')
    """
    if not any(character.isalnum() for character in word):
        return ()
    plain = "".join(_base(character) for character in word)
    nuclei = _nuclei(plain, {place for place, letter in enumerate(word.lower()) if letter != plain[place]})
    if len(nuclei) < 2:
        return (word,)
    cuts = [0, *(_cut(plain, end, start) for (_, end), (start, _) in pairwise(nuclei)), len(word)]
    return tuple(word[a:b] for a, b in pairwise(cuts))


def syllables_n(text: str) -> int:
    """Number of syllables of a word or line; each character of scripts without spaces counts as one."""
    from suno_lab.lyrics.text import split_words

    return sum(len(split_syllables(word)) for word in split_words(text))


def _base(character: str) -> str:
    """One lower-case letter without accents, whatever came, so that places stay the same."""
    plain = unicodedata.normalize("NFKD", character)[0].lower()
    return plain if len(plain) == 1 else "?"


def _nuclei(plain: str, accented: set[int]) -> list[tuple[int, int]]:
    """Where the vowels of each syllable are; one with an accent is said."""
    silent = {match.start() for match in _SILENT.finditer(_letters(plain))} - accented
    found: list[tuple[int, int]] = []
    for match in _NUCLEUS.finditer(plain):
        start, end = match.span()
        apart = [
            start,
            *(m.start() + 1 for m in _APART.finditer(plain, start, end + 3) if start <= m.start() < end - 1),
            end,
        ]
        found += [(a, b) for a, b in pairwise(apart) if b > a]
    said = [one for one in found if not (one[1] - one[0] == 1 and one[0] in silent)]
    kept = said or found[:1]
    return kept + _syllabic_l(plain, kept)


def _letters(plain: str) -> str:
    """Trailing punctuation hides no silent e."""
    return plain.rstrip("".join({c for c in plain if not c.isalpha()}) or " ")


def _syllabic_l(plain: str, kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """``little``, ``rhythm``: a syllable whose vowel is not written where it is said."""
    word = _letters(plain)
    match = re.search(r"[bcdfgkpstxz]l(e)(?:s|d)?$|[ts]h(m)s?$|s(m)s?$", word)
    if match is None:
        return []
    at = next(match.start(group) for group in (1, 2, 3) if match[group])
    return [(at, at + 1)] if kept and kept[-1][0] < at else []


def _cut(plain: str, end: int, start: int) -> int:
    """Between two nuclei: before the last consonant, or before a pair that is one sound or begins syllables."""
    between = plain[end:start]
    for mark in _JOINED:
        if mark in between:
            return end + between.index(mark) + (mark == "-")
    if len(between) < 2:
        return end
    pair = between[-2:]
    together = pair in _TOGETHER or (pair[1] in "lr" and pair[0] in "bcdfgkpt")
    return start - (2 if together else 1)


_TOGETHER = frozenset(("ch", "sh", "th", "ph", "wh", "gh", "qu", "ck", "tw", "dw"))
