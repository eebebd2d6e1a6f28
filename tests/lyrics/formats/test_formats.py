import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.lyrics import SungWord, lines
from suno_lab.lyrics.formats import format_of, formats, read, read_file, write, write_file
from suno_lab.lyrics.formats.guarding import one_line
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
SHORT_TEXTGRID = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n"IntervalTier"\n"sung"\n0\n2\n2\n0\n1\n'
    '"a ""q"""\n1\n2\n""\n'
)
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
    ("name", "text"),
    [
        ("webvtt", "1\n"),
        ("textgrid", "nothing"),
        ("textgrid", 'File type = "ooTextFile"\nObject class = "TextGrid"\n'),
        ("words_json", "[1]"),
        ("words_json", "{"),
        ("srt", "nothing"),
        ("ass", "nothing"),
        ("ass", "Dialogue: 0,now,then,Default,,0,0,0,,x"),
        ("lrc", "nothing"),
        ("enhanced_lrc", "[00:01.00]no word has a time"),
    ],
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
        ("lrc", "[offset:+500]\n[00:01.50]One\n[00:03.00]\n", [("One", 1.0, 2.5)]),
        (
            "srt",
            "1\n1:00:01.5 --> 1:00:02,500\n{\\an8}One\n\n\n2\n1:00:03,000 --> 1:00:04,000\n\n",
            [("One", 3601.5, 3602.5)],
        ),
        (
            "webvtt",
            "WEBVTT\n\nSTYLE\n::cue{}\n\n1\n100:00:01.000 --> 100:00:02.000\nA &lt;b&gt;\n",
            [("A <b>", 360001.0, 360002.0)],
        ),
        (
            "ass",
            "[Events]\nComment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,no\n"
            "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\kf50}One{\\ko50\\b1} two",
            [("One", 1.0, 1.5), ("two", 1.5, 2.0)],
        ),
        ("textgrid", SHORT_TEXTGRID, [('a "q"', 0.0, 1.0)]),
        ("words_json", '[{"word": "One", "start_s": 1, "end_s": 2, "more": 3}]', [("One", 1, 2)]),
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


# ── whatever is written comes back ───────────────────────────────────────────────────────────────────────────────────
HOSTILE = (
    "a --> b", "-->", "<b>x</b> & <3", "<i>", "&amp;", "{\\k50}x", "{x}", "\\N", "x\\", "line\nbreak", "a\n\nb", "[br]",
    "[00:01.00]", "<00:01.00>", "[ar:x]", "00:01.000", "NOTE x", "WEBVTT", "1", '"q"', '""', "שלום עולם", "😀x", "夜空",
    "\x00z", "\u2028", "％＼｛", "Dialogue: 0", "'", "a\tb",
)  # fmt: skip


def worded(texts):
    return tuple(SungWord(word=text, start_s=i + 0.123456, end_s=i + 0.98765, line=i) for i, text in enumerate(texts))


def kept(words):
    return [one_line(word.word) for word in words if one_line(word.word)]


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_words_come_back(name):
    words = worded(HOSTILE)
    back = read(write(words, name), name)
    assert kept(back) == kept(words)


MARKS = st.text(st.sampled_from("ab<>[]{}\\-:&;,.0123456789|#'\"*!/\n\t é夜ש｛"), min_size=1, max_size=12)


@settings(deadline=None, max_examples=150)
@given(st.lists(MARKS | st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_text_comes_back_from_every_format(texts):
    words = worded(texts)
    for name in FORMATS:
        assert kept(read(write(words, name), name)) == kept(words), name


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 30_000), st.integers(20, 3000), st.booleans()), min_size=1, max_size=6))
def test_times_come_back_within_the_precision(spans):
    words, at_s, line = [], 0.0, 0
    for gap_ms, length_ms, new_line in spans:
        line += new_line and bool(words)
        words.append(SungWord(word=f"w{len(words)}", start_s=at_s + gap_ms / 997, end_s=0.0, line=line))
        at_s = words[-1].start_s + length_ms / 997
        words[-1] = SungWord(word=words[-1].word, start_s=words[-1].start_s, end_s=at_s, line=line)
    for name, module in FORMATS.items():
        within = module.PRECISION_S / 2 + 1e-9
        back = read(write(words, name), name)
        units, found = (words, back) if module.KEEPS == "words" else (lines(words), lines(back))
        assert [one.start_s for one in found] == pytest.approx([one.start_s for one in units], abs=within), name


@settings(deadline=None, max_examples=200)
@given(st.text() | MARKS)
def test_any_text_is_read_or_refused(text):
    for name in FORMATS:
        try:
            read(text, name)
        except ValueError:
            continue


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_says_its_format_by_its_ending(name, tmp_path):
    path = write_file(WORDS, tmp_path / "deep" / f"song{FORMATS[name].SUFFIX.upper()}")
    assert format_of(path) == name
    assert read_file(path) == read(write(WORDS, name), name)


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no lyrics format ends in '\.txt', expected one of \.ass, \.elrc"):
        write_file(WORDS, tmp_path / "song.txt")
    assert not (tmp_path / "song.txt").exists()
    (tmp_path / "x.srt").write_text("nothing")
    with pytest.raises(ValueError, match=r"x\.srt: not SubRip"):
        read_file(tmp_path / "x.srt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_files_in_other_encodings(encoding, tmp_path):
    path = tmp_path / "song.TextGrid"
    path.write_bytes(write(WORDS, "textgrid").replace("\n", "\r\n").encode(encoding))
    assert read_file(path) == read(write(WORDS, "textgrid"), "textgrid")


def test_old_windows_files_are_read(tmp_path):
    (tmp_path / "x.lrc").write_bytes("[00:01.00]Café\r[00:02.00]\r".encode("cp1252"))
    assert [word.word for word in read_file(tmp_path / "x.lrc")] == ["Café"]


def test_an_lrc_with_times_inside_is_enhanced(tmp_path):
    (tmp_path / "x.lrc").write_text("[00:01.00]<00:01.00>One <00:01.50>two <00:02.00>\n")
    assert [word.word for word in read_file(tmp_path / "x.lrc")] == ["One", "two"]
