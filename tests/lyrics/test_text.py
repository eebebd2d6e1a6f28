import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.lyrics import normalize_word, parse, parse_tag, split_words

SONG = """A line before any tag

[Verse 1: soft, female]
Waggin' my tail in the sun
(ooh) all day long

[Chorus x2][whispered]
Run, run, run
[Guitar Solo]
[Outro]
Good night"""


def test_a_song_in_parts():
    song = parse(SONG)
    assert [(s.kind, s.label) for s in song.sections] == [
        ("", ""),
        ("verse", "Verse 1: soft, female"),
        ("chorus", "Chorus x2"),
        ("solo", "Guitar Solo"),
        ("outro", "Outro"),
    ]
    assert [(line.text, line.section) for line in song.lines] == [
        ("A line before any tag", 0),
        ("Waggin' my tail in the sun", 1),
        ("(ooh) all day long", 1),
        ("Run, run, run", 2),
        ("Good night", 4),
    ]
    assert song.sections[2].directions == ("whispered",)
    assert song.words[5:8] == ("Waggin'", "my", "tail")
    assert str(song).split("\n\n")[1] == "Waggin' my tail in the sun\n(ooh) all day long"


def test_sections_count_from_the_first_that_is_there():
    song = parse("[Verse]\nOne\n[Chorus]\nTwo")
    assert [section.index for section in song.sections] == [0, 1]
    assert [line.section for line in song.lines] == [0, 1]


@pytest.mark.parametrize(
    ("text", "kind", "number", "repeat_n", "direction"),
    [
        ("Verse", "verse", None, 1, ""),
        ("VERSE 2", "verse", 2, 1, ""),
        ("Verse2", "verse", 2, 1, ""),
        ("Pre-Chorus", "pre-chorus", None, 1, ""),
        ("pre chorus 1", "pre-chorus", 1, 1, ""),
        ("Chorus x2", "chorus", None, 2, ""),
        ("Verse 1: soft, female", "verse", 1, 1, "soft, female"),
        ("Bridge | whispered", "bridge", None, 1, "whispered"),
        ("Outro - fade out", "outro", None, 1, "fade out"),
        ("Middle 8", "bridge", 8, 1, ""),
        ("ｖｅｒｓｅ", "verse", None, 1, ""),
        ("Female vocal", None, None, 1, ""),
        ("808 bass", None, None, 1, ""),
        ("", None, None, 1, ""),
    ],
)
def test_tags_in_the_services_spellings(text, kind, number, repeat_n, direction):
    tag = parse_tag(text)
    assert (tag.kind, tag.repeat_n, tag.direction) == (kind, repeat_n, direction)
    assert tag.number == number or text == "Middle 8"


@pytest.mark.parametrize(
    "tag", ["[Chorus]", "【Chorus】", "［Chorus］", "[ chorus ]", "**Chorus**", "Chorus:", "## Chorus", "Chorus 1"]
)
def test_brackets_and_headings(tag):
    assert [section.kind for section in parse(f"{tag}\nla la").sections] == ["chorus"]


@pytest.mark.parametrize(
    "line", ["Hook line and sinker", "Chorus", "Break my heart:", "End of the road", "[unclosed", "Rap: a tale"]
)
def test_sung_lines_are_not_headings(line):
    assert [sung.text for sung in parse(line).lines] == [line]


def test_words_after_a_tag_on_its_line():
    assert [(line.text, line.section) for line in parse("One [Chorus] two").lines] == [("One", 0), ("two", 1)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Don't - stop", ["Don't", "stop"]),
        ("こんにちは、world", ["こ", "ん", "に", "ち", "は、", "world"]),
        ("사랑해 너를", ["사랑해", "너를"]),
        ("", []),
    ],
)
def test_split_words(line, words):
    assert split_words(line) == words


def test_normalize_word():
    assert [normalize_word(word) for word in ("Waggin’", "“Sun!”", "ＡＢ", "rock'n'roll", "…")] == [
        "waggin",
        "sun",
        "ab",
        "rock'n'roll",
        "",
    ]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken_apart(text):
    song = parse(text)
    assert [line.index for line in song.lines] == list(range(len(song.lines)))
    assert all(song.sections[line.section].lines.count(line) == 1 for line in song.lines)
    assert song.words == tuple(word for section in song.sections for line in section.lines for word in line.words)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("Violin Solo", "solo", None),
        ("Piano Interlude", "interlude", None),
        ("Verse One", "verse", 1),
        ("Soft Verse", "verse", None),
    ],
)
def test_a_word_beside_the_sections_name_is_understood(text, kind, number):
    tag = parse_tag(text)
    assert (tag.kind, tag.number) == (kind, number)
    assert parse_tag(text, exact=True).kind is None


@pytest.mark.parametrize("text", ["whispered", "sad trombone", "end of verse", "Verse of the day two"])
def test_directions_stay_directions(text):
    assert parse_tag(text).kind is None


@pytest.mark.parametrize(
    ("text", "kind", "number", "direction"),
    [
        ("Verse 1 (soft)", "verse", 1, "soft"),
        ("Chorus (x2)", "chorus", None, ""),
        ("Middle 8", "bridge", None, ""),
        ("Epic Chorus 2", "chorus", 2, ""),
        ("Short Instrumental Intro", "intro", None, ""),
        ("1st Verse", "verse", 1, ""),
        ("Second Verse", "verse", 2, ""),
        ("Estribillo", "chorus", None, ""),
        ("Refrão 2", "chorus", 2, ""),
        ("サビ", "chorus", None, ""),
        ("Aメロ", "verse", None, ""),
        ("Куплет 1", "verse", 1, ""),
        ("build up the energy", None, None, ""),
        ("drums drop out", None, None, ""),
    ],
)
def test_more_spellings(text, kind, number, direction):
    tag = parse_tag(text)
    assert (tag.kind, tag.number, tag.direction) == (kind, number, direction)


def test_headings_in_other_brackets_stand_alone():
    lyrics = parse("(Verse 1)\nhello there (there)\n{Chorus}\nla\n<Bridge>\n(oh)\n(Carry me home)")
    assert [section.kind for section in lyrics.sections] == ["verse", "chorus", "bridge"]
    assert [line.text for line in lyrics.lines] == ["hello there (there)", "la", "(oh)", "(Carry me home)"]
