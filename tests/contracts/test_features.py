"""What every family of measures keeps to, whatever the sound."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.features import similarity
from suno_lab.features._feature import Direction, Scale
from suno_lab.features._page import columns_markdown

SR = 22050
NOISE = np.random.default_rng(0).normal(scale=0.1, size=6 * SR)
TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(6 * SR) / SR)

SOUNDS = {
    "silence": Audio(np.zeros(6 * SR), SR),
    "tone": Audio(TONE, SR),
    "noise": Audio(NOISE, SR),
    "one sample": Audio(np.ones(1), SR),
    "ten milliseconds": Audio(NOISE[:220], SR),
    "constant": Audio(np.full(3 * SR, 0.5), SR),
    "eight channels": Audio(np.stack([NOISE[:SR]] * 8, axis=1), SR),
    "odd rate": Audio(NOISE[:30_000], 11_027),
    "damaged": Audio(np.where(np.arange(3 * SR) % 7 == 0, np.nan, NOISE[: 3 * SR]), SR),
    "full of damage": Audio(np.full(SR, np.inf), SR),
    "very loud": Audio(NOISE[: 3 * SR] * 1e5, SR),
    "clipped": Audio(np.clip(TONE[: 3 * SR] * 8, -1, 1), SR),
}
FAMILIES = features.families()


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_sound_gives_a_value_or_none(family, sound):
    module = FAMILIES[family]
    row = module.extract(SOUNDS[sound])
    assert set(row) <= {feature.name for feature in module.FEATURES}
    for feature in module.FEATURES:
        value = row.get(feature.name)
        assert value is None or fits(value, feature.dtype), (feature.name, value)


def fits(value, dtype):
    kinds = {"float64": (float, int), "Int64": int, "boolean": bool, "string": str}
    return type(value) in np.atleast_1d(kinds[dtype]) and (dtype != "float64" or np.isfinite(value))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_feature_says_what_it_is(family):
    module = FAMILIES[family]
    assert module.VERSION >= 1
    assert module.__doc__
    for feature in module.FEATURES:
        assert all((feature.unit, feature.method, feature.description)), feature.name
        assert feature.scale in get_args(Scale)
        assert feature.direction in get_args(Direction)
        assert feature.scale not in ("log", "dB", "proportion") or feature.dtype != "string"
        pd.Series([], dtype=feature.dtype)


def test_what_is_no_family_says_what_it_is_too():
    assert all(f.unit and f.method and f.description and f.scale in get_args(Scale) for f in similarity.FEATURES)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_interval_is_made_of_columns_of_the_family(family):
    names = {feature.name for feature in FAMILIES[family].FEATURES}
    assert all(set(feature.interval or ()) <= names for feature in FAMILIES[family].FEATURES)


@pytest.mark.parametrize("sound", ["silence", "tone", "noise", "clipped", "eight channels"])
@pytest.mark.parametrize("family", FAMILIES)
def test_proportions_lie_between_0_and_1_and_logs_above_0(family, sound):
    row = FAMILIES[family].extract(SOUNDS[sound])
    for feature in FAMILIES[family].FEATURES:
        value = row.get(feature.name)
        if value is not None and feature.scale in ("proportion", "log"):
            assert value > 0 or (feature.scale == "proportion" and value == 0), (feature.name, value)
            assert value <= 1 + 1e-9 or feature.scale == "log", (feature.name, value)


def test_no_two_families_share_a_name():
    names = [feature.name for module in FAMILIES.values() for feature in module.FEATURES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_clip_measured_twice_is_the_same(family):
    samples = np.tile(NOISE[: SR // 2] * np.geomspace(1, 0.001, SR // 2), 12)
    assert FAMILIES[family].extract(Audio(samples, SR)) == FAMILIES[family].extract(Audio(samples, SR))


def test_the_page_is_generated_from_the_families(request):
    page = (request.config.rootpath / "docs" / "features.md").read_text("utf-8")
    assert page.endswith("\n\n" + columns_markdown()), "run: python -m suno_lab.features._page"
