"""Whether a file under its final name is ever wrong: ``python -m benchmarks downloads --n 200 --kills 20``.

A server that cuts, stalls, stumbles, knows no ranges, changes files half way, sends pages for songs and lets links
expire. Once undisturbed, for the bytes transferred where ranges work; once with the fetching process killed again and
again. Beside it the habit (write straight into the file, again from the beginning when it breaks) under the same kills.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks._fetching import files, results
from benchmarks._fileserver import REFUSED, SIZE_BYTES, WHOLE, content_of
from benchmarks._outcome import conclude
from benchmarks._processes import kill9, python

AT_MOST = 1.1
#: manners in which a file that broke off can be continued
CONTINUED = ("plain", "cut", "stall", "stumble")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks downloads", description=__doc__)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    quiet = run(options, kills=0, judge=judge_store)
    killed = run(options, kills=options.kills, judge=judge_store)
    habit = run(options, kills=options.kills, judge=judge_habit, plainly=True)
    wanted_n = sum(manner in WHOLE for _, manner in files(options.n))
    goals = {
        "no wrong file under a final name": quiet["wrong_n"] == killed["wrong_n"] == 0,
        "every good file is there": quiet["right_n"] == killed["right_n"] == wanted_n,
        "every other one ended in a typed error": quiet["untyped_n"] == killed["untyped_n"] == 0,
        f"at most {AT_MOST} times the bytes where ranges work": quiet["times_bytes"] <= AT_MOST,
        f"{options.kills} kills": killed["kills_n"] == options.kills,
    }
    figures = {"n": options.n, "undisturbed": quiet, "killed": killed, "habit": habit}
    return conclude("downloads", figures, goals)


def run(
    options: argparse.Namespace,
    *,
    kills: int,
    judge: Callable[[Path, int], dict[str, Any]],
    plainly: bool = False,
) -> dict[str, Any]:
    """All files, from a fresh server into a fresh folder."""
    with file_server() as url, tempfile.TemporaryDirectory(prefix="downloads-") as name:
        folder = Path(name)
        arguments = ["-m", "benchmarks._fetching", folder, "--url", url, "--n", str(options.n)]
        arguments += ["--plainly"] if plainly else []
        rng, kills_n = random.Random(options.seed), 0
        while True:
            with python(arguments) as fetching:
                if kills_n == kills:
                    fetching.wait()
                    break
                wait_for_more(folder, fetching, n=options.n // (2 * kills))
                time.sleep(rng.uniform(0.0, 0.15))
                if fetching.poll() is not None:
                    break
                kill9(fetching)
                kills_n += 1
        sent = json.loads(urllib.request.urlopen(f"{url}/sent", timeout=30).read())
        needed = sum(SIZE_BYTES + 3 + number for number, manner in files(options.n) if manner in CONTINUED)
        times = sum(sent.get(manner, 0) for manner in CONTINUED) / needed
        return judge(folder, options.n) | {"times_bytes": round(times, 3), "kills_n": kills_n}


def wait_for_more(folder: Path, fetching: subprocess.Popen[bytes], *, n: int) -> None:
    """Until so many more files have an outcome, or there is nobody left to bring one."""
    before = len(results(folder))
    while len(results(folder)) < before + max(n, 1) and fetching.poll() is None:
        time.sleep(0.02)


@contextmanager
def file_server() -> Iterator[str]:
    """The misbehaving server's address."""
    with python(["-m", "benchmarks._fileserver"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()


# ── the truth ────────────────────────────────────────────────────────────────────────────────────────────────────────
def judge_store(folder: Path, n: int) -> dict[str, Any]:
    """Every file under a final name, and what was said about every other one."""
    good = {hashlib.sha256(content).hexdigest() for content in wholes(n)}
    kept = [path for path in (folder / "audio").rglob("*") if path.is_file() and ".parts" not in path.parts]
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}
    wrong = [path for path, digest in digests.items() if digest not in good or path.stem != digest]
    known = results(folder)
    errors = Counter(f"{m}: {known[k].get('error')}" for k, m in files(n) if m in REFUSED and k in known)
    untyped = sum(k not in known or "error" not in known[k] for k, m in files(n) if m in REFUSED)
    right = sum(known.get(k, {}).get("path") is not None for k, m in files(n) if m in WHOLE)
    return {"wrong_n": len(wrong), "right_n": right, "untyped_n": untyped, "errors": dict(errors)}


def judge_habit(folder: Path, n: int) -> dict[str, Any]:
    """The same for files that were written under their names at once."""
    good, found = set(wholes(n)), [path.read_bytes() for path in folder.glob("*.mp3")]
    return {"wrong_n": sum(content not in good for content in found), "right_n": sum(c in good for c in found)}


def wholes(n: int) -> Iterator[bytes]:
    """Every content that is whole."""
    for number, manner in files(n):
        if manner in WHOLE:
            yield content_of(number, 1)
            yield content_of(number, 2)
