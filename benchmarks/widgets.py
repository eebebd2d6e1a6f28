"""How quick the widgets are in a real JupyterLab: first sight, a click's way to Python and back, words in time.

Needs a system Chromium (``APT=1 make browser``). Figures depend on the machine.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.ui.conftest import CHROMIUM, NOT_RUN
from tests.ui.servers import RUN_ALL, Jupyter, running_jupyter

SETUP = """
from pathlib import Path
import ipywidgets as W
from suno_lab.widgets import composer, player
from suno_lab.widgets.notes import Notes
from tests.widgets.clips import PlainClip, counted_words, write_tone
from tests.widgets.sessions import PlainSession
clip = PlainClip(write_tone(Path("tone.mp3"), duration_s=10.0), words=counted_words(20))
"""
FORM = "composer(PlainSession(), description='calm piano', watch=False)"
PLAYER = "shown = player(clip)\nshown"
ECHO = """
count, notes, button = 0, Notes(), W.Button(description="echo")
def answer(_):
    global count
    count += 1
    notes.say(f"answer {count}")
button.on_click(answer)
W.VBox([button, notes])
"""
#: remembers every <audio> that a script makes, so that its clock can be read
REMEMBER_AUDIO = """
  window.heard = [];
  const Made = window.Audio;
  window.Audio = function (...given) { const made = new Made(...given); window.heard.push(made); return made; };
"""
ROUND_TRIP = """async (n) => {
  const button = [...document.querySelectorAll('button')].find((b) => b.textContent === 'echo');
  const taken = [];
  for (let i = 1; i <= n; i++) {
    const started = performance.now();
    button.click();
    while (![...document.querySelectorAll('.sl-say')].some((p) => p.textContent === `answer ${i}`))
      await new Promise(requestAnimationFrame);
    taken.push(performance.now() - started);
  }
  return taken;
}"""
WATCH_WORDS = """(starts) => {
  window.lags = [];
  const words = [...document.querySelectorAll('.sl-word')];
  const where = { attributes: true, attributeFilter: ['aria-current'], subtree: true };
  new MutationObserver((changes) => changes.forEach(({ target }) => {
    const at = words.indexOf(target);
    if (target.hasAttribute('aria-current')) window.lags.push(1000 * (window.heard.at(-1).currentTime - starts[at]));
  })).observe(document.querySelector('.sl-words'), where);
}"""


def _seconds_until(page: Any, selector: str, started: float) -> float:
    page.locator(selector).first.wait_for(timeout=60_000)
    return round(time.perf_counter() - started, 2)


def measured(jupyter: Jupyter, page: Any, *, clicks_n: int) -> dict[str, Any]:
    """All figures of one notebook."""
    outside: list[str] = []
    local = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
    page.on("request", lambda request: None if request.url.startswith(local) else outside.append(request.url))
    page.add_init_script(REMEMBER_AUDIO)
    jupyter.open(page, SETUP, FORM, PLAYER, ECHO, run=False)
    started = time.perf_counter()
    page.evaluate(RUN_ALL)
    form_s = _seconds_until(page, ".suno-lab-composer", started)
    player_s = _seconds_until(page, ".sl-player", started)
    page.get_by_role("button", name="echo").wait_for()
    trips_ms = sorted(page.evaluate(ROUND_TRIP, clicks_n))
    page.evaluate(WATCH_WORDS, [0.45 * i for i in range(20)])
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.lags.length >= 12", timeout=60_000)
    lags_ms = page.evaluate("() => window.lags")
    page.evaluate("() => { window.jupyterapp.commands.execute('docmanager:save') }")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=30_000)
    return {
        "form_s": form_s,
        "player_s": player_s,
        "click_p50_ms": round(statistics.median(trips_ms), 1),
        "click_p90_ms": round(trips_ms[int(0.9 * len(trips_ms))], 1),
        "word_lag_p50_ms": round(statistics.median(lags_ms), 1),
        "word_lag_max_ms": round(max(lags_ms), 1),
        "clicks_n": clicks_n,
        "words_n": len(lags_ms),
        "requests_beyond_this_machine_n": len(outside),
        "notebook_kb": round((jupyter.root / "test.ipynb").stat().st_size / 1000, 1),
    }


def main(argv: list[str]) -> int:
    """Print one JSON line; 1 where there is no browser."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        print(NOT_RUN, file=sys.stderr)
        return 1
    flags = ["--no-sandbox", "--disable-gpu", "--mute-audio", "--autoplay-policy=no-user-gesture-required"]
    with (
        tempfile.TemporaryDirectory() as home,
        running_jupyter(Path(home) / "jupyter") as jupyter,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        print(json.dumps(measured(jupyter, browser.new_page(), clicks_n=30)))
        browser.close()
    return 0
