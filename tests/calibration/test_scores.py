"""Scores agree with the published definitions."""

from __future__ import annotations

import math

import mir_eval
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.calibration.scores import (
    TONICS,
    beat_scores,
    brier_score,
    calibration_error,
    conformal_width,
    isotonic,
    key_relation,
    key_score,
    leave_one_out_coverage,
    octave_ratio,
    tempo_error,
    wilson_interval,
)

KEYS = [f"{tonic} {mode}" for tonic in TONICS for mode in ("major", "minor")]
keys = st.sampled_from(KEYS)


@given(keys, keys)
def test_the_key_score_is_mir_evals(estimated: str, reference: str) -> None:
    assert key_score(estimated, reference) == mir_eval.key.weighted_score(reference, estimated)


def test_relations_by_example() -> None:
    assert key_relation("G major", "C major") == "fifth"
    assert key_relation("A minor", "C major") == "relative"
    assert key_relation("C major", "A minor") == "relative"
    assert key_relation("C minor", "C major") == "parallel"
    assert key_relation("F# major", "C major") == "other"


@pytest.mark.parametrize(
    ("estimated", "ratio"), [(100, 1.0), (103.9, 1.0), (50.5, 0.5), (200, 2.0), (33.4, 1 / 3), (296, 3.0)]
)
def test_octaves_are_named(estimated: float, ratio: float) -> None:
    assert octave_ratio(estimated, 100.0) == ratio


def test_a_tempo_at_no_level_has_no_ratio_and_no_error() -> None:
    assert math.isnan(octave_ratio(137.0, 100.0))
    assert math.isnan(tempo_error(137.0, 100.0))
    assert math.isnan(octave_ratio(0.0, 100.0))
    assert tempo_error(200.2, 100.0) == pytest.approx(0.001)


def test_wilson_published_example() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 by the score method, and 0 of 20
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_reliability_curve_never_falls_and_never_promises_certainty(pairs: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in pairs])
    hits = np.array([float(hit) for _, hit in pairs])
    thresholds, probabilities = isotonic(scores, hits)
    assert np.all(np.diff(probabilities) >= 0)
    assert np.all(np.diff(thresholds) >= 0)
    assert np.all((probabilities > 0) & (probabilities < 1))


def test_the_reliability_curve_by_hand() -> None:
    thresholds, probabilities = isotonic(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 1.0, 0.0, 1.0]))
    # 0.2 and 0.3 violate the order and are pooled: 1 of 2; each block shrunk by one hit and one miss
    assert thresholds.tolist() == [0.1, 0.2, 0.4]
    assert probabilities == pytest.approx([1 / 3, 2 / 4, 2 / 3])


def test_forecast_scores_by_hand() -> None:
    said, came = np.array([0.9, 0.9, 0.1, 0.3]), np.array([1.0, 0.0, 0.0, 0.0])
    assert brier_score(said, came) == pytest.approx((0.01 + 0.81 + 0.01 + 0.09) / 4)
    assert calibration_error(said, came, bins_n=2) == pytest.approx(0.5 * 0.2 + 0.5 * 0.4)
    assert math.isnan(brier_score(np.array([]), np.array([])))


def test_a_conformal_interval_needs_nineteen_errors() -> None:
    errors = np.arange(1.0, 20.0)
    assert math.isinf(conformal_width(errors[:-1]))
    assert conformal_width(errors) == 19.0
    assert conformal_width(np.arange(1.0, 100.0)) == 95.0


@given(st.integers(0, 1000))
def test_a_conformal_interval_holds_what_it_promises(seed: int) -> None:
    errors = np.random.default_rng(seed).exponential(size=100)
    assert leave_one_out_coverage(errors) in (95, 96)  # distinct errors: the rank decides, whatever they are


def test_beats_are_scored_as_mir_eval_does_and_their_lateness_is_found() -> None:
    true = np.arange(0.5, 20, 0.5)
    assert beat_scores(true, true + 0.03) == (1.0, pytest.approx(0.03))
    score, late_s = beat_scores(true, true[::2] - 0.01)
    assert (score, late_s) == (pytest.approx(2 / 3, abs=0.02), pytest.approx(-0.01))
    assert beat_scores(true, np.array([])) == (0.0, pytest.approx(math.nan, nan_ok=True))
    assert math.isnan(beat_scores(true, true + 0.2)[1])
