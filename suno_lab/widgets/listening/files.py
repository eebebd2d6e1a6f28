"""The same test as a file: one HTML page with everything in it, for listeners without a notebook or a network."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.errors import StudyError
from suno_lab.store import listening as kept
from suno_lab.store.listening import KeptEvent
from suno_lab.widgets.base import STATIC, style
from suno_lab.widgets.listening.codes import Result, decode_result
from suno_lab.widgets.listening.pages import sitting_pages, sounds_of
from suno_lab.widgets.listening.planning import sound_file
from suno_lab.widgets.listening.running import NAME, keep_and_rate, kept_plan, settings_of, usable
from suno_lab.widgets.listening.trials import Plan, plan_from
from suno_lab.widgets.listening.votes import votes_frame, votes_of

if TYPE_CHECKING:
    import pandas as pd

MAX_MB = 25.0
SCRIPTS = ("common", "deck", "listening", "listening_page")
STYLES = ("common", "listening", "listening_page")

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script_hash}'; \
style-src '{style_hash}'; img-src data:">
<title>Listening test</title>
<style>{style}</style>
</head>
<body>
<main id="test"></main>
<script type="application/json" id="sittings">{sittings}</script>
<script type="application/json" id="sounds">{sounds}</script>
<script>{script}</script>
</body>
</html>
"""


def listening_files(
    session: Any,
    folder: str | Path,
    form: str = "ab",
    *,
    name: str = NAME,
    max_mb: float = MAX_MB,
    kbps: int = 192,
    clock: Callable[[], float] = time.time,
    salt: str | None = None,
    **settings: Any,
) -> list[Path]:
    """Write a listening test for listeners elsewhere.

    Each file is complete: it opens from a disk without a network, goes on after a reload, sends nothing, and ends with
    a code for :func:`import_votes`. Which model is behind a letter stands in no file, only in the session.

    Parameters
    ----------
    session : SunoSession
    folder : path-like
        Made when absent. ``listening-test.html`` holds all sittings where they fit into ``max_mb`` megabytes, and asks
        for the listener's number (or takes it from ``…html#3``); otherwise ``listening-test-1.html`` … hold one each.
    form, name, clock, salt, **settings
        As for :func:`~suno_lab.widgets.listening.listening_test`; give ``listeners_n`` for how many it is planned.
    kbps : int
        Of the MP3 inside.

    Returns
    -------
    list of Path

    Raises
    ------
    StudyError
        As for the widget, and when a single sitting does not fit.
    """
    if settings.pop("reveal", None) is not None:
        raise StudyError("a file cannot reveal what was behind the letters: that stands in the session alone")
    plan = kept_plan(session, name, settings_of(form, settings), salt=salt or secrets.token_hex(16), now=clock())
    folder = Path(folder).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    used = dict.fromkeys(s for sitting in plan.sittings for s in sounds_of(sitting))
    sounds = {s: base64.b64encode(sound_file(session, plan, s, encoding="mp3", kbps=kbps)).decode() for s in used}
    everyone = range(len(plan.sittings))
    together = page_html(plan, everyone, sounds)
    if len(together) <= max_mb * 1e6:
        return [_written(folder / "listening-test.html", together)]
    alone = {number: page_html(plan, [number], sounds) for number in everyone}
    largest_mb = max(map(len, alone.values())) / 1e6
    if largest_mb > max_mb:
        raise StudyError(
            f"one sitting makes a file of {largest_mb:.1f} MB, more than max_mb={max_mb:g}: "
            "take fewer trials, shorter excerpts or a lower kbps="
        )
    return [_written(folder / f"listening-test-{number + 1}.html", page) for number, page in alone.items()]


def page_html(plan: Plan, listeners: Iterable[int], sounds: Mapping[str, str]) -> str:
    """One page with the sittings of some listeners.

    Parameters
    ----------
    listeners : iterable of int
        From 0.
    sounds : mapping of str to str
        Sounds in base64, by their words; only what these sittings need goes into the page.
    """
    numbers = list(listeners)
    needed = dict.fromkeys(s for number in numbers for s in sounds_of(plan.sittings[number]))
    script = "".join((STATIC / f"{part}.js").read_text(encoding="utf-8") for part in SCRIPTS) + "\nstartPage();\n"
    sheet = style(*STYLES)
    return PAGE.format(
        script_hash=_source_hash(script),
        style_hash=_source_hash(sheet),
        style=sheet,
        sittings=inert_json({"sittings": [sitting_pages(plan, number) for number in numbers]}),
        sounds=inert_json({sound: sounds[sound] for sound in needed}),
        script=script,
    )


def inert_json(value: Any) -> str:
    """JSON that can stand inside a script element: no character of it ends the element or opens a comment.

    >>> inert_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _source_hash(text: str) -> str:
    """What a content security policy calls a piece of inline source by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# ── the way back ─────────────────────────────────────────────────────────────────────────────────────────────────────
def import_votes(session: Any, *codes: str | Path, clock: Callable[[], float] = time.time) -> pd.DataFrame:
    """Take in the result codes of listeners; a code that was taken in before changes nothing.

    Parameters
    ----------
    session : SunoSession
        The one that made the test.
    *codes : str or Path
        Codes as text, or the files that pages save.

    Returns
    -------
    pandas.DataFrame
        The votes of these sittings, as :func:`~suno_lab.widgets.listening.listening_votes`.

    Raises
    ------
    StudyError
        For a code that is not complete and unchanged, or of a test that this session did not make. Nothing is taken
        in of any code then.
    """
    results = [
        decode_result(code.read_text(encoding="utf-8", errors="replace") if isinstance(code, Path) else code)
        for code in codes
    ]
    plans = [_plan_of(session, result) for result in results]
    votes = []
    for result, plan in zip(results, plans, strict=True):
        events = _events(result)
        keep_and_rate(session, plan, events, now=clock())
        votes += votes_of(plan, kept.events_of(session.journal, plan.test_id, run=_run(result)))
    return votes_frame(votes)


def _plan_of(session: Any, result: Result) -> Plan:
    known = kept.find_test(session.journal, test_id=result.test)
    if known is None:
        raise StudyError("this code is of a listening test that was not made in this session")
    if known.plan_sha256 != result.commitment:
        raise StudyError(f"this code is of another version of {known.name!r}: its pages were changed")
    plan = plan_from(json.loads(known.plan))
    if not 0 <= result.listener < len(plan.sittings):
        raise StudyError(f"{known.name!r} has no sitting {result.listener + 1}")
    own = {trial.page for trial in plan.sittings[result.listener]}
    foreign = {trial.page for sitting in plan.sittings for trial in sitting} - own
    if any(event.get("page") in foreign for event in result.events if isinstance(event.get("page"), str)):
        raise StudyError("this code answers pages of another listener's sitting")
    return plan


def _run(result: Result) -> str:
    return f"listener {result.listener + 1} ({result.run[:24]})"


def _events(result: Result) -> Sequence[KeptEvent]:
    run = _run(result)
    return [
        KeptEvent(test_id=result.test, listener=run, run=run, position=position, event=event)
        for position, event in enumerate(result.events)
        if usable(event)
    ]
