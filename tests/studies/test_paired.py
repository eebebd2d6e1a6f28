"""Against examples that were published with their results."""

import math

import numpy as np
import pytest

from suno_lab.studies.paired import (
    agreement,
    agreement_within,
    chance_exceeds,
    holm,
    paired_result,
    pooled_sd,
    sign_flip_p,
)

#: Student, "The probable error of a mean", Biometrika 1908: hours of sleep gained with two drugs, ten patients
SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
#: Darwin's maize, from Fisher, The Design of Experiments, 1935, table 3: crossed less self-fertilised, in 1/8 inch
MAIZE = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])


def test_students_sleep_data():
    result = paired_result(SLEEP_1 - SLEEP_2)
    assert result.mean == pytest.approx(-1.58)
    assert (result.low, result.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-6)


def test_darwins_maize():
    """Fisher counts 863 of 32,768 patterns at least as large on one side (§21)."""
    assert sign_flip_p(MAIZE) == 2 * 863 / 2**15


def test_the_smallest_p_of_five_pairs_is_above_a_twentieth():
    assert sign_flip_p(np.ones(5)) == 2 / 32
    assert sign_flip_p(np.ones(6)) == 2 / 64


def test_many_pairs_are_drawn_close_to_the_normal():
    values = np.random.default_rng(1).normal(0.3, 1, size=60)
    from scipy.stats import ttest_1samp

    assert sign_flip_p(values) == pytest.approx(ttest_1samp(values, 0).pvalue, abs=0.01)
    assert sign_flip_p(np.ones(40)) == 1 / 20001
    assert sign_flip_p(values, seed=1) == sign_flip_p(values, seed=1)


def test_too_little_gives_nan():
    assert math.isnan(paired_result([]).mean)
    assert math.isnan(paired_result([1.0]).low)
    assert paired_result([1.0]).p_value == 1.0


def test_holm():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.01, np.nan]), [0.01, np.nan])


def test_pooled_sd():
    groups = [np.array([1.0, 3.0]), np.array([10.0, 10.0, 13.0]), np.array([7.0])]
    assert pooled_sd(groups) == pytest.approx(math.sqrt((2 + 6) / 3))
    assert math.isnan(pooled_sd([np.array([1.0])]))


def test_chance_exceeds():
    assert chance_exceeds(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == (0.5 + 1 + 1 + 1) / 4


def test_agreement():
    keys = np.array(["C major", "A minor"], dtype=object)
    assert agreement(keys, keys) == 0.5
    assert agreement_within(keys) == 0.0
    assert math.isnan(agreement_within(keys[:1]))
