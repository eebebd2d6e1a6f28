"""What a clip was made from, as a picture."""

from __future__ import annotations

import pandas as pd
import pytest

from suno_lab.plots import plot_lineage, shape_lineage


def lineage(*steps: tuple[int, str | None, str | None, str, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(steps, columns=["depth", "clip_id", "operation", "source", "into"])
    return frame.assign(task_id="t" * 32, into=frame["into"].astype("Int64"))


MASHUP = lineage(
    (0, None, "mashup", "asked for", None),
    (1, "one", "extend", "source_urls", 0),
    (1, None, None, "source_urls: https://example.org/a/very/long/address.mp3", 0),
    (2, "two", "generate", "clip_id", 1),
)


def test_steps_go_left_and_things_side_by_side_stand_apart() -> None:
    steps = shape_lineage(MASHUP)
    assert steps["x"].tolist() == [0, -1, -1, -2]
    assert steps["y"].tolist() == [0.0, 0.5, -0.5, 0.0]
    assert steps["made"].tolist() == [True, True, False, True]
    assert steps["into"].dropna().tolist() == [0, 0, 1]


def test_labels_say_what_was_done_and_to_what() -> None:
    assert shape_lineage(MASHUP)["label"].tolist() == [
        "mashup\n" + "t" * 23 + "…",
        "extend\none",
        "source urls\nhttps://example.org/a/v…",
        "generate\ntwo",
    ]


def test_every_step_but_the_last_has_an_arrow() -> None:
    ax = plot_lineage(MASHUP)
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    assert len(arrows) == 3
    assert {arrow.xy for arrow in arrows} == {(0, 0.0), (-1, 0.5)}


@pytest.mark.parametrize("steps", [MASHUP.iloc[:0], MASHUP.iloc[:1]])
def test_short_ways_can_be_drawn_as_well(steps) -> None:
    assert not plot_lineage(steps).axison
