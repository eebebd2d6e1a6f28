"""How quick the widgets are in a real JupyterLab, how true to the clock, and what they leave in memory.

Needs a system Chromium (``APT=1 make browser``). Figures depend on the machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks._outcome import conclude
from tests.ui.conftest import CHROMIUM, LOCAL, NOT_RUN
from tests.ui.servers import RUN_ALL, Jupyter, running_jupyter

SETUP = """
from pathlib import Path
import gc
import numpy as np
import psutil
import soundfile
import ipywidgets as W
from suno_lab.widgets import composer, matrix, player
from suno_lab.widgets.notes import Notes
from tests.widgets.clips import PlainClip, counted_words, write_tone
from tests.widgets.sessions import MeasuredSession, PlainSession
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
MATRIX = "matrix(MeasuredSession(dict.fromkeys('ab', clip.path), loudness_lufs={'a': -12.0, 'b': -14.0}))"

#: a second notebook: many songs of usual length, from files that nobody has seen before
FILES = """
import shutil
noise = np.random.default_rng(1).normal(0.0, 0.1, (180 * 44100, 2)).astype("float32")
soundfile.write("song.mp3", noise, 44100)
del noise
files = [Path(shutil.copy("song.mp3", f"song-{i}.mp3")) for i in range(PLAYERS_N)]
clips = [PlainClip(path, title=f"A song {i}", words=counted_words(400)) for i, path in enumerate(files)]
"""
#: the same of a session, which has had its files decoded when they came
SESSION = """
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
quick = EmulatorSettings(latency_s=0.0, default_duration_s=180.0)
session = SunoSession("songs", service="emulator", emulator=quick, songs=PlainSongs(most_s=180.0), progress=False)
tasks = [session.generate("calm piano", instrumental=True, fresh=True) for _ in range(PLAYERS_N // 2)]
clips = [clip for task in tasks for clip in task.clips]
"""
READY = """
import ctypes
libc = ctypes.CDLL(None)
with player(clip) as warm:
    warm.ready()

def resident_mb():
    gc.collect()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)  # what the allocator only keeps for the next who asks is not held by anybody
    return psutil.Process().memory_info().rss / 1e6

before_mb = resident_mb()
print("ready")
"""
MANY = """
players = [player(one) for one in clips]
W.VBox(players)
"""
OPEN = """
ready = all([one.ready() for one in players])
print("handed over" if ready else "not ready")
"""
#: what was sent before this has reached the browser when its answer is seen
CLOSE = """
open_mb = resident_mb()
while players:
    players.pop().close()
print("closed")
"""
AFTER = """
print("resident", before_mb, open_mb, resident_mb())
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
#: writes down which place of which piece is to be heard from which moment
REMEMBER_SOURCES = """
  window.starts = [];
  const begin = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when = 0, offset = 0, ...rest) {
    window.starts.push({ moment: Math.max(when, this.context.currentTime), offset });
    return begin.call(this, when, offset, ...rest);
  };
"""
#: players with a button to press, at least so many
ON_PAGE = "(n) => document.querySelectorAll('.sl-player:has(button)').length >= n"
#: canvases with something on their middle line, at least so many
PAINTED = """(n) => [...document.querySelectorAll('.sl-player .sl-wave')].filter((canvas) => canvas.drawn ??=
  canvas.width && canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1).data.some((part) => part)
  || undefined).length >= n"""
LOOK_EVERY_MS = 200  #: looking costs the page, too
WATCH_WORDS = """(starts) => {
  window.lags = [];
  const words = [...document.querySelectorAll('.sl-word')];
  const where = { attributes: true, attributeFilter: ['aria-current'], subtree: true };
  new MutationObserver((changes) => changes.forEach(({ target }) => {
    const at = words.indexOf(target);
    if (target.hasAttribute('aria-current')) window.lags.push(1000 * (window.heard.at(-1).currentTime - starts[at]));
  })).observe(document.querySelector('.sl-words'), where);
}"""


#: the most that each figure may be
GOALS = {
    "form_s": 5.0,
    "session_players_on_page_s": 5.0,
    "session_waveforms_painted_s": 5.0,
    "file_players_on_page_s": 5.0,  # their waveforms follow, as fast as the machine decodes
    "click_p50_ms": 150.0,
    "word_lag_p50_ms": 120.0,
    "switch_max_ms": 20.0,
    "session_kept_after_close_mb": 15.0,
    "file_kept_after_close_mb": 15.0,
    "requests_beyond_this_machine_n": 0,
}


def _seconds_until(page: Any, selector: str, started: float) -> float:
    page.locator(selector).first.wait_for(timeout=60_000)
    return round(time.perf_counter() - started, 2)


def first_sight(page: Any) -> dict[str, float]:
    """From "Run All" to form and player on the screen."""
    started = time.perf_counter()
    page.evaluate(RUN_ALL)
    form_s = _seconds_until(page, ".suno-lab-composer", started)
    return {"form_s": form_s, "player_s": _seconds_until(page, ".sl-player", started)}


def clicks(page: Any, *, n: int) -> dict[str, float]:
    """From a click, through Python, to the screen."""
    page.get_by_role("button", name="echo").wait_for()
    trips_ms = sorted(page.evaluate(ROUND_TRIP, n))
    return {
        "click_p50_ms": round(statistics.median(trips_ms), 1),
        "click_p90_ms": round(trips_ms[int(0.9 * len(trips_ms))], 1),
        "clicks_n": n,
    }


def words(page: Any) -> dict[str, float]:
    """How long after it begins a word is marked, by the sound's own clock."""
    page.evaluate(WATCH_WORDS, [0.45 * i for i in range(20)])
    player = page.locator(".sl-player")
    player.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.lags.length >= 12", timeout=60_000)
    player.get_by_role("button", name="Pause").click()
    lags_ms = page.evaluate("() => window.lags")
    return {
        "word_lag_p50_ms": round(statistics.median(lags_ms), 1),
        "word_lag_max_ms": round(max(lags_ms), 1),
        "words_n": len(lags_ms),
    }


def switches(page: Any, *, n: int) -> dict[str, float]:
    """How far the music jumps where a comparison goes from one clip to the other while it plays."""
    matrix = page.locator(".sl-matrix")
    matrix.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => window.starts.length === 1", timeout=60_000)
    for i in range(n):
        page.wait_for_timeout(100)
        matrix.press("21"[i % 2])
        page.wait_for_function("(n) => window.starts.length === n", arg=i + 2, timeout=60_000)
    starts = page.evaluate("() => window.starts")
    jumps_ms = [
        1000 * abs((new["offset"] - old["offset"]) - (new["moment"] - old["moment"])) for old, new in pairwise(starts)
    ]
    return {"switch_max_ms": round(max(jumps_ms), 2), "switches_n": n}


def many(jupyter: Jupyter, page: Any, *, source: str, cell: str, players_n: int) -> dict[str, float]:
    """Players of whole songs: from nothing to the page and to all painted, and what the kernel holds after closing."""
    cells = (SETUP + f"PLAYERS_N = {players_n}\n" + cell + READY, MANY, OPEN, CLOSE, AFTER)
    jupyter.open(page, *cells, name=f"many-{source}.ipynb", run=False)
    run_next(page)
    said = page.locator(".jp-OutputArea-output")
    said.filter(has_text="ready").wait_for(timeout=240_000)
    started = time.perf_counter()
    run_next(page)
    page.wait_for_function(ON_PAGE, arg=players_n, timeout=120_000, polling=LOOK_EVERY_MS)
    on_page_s = round(time.perf_counter() - started, 2)
    painted_s = _seconds_until_painted(page, players_n, started)
    for answer in ("handed over", "closed", "resident"):
        run_next(page)
        said.filter(has_text=answer).wait_for(timeout=120_000)
    before_mb, open_mb, after_mb = map(float, said.filter(has_text="resident").inner_text().split()[1:])
    jupyter.close_all(page)
    return {
        f"{source}_players_n": players_n,
        f"{source}_players_on_page_s": on_page_s,
        f"{source}_waveforms_painted_s": painted_s,
        f"{source}_held_while_open_mb": round(open_mb - before_mb, 1),
        f"{source}_kept_after_close_mb": round(after_mb - before_mb, 1),
    }


def _seconds_until_painted(page: Any, players_n: int, started: float) -> float:
    page.wait_for_function(PAINTED, arg=players_n, timeout=120_000, polling=LOOK_EVERY_MS)
    return round(time.perf_counter() - started, 2)


def run_next(page: Any, *, times: int = 1) -> None:
    """Run the chosen cell and go to the one below."""
    for _ in range(times):
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell-and-select-next') }")


def measured(jupyter: Jupyter, page: Any, *, clicks_n: int) -> dict[str, Any]:
    """All figures."""
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(LOCAL) else outside.append(request.url))
    page.add_init_script(REMEMBER_AUDIO + REMEMBER_SOURCES)
    jupyter.open(page, SETUP, FORM, PLAYER, ECHO, MATRIX, run=False)
    figures = {**first_sight(page), **clicks(page, n=clicks_n), **words(page), **switches(page, n=20)}
    page.evaluate("() => { window.jupyterapp.commands.execute('docmanager:save') }")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=30_000)
    figures["notebook_kb"] = round((jupyter.root / "test.ipynb").stat().st_size / 1000, 1)
    jupyter.close_all(page)
    for source, cell in (("session", SESSION), ("file", FILES)):
        figures |= many(jupyter, page, source=source, cell=cell, players_n=20)
    return {**figures, "requests_beyond_this_machine_n": len(outside)}


def main(argv: list[str]) -> int:
    """Print one JSON line; 1 where there is no browser, or a figure is above its goal."""
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
        figures = measured(jupyter, browser.new_page(), clicks_n=30)
        browser.close()
    goals = {f"{name} at most {most:g}": figures[name] <= most for name, most in GOALS.items()}
    return conclude("widgets", figures, goals)
