import pytest

from suno_lab.engine.form import Clock, PlannedSection, plan_form
from suno_lab.engine.sheet import read_sheet

CLOCK = Clock(tempo_bpm=120.0, meter=4, lead_in_s=0.3)  # bars of two seconds
SONG = "[Verse]\nThe morning light is calling me home\nI left my shadow on the road\n[Chorus]\nCarry me over the water"


def plan(lyrics: str = "", duration_s: float | None = None, *, continued: bool = False) -> tuple[PlannedSection, ...]:
    sheet = read_sheet(lyrics)
    return plan_form(
        sheet, clock=CLOCK, duration_s=duration_s, default_duration_s=24.0, most_s=480.0, continued=continued
    )


def bars_n(sections: tuple[PlannedSection, ...]) -> int:
    return sum(section.bars_n for section in sections)


def test_songs_get_an_intro_and_an_outro() -> None:
    assert [section.label for section in plan(SONG)] == ["Intro", "Verse", "Chorus", "Outro"]
    tagged = plan(f"[Intro]\n{SONG}\n[Outro]\nBye")
    assert [section.label for section in tagged] == ["Intro", "Verse", "Chorus", "Outro"]
    assert plan(SONG, continued=True)[0].label == "Verse"


def test_phrases_follow_each_other_inside_their_section() -> None:
    for section in plan(SONG):
        ends = [0, *(phrase.bar + phrase.grid.bars_n for phrase in section.phrases)]
        assert [phrase.bar for phrase in section.phrases] == ends[:-1]
        assert ends[-1] <= section.bars_n


@pytest.mark.parametrize("duration_s", [8.0, 14.0, 30.0, 90.0])
def test_an_asked_length_is_filled_with_whole_bars(duration_s: float) -> None:
    for lyrics in ("", SONG):
        left_s = duration_s - CLOCK.lead_in_s - bars_n(plan(lyrics, duration_s)) * CLOCK.bar_s
        assert 0 <= left_s < 2 * CLOCK.bar_s + 1


def test_too_little_room_drops_the_frame_before_the_words() -> None:
    short = plan(SONG, 17.0)
    assert [section.label for section in short] == ["Verse", "Chorus", "Outro"]
    assert short[-1].bars_n == 1
    assert [len(section.phrases) for section in plan(SONG, 9.0)] == [1]


def test_too_much_room_is_played_by_the_band() -> None:
    labels = [section.label for section in plan(SONG, 90.0)]
    assert labels[-1] == "Outro"
    assert "Instrumental" in labels


def test_long_instrumentals_have_verses_and_choruses() -> None:
    labels = [section.label for section in plan("", 120.0)]
    assert labels[0] == "Intro"
    assert labels[-1] == "Outro"
    assert {"Verse", "Chorus", "Bridge"} <= set(labels)
