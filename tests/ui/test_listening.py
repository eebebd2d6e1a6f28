"""Listening tests in a real browser: as a file from a disk, as a widget on a stage, and in JupyterLab."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from suno_lab.store import SessionFolder
from suno_lab.widgets.listening import ListeningTest, import_votes, listening_files, listening_test
from suno_lab.widgets.listening.revealing import revealed_trials
from tests.ui.servers import RUN_ALL, Jupyter
from tests.ui.stage import Stage
from tests.widgets.listening.material import HOSTILE, QUICK, ClipsOnDisk

SHORT: dict[str, Any] = {
    **QUICK,
    "trials_n": 1,
    "repeats": 0.0,
    "same_n": 0,
    "degraded_n": 0,
    "training_n": 0,
    "questions": ("preference", "fit"),
}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ClipsOnDisk]:
    made = ClipsOnDisk(tmp_path / "session")
    yield made
    made.close()


@pytest.fixture
def offline_page(page: Any) -> Iterator[Any]:
    """A page without a network: nothing but the file may be read, and nothing may be logged as an error."""
    asked: list[str] = []
    errors: list[str] = []
    page.set_default_timeout(10_000)
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not [url for url in asked if not url.startswith(("file:", "blob:", "data:"))]
    assert not errors


def hear(page: Any, *names: str) -> None:
    """Play each piece until it counts as heard."""
    for name in names:
        page.locator(".sl-piece", has=page.get_by_text(name, exact=True)).click()
        page.locator(".sl-piece", has=page.get_by_text(name, exact=True)).get_by_text("heard").wait_for()


def begin(page: Any) -> None:
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Go on").click()


# ── as a file ────────────────────────────────────────────────────────────────────────────────────────────────────────
Opened = Callable[..., Any]


@pytest.fixture
def opened(session: ClipsOnDisk, offline_page: Any, tmp_path: Path) -> Opened:
    def open_file(form: str = "ab", at: str = "", **options: Any) -> Any:
        [path] = listening_files(session, tmp_path / "out", form, **{**SHORT, "kbps": 96, **options})
        offline_page.goto(f"{path.as_uri()}{at}")
        return offline_page

    return open_file


def test_the_file_is_answered_offline_and_its_code_is_taken_in(session: ClipsOnDisk, opened: Opened) -> None:
    page = opened()
    begin(page)
    page.get_by_text(HOSTILE).or_(page.get_by_text("fast drums")).wait_for()
    assert page.get_by_label("both are bad").first.is_disabled()
    assert page.get_by_role("button", name="Next").is_disabled()
    hear(page, "A", "B")
    page.get_by_label("no difference to me").first.check()
    page.get_by_label("both are bad").last.check()
    page.get_by_label("Comment").fill("a\tbright ☀ one")
    page.get_by_role("button", name="Next").click()
    code = page.get_by_label("Result code").input_value()
    votes = import_votes(session, code)
    assert dict(zip(votes["question"], votes["answer"], strict=True)) == {"preference": "tie", "fit": "both_bad"}
    assert set(votes["comment"]) == {"a\tbright ☀ one"}
    assert votes["heard_s"].min() >= 0.5
    assert page.title() == "Listening test"


def test_a_saved_file_holds_the_same_code(session: ClipsOnDisk, opened: Opened, tmp_path: Path) -> None:
    page = opened()
    page.get_by_role("button", name="I would rather not").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save it as a file").click()
    download.value.save_as(tmp_path / "result.txt")
    shown = page.get_by_label("Result code").input_value()
    assert (tmp_path / "result.txt").read_text() == shown.replace("\n", "")
    assert import_votes(session, tmp_path / "result.txt").empty


def test_a_reload_half_way_goes_on(session: ClipsOnDisk, opened: Opened) -> None:
    page = opened()
    begin(page)
    hear(page, "A", "B")
    page.get_by_label("A", exact=True).first.check()
    page.reload()
    page.get_by_role("heading", name="1 of 1").wait_for()
    assert page.get_by_text("heard", exact=True).count() == 2
    assert page.get_by_label("A", exact=True).first.is_checked()
    page.get_by_label("B", exact=True).last.check()
    page.get_by_role("button", name="Next").click()
    code = page.get_by_label("Result code").input_value()
    page.reload()
    assert import_votes(session, code)["answer"].tolist() == ["first", "second"]
    again = import_votes(session, page.get_by_label("Result code").input_value())
    assert again["answer"].tolist() == ["first", "second"]


def test_listeners_of_one_file_say_their_number(session: ClipsOnDisk, opened: Opened) -> None:
    page = opened(listeners_n=3)
    assert page.get_by_role("button", name="Go on").is_disabled()
    page.get_by_label("Your number").fill("2")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="I would rather not").click()
    import_votes(session, page.get_by_label("Result code").input_value())
    [row] = session.journal.rows("select distinct listener from listening_events")
    assert row[0].startswith("listener 2 (")


def test_headphones_and_questionnaire_are_kept(session: ClipsOnDisk, opened: Opened) -> None:
    from suno_lab.widgets.listening.trials import QUESTIONNAIRE

    page = opened(headphones=True, questionnaire=QUESTIONNAIRE, listeners_n=2, at="#2")
    begin(page)
    for _ in range(6):
        page.get_by_role("button", name="Play the three tones").click()
        page.get_by_role("button", name="the second").click()
    hear(page, "A", "B")
    for field in page.get_by_role("group", name="Which one").all():
        field.get_by_label("A", exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("headphones").check()
    page.get_by_role("button", name="Finish").click()
    import_votes(session, page.get_by_label("Result code").input_value())
    events = session.journal.rows("select page, event from listening_events where type = 'done'")
    kept = {row["page"]: row["event"] for row in events}
    assert '"of_n":6' in kept["headphones"]
    assert '"listening":"headphones"' in kept["questionnaire"]


# ── as a widget ──────────────────────────────────────────────────────────────────────────────────────────────────────
ANSWER = """
([sounds, past, told]) => {
  const send = window.model.send;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  window.model.send = (message) => {
    send(message);
    const answer = (content, ...buffers) => setTimeout(() => window.model.fire('msg:custom', content, buffers));
    if (message.type === 'sound')
      answer({ type: 'sound', sound: message.sound }, new DataView(bytes(sounds[message.sound]).buffer));
    if (message.type === 'event' && !window.silent) answer({ type: 'kept', number: message.number });
    if (message.type === 'reveal') answer({ type: 'revealed', page: message.page, trials: told });
  };
  window.model.fire('msg:custom', { type: 'past', events: past });
}
"""


def mounted(stage: Stage, session: ClipsOnDisk, widget: ListeningTest, **about: Any) -> Any:
    from suno_lab.widgets.listening.planning import sound_file

    behind = widget.behind
    files = {s: base64.b64encode(sound_file(session, behind.plan, s)).decode() for s in behind.sounds}
    page = stage.mount(widget, **about)
    everything = {trial.page: {"answers": {"preference": "first"}} for trial in behind.trials}
    told = revealed_trials(behind.plan, behind.trials, everything)
    page.evaluate(ANSWER, [files, [dict(one.event) for one in behind.events()], told])
    return page


FORMS: dict[str, dict[str, Any]] = {
    "ab": {},
    "abx": {},
    "rating": {"questions": ("quality", "vocals")},
    "mushra": {"reference": "V5", "questions": ("likeness",)},
    "category": {},
}


#: what would tell a listener which clip is heard
TELLING = ("V4_5", "V5", "clip-", ".wav", "prompt-0")


def everything_on(page: Any) -> str:
    """The page's tree and the state of its model."""
    return str(page.evaluate("() => JSON.stringify(window.model.get('test')) + document.documentElement.outerHTML"))


def at_the_trial(stage: Stage, session: ClipsOnDisk, form: str, **about: Any) -> Any:
    test = listening_test(session, form, **{**SHORT, **FORMS[form]})
    for name in ("consent", "instructions"):
        test.behind.keep({"type": "done", "page": name})
    return mounted(stage, session, test, **about)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_answered_blind_and_by_keyboard_alone(stage: Stage, session: ClipsOnDisk, form: str) -> None:
    page = at_the_trial(stage, session, form)
    names = page.locator(".sl-piece-name").all_inner_texts()
    page.get_by_role("group", name="Listening test").locator("h2").focus()
    assert not [word for word in TELLING if word in everything_on(page)]
    for name in names:
        page.keyboard.press(name[0].lower())
        page.locator(".sl-piece", has=page.get_by_text(name, exact=True)).get_by_text("heard").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").wait_for()
    for field in page.locator(".sl-question:is(fieldset)").all():
        for control in field.locator("input[type=radio]:first-of-type").all()[:1]:
            control.focus()
            page.keyboard.press("Space")
        for control in field.locator("input[type=range]").all():
            control.focus()
            page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Your answers are kept").wait_for()
    assert not [word for word in TELLING if word in everything_on(page) + str(stage.sent)]
    done = [m["event"] for m in stage.sent if m["type"] == "event" and m["event"]["type"] == "done"]
    assert min(done[-1]["heard_s"].values()) >= 0.5
    assert {m["event"]["type"] for m in stage.sent if m["type"] == "event"} >= {
        "shown",
        "switch",
        "play",
        "heard",
        "done",
    }


def test_switching_keeps_the_place_in_the_music(stage: Stage, session: ClipsOnDisk) -> None:
    page = at_the_trial(stage, session, "ab")
    page.keyboard.press("Tab")
    page.locator(".sl-piece").first.click()
    page.wait_for_function("() => parseFloat(document.querySelector('.sl-time').textContent.slice(2)) > 0.4")
    page.keyboard.press("b")
    page.locator(".sl-piece[aria-pressed=true]", has_text="B").wait_for()
    assert page.evaluate("() => parseFloat(document.querySelector('.sl-time').textContent.slice(2))") >= 0.4


@pytest.mark.parametrize(("form", "theme"), [*((form, "light") for form in FORMS), ("ab", "dark"), ("mushra", "dark")])
def test_everybody_can_use_it(stage: Stage, session: ClipsOnDisk, form: str, theme: str, tmp_path: Path) -> None:
    page = at_the_trial(stage, session, form, theme=theme)
    hear(page, *page.locator(".sl-piece-name").all_inner_texts())
    found: Any = Axe().run(page, context="#host", options=AXE)
    assert found.violations_count == 0, found.generate_report()
    stage.screenshot(tmp_path / f"{form}-{theme}.png")


def test_hostile_words_are_shown_as_words(stage: Stage, session: ClipsOnDisk) -> None:
    for row in session.rows:
        row["description"] = HOSTILE
    page = at_the_trial(stage, session, "ab")
    assert page.locator(".sl-prompt").inner_text() == HOSTILE
    assert page.locator("#host img").count() == 0
    assert page.title() == "stage"


def test_the_page_says_what_to_do_next(stage: Stage, session: ClipsOnDisk) -> None:
    """Why a button is disabled is written beside it, at each step."""
    page = mounted(stage, session, listening_test(session, "rating", **{**SHORT, "questions": ("quality",)}))
    page.get_by_text("tick the box to begin").wait_for()
    begin(page)
    page.get_by_text("The questions open once every piece was heard for 0.5 s.").wait_for()
    following = page.get_by_role("button", name="Next")
    assert following.is_disabled()
    said = f"#{following.get_attribute('aria-describedby')}"
    assert page.locator(said).inner_text() == "First listen to A, B"
    hear(page, "A")
    assert page.locator(said).inner_text() == "First listen to B"
    hear(page, "B")
    page.get_by_text("Give A, B a place: How good is the sound quality?").wait_for()
    page.get_by_role("slider", name="How good is the sound quality? A").press("Enter")
    page.get_by_text("Give B a place").wait_for()
    page.get_by_role("slider", name="How good is the sound quality? B").press("End")
    assert following.is_enabled()
    answers = [m["event"] for m in stage.sent if m["type"] == "event" and m["event"]["type"] == "choose"]
    assert [answer["value"] for answer in answers] == [50, 100]


def test_what_is_not_kept_is_said(stage: Stage, session: ClipsOnDisk) -> None:
    page = at_the_trial(stage, session, "ab")
    hear(page, "A", "B")
    assert page.get_by_role("alert").count() == 0
    page.evaluate("() => { window.silent = true; }")
    page.get_by_label("A", exact=True).first.check()
    page.get_by_role("alert").get_by_text("does not reach the notebook").wait_for()


def test_a_refusal_can_be_taken_back(stage: Stage, session: ClipsOnDisk) -> None:
    page = mounted(stage, session, listening_test(session, **SHORT))
    page.get_by_role("button", name="I would rather not").click()
    page.get_by_text("nothing more is asked of you").wait_for()
    page.get_by_role("button", name="Take part after all").click()
    page.get_by_role("heading", name="Before you begin").wait_for()


@pytest.mark.parametrize("reveal", ["vote", "end"])
def test_what_was_behind_the_letters_is_told_after_the_vote_alone(
    stage: Stage, session: ClipsOnDisk, reveal: str, tmp_path: Path
) -> None:
    test = listening_test(session, **{**SHORT, "questions": ("preference",)}, reveal=reveal)
    for name in ("consent", "instructions"):
        test.behind.keep({"type": "done", "page": name})
    page = mounted(stage, session, test)
    hear(page, "A", "B")
    assert not [word for word in TELLING if word in everything_on(page)]
    page.get_by_label("A", exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Your answer (preference): A").wait_for()
    assert {page.locator("dd").nth(i).inner_text() for i in (0, 1)} == {"V4_5 (emulated)", "V5 (emulated)"}
    found: Any = Axe().run(page, context="#host", options=AXE)
    assert found.violations_count == 0, found.generate_report()
    stage.screenshot(tmp_path / "revealed.png")
    if reveal == "vote":
        page.get_by_role("button", name="Go on").click()
    page.get_by_text("Your answers are kept").wait_for()


def test_tearing_down_leaves_no_listener(stage: Stage, session: ClipsOnDisk) -> None:
    page = at_the_trial(stage, session, "ab")
    page.locator(".sl-piece").first.click()
    page.get_by_role("button", name="Pause").wait_for()
    page.evaluate("() => window.tearDown()")
    assert page.evaluate("() => window.model.handlersLeft()") == 0
    assert page.locator("#host").inner_html() == ""


@pytest.mark.parametrize("mark", ["dataset.jpThemeLight = 'false'", "className = 'vscode-dark'"])
def test_what_the_browser_draws_follows_a_dark_theme(stage: Stage, session: ClipsOnDisk, mark: str) -> None:
    page = at_the_trial(stage, session, "mushra")
    scheme = "() => getComputedStyle(document.querySelector('.sl-scale input')).colorScheme"
    assert page.evaluate(scheme) == "normal"
    page.evaluate(f"document.body.{mark}")
    assert page.evaluate(scheme) == "dark"


SETUP = """
from pathlib import Path
from tests.widgets.listening.material import QUICK, ClipsOnDisk
from suno_lab.widgets import listening_test
session = ClipsOnDisk(Path("listening").absolute())
"""
SHOW = """
options = {**QUICK, "trials_n": 2, "repeats": 0.0, "same_n": 0, "degraded_n": 0, "training_n": 0}
test = listening_test(session, **options)
test
"""


def test_in_jupyterlab_votes_reach_the_session_and_keys_stay_here(open_notebook: Any, jupyter: Jupyter) -> None:
    page = open_notebook("import os; os.makedirs('listening', exist_ok=True)", SETUP, SHOW)
    begin(page)
    hear(page, "A", "B")
    page.locator(".sl-piece").first.focus()
    page.keyboard.press("b")
    assert page.locator(".jp-CodeCell").count() == 3
    page.get_by_label("A", exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="2 of 2").wait_for()
    page.evaluate(RUN_ALL)
    page.get_by_text("loading").wait_for(state="hidden")
    page.get_by_role("heading", name="2 of 2").wait_for()
    assert page.get_by_role("heading", name="Before you begin").count() == 0
    with closing(SessionFolder(jupyter.root / "listening")) as folder:
        assert folder.journal.value("select count(*) from ratings where scale = 'preference' and value = 1.0") == 1
