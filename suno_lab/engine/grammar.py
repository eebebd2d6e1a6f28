"""Words from rules: lyrics by a small grammar with rhymes of the CMU dictionary, titles, and longer style texts.

Nothing here is a language model: texts are grammar-generated and say so where they are shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from random import Random

from . import styles
from .pronounce import VOWELS, WEAK_WORDS, in_dictionary, phones_of, words_of
from .wishes import named_style

#: nouns a line may end with (after "the"); grouped by rhyme when first needed
_ENDS = (
    "light night flight fight sight rain train pain plane lane sea tree key sky eye day way bay clay fire wire choir "
    "road load code stone phone throne bone heart art start part dream stream beam door floor shore war moon tune noon "
    "song ground sound hand sand land band line wine sign pine vine glow snow show storm form wall hall call fall "
    "face place space grace race name flame game frame bed thread street heat beat seat river mirror water daughter"
)
_OPENINGS = (
    "I was {doing} with the {adj} {theme}", "You kept the {theme} behind the {noun}", "We left the {noun} below",
    "There is a {adj} {theme} {doing}", "Every {noun} is turning", "I hear the {theme} calling",
    "Nobody {did} the {adj} {noun}", "So hold the {theme}", "I {did} the {theme}", "Tell me the {noun} is waiting",
    "All of the {adj} {noun}s are falling", "When the {theme} is {doing}", "Somewhere the {noun} is {doing}",
)  # fmt: skip
_CLOSINGS = (
    "over the {end}", "under the {end}", "out of the {end}", "into the {end}", "and I followed the {end}",
    "and you are the {end}", "here by the {end}", "far from the {end}", "and it led to the {end}", "beyond the {end}",
)  # fmt: skip
_HOOKS = (
    "Carry me, carry me into the {end}", "Oh, {theme}, you are the {end}", "We will be dancing alone with the {end}",
    "Stay with me, {theme}, over the {end}", "Sing it again till we come to the {end}",
    "Nothing can hold us away from the {end}",
)  # fmt: skip
_BANK = {
    "adj": words_of("silver quiet golden lonely broken distant gentle hollow burning open early endless"),
    "noun": words_of("window river shadow mountain city garden letter engine paper candle harbor summer"),
    "doing": words_of("walking running drifting singing waiting dreaming driving falling"),
    "did": words_of("followed painted carried remembered forgot borrowed buried wanted"),
    "theme": words_of("morning winter ocean highway memory starlight thunder wonder"),
}
_TITLES = ("{theme} and {end}", "The {adj} {end}", "{adj} {theme}", "{theme} {end}", "Into the {end}")
_NOT_THEMES = frozenset(
    words_of(
        "song songs music track tune with about that this make write sung sing sings style vocals vocal voice female "
        "happy lost lonely little great beautiful favorite favourite never always under over after before between "
        "male minor major tempo beat beats please want some very instrumental short long verse chorus lyrics sound"
    )
)


def write_lyrics(prompt: str, *, seed: int, n_lines: int = 8) -> tuple[str, str]:
    """Grammar-generated lyrics about the words of ``prompt``.

    Parameters
    ----------
    prompt : str
        Up to four of its uncommon words become the themes.
    seed : int
        Equal seeds and prompts give equal lyrics.
    n_lines : int
        Sung lines, at least two; couplets rhyme. Verses of four lines take turns with a chorus that returns.

    Returns
    -------
    title, text : str
        The text carries ``[Verse]`` and ``[Chorus]`` tags.
    """
    rng = Random(f"{seed}:lyrics:{prompt}")
    themes = theme_words(prompt) or rng.sample(_BANK["theme"], 2)
    couplets_n = max(1, (n_lines + 1) // 2)
    hook = _couplet(_HOOKS, ("",), themes, rng)
    blocks: list[tuple[str, list[str]]] = []
    left, verse = couplets_n, 1
    while left > 0:
        take = min(2, left) if couplets_n > 2 or left == 1 else 1
        lines = [line for _ in range(take) for line in _couplet(_OPENINGS, _CLOSINGS, themes, rng)]
        blocks.append((f"Verse {verse}", lines))
        left, verse = left - take, verse + 1
        if left > 0:
            again = min(2, left) if couplets_n > 4 else 1
            blocks.append(("Chorus", hook * again))
            left -= again
    title = _filled(rng.choice(_TITLES), themes, rng.choice(words_of(_ENDS)), rng).title()
    text = "\n\n".join("\n".join((f"[{label}]", *lines)) for label, lines in blocks)
    return title, text


def style_boost(content: str, *, seed: int) -> str:
    """A longer style text: what was given, then the style's instruments, pulse and character from the style table."""
    rng = Random(f"{seed}:style:{content}")
    text = content.strip()
    lower = text.lower()
    named = named_style(lower) or rng.choice(styles.STYLES)
    names = {(stem, program): word for word, (stem, program) in reversed(styles.INSTRUMENTS.items())}
    players = [names[stem, program] for stem, (program, _) in named.parts.items() if (stem, program) in names]
    low, high = named.tempo_bpm
    extra = [
        *([named.name] if named.name not in lower else []),
        *(f"{rng.choice(('warm', 'bright', 'soft', 'crisp'))} {player}" for player in players if player not in lower),
        rng.choice(("steady groove", "spacious arrangement", "building dynamics", "intimate opening")),
        rng.choice(("clear lead melody", "layered harmonies", "simple memorable hook", "rich low end")),
        *([] if "bpm" in lower else [f"around {round((low + high) / 2)} bpm"]),
        rng.choice(("wide stereo mix", "dry close mix", "roomy live sound")),
    ]
    return ", ".join([*([text] if text else []), *extra])


def theme_words(prompt: str) -> list[str]:
    """Up to four words of a prompt that lyrics may be about."""
    words = re.findall(r"[a-z]{4,12}", prompt.lower())
    known = {word for style in styles.STYLES for name in style.words for word in name.split()} | set(styles.TEMPO_WORDS)
    moods = {*styles.MINOR_WORDS, *styles.MAJOR_WORDS, *styles.INSTRUMENTS}
    common = WEAK_WORDS | _NOT_THEMES | known | moods
    return list(dict.fromkeys(w for w in words if w not in common and in_dictionary(w)))[:4]


def rhyme_of(word: str) -> tuple[str, ...]:
    """The phones that decide what a word rhymes with: its last strong vowel and all after it."""
    phones = phones_of(word)
    places = [i for i, phone in enumerate(phones) if phone in VOWELS]
    strong = [i for i in places if phones[i] not in ("ER", "AH")] or places
    return phones[strong[-1] :]


@cache
def _rhymes() -> tuple[tuple[str, ...], ...]:
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in words_of(_ENDS):
        groups[rhyme_of(word)].append(word)
    return tuple(tuple(words) for words in groups.values() if len(words) > 1)


def _couplet(openings: tuple[str, ...], closings: tuple[str, ...], themes: list[str], rng: Random) -> list[str]:
    """Two lines that rhyme and do not begin alike."""
    ends = rng.sample(rng.choice(_rhymes()), 2)
    starts = rng.sample(openings, 2)
    return [
        _filled(f"{start} {rng.choice(closings)}".strip(), themes, end, rng)
        for start, end in zip(starts, ends, strict=True)
    ]


def _filled(template: str, themes: list[str], end: str, rng: Random) -> str:
    words = {slot: rng.choice(bank) for slot, bank in _BANK.items()} | {"theme": rng.choice(themes), "end": end}
    line = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", template.format(**words))
    return line[0].upper() + line[1:]
