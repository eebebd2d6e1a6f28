import pytest

from suno_lab.plots import canvas


@pytest.mark.parametrize(
    ("seconds", "decimals", "shown"),
    [
        (0, 0, "0:00"),
        (75.3, 0, "1:15"),
        (59.96, 1, "1:00.0"),
        (59.4, 0, "0:59"),
        (59.6, 0, "1:00"),
        (0.25, 1, "0:00.2"),
        (3599.7, 0, "1:00:00"),
        (-1.5, 1, "-0:01.5"),
        (-0.001, 1, "0:00.0"),
    ],
)
def test_clock(seconds, decimals, shown):
    assert canvas.clock(seconds, decimals=decimals) == shown


@pytest.mark.parametrize(("span_s", "step_s"), [(0.5, 0.1), (8, 1), (30, 5), (200, 30), (8 * 60, 60), (36000, 4500)])
def test_ticks_stand_on_round_times(span_s, step_s):
    assert canvas.clock_step_s(span_s) == step_s


def test_ticks_of_a_time_axis():
    ax = canvas.new_axes(None)
    canvas.time_x(ax, 0, 75)
    ax.figure.canvas.draw()
    shown = [label.get_text() for label in ax.get_xticklabels() if 0 <= label.get_position()[0] <= 75]
    assert shown == ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00", "1:10"]


def test_text_of_any_script_has_a_glyph_for_each_character():
    safe = canvas.safe_text("a夜\x00\U0010fffe")
    assert len(safe["s"]) == 4
    assert safe["s"][0] == "a"
    assert "\x00" not in safe["s"]
    assert safe["parse_math"] is False


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ("loudness_integrated_lufs", "loudness integrated (LUFS)"),
        ("tempo_bpm", "tempo (bpm)"),
        ("musical_key", "musical key"),
        ("model", "model"),
        ("my_own_column", "my own column"),
    ],
)
def test_axes_name_columns_with_their_unit(column, shown):
    assert canvas.column_name(column) == shown


def test_the_mark_of_emulated_clips_covers_nothing():
    ax = canvas.new_axes(None)
    canvas.title(ax, "a title " * 30)
    canvas.mark_emulated(ax, True)
    ax.figure.canvas.draw()
    mark = ax._right_title.get_window_extent()
    assert mark.y0 >= ax.get_window_extent().y1
    assert not mark.overlaps(ax._left_title.get_window_extent())


def test_colours_follow_the_page():
    from matplotlib import pyplot

    light = canvas.colour_of(0)
    with pyplot.style.context("dark_background"):
        assert canvas.colour_of(0) != light
    assert canvas.colour_of(0) == light
