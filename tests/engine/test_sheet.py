from suno_lab.engine.sheet import PHRASE_SYLLABLES_N, read_sheet


def shape(lyrics: str) -> list[tuple[str, str, int]]:
    return [(section.label, section.kind, len(section.phrases)) for section in read_sheet(lyrics)]


def test_tags_open_sections_and_directions_do_not() -> None:
    lyrics = "[Verse 1: soft]\nHello my friend\n[92 bpm]\nHow are you\n[GUITAR SOLO]\n【Chorus】\nGood to see"
    assert shape(f"{lyrics}\nOutro:\n(ooh)") == [
        ("Verse 1: soft", "verse", 2), ("GUITAR SOLO", "instrumental", 0), ("Chorus", "chorus", 1),
        ("Outro", "outro", 1),
    ]  # fmt: skip


def test_stanzas_without_tags_are_verses_and_repeated_ones_choruses() -> None:
    lyrics = "One two\nthree\n\nSing it\n\nFour five\n\nSing it"
    assert shape(lyrics) == [
        ("Verse", "verse", 2), ("Chorus", "chorus", 1), ("Verse", "verse", 1), ("Chorus", "chorus", 1),
    ]  # fmt: skip
    assert [phrase.line for section in read_sheet(lyrics) for phrase in section.phrases] == [0, 1, 2, 3, 4]


def test_long_lines_are_sung_in_several_breaths() -> None:
    (section,) = read_sheet("every little window has a candle burning and nobody in the village ever falls asleep")
    assert len(section.phrases) == 2
    assert {phrase.line for phrase in section.phrases} == {0}
    assert all(len(phrase.syllables) <= PHRASE_SYLLABLES_N for phrase in section.phrases)


def test_ideographs_are_words() -> None:
    (section,) = read_sheet("你好世界")
    assert [word.text for word in section.phrases[0].words] == list("你好世界")


def test_nothing_to_sing_is_no_section() -> None:
    assert read_sheet("") == read_sheet("🎵 ...") == ()
    assert shape("[Intro]\n🎵\n[Verse]\nhey") == [("Intro", "intro", 0), ("Verse", "verse", 1)]
