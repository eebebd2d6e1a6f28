import numpy as np
import pandas as pd
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies import compare
from suno_lab.studies.comparison import prompt_means
from suno_lab.studies.paired import paired_result


def study(effect=0.0, *, prompts_n=8, tasks_n=1, clips_n=2, seed=0, models=("V4_5", "V5"), prompt_sd=5.0, task_sd=2.0):
    """Clips whose value is prompt + task + own noise, ``effect`` more for the second model."""
    rng = np.random.default_rng(seed)
    rows = []
    for prompt in range(prompts_n):
        base = 100 + rng.normal(0, prompt_sd)
        for number, model in enumerate(models):
            for task in range(tasks_n):
                middle = base + rng.normal(0, task_sd) + effect * number
                for clip in range(clips_n):
                    rows.append(
                        (f"{prompt}{model}{task}{clip}", f"{prompt}{model}{task}", prompt, model, middle + rng.normal())
                    )
    return pd.DataFrame(rows, columns=["clip_id", "task_id", "prompt_id", "model_requested", "brightness"])


def test_the_sample_is_the_prompts():
    df = study(3.0, tasks_n=2)
    row = compare(df, "brightness").table.iloc[0]
    tasks = df.groupby(["prompt_id", "model_requested", "task_id"])["brightness"].mean()
    means = tasks.groupby(level=[0, 1]).mean().unstack()
    expected = paired_result(means["V4_5"] - means["V5"])
    assert (row.estimate, row.low, row.high, row.p_value) == pytest.approx(
        (expected.mean, expected.low, expected.high, expected.p_value)
    )
    assert (row.prompts_n, row.tasks_a_n, row.clips_a_n) == (8, 16, 32)


def test_more_siblings_do_not_make_it_surer():
    """Copies of the same clips add nothing: interval and p stay as they were."""
    df = study(1.0)
    copied = pd.concat([df, df.assign(clip_id=df["clip_id"] + "x")])
    once, twice = (compare(frame, "brightness").table.iloc[0] for frame in (df, copied))
    assert (once.low, once.high, once.p_value) == pytest.approx((twice.low, twice.high, twice.p_value))


def test_a_planted_difference_is_shown():
    result = compare(study(8.0, seed=3), "brightness")
    assert "a difference is shown" in result.verdict
    assert result.table.loc[0, "estimate"] == pytest.approx(-8, abs=3)
    assert result.table.loc[0, "chance_a_exceeds_b"] < 0.2
    assert result.table.loc[0, "within_task_sd"] == pytest.approx(1, abs=0.5)


def test_five_prompts_decide_nothing():
    result = compare(study(50.0, prompts_n=5), "brightness")
    assert "not enough prompts (5, at least 6): this decides nothing" in result.verdict


def test_nulls_are_called_differences_rarely():
    """Without an effect, about one study in twenty shows one; counting siblings as independent, far more do."""
    from scipy.stats import ttest_ind

    names = {"model_requested": "by", "prompt_id": "pair", "task_id": "task", "brightness": "value"}
    honest, naive = [], []
    for seed in range(300):
        clips = study(seed=seed, prompt_sd=0.0, task_sd=5.0).rename(columns=names)
        means = prompt_means(clips)
        honest.append(paired_result(means["V4_5"] - means["V5"]).p_value < 0.05)
        naive.append(ttest_ind(*(group["value"] for _, group in clips.groupby("by"))).pvalue < 0.05)
    assert 0.03 <= np.mean(honest) <= 0.08
    assert np.mean(naive) > 0.12


def test_tempo_is_compared_by_ratio():
    df = study().assign(
        tempo_bpm=lambda d: np.where(d["model_requested"] == "V5", 120.0, 60.0) * (1 + d.index % 2 / 100)
    )
    result = compare(df, "tempo_bpm")
    row = result.table.iloc[0]
    assert (row.effect, row.unit) == ("ratio", "×")
    assert row.estimate == pytest.approx(0.5)
    assert row.mean_b / row.mean_a == pytest.approx(2)
    assert "V4_5 is 0.5 times V5" in result.verdict


def test_a_ratio_needs_positive_values():
    with pytest.raises(StudyError, match="not positive"):
        compare(study().assign(tempo_bpm=0.0), "tempo_bpm")


def test_keys_are_compared_by_agreement():
    df = study(prompts_n=10)
    df["musical_key"] = np.where(df["model_requested"] == "V5", "C major", "A minor")
    row = compare(df, "musical_key").table.iloc[0]
    assert (row.effect, row.mean_a, row.mean_b, row.estimate) == ("agreement", 0.0, 1.0, -1.0)
    assert row.p_value == 2 / 2**10
    df["musical_key"] = "C major"
    assert "no difference is shown" in compare(df, "musical_key").verdict


def test_flags_are_compared_by_share():
    df = study().assign(truncated=lambda d: d["model_requested"] == "V5")
    assert compare(df, "truncated").table.loc[0, ["estimate", "mean_b"]].tolist() == [-1.0, 1.0]


def test_three_models_are_three_rows_and_p_is_corrected():
    result = compare(study(models=("V4", "V4_5", "V5")), "brightness")
    assert result.table[["a", "b"]].values.tolist() == [["V4", "V4_5"], ["V4", "V5"], ["V4_5", "V5"]]
    assert (result.table["p_adjusted"] >= result.table["p_value"]).all()
    assert "corrected for 3 comparisons" in str(result)


def test_the_order_can_be_chosen():
    row = compare(study(5.0), "brightness", levels=["V5", "V4_5"]).table.iloc[0]
    assert (row.a, row.b) == ("V5", "V4_5")
    assert row.estimate > 0


def test_services_are_not_mixed():
    df = study().assign(service=["kie", "emulator"] * 16)
    with pytest.raises(StudyError, match="several services"):
        compare(df, "brightness")
    assert compare(df, "brightness", by="service").table.loc[0, "a"] == "emulator"


def test_emulated_clips_say_so():
    result = compare(study().assign(service="emulator"), "brightness")
    assert result.emulated
    assert "emulated – not Suno" in str(result)
    assert "emulated – not Suno" in result._repr_html_()


def test_missing_values_are_counted():
    df = study()
    df.loc[0, "brightness"] = np.nan
    df.loc[1, "brightness"] = np.inf
    result = compare(df, "brightness")
    assert result.table.loc[0, "missing_a_n"] == 2
    assert result.table.loc[0, "prompts_n"] == 7


def test_one_clip_a_task_knows_no_spread():
    result = compare(study(clips_n=1), "brightness")
    assert np.isnan(result.table.loc[0, "within_task_sd"])
    assert "spread within tasks is unknown" in result.verdict


def test_no_task_id_is_noted():
    assert "no task_id" in str(compare(study().drop(columns="task_id"), "brightness"))


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"by": "colour"}, "no column 'colour'"),
        ({}, {"pair": "item"}, "no column 'item'"),
        ({"model_requested": "V5"}, {}, "needs two conditions"),
        ({"prompt_id": range(32)}, {}, "nothing to pair"),
        ({"brightness": "loud"}, {"scale": "linear"}, "not numbers"),
        ({}, {"scale": "ordinal"}, "unknown scale"),
        ({}, {"levels": ["V5", "V9"]}, "no clip has model 'V9'"),
        ({}, {"confidence": 95}, "between 0 and 1"),
        ({}, {"pair": "model_requested"}, "must differ"),
        ({"brightness": np.nan}, {}, "nothing to pair"),
    ],
)
def test_what_would_mislead_is_refused(change, options, message):
    with pytest.raises(StudyError, match=message):
        compare(study().assign(**change), "brightness", **options)


def test_names_are_escaped():
    page = compare(study(models=("<b>", "V5")), "brightness")._repr_html_()
    assert "<b>brightness" in page.replace("<b>brightness by", "<b>brightness", 1)
    assert "&lt;b&gt;" in page
    assert "<td><b></td>" not in page


def test_decibels_and_proportions_are_compared_by_difference():
    for feature in ("loudness_integrated_lufs", "stereo_width"):
        result = compare(study(5.0).rename(columns={"brightness": feature}), feature)
        assert result.table.loc[0, "effect"] == "difference"
    assert result.scale == "proportion"


def test_circular_numbers_are_compared_the_short_way_round():
    df = study(prompts_n=10)
    rng = np.random.default_rng(0)
    high = np.where(df["model_requested"] == "V5", 47.0, -47.0) + rng.normal(scale=0.5, size=len(df))
    row = compare(df.assign(tuning_cents=high), "tuning_cents").table.iloc[0]
    assert (row.effect, row.unit) == ("difference", "cents")
    assert row.estimate == pytest.approx(6, abs=1)  # -47 is 53: six above 47, not 94 below
