"""A listening test as a file from a disk, in Firefox without a network, with pointer and keys as a listener would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab.errors import StudyError
from suno_lab.widgets.listening import import_votes, listening_files
from suno_lab.widgets.listening.trials import QUESTIONNAIRE
from tests.ui.bidi import Tab, running_firefox
from tests.widgets.listening.material import QUICK, ClipsOnDisk

FILE: dict[str, Any] = {**QUICK, "kbps": 96, "repeats": 0.0, "same_n": 0, "degraded_n": 0, "training_n": 0}
HEARD = "document.querySelectorAll('.sl-piece-heard')[{}]?.innerText === 'heard'"
PIECE = "() => document.querySelectorAll('.sl-piece')[{}]"
FOCUSED = "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"
TITLE = "document.querySelector('h2').innerText"
PLAY = "document.querySelector('.sl-play').ariaLabel"
CODE = "() => document.querySelector('.sl-code').value"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One browser for all tests."""
    with running_firefox(tmp_path_factory.mktemp("firefox") / "profile") as tab:
        yield tab


@pytest.fixture
def tab(firefox: Tab) -> Iterator[Tab]:
    """A tab that is held to two promises: it asks nothing of any address, and nothing is logged as an error."""
    yield firefox
    firefox.open("about:blank")  # lets the sound stop
    asked, errors = reached(firefox), complaints(firefox)
    firefox.events.clear()
    assert not [url for url in asked if not url.startswith(("file:", "blob:", "data:", "about:"))]
    assert not errors


def reached(tab: Tab) -> list[str]:
    """Addresses that the page wanted something of."""
    return [about["request"]["url"] for about in tab.said("network.beforeRequestSent")]


def complaints(tab: Tab) -> list[str]:
    """What was logged as an error, and what the content policy blocked."""
    return [about["text"] for about in tab.said("log.entryAdded") if about["level"] == "error"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ClipsOnDisk]:
    made = ClipsOnDisk(tmp_path / "session")
    yield made
    made.close()


# ── what a listener does ─────────────────────────────────────────────────────────────────────────────────────────────
def opened(tab: Tab, session: ClipsOnDisk, folder: Path, form: str = "ab", **options: Any) -> None:
    [path] = listening_files(session, folder, form, **{**FILE, **options})
    tab.open(path.as_uri())


def click(tab: Tab, role: str, name: str, *, within: str | None = None) -> None:
    tab.click(tab.one(role, name, within=within))


def tab_to(tab: Tab, words: str) -> None:
    """Press the Tab key until what these words stand on, or label, has the focus."""
    passed = []
    while words not in passed and len(passed) < 20:
        tab.press("Tab")
        passed.append(tab.call(FOCUSED))
    assert passed[-1] == words, passed


def hear_by_pointer(tab: Tab) -> None:
    for place in (0, 1):
        tab.click(tab.call(PIECE.format(place)))
        tab.until(HEARD.format(place))


def hear_by_keys(tab: Tab, letters: str = "ab") -> None:
    for place, letter in enumerate(letters):
        tab.press(letter)
        tab.until(HEARD.format(place))


def prefer(tab: Tab, answer: str) -> None:
    click(tab, "radio", answer, within=tab.one("group", "Which one do you prefer?"))


def prefer_by_keys(tab: Tab, answer: str) -> None:
    """The first answer is reached by the Tab key, the others by arrows."""
    tab_to(tab, "A")
    tab.press(" ")
    for _ in ("A", "B", "no difference to me", "both are bad"):
        if tab.call(FOCUSED) == answer:
            return
        tab.press("Right")
    raise AssertionError(f"the arrows do not reach {answer!r}")


# ── the whole way ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_listener_goes_all_the_way_through_with_a_reload_between(
    tab: Tab, session: ClipsOnDisk, tmp_path: Path
) -> None:
    more = {"trials_n": 4, "training_n": 1, "headphones": True, "listeners_n": 2, "questionnaire": QUESTIONNAIRE}
    opened(tab, session, tmp_path, **more)
    tab.press("2", "Enter")
    before_the_trials(tab)
    tab.until(f"{TITLE}.startsWith('Practice')")
    hear_by_pointer(tab)
    prefer(tab, "both are bad")
    click(tab, "button", "Next")
    tab.until(f"{TITLE} === '1 of 4'")
    hear_by_keys(tab)
    space_stops_a_piece_for_good(tab)
    prefer_by_keys(tab, "B")
    tab_to(tab, "Next")
    tab.press("Enter")

    tab.until(f"{TITLE} === '2 of 4'")
    hear_by_pointer(tab)
    prefer(tab, "no difference to me")
    click(tab, "textbox", "Comment (may stay empty)")
    tab.press(*"ab ☀")
    tab.reload()
    assert tab.call(f"() => {TITLE}") == "2 of 4"
    assert tab.call(f"() => {HEARD.format(0)} && {HEARD.format(1)}")
    assert tab.call("(radio) => radio.checked", tab.one("radio", "no difference to me"))
    assert tab.call("(field) => field.value", tab.one("textbox", "Comment (may stay empty)")) == "ab ☀"
    click(tab, "button", "Next")

    for heading, answer in (("3 of 4", "A"), ("4 of 4", "both are bad")):
        tab.until(f"{TITLE} === {heading!r}")
        hear_by_keys(tab)
        prefer(tab, answer)
        click(tab, "button", "Next")
    click(tab, "radio", "loudspeakers")
    click(tab, "button", "Finish")
    the_code_is_taken_in(tab, session)


def through_consent(tab: Tab) -> None:
    click(tab, "checkbox", "I have read this and want to take part")
    click(tab, "button", "Begin")
    click(tab, "button", "Go on")


def before_the_trials(tab: Tab) -> None:
    """Consent, instructions by keys, one round of the headphone check."""
    tab.until(f"{TITLE} === 'Before you begin'")
    click(tab, "checkbox", "I have read this and want to take part")
    click(tab, "button", "Begin")
    tab_to(tab, "Go on")
    tab.press("Enter")
    tab.until("document.activeElement.innerText === 'Play the three tones'")
    tab.press("Enter")
    click(tab, "button", "the second")
    click(tab, "button", "I have no headphones")


def space_stops_a_piece_for_good(tab: Tab) -> None:
    """The piece's button has the focus: letting go of the key must not press it."""
    switches = "() => Object.values(localStorage)[0].split('\"switch\"').length"
    before = tab.call(switches)
    tab.press(" ")
    tab.until(PLAY + " === 'Play'")
    assert tab.call(switches) == before


def the_code_is_taken_in(tab: Tab, session: ClipsOnDisk) -> None:
    code = tab.call(CODE)
    click(tab, "button", "Copy the code")
    tab.until("document.querySelector('[role=status]').innerText === 'copied'")
    with pytest.raises(StudyError, match="not as it was written"):
        import_votes(session, code[:200] + ("x" if code[200] != "x" else "y") + code[201:])
    votes = import_votes(session, code).query("purpose != 'training'")
    assert votes["answer"].tolist() == ["second", "tie", "first", "both_bad"]
    assert votes["comment"].dropna().tolist() == ["ab ☀"]
    assert votes["heard_s"].min() >= 0.5
    assert votes["listener"].str.startswith("listener 2 ").all()
    click(tab, "button", "Save it as a file")
    assert tab.saved().read_text(encoding="utf-8") == code.replace("\n", "")
    tab.reload()
    assert import_votes(session, tab.call(CODE)).query("purpose != 'training'").equals(votes)


# ── what Firefox does its own way ────────────────────────────────────────────────────────────────────────────────────
def test_sliders_take_the_pointer_in_their_middle_and_the_arrow_keys(
    tab: Tab, session: ClipsOnDisk, tmp_path: Path
) -> None:
    opened(tab, session, tmp_path, "rating", questions=("quality",), trials_n=1)
    through_consent(tab)
    hear_by_keys(tab)
    click(tab, "slider", "How good is the sound quality? A")
    tab.press("Tab", "Right")
    tab.reload()
    assert [
        tab.call("(slider) => slider.value", tab.one("slider", f"How good is the sound quality? {n}")) for n in "AB"
    ] == ["50", "51"]
    click(tab, "button", "Next")
    assert import_votes(session, tab.call(CODE))["value"].tolist() == [50.0, 51.0]


def test_without_a_sound_device_the_page_says_so(tab: Tab, session: ClipsOnDisk, tmp_path: Path) -> None:
    opened(tab, session, tmp_path, trials_n=1)
    through_consent(tab)
    tab.call("() => { AudioContext.prototype.resume = () => new Promise(() => {}); }")  # as Firefox is without one
    tab.press("a")
    tab.until("document.querySelector('.sl-message').innerText.includes('no sound starts')")


def test_a_page_that_reaches_out_would_be_found_out(firefox: Tab, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><script>fetch('http://192.0.2.1/').catch(() => document.title = 'no')</script>")
    firefox.open(path.as_uri())
    firefox.until("document.title === 'no'")
    assert reached(firefox) == ["http://192.0.2.1/"]
    assert complaints(firefox)
    firefox.events.clear()
