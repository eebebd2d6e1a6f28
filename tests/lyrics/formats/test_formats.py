import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.lyrics import SungWord, lines
from suno_lab.lyrics.formats import formats, read, write
from suno_lab.lyrics.formats.stamps import seconds, stamp

VERSE = {"line": 0, "section": 0, "section_label": "Verse", "section_kind": "verse"}
CHORUS = {"section": 1, "section_label": "Chorus", "section_kind": "chorus"}
WORDS = (
    SungWord(word="Waggin'", start_s=1.36, end_s=1.79, **VERSE),
    SungWord(word="my", start_s=1.79, end_s=2.0, **VERSE),
    SungWord(word="tail & <3", start_s=2.5, end_s=3.0, **VERSE),
    SungWord(word="夜空", start_s=59.999, end_s=61.0, line=1, **CHORUS),
    SungWord(word='"run"', start_s=3601.5, end_s=3602.25, line=2, **CHORUS),
)
FORMATS = formats()
BY_WORD = [name for name, module in FORMATS.items() if module.KEEPS == "words"]


def test_the_folder_is_the_registry():
    assert set(FORMATS) == {"ass", "enhanced_lrc", "lrc", "srt", "textgrid", "webvtt", "words_json"}
    with pytest.raises(ValueError, match="unknown lyrics format 'karaoke'"):
        write(WORDS, "karaoke")


@pytest.mark.parametrize("name", FORMATS)
def test_lines_come_back(name):
    back = lines(read(write(WORDS, name), name))
    for before, after in zip(lines(WORDS), back, strict=True):
        assert after.text == before.text
        assert after.start_s == pytest.approx(before.start_s, abs=0.0051)
        assert after.end_s == pytest.approx(before.end_s, abs=0.011)


@pytest.mark.parametrize("name", BY_WORD)
def test_words_come_back(name):
    back = read(write(WORDS, name), name)
    assert [word.word for word in back] == [word.word for word in WORDS]
    assert [word.line for word in back] == [word.line for word in WORDS]
    assert [word.start_s for word in back] == pytest.approx([word.start_s for word in WORDS], abs=0.0051)


def test_json_keeps_everything():
    assert read(write(WORDS, "words_json"), "words_json") == WORDS


def test_textgrid_keeps_sections():
    back = read(write(WORDS, "textgrid"), "textgrid")
    assert [word.section_label for word in back] == [word.section_label for word in WORDS]


@pytest.mark.parametrize("name", FORMATS)
def test_no_words(name):
    assert read(write((), name), name) == ()


@pytest.mark.parametrize("name", FORMATS)
def test_marks_of_other_systems(name):
    foreign = "\ufeff" + write(WORDS, name).replace("\n", "\r\n")
    assert read(foreign, name) == read(write(WORDS, name), name)


@pytest.mark.parametrize(
    ("name", "text"), [("webvtt", "1\n"), ("textgrid", "nothing"), ("words_json", "[1]"), ("words_json", "{")]
)
def test_what_is_not_in_the_format(name, text):
    with pytest.raises(ValueError):
        read(text, name)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("lrc", "[ar:Nobody]\n[00:01.5]One\n[00:03.20]two\n", [("One", 1.5, 3.2), ("two", 3.2, 8.2)]),
        ("lrc", "[00:02.00][00:05.00]Again\n[00:03.00]\n", [("Again", 2.0, 3.0), ("Again", 5.0, 10.0)]),
        ("srt", "7\n00:00:01,000 --> 00:00:02,500 X1:0\n<i>One</i>\ntwo\n", [("One two", 1.0, 2.5)]),
        ("webvtt", "WEBVTT - a\n\nNOTE x\n\n00:01.000 --> 00:02.000 line:0\n<v Bob>One\n", [("One", 1.0, 2.0)]),
        ("ass", "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,One, two\\Nthree", [("One, two three", 1.0, 2.0)]),
        ("enhanced_lrc", "[00:01.00]<00:01.00>One <00:01.50>two", [("One", 1.0, 1.5), ("two", 1.5, 2.0)]),
    ],
)
def test_files_of_others(name, text, expected):
    assert [(w.word, w.start_s, w.end_s) for w in read(text, name)] == expected


@pytest.mark.parametrize(
    ("time_s", "options", "text"),
    [
        (59.9996, {}, "00:01:00.000"),
        (3661.5, {"point": ","}, "01:01:01,500"),
        (61.239, {"decimals": 2, "hours": False}, "01:01.24"),
        (-1.0, {}, "00:00:00.000"),
    ],
)
def test_stamps(time_s, options, text):
    assert stamp(time_s, **options) == text


@settings(deadline=None)
@given(st.floats(0, 36_000))
def test_stamps_come_back(time_s):
    assert seconds(stamp(time_s)) == pytest.approx(time_s, abs=0.00051)


TEXT = st.text(alphabet="abc'é夜", min_size=1, max_size=6)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, st.integers(0, 40), st.booleans()), max_size=8))
def test_any_words_survive_every_format(given_words):
    words, at_s, line = [], 0.0, 0
    for text, gap, new_line in given_words:
        line += new_line and bool(words)
        words.append(SungWord(word=text, start_s=at_s + gap / 10, end_s=at_s + gap / 10 + 0.25, line=line))
        at_s = words[-1].end_s
    for name in FORMATS:
        assert [one.text for one in lines(read(write(words, name), name))] == [one.text for one in lines(words)]
