"""Words to phones: the CMU dictionary, then spelling rules, for text in any script.

Phones are the ARPAbet symbols of the CMU Pronouncing Dictionary (assets/cmudict-en-us.dict.xz, the copy that
pocketsphinx ships, which carries no stress marks: stress is guessed by :func:`stressed_syllable`).
"""

from __future__ import annotations

import lzma
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from .spelling import phones_from_spelling


def words_of(text: str) -> list[str]:
    """A table row written as one string."""
    return text.split()


VOWELS = frozenset(words_of("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"))
#: consonant pairs and triples that may begin an English syllable
_ONSETS = frozenset(
    tuple(cluster.split("+"))
    for cluster in words_of(
        "P+L B+L K+L G+L F+L S+L P+R B+R T+R D+R K+R G+R F+R TH+R SH+R T+W D+W K+W S+W S+P S+T S+K S+M S+N "
        "P+Y B+Y K+Y F+Y M+Y HH+Y V+Y S+P+R S+T+R S+K+R S+P+L S+K+W"
    )
)
#: words that carry no stress in a line
WEAK_WORDS = frozenset(
    words_of(
        "a an the of to in on at by for from and or but nor so as if than is am are was were be been do does did has "
        "have had can could will would shall should may might must i you he she it we they me him her us them my your "
        "his its our their that this with into onto"
    )
)
_WEAK_VOWELS = {"AH", "ER", "IH"}
_STRESS_BEFORE = re.compile(r"(?:tion|sion|cian|ic|ical|ity|ious|ial|ian)s?$")
_WEAK_PREFIX = re.compile(r"^(?:a(?!l)|be|re|de|un|con|com|pre|pro|for|to|ex|en|em|in|im|dis|mis|sur)")
_ONES = words_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = words_of("twenty thirty forty fifty sixty seventy eighty ninety")
#: a longer word is sung up to here
MAX_SYLLABLES = 24


@dataclass(frozen=True)
class Syllable:
    """Onset consonants, one vowel, closing consonants."""

    onset: tuple[str, ...]
    vowel: str
    coda: tuple[str, ...]
    stressed: bool

    @property
    def phones(self) -> tuple[str, ...]:
        """All phones in order."""
        return (*self.onset, self.vowel, *self.coda)


@lru_cache(maxsize=4096)
def syllables_of(word: str) -> tuple[Syllable, ...]:
    """The syllables of one word as written, at most :data:`MAX_SYLLABLES`; empty when there is nothing to sing.

    Punctuation is ignored, numbers are read out, hyphenated and unknown words are spelled out part by part, other
    scripts are transliterated first.
    """
    found: list[Syllable] = []
    for part in _spoken_parts(word):
        found += _syllabify(part, phones_of(part))
        if len(found) >= MAX_SYLLABLES:
            break
    return tuple(found[:MAX_SYLLABLES])


def phones_of(word: str) -> tuple[str, ...]:
    """Phones of a lower-case Latin word: from the dictionary, else by spelling rules."""
    known = _dictionary().get(word) or _dictionary().get(word.replace("'", ""))
    phones = tuple(known.split()) if known else phones_from_spelling(word)
    return phones if VOWELS.intersection(phones) else (*phones, "AH")


def in_dictionary(word: str) -> bool:
    """Whether the dictionary lists the (lower-case) word."""
    return word in _dictionary()


def stressed_syllable(word: str, vowels: tuple[str, ...]) -> int:
    """Which vowel of a word carries the main stress: a guess by ending, prefix and vowel quality.

    Endings such as -tion and -ic put it on the vowel before them; a light prefix (a-, be-, re- …) passes it on to the
    second vowel; otherwise it is the first vowel that is not a neutral one.
    """
    if len(vowels) < 2:
        return 0
    if _STRESS_BEFORE.search(word):
        tail = 2 if re.search(r"(?:ity|ical|ious|ian|ial)s?$", word) and len(vowels) > 2 else 1
        return max(len(vowels) - 1 - tail, 0)
    if vowels[0] in _WEAK_VOWELS and vowels[1] not in ("AH", "ER") and _WEAK_PREFIX.match(word):
        return 1
    if vowels[0] == "AH" and len(vowels) == 2 and vowels[1] not in _WEAK_VOWELS and vowels[1] != "IY":
        return 1
    return 0


@cache
def _dictionary() -> dict[str, str]:
    """Word → phones of the first pronunciation listed."""
    packed = files(__package__).joinpath("assets", "cmudict-en-us.dict.xz").read_bytes()
    lines = lzma.decompress(packed).decode("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if "(" not in line)


def _spoken_parts(word: str) -> list[str]:
    """Lower-case Latin words that say ``word``: "24/7" → twenty, four, seven; "well-known" → well, known."""
    letters = "".join(c if c.isalnum() or c in "'&" else " " for c in word[:400].replace("’", "'"))
    if not letters.isascii():
        from anyascii import anyascii

        letters = anyascii(letters)
    parts = re.findall(r"[a-z']+|\d+|&", letters.lower())
    spoken = [said for part in parts for said in (_read_number(part) if part.isdigit() else [part.strip("'")])]
    return [("and" if part == "&" else part) for part in spoken if part]


def _read_number(digits: str) -> list[str]:
    """ "42" → forty, two. Long numbers digit by digit."""
    value = int(digits) if len(digits) <= 4 else -1
    if value < 0 or (digits.startswith("0") and len(digits) > 1):
        return [_ONES[int(digit)] for digit in digits]
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10 - 2], *([_ONES[value % 10]] if value % 10 else [])]
    if value < 1000:
        return [_ONES[value // 100], "hundred", *(_read_number(str(value % 100)) if value % 100 else [])]
    if 1100 <= value < 2000 or value % 1000 >= 100:
        return [*_read_number(str(value // 100)), *(_read_number(str(value % 100)) if value % 100 else ["hundred"])]
    return [*_read_number(str(value // 1000)), "thousand", *(_read_number(str(value % 1000)) if value % 1000 else [])]


def _syllabify(word: str, phones: tuple[str, ...]) -> list[Syllable]:
    """Divide phones so that each syllable begins with the longest onset English allows."""
    places = [i for i, phone in enumerate(phones) if phone in VOWELS]
    stress = -1 if word in WEAK_WORDS else stressed_syllable(word, tuple(phones[i] for i in places))
    starts = [0, *(_onset_start(phones, before, after) for before, after in pairwise(places))]
    ends = [*starts[1:], len(phones)]
    return [
        Syllable(phones[start:place], phones[place], phones[place + 1 : end], n == stress)
        for n, (start, place, end) in enumerate(zip(starts, places, ends, strict=True))
    ]


def _onset_start(phones: tuple[str, ...], vowel: int, next_vowel: int) -> int:
    """Where, between two vowels, the second syllable begins."""
    for start in range(max(vowel + 1, next_vowel - 3), next_vowel):
        cluster = phones[start:next_vowel]
        if cluster in _ONSETS or (len(cluster) == 1 and cluster[0] != "NG"):
            return start
    return next_vowel
