import numpy as np
import pytest

from suno_lab.engine import MODELS, Brief, compose, emulated_model
from suno_lab.engine.idea import form_idea
from suno_lab.engine.wishes import read_wishes
from suno_lab.errors import UnknownModel


def test_misses_are_rare_and_numbers_plausible() -> None:
    for model in MODELS.values():
        assert model.tempo_miss_p <= 0.1
        assert model.key_miss_p <= 0.1
        assert -24 < model.loudness_lufs < -8
        assert model.max_duration_s in (240.0, 480.0)


def deviations(model: str, *, style_weight: float | None = None) -> list[float]:
    wishes = read_wishes(Brief(style="pop, 100 bpm"))
    ideas = [form_idea(wishes, emulated_model(model), seed=n, take=0, style_weight=style_weight) for n in range(200)]
    return [abs(idea.tempo_bpm / 100 - 1) for idea in ideas if not idea.effects["tempo_missed"]]


def test_older_models_keep_the_tempo_less_well() -> None:
    spread = [np.median(deviations(name)) for name in ("V3_5", "V4", "V4_5", "V5", "V5_5", "V6")]
    assert spread == sorted(spread, reverse=True)


def test_style_weight_halves_or_raises_the_deviation() -> None:
    loose, usual, strict = (np.median(deviations("V4", style_weight=w)) for w in (0.0, None, 1.0))
    assert strict == pytest.approx(usual / 2, rel=0.25)
    assert loose == pytest.approx(usual * 1.5, rel=0.25)


def test_weirdness_brings_borrowed_chords() -> None:
    def chords(weirdness: float) -> set[str]:
        brief = Brief(style="pop, in C major", instrumental=True, weirdness=weirdness)
        scores = [compose(brief, seed=seed) for seed in range(12)]
        return {span.label for s in scores if s.key.name == "C major" for span in s.chords} - {"N"}

    plain = {"C:maj", "G:maj", "A:min", "F:maj"}
    assert chords(0.5) <= plain
    assert chords(1.0) - plain


def test_effects_are_part_of_the_truth() -> None:
    effects = compose(Brief(instrumental=True, model="V4"), seed=1).truth().effects
    assert effects["bandwidth_hz"] == 12_000.0
    assert effects["loudness_lufs"] == -16.0


def test_unknown_models_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel) as caught:
        emulated_model("V2")
    assert "V5" in str(caught.value)
