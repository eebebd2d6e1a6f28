"""Styles as data: tempo, mode, harmony, patterns and instruments, one row each.

A bar is a string of steps, four to the beat. Drums: ``X`` accent, ``x`` normal, ``o`` soft. Bass: ``r`` root,
``f`` fifth, ``o`` octave, ``t`` third, ``a`` a step towards the next root. Chords: ``x`` the whole chord,
``0``–``3`` one note of it. A dot is nothing. Notes last until the next character or ``-`` of rest.
Patterns are written for 4/4; the first three beats serve 3/4, where ``waltz`` has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

KICK, RIM, SNARE, CLAP, HAT, PEDAL_HAT, OPEN_HAT, CRASH, RIDE, SHAKER = 36, 37, 38, 39, 42, 44, 46, 49, 51, 70
TOMS = (50, 48, 47, 45)

DRUMS: dict[str, dict[int, str]] = {
    "pop": {KICK: "X.....x.x.......", SNARE: "....X.......X...", HAT: "x.o.x.o.x.o.x.o."},
    "rock": {KICK: "X...x...x.x.x...", SNARE: "....X.......X...", HAT: "X.x.X.x.X.x.X.x."},
    "four": {KICK: "X...X...X...X...", CLAP: "....x.......x...", OPEN_HAT: "..x...x...x...x.", HAT: "o.o.o.o.o.o.o.o."},
    "swing": {RIDE: "x...x..ox...x..o", PEDAL_HAT: "....x.......x...", KICK: "x...o...x...o..."},
    "soft": {KICK: "x.......x.......", RIM: "....x.......x...", SHAKER: "o.o.o.o.o.o.o.o."},
    "hiphop": {KICK: "X......x..x.....", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.xo"},
    "reggae": {KICK: "x.......X.......", RIM: "........x.......", HAT: "x.o.x.o.x.o.x.o."},
    "metal": {KICK: "X.x.X.x.X.x.X.x.", SNARE: "....X.......X...", CRASH: "x.......o.......", HAT: "x...x...x...x..."},
    "train": {KICK: "X...x...X...x...", SNARE: "o.o.X.o.o.o.X.o.", SHAKER: "x.o.x.o.x.o.x.o."},
    "waltz": {KICK: "X...........", RIM: "....x...x...", HAT: "x...x...x..."},
    "none": {},
}
BASS: dict[str, str] = {
    "eighths": "r.r.r.r.r.r.f.r.",
    "pop": "r.....r.r.....f.",
    "roots": "r.......r.......",
    "long": "r...............",
    "two": "r.......f.......",
    "walk": "r...t...f...a...",
    "offbeat": "r.o.r.o.r.o.r.o.",
    "reggae": "r.....f.r.....a.",
    "hiphop": "r......r..f.....",
    "waltz": "r...........",
}
COMP: dict[str, str] = {
    "whole": "x...............",
    "halves": "x.......x.......",
    "quarters": "x...x...x...x...",
    "push": "x.....x.x.....x.",
    "strum": "x...x.x...x.x.x.",
    "arpeggio": "0.1.2.1.3.1.2.1.",
    "fingers": "0.2.1.2.0.2.1.2.",
    "skank": "-...x-..-...x-..",
    "stabs": "x..x..x...x..x..",
    "chug": "x.x.x.x.x.x.x.x.",
    "charleston": "x.....x.-.......",
    "alberti": "0.2.1.2.0.2.1.2.",
    "waltz": "0...x...x...",
}


@dataclass(frozen=True, kw_only=True)
class Style:
    """One row of the style table.

    Attributes
    ----------
    words : tuple of str
        What in a text names the style; the first is the style's own name.
    tempo_bpm : (float, float)
        Where the tempo lies when nothing is asked.
    minor_p : float
        Chance of a minor key when nothing is asked.
    major, minor : tuple of str
        Four-chord loops of Roman numerals, for verses; choruses take the next one in the row.
    drums, bass : str
        Names of patterns.
    parts : dict
        Stem → (General MIDI program from 0, comping pattern or ``"pad"``), in order of entry.
    lead : int
        Program of the melody in instrumental pieces.
    swing : float
        How late the off-beat eighths come, as a fraction of an eighth.
    """

    words: tuple[str, ...]
    tempo_bpm: tuple[float, float]
    minor_p: float
    major: tuple[str, ...]
    minor: tuple[str, ...]
    drums: str
    bass: str
    bass_program: int
    parts: dict[str, tuple[int, str]] = field(hash=False)
    lead: int
    kit: int = 0
    swing: float = 0.0

    @property
    def name(self) -> str:
        """The style's own name."""
        return self.words[0]


_POP_MAJOR = ("I V vi IV", "I IV V I", "I vi IV V")
_POP_MINOR = ("i VI iv V", "i iv VII i", "i VI VII i")
_JAZZ_MAJOR = ("Imaj7 vi7 ii7 V7", "ii7 V7 Imaj7 Imaj7", "Imaj7 IVmaj7 ii7 V7")
_JAZZ_MINOR = ("i7 iv7 V7 i7", "i7 VImaj7 iv7 V7")
_FOLK_MAJOR = ("I IV I V", "I V IV I", "I IV V I")
_FOLK_MINOR = ("i VII i V", "i iv i V", "i VI V i")
_POP = {"keys": (0, "push"), "guitar": (27, "strum"), "pad": (50, "pad")}


def _style(words: str, tempo_bpm: tuple[float, float], minor_p: float, *, like: str = "pop", **row: object) -> Style:
    """A row; ``like`` names the family its harmony comes from."""
    majors = {"pop": _POP_MAJOR, "jazz": _JAZZ_MAJOR, "folk": _FOLK_MAJOR}[like]
    minors = {"pop": _POP_MINOR, "jazz": _JAZZ_MINOR, "folk": _FOLK_MINOR}[like]
    defaults: dict[str, object] = {"major": majors, "minor": minors, "bass_program": 33, "parts": _POP, "lead": 80}
    names = tuple(word.strip() for word in words.split(","))
    return Style(words=names, tempo_bpm=tempo_bpm, minor_p=minor_p, **{**defaults, **row})  # type: ignore[arg-type]


STYLES: tuple[Style, ...] = (
    _style("pop, indie, k-pop, synthpop, bubblegum", (96, 120), 0.3, drums="pop", bass="pop"),
    _style(
        "rock, punk, grunge, indie rock, alternative",
        (112, 144),
        0.4,
        drums="rock",
        bass="eighths",
        parts={"guitar": (29, "chug"), "keys": (18, "halves")},
        lead=30,
        bass_program=34,
    ),
    _style(
        "metal, hardcore, djent",
        (136, 168),
        0.95,
        drums="metal",
        bass="eighths",
        parts={"guitar": (30, "chug"), "pad": (48, "pad")},
        lead=30,
        bass_program=34,
    ),
    _style(
        "folk, indie folk, acoustic, singer-songwriter",
        (84, 112),
        0.3,
        like="folk",
        drums="soft",
        bass="two",
        parts={"guitar": (25, "strum"), "keys": (24, "fingers")},
        lead=73,
        bass_program=32,
    ),
    _style(
        "country, bluegrass, americana, western",
        (100, 132),
        0.1,
        like="folk",
        drums="train",
        bass="two",
        parts={"guitar": (25, "strum"), "keys": (105, "fingers")},
        lead=110,
        bass_program=32,
    ),
    _style(
        "edm, dance, electronic, techno, trance, club, eurodance, synthwave",
        (122, 132),
        0.6,
        drums="four",
        bass="offbeat",
        parts={"keys": (81, "stabs"), "pad": (89, "pad"), "guitar": (90, "arpeggio")},
        lead=81,
        bass_program=38,
    ),
    _style(
        "house, deep house, disco, funk",
        (116, 126),
        0.5,
        drums="four",
        bass="offbeat",
        parts={"keys": (4, "stabs"), "pad": (50, "pad"), "guitar": (28, "skank")},
        lead=81,
        bass_program=36,
    ),
    _style(
        "drum and bass, dnb, jungle, breakbeat",
        (166, 176),
        0.8,
        drums="hiphop",
        bass="roots",
        parts={"keys": (88, "halves"), "pad": (89, "pad")},
        lead=81,
        bass_program=38,
    ),
    _style(
        "jazz, bossa, bebop, lounge, swing, big band",
        (104, 140),
        0.35,
        like="jazz",
        drums="swing",
        bass="walk",
        parts={"keys": (0, "charleston"), "guitar": (26, "quarters")},
        lead=66,
        bass_program=32,
        swing=0.33,
    ),
    _style(
        "ballad, love song, power ballad, piano ballad",
        (64, 80),
        0.35,
        drums="soft",
        bass="roots",
        parts={"keys": (0, "arpeggio"), "guitar": (24, "fingers"), "pad": (48, "pad")},
        lead=73,
    ),
    _style(
        "hip hop, hip-hop, hiphop, rap, trap, boom bap, r&b, rnb, soul",
        (82, 96),
        0.8,
        drums="hiphop",
        bass="hiphop",
        parts={"keys": (4, "halves"), "pad": (89, "pad")},
        lead=11,
        bass_program=38,
        swing=0.12,
    ),
    _style(
        "lo-fi, lofi, lo fi, chillhop, study beats",
        (72, 88),
        0.5,
        like="jazz",
        drums="hiphop",
        bass="roots",
        parts={"keys": (4, "charleston"), "guitar": (26, "fingers"), "pad": (89, "pad")},
        lead=11,
        swing=0.2,
    ),
    _style(
        "ambient, drone, meditation, soundscape, new age, atmospheric, ethereal",
        (60, 76),
        0.5,
        drums="none",
        bass="long",
        parts={"pad": (89, "pad"), "keys": (88, "quarters"), "guitar": (46, "arpeggio")},
        lead=91,
        bass_program=39,
    ),
    _style(
        "piano, solo piano, nocturne",
        (72, 96),
        0.4,
        drums="none",
        bass="roots",
        parts={"keys": (0, "arpeggio")},
        lead=0,
        bass_program=0,
    ),
    _style(
        "classical, orchestral, cinematic, symphonic, baroque, chamber, epic, film score",
        (80, 112),
        0.5,
        like="folk",
        drums="none",
        bass="roots",
        parts={"pad": (48, "pad"), "keys": (46, "alberti"), "guitar": (45, "quarters")},
        lead=73,
        bass_program=43,
    ),
    _style(
        "reggae, dub, ska, dancehall",
        (72, 92),
        0.3,
        like="folk",
        drums="reggae",
        bass="reggae",
        parts={"guitar": (27, "skank"), "keys": (16, "skank")},
        lead=56,
        bass_program=33,
    ),
    _style(
        "blues, rhythm and blues, boogie",
        (80, 112),
        0.3,
        drums="rock",
        bass="walk",
        major=("I7 IV7 I7 V7", "IV7 I7 V7 I7"),
        minor=("i iv i V7", "iv i V7 i"),
        parts={"guitar": (27, "push"), "keys": (16, "halves")},
        lead=65,
        swing=0.33,
    ),
    _style(
        "gospel, choir, hymn, spiritual, worship",
        (72, 100),
        0.1,
        like="folk",
        drums="soft",
        bass="roots",
        parts={"keys": (16, "halves"), "guitar": (0, "arpeggio"), "pad": (52, "pad")},
        lead=52,
    ),
    _style(
        "latin, salsa, tango, flamenco, bachata, cumbia",
        (96, 124),
        0.7,
        like="folk",
        drums="soft",
        bass="pop",
        parts={"guitar": (24, "strum"), "keys": (0, "push")},
        lead=56,
        bass_program=32,
    ),
    _style(
        "waltz, lullaby, music box",
        (96, 132),
        0.3,
        like="folk",
        drums="waltz",
        bass="waltz",
        parts={"keys": (0, "waltz"), "pad": (48, "pad")},
        lead=73,
        bass_program=32,
    ),
)
DEFAULT_STYLE = STYLES[0]

#: words that move a tempo, as a factor of the style's range
TEMPO_WORDS = {
    "very slow": 0.72, "slow": 0.82, "calm": 0.88, "relaxing": 0.88, "relaxed": 0.9, "gentle": 0.9, "chill": 0.92,
    "sleepy": 0.8, "dreamy": 0.9, "laid-back": 0.92, "mellow": 0.92, "mid-tempo": 1.0, "upbeat": 1.12,
    "energetic": 1.15, "driving": 1.12, "uptempo": 1.18, "up-tempo": 1.18, "fast": 1.22, "frantic": 1.35,
    "very fast": 1.35, "furious": 1.3,
}  # fmt: skip
MINOR_WORDS = (
    "sad", "dark", "melancholic", "melancholy", "gloomy", "somber", "sombre", "mournful", "haunting", "lonely",
    "heartbroken", "angry", "mysterious", "brooding", "tragic", "moody", "eerie", "nostalgic",
)  # fmt: skip
MAJOR_WORDS = (
    "happy", "bright", "joyful", "cheerful", "uplifting", "sunny", "hopeful", "playful", "euphoric", "triumphant",
    "optimistic", "feel-good", "feelgood", "carefree", "warm",
)  # fmt: skip

#: instrument words → (stem they are played on, General MIDI program)
INSTRUMENTS: dict[str, tuple[str, int]] = {
    "electric piano": ("keys", 4), "rhodes": ("keys", 4), "piano": ("keys", 0), "organ": ("keys", 16),
    "accordion": ("keys", 21), "harpsichord": ("keys", 6), "music box": ("keys", 10), "marimba": ("keys", 12),
    "acoustic guitar": ("guitar", 25), "electric guitar": ("guitar", 27), "distorted guitar": ("guitar", 30),
    "nylon guitar": ("guitar", 24), "guitar": ("guitar", 25), "ukulele": ("guitar", 24), "banjo": ("guitar", 105),
    "harp": ("guitar", 46), "strings": ("pad", 48), "violin": ("lead", 40), "cello": ("lead", 42),
    "flute": ("lead", 73), "saxophone": ("lead", 66), "sax": ("lead", 66), "trumpet": ("lead", 56),
    "clarinet": ("lead", 71), "oboe": ("lead", 68), "fiddle": ("lead", 110), "harmonica": ("lead", 22),
    "vibraphone": ("lead", 11), "synth lead": ("lead", 81), "synth": ("pad", 89), "choir": ("pad", 52),
}  # fmt: skip

#: words of negative tags → the stem they silence
STEM_WORDS = {
    "drum": "drums", "percussion": "drums", "beat": "drums", "bass": "bass", "piano": "keys", "keys": "keys",
    "keyboard": "keys", "organ": "keys", "guitar": "guitar", "strings": "pad", "pad": "pad", "synth": "pad",
    "lead": "lead", "melody": "lead",
}  # fmt: skip
