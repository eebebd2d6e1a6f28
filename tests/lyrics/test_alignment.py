import math
from dataclasses import replace

import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.lyrics.alignment import deviation, evaluate, match_words, offset_test, unrepeated
from suno_lab.models import Word

SR = 22050
TEXT = [
    "we",
    "sang",
    "the",
    "old",
    "song",
    "slow",
    "and",
    "then",
    "again",
    "until",
    "the",
    "morning",
    "came",
    "and",
    "went",
    "home",
]
STARTS_S = np.cumsum(np.random.default_rng(3).uniform(0.3, 1.1, len(TEXT)))
WORDS = [Word(word=word, start_s=float(s), end_s=float(s) + 0.25) for word, s in zip(TEXT, STARTS_S, strict=True)]


@pytest.fixture(scope="module")
def voice():
    """A buzz of 0.25 s at every word, over noise."""
    rng = np.random.default_rng(0)
    samples = rng.normal(scale=0.003, size=round((STARTS_S[-1] + 2) * SR))
    t = np.arange(SR // 4) / SR
    for start_s in STARTS_S:
        hz = rng.uniform(120, 300)
        buzz = sum(np.sin(2 * np.pi * hz * k * t) for k in range(1, 12)) * np.minimum(1, t * 60) * 0.05
        samples[round(start_s * SR) : round(start_s * SR) + len(t)] += buzz
    return Audio(samples, SR)


def moved(by_s, drift=0.0):
    return [replace(w, start_s=w.start_s + by_s + drift * w.start_s, end_s=w.end_s + by_s) for w in WORDS]


def test_exact_times():
    found = deviation(WORDS, WORDS)
    assert (found.matched_n, found.bias_s, found.within_share, found.drift_s_per_min) == (len(TEXT), 0, 1, 0)


def test_an_offset_and_a_drift():
    assert deviation(WORDS, moved(0.4)).bias_s == pytest.approx(0.4)
    assert deviation(WORDS, moved(0.4)).within_share == 0.0
    assert deviation(WORDS, moved(0.0, drift=0.01)).drift_s_per_min == pytest.approx(0.6)


def test_words_of_one_side_only():
    heard = [*WORDS[:5], Word(word="uh", start_s=3.0, end_s=3.1), *WORDS[6:]]
    found = deviation(WORDS, heard)
    assert found.matched_n == len(TEXT) - 1
    assert found.within_share == (len(TEXT) - 1) / len(TEXT)
    assert (5, 5) not in match_words(WORDS, heard)


def test_nothing_in_common():
    assert math.isnan(deviation(WORDS, []).bias_s)
    assert deviation(WORDS, []).within_share == 0
    assert math.isnan(deviation([], WORDS).within_share)


def test_agrees_with_mir_eval():
    import mir_eval

    noisy = [replace(w, start_s=w.start_s + d) for w, d in zip(WORDS, np.linspace(-0.2, 0.25, len(WORDS)), strict=True)]
    starts_s = [np.array([w.start_s for w in words]) for words in (WORDS, noisy)]
    scores = mir_eval.alignment.evaluate(*starts_s, duration=60.0)
    found = deviation(WORDS, noisy)
    assert (found.median_abs_s, found.mean_abs_s) == pytest.approx((scores["mae"], scores["aae"]))
    assert found.within_share == pytest.approx(scores["pc"])


@pytest.mark.parametrize("late_s", [-0.25, 0.0, 0.4])
def test_a_common_offset_is_found_in_the_sound(voice, late_s):
    found = offset_test(voice, moved(late_s))
    assert found.offset_s == pytest.approx(-late_s, abs=0.03)
    assert found.plausible


def test_the_stem_is_listened_to_where_there_is_one(voice):
    noise = np.random.default_rng(1).normal(scale=0.3, size=voice.samples.shape)
    mix = Audio(voice.samples + noise, SR, stems={"vocals": voice})
    assert offset_test(mix, WORDS).plausible
    assert (offset_test(mix, WORDS).heard, offset_test(voice, WORDS).heard) == ("vocals", "mix")


def test_random_stamps_are_noticed(voice):
    """About one time in twenty (two looks of one in forty), random stamps look plausible; here, hardly more often."""
    rng = np.random.default_rng(8)
    fooled_n = 0
    for _ in range(20):
        stamps_s = np.sort(rng.uniform(STARTS_S[0], STARTS_S[-1], len(WORDS)))
        random = [replace(w, start_s=float(s)) for w, s in zip(WORDS, stamps_s, strict=True)]
        fooled_n += offset_test(voice, random).plausible
    assert fooled_n <= 3


def test_too_little_to_say(voice):
    assert offset_test(voice, WORDS[:3]) is None
    assert offset_test(Audio(np.zeros(SR), SR), WORDS) is None


@pytest.mark.parametrize("drift_s_per_min", [-1.2, 0.9])
def test_a_drift_is_found_in_the_sound(voice, drift_s_per_min):
    middle_s = STARTS_S.mean()
    spoilt = [replace(w, start_s=w.start_s + drift_s_per_min * (w.start_s - middle_s) / 60) for w in WORDS]
    found = offset_test(voice, spoilt)
    assert found.plausible
    assert found.drift_s_per_min == pytest.approx(-drift_s_per_min, abs=0.25)
    assert found.offset_s == pytest.approx(0, abs=0.03)


def test_a_common_offset_is_no_drift(voice):
    assert offset_test(voice, moved(0.4)).drift_s_per_min == 0.0


def test_what_repeats_with_the_bar_is_taken_off():
    times_s = np.arange(0, 60, 0.0125)
    drums = np.zeros(len(times_s))
    drums[40:-40:40] = 1.0
    once = drums.copy()
    once[2000] += 1.0
    left = unrepeated(once, times_s)
    assert left[2000] == pytest.approx(1.0)
    assert np.delete(left, 2000).sum() < 0.1 * drums.sum()
    assert unrepeated(np.zeros(3), times_s[:3]).tolist() == [0, 0, 0]


def test_the_scores_of_mirex_are_mir_evals():
    import mir_eval

    noisy = [replace(w, start_s=w.start_s + d) for w, d in zip(WORDS, np.linspace(-0.2, 0.45, len(WORDS)), strict=True)]
    starts_s = [np.array([w.start_s for w in words]) for words in (WORDS, noisy)]
    scores = mir_eval.alignment.evaluate(*starts_s, duration=60.0)
    found = evaluate(WORDS, noisy, duration_s=60.0)
    assert found == pytest.approx({**scores, "matched_n": len(WORDS), "reference_n": len(WORDS)})


def test_times_that_fall_are_scored_and_too_few_are_not():
    swapped = [WORDS[0], replace(WORDS[1], start_s=WORDS[0].start_s - 0.1), *WORDS[2:]]
    assert 0.5 < evaluate(WORDS, swapped)["pc"] <= 1
    assert math.isnan(evaluate(WORDS, WORDS[:1])["mae"])
    assert evaluate(WORDS, [])["matched_n"] == 0
