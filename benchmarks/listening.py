"""What listening tests promise, measured: ``python -m benchmarks listening``.

Prints one JSON line: how far excerpts of engine songs are apart in loudness after matching and encoding, how large they
are, how evenly comparisons are given out, how many slips in a result code go unnoticed, and how often the interval of a
ranking holds the truth.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import string
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import soundfile

from suno_lab.audio import Audio
from suno_lab.engine import SR, Brief, compose, render
from suno_lab.errors import StudyError
from suno_lab.studies.assignment import plan_assignment
from suno_lab.studies.strengths import cluster_interval, cluster_weights, fit_strengths
from suno_lab.widgets.listening import excerpts
from suno_lab.widgets.listening.codes import Result, decode_result, encode_result
from suno_lab.widgets.listening.excerpts import Encoding, Floats, Outline

STYLES = ("calm piano, 72 bpm", "rock, 132 bpm", "edm, 124 bpm", "jazz, 118 bpm", "lo-fi, 80 bpm", "folk, 92 bpm")
ENCODINGS: tuple[tuple[Encoding, int], ...] = (("wav", 0), ("mp3", 192), ("mp3", 128))


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks listening", description=__doc__)
    parser.add_argument("--excerpt-s", type=float, default=12.0)
    parser.add_argument("--slips", type=int, default=20_000, help="how many damaged codes to try")
    parser.add_argument("--polls", type=int, default=400, help="how many polls to hold for each number of items")
    options = parser.parse_args(argv)
    print(json.dumps(matching(options.excerpt_s) | balance() | slips(options.slips) | coverage(options.polls)))
    return 0


def matching(excerpt_s: float) -> dict[str, Any]:
    """Loudness and size of matched excerpts, one of each style."""
    cuts = [_excerpt(style, seed, excerpt_s) for seed, style in enumerate(STYLES)]
    before = {str(i): excerpts.reachable_lufs(cut) for i, cut in enumerate(cuts)}
    target = excerpts.common_loudness_lufs(before)
    known = [lufs for lufs in before.values() if lufs is not None]
    found: dict[str, Any] = {"excerpts_n": len(cuts), "excerpt_s": excerpt_s}
    found["spread_before_lu"] = round(max(known) - min(known), 2)
    started = time.process_time()
    heard = [excerpts.treated(cut, "plain", target_lufs=target) for cut in cuts]
    found["match_s_an_excerpt"] = round((time.process_time() - started) / len(cuts), 3)
    for encoding, kbps in ENCODINGS:
        files = [excerpts.encoded(samples, encoding, kbps=kbps) for samples in heard]
        loud = [excerpts.loudness_lufs(soundfile.read(io.BytesIO(file), dtype="float32")[0]) for file in files]
        name = f"{encoding}_{kbps}" if kbps else encoding
        found[f"{name}_spread_lu"] = round(max(x for x in loud if x) - min(x for x in loud if x), 4)
        found[f"{name}_kb_an_excerpt"] = round(sum(map(len, files)) / len(files) / 1000)
    return found


def _excerpt(style: str, seed: int, excerpt_s: float) -> Floats:
    brief = Brief(lyrics="", style=style, instrumental=True, duration_s=2 * excerpt_s)
    song = Audio(render(compose(brief, seed=seed)).mix, SR)
    [place] = excerpts.matched_places([Outline(duration_s=song.duration_s, sections_s={})], excerpt_s=excerpt_s)
    return excerpts.cut(song, place)


def balance() -> dict[str, Any]:
    """How evenly thirty listeners with twenty trials each are spread over twelve items and three models."""
    clips = {f"item {i}": {m: [f"{i}{m}0", f"{i}{m}1"] for m in ("V4", "V4_5", "V5")} for i in range(12)}
    started = time.process_time()
    sittings = plan_assignment(clips, listeners_n=30, trials_n=20, seed=1)
    took_s = time.process_time() - started
    tests = [trial for sitting in sittings for trial in sitting if trial.purpose == "test"]
    comparisons = Counter((trial.item, frozenset(trial.conditions)) for trial in tests)
    orders = Counter((trial.item, trial.conditions) for trial in tests)
    sides = [abs(orders[item, (a, b)] - orders[item, (b, a)]) for item, (a, b) in orders]
    return {
        "plan_s": round(took_s, 3),
        "votes_a_comparison_min": min(comparisons.values()),
        "votes_a_comparison_max": max(comparisons.values()),
        "order_difference_max": max(sides),
    }


def slips(n: int) -> dict[str, Any]:
    """How many of ``n`` damaged codes are taken for good: wrong, missing, doubled, swapped characters."""
    events = tuple({"type": "choose", "page": f"p{i}", "at_ms": 10_000 * i, "value": "first"} for i in range(200))
    code = encode_result(Result(test="t", commitment="c" * 64, listener=0, run="r", events=events))
    rng = random.Random(0)
    damaged = [text for text in (_damaged(code, rng) for _ in range(n)) if text.lower() != code.lower()]
    return {"code_characters": len(code), "slips_n": len(damaged), "slips_taken_n": sum(map(_taken, damaged))}


def _damaged(code: str, rng: random.Random) -> str:
    at = rng.randrange(len(code) - 1)
    one, two = code[at], code[at + 1]
    new = rng.choice(string.ascii_letters + string.digits + "-_")
    return code[:at] + rng.choice([new + two, two, one + one + two, two + one]) + code[at + 2 :]


def _taken(code: str) -> bool:
    try:
        decode_result(code)
    except StudyError:
        return False
    return True


# ── ranking ──────────────────────────────────────────────────────────────────────────────────────────────────────────
PAIRS = np.array([(0, 1), (0, 2), (1, 2)])
STRENGTHS, ITEM_SD, TIE, VOTES_N, DRAWS_N = np.array([-0.8, 0.0, 0.8]), 0.6, 0.6, 5, 400


def coverage(polls_n: int) -> dict[str, Any]:
    """How often the 95 % interval of a difference of strengths holds the truth, items having tastes of their own.

    Beside it the interval that resamples single votes, as if each were a sample by itself.
    """
    rng = np.random.default_rng(0)
    truth = _apart(fit_strengths(_poll(200_000, rng).sum(axis=0), PAIRS, 3).strengths)
    found: dict[str, Any] = {"polls_n": polls_n, "votes_a_pair_and_item": VOTES_N}
    for items_n in (6, 12, 24):
        held = [_holds(_poll(items_n, rng), truth, rng) for _ in range(polls_n)]
        found[f"coverage_{items_n}_items"], found[f"coverage_{items_n}_items_by_vote"] = np.mean(held, axis=0).round(3)
    return found


def _holds(counts: Any, truth: float, rng: np.random.Generator) -> tuple[bool, bool]:
    total, items_n = counts.sum(axis=0), len(counts)
    estimate = _apart(fit_strengths(total, PAIRS, 3).strengths)
    weights = cluster_weights(items_n, DRAWS_N, seed=int(rng.integers(2**32)))
    drawn = _apart(fit_strengths(np.einsum("di,ipo->dpo", weights, counts), PAIRS, 3).strengths)
    low, high = cluster_interval(estimate, drawn, items_n, confidence=0.95)
    votes_n = int(total.sum())
    single = rng.multinomial(votes_n, total.ravel() / votes_n, size=DRAWS_N).reshape(DRAWS_N, 3, 3)
    by_vote = np.quantile(_apart(fit_strengths(single + 1e-6, PAIRS, 3).strengths), (0.025, 0.975))
    return bool(low <= truth <= high), bool(by_vote[0] <= truth <= by_vote[1])


def _apart(strengths: Any) -> Any:
    return strengths[..., 2] - strengths[..., 1]


def _poll(items_n: int, rng: np.random.Generator) -> Any:
    """Votes on every pair of every item, shape (items, pairs, 3)."""
    worth = np.exp(STRENGTHS + rng.normal(0, ITEM_SD, (items_n, 3)))
    first, second = worth[:, PAIRS[:, 0]], worth[:, PAIRS[:, 1]]
    odds = np.stack([first, second, TIE * np.sqrt(first * second)], axis=-1)
    return rng.multinomial(VOTES_N, odds / odds.sum(axis=-1, keepdims=True))
