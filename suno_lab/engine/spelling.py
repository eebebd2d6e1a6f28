"""Spelling to phones for words the dictionary does not list: the longest rule that fits, left to right.

A rule is a spelling with the phones it stands for. ``^`` and ``$`` mark the ends of the word. The rules are coarse on
purpose: a made-up name must come out singable, not scholarly.
"""

from __future__ import annotations

from functools import cache

_RULES = """
tion$ SH AH N|tions$ SH AH N Z|sion$ ZH AH N|ough OW|augh AO|eigh EY|igh AY|tch CH|dge JH|sch SH|sh SH|ch CH|ph F|th TH
wh W|gh|^kn N|^gn N|^wr R|^ps S|^x Z|ck K|qu K W|ng$ NG|nge N JH|nk NG K|mb$ M|ss S|ll L|tt T|ff F|pp P|bb B|dd D|gg G
mm M|nn N|rr R|zz Z|cc K|ce S EH|ce$ S|ci S IH|cy S IY|ge$ JH|sc S K|ai EY|ay EY|au AO|aw AO|ea IY|ee IY|ei EY|ey$ IY
ey EY|eu UW|ew UW|ie IY|ie$ IY|oa OW|oe$ OW|oi OY|oy OY|oo UW|ou AW|ow OW|ue$ UW|ui UW|ar AA R|er ER|ir ER|or AO R
ur ER|yr ER|le$ AH L|les$ AH L Z|ed$ D|es$ Z|e$|y$ IY|^y Y|y IH|a$ AH|a AE|e EH|i IH|i$ IY|o AA|o$ OW|u AH|u$ UW
b B|c K|d D|f F|g G|h HH|j JH|k K|l L|m M|n N|p P|q K|r R|s S|t T|v V|w W|x K S|z Z
"""
_VOWEL_LETTERS = frozenset("aeiouy")
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW", "y": "AY"}


@cache
def _rules() -> dict[str, tuple[str, ...]]:
    cells = [cell.split() for line in _RULES.strip().splitlines() for cell in line.split("|")]
    return {cell[0]: tuple(cell[1:]) for cell in cells}


def phones_from_spelling(word: str) -> tuple[str, ...]:
    """ARPAbet phones for a lower-case Latin word; characters without a rule are silent.

    >>> phones_from_spelling("blome"), phones_from_spelling("zinga")
    (('B', 'L', 'OW', 'M'), ('Z', 'IH', 'N', 'G', 'AH'))
    """
    text = f"^{word}$"
    phones: list[str] = []
    at = 1
    while at < len(text) - 1:
        if _is_long_vowel(text, at):
            phones.append(_LONG[text[at]])
            at += 1
            continue
        spelling, begins = _longest_rule(text, at)
        phones += _rules().get(spelling, ())
        at += max(len(spelling.strip("^$")), 1) if begins else 1
    return tuple(phones)


def _longest_rule(text: str, at: int) -> tuple[str, bool]:
    """The longest rule that fits at a place, and whether there is one."""
    for length in range(5, 0, -1):
        for start in (at - 1, at) if at == 1 else (at,):
            candidate = text[start : start + length]
            if candidate in _rules() and candidate.strip("^$") and text[at] in candidate:
                return candidate, True
    return "", False


def _is_long_vowel(text: str, at: int) -> bool:
    """Vowel, one consonant, silent final e: the vowel says its name ("blome")."""
    tail = text[at + 1 : at + 4]
    return (
        text[at] in _LONG
        and len(tail) == 3
        and tail[0].isalpha()
        and tail[0] not in _VOWEL_LETTERS
        and tail[1:] == "e$"
        and text[at - 1] not in _VOWEL_LETTERS
    )
