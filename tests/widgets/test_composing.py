from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.api import Request
from suno_lab.api.lyrics import WriteLyrics
from suno_lab.api.music import Extend, Generate
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.errors import ContentRefused, InvalidRequest, SunoLabError
from suno_lab.widgets import composer
from suno_lab.widgets.composing import job_title
from suno_lab.widgets.jobs import looks_per_progress, stage_text
from suno_lab.widgets.playing import Player
from tests.widgets.clips import PlainClip
from tests.widgets.sessions import PlainJob, PlainSession


def ready(**about: Any) -> Any:
    return composer(PlainSession(), watch=False, **about)


def test_a_misspelled_field_is_an_error_that_knows_better() -> None:
    with pytest.raises(TypeError, match="did you mean 'description'"):
        ready(descripton="x")


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="expected one of"):
        ready(operation="sing")


def test_the_form_asks_what_its_fields_say() -> None:
    form = ready(description="calm piano", model="V5", instrumental=True)
    form.button.click()
    assert [job.request for job in form.session.jobs] == [
        Generate(description="calm piano", model="V5", instrumental=True)
    ]


def test_what_does_not_count_in_a_mode_is_not_sent() -> None:
    form = ready(lyrics="la la", style="folk", title="Sea", model="V5")
    assert form.mode == "custom"
    form.rows["description"].value = "not this"
    assert form.request == Generate(lyrics="la la", style="folk", title="Sea", model="V5")
    form.rows["instrumental"].value = True
    assert form.request == Generate(style="folk", title="Sea", model="V5", instrumental=True)


def test_switching_the_operation_keeps_what_fits() -> None:
    form = ready(lyrics="la la", style="folk", title="Sea", model="V5")
    form.operation_choice.value = "extend"
    form.fill(clip_id="c1", continue_at_s="30")
    assert form.request == Extend(
        clip_id="c1", continue_at_s=30.0, lyrics="la la", style="folk", title="Sea", model="V5", instrumental=False
    )


def test_a_form_starts_like_a_clip() -> None:
    asked = Generate(lyrics="la", style="folk", title="Sea", model="V4", style_weight=0.5)
    clip = SimpleNamespace(task=SimpleNamespace(request=asked))
    assert ready(like=clip).request == asked
    assert ready(like=clip, model="V5").request == Generate(lyrics="la", style="folk", title="Sea", style_weight=0.5)
    extension = Extend(clip_id="c1", model="V5", instrumental=False)
    assert ready(like=SimpleNamespace(request=extension)).request == extension


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        (Generate(description="calm\npiano", model="V5"), "calm · V5 (emulated)"),
        (Generate(lyrics="la", style="folk", title="Sea", model="V5"), "Sea · V5 (emulated)"),
        (Generate(description="  ", model="V5"), "Generate music · V5 (emulated)"),
        (Generate(description="x" * 99, model="V5"), "x" * 59 + "… · V5 (emulated)"),
        (WriteLyrics(description="the sea"), "the sea"),
    ],
)
def test_a_job_is_called_by_what_was_asked(request_: Request, title: str) -> None:
    assert job_title(request_, fallback="Generate music", emulated=True) == title


def test_counters_follow_the_model() -> None:
    form = ready(lyrics="x" * 4000, style="folk", title="Sea", model="V5")
    assert form.rows["lyrics"].note.texts == ["1000 characters left"]
    form.rows["model"].value = "V4"
    assert form.rows["lyrics"].note.texts == ["1000 characters too long: 4000 of 3000"]


def test_the_price_is_shown_before_asking() -> None:
    assert ready(description="x").price.texts == ["12 emulated credits"]


def test_a_refused_request_is_said_in_words_and_nothing_is_listed() -> None:
    def refuse(request: Any) -> Any:
        raise InvalidRequest("description is empty: say what the song should be about", field="description")

    form = composer(PlainSession(answer=refuse), watch=False)
    assert form.submit() is None
    assert form.notes.texts == ["description is empty: say what the song should be about"]
    assert form.jobs.cards == []


def test_a_job_is_followed_to_its_players(clip: PlainClip) -> None:
    form = ready(description="calm piano")
    job = form.submit()
    [card] = form.jobs.cards
    assert card.notes.texts == ["waiting in the service's queue · 1 s"]
    job.stage, job.elapsed_s = "FIRST_SUCCESS", 12.4
    assert form.jobs.refresh()
    assert card.notes.texts == ["the first clip is ready, the second is being made · 12 s"]
    job.outcome = SimpleNamespace(clips=[clip, replace(clip, clip_id="clip-2")])
    assert not form.jobs.refresh()
    assert [isinstance(shown, Player) for shown in card.results.children] == [True, True]
    form.close()
    assert all(shown.audio == b"" for shown in card.results.children)


def test_the_first_clip_is_heard_while_the_second_is_made(clip: PlainClip) -> None:
    form = ready(description="calm piano")
    job, second = form.submit(), replace(clip, clip_id="clip-2")
    [card] = form.jobs.cards
    job.stage, form.session.ready = "FIRST_SUCCESS", [replace(clip, path=None)]
    form.jobs.refresh()
    assert card.results.children == ()
    form.session.ready = [clip, replace(second, path=None)]
    form.jobs.refresh()
    [first] = card.results.children
    first.playing = True
    job.outcome = SimpleNamespace(clips=[clip, second])
    form.jobs.refresh()
    assert card.results.children[0] is first
    assert first.playing
    assert len(card.results.children) == 2


@pytest.mark.parametrize("problem", [ContentRefused("artist names are not accepted", code=413), SunoLabError("no")])
def test_a_failure_is_said_on_its_card(problem: SunoLabError) -> None:
    form = ready(description="x")
    form.submit().outcome = problem
    form.jobs.refresh()
    assert form.jobs.cards[0].notes.texts == [str(problem)]


def test_cancelling_says_that_the_task_goes_on() -> None:
    form = ready(description="x")
    form.submit()
    form.jobs.cards[0].stop.click()
    assert "session.resume()" in form.jobs.cards[0].notes.texts[0]


def test_other_products_are_shown_as_text() -> None:
    form = ready(description="x")
    lyrics = SimpleNamespace(kind="lyrics", name="Sea", value="la\nla", url=None)
    form.submit().outcome = SimpleNamespace(clips=(), products=(lyrics,))
    form.jobs.refresh()
    [shown] = form.jobs.cards[0].results.children
    assert shown.texts == ["lyrics Sea", "la\nla"]


@pytest.mark.parametrize(("busy_n", "looks"), [(0, 1), (1, 1), (2, 2), (100, 67)])
def test_all_cards_together_change_five_times_a_second_at_most(busy_n: int, looks: int) -> None:
    assert looks_per_progress(busy_n, pause_s=0.3) == looks


def test_what_has_ended_is_shown_at_every_look(clip: PlainClip) -> None:
    form = ready(description="x")
    job = form.submit()
    job.elapsed_s = 99.0
    assert form.jobs.refresh(progress=False)
    assert form.jobs.cards[0].notes.texts == ["waiting in the service's queue · 1 s"]
    job.outcome = SimpleNamespace(clips=[clip])
    assert not form.jobs.refresh(progress=False)
    assert form.jobs.cards[0].finished


def test_a_thread_watches_until_nothing_goes_on(clip: PlainClip) -> None:
    form = composer(PlainSession(), description="x")
    form.jobs.pause_s = 0.001
    job = form.submit()
    watcher = form.jobs._thread
    job.outcome = SimpleNamespace(clips=[clip])
    watcher.join(20)
    assert form.jobs.cards[0].finished


@pytest.mark.parametrize(
    ("typical_s", "said"),
    [(None, "under way · 1 s"), (0.4, "under way · 1 s"), (41.6, "under way · 1 s (typically 42 s)")],
)
def test_what_such_tasks_took_stands_beside_the_time(typical_s: float | None, said: str) -> None:
    job = PlainJob(Generate(description="x"), stage="under way")
    assert stage_text(job, typical_s=typical_s) == said


def test_the_form_knows_what_such_tasks_took(tmp_path: Path) -> None:
    quick = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
    with SunoSession(tmp_path, "emulator", emulator=quick, songs=PlainSongs(), progress=False) as session:
        form = composer(session, description="x", watch=False)
        assert form.submit().result(30) is not None
        assert form.jobs.cards[0].typical_s is None
        with session.journal.write() as writing:
            writing.execute("update tasks set accepted_at = finished_at - 42")
        form.anew.value = True
        form.submit().result(30)
        assert form.jobs.cards[0].typical_s == pytest.approx(42.0)
        form.close()
