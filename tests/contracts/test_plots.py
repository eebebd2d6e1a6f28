"""What every picture keeps to: light and dark, axes as given, no warning, a mark on emulated clips."""

import doctest
import inspect
import subprocess
import sys
from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import pytest

matplotlib.use("agg")

from matplotlib import pyplot

from suno_lab import plots
from suno_lab.audio import Audio
from suno_lab.models import Word
from suno_lab.studies import rank
from tests.studies.votes import poll

SR = 22050
RNG = np.random.default_rng(0)
HOSTILE = "a $\\frac{1$ <b> 夜空 سلام \N{GRINNING FACE}\t"


def song():
    t = np.arange(8 * SR) / SR
    samples = sum(0.1 * np.sin(2 * np.pi * hz * t) for hz in (261.6, 329.6, 392.0)) * (np.sin(2 * np.pi * 2 * t) > 0.9)
    return Audio(samples + RNG.normal(scale=0.001, size=len(t)), SR)


SONG = song()
WORDS = tuple(
    Word(word=text, start_s=0.5 + i, end_s=1.2 + i, success=i != 2)
    for i, text in enumerate(["[Verse]\nSlow ", HOSTILE, "tide\n", "[Chorus]\nrise ", "$x$"])
)
LATER = [replace(word, start_s=word.start_s + 0.1) for word in WORDS]


def clips(service="kie"):
    rows = []
    for prompt in range(6):
        for model in ("V4_5", HOSTILE):
            for sibling in range(2):
                tempo_bpm = float(100 * np.exp(RNG.normal(0, 0.2)))
                rows.append(
                    {
                        "clip_id": f"{prompt}{model}{sibling}",
                        "task_id": f"{prompt}{model}",
                        "prompt_id": prompt,
                        "model_requested": model,
                        "service": service,
                        "tempo_bpm": tempo_bpm,
                        "requested_tempo_bpm": 100.0,
                        "requested_key": "A minor",
                        "musical_key": str(RNG.choice(["C major", "A minor"])),
                    }
                )
    return pd.DataFrame(rows)


CLIPS = clips()

LINEAGE = pd.DataFrame(
    {
        "depth": [0, 1, 1], "clip_id": ["c2", "c1", None], "task_id": ["t2", "t1", None],
        "operation": ["cover", "generate", None], "source": ["asked for", "clip_id", f"source_url: {HOSTILE}"],
        "into": pd.array([None, 0, 0], dtype="Int64"),
    }
)  # fmt: skip

RANKING = rank(poll({"V4": 0.0, HOSTILE: 0.5}, question=HOSTILE))

#: every picture with what it needs
EXAMPLES = {
    "plot_alignment": lambda **o: plots.plot_alignment(SONG, WORDS, heading=HOSTILE, **o),
    "plot_chroma": lambda **o: plots.plot_chroma(SONG, heading=HOSTILE, **o),
    "plot_feature_by": lambda **o: plots.plot_feature_by(CLIPS, "tempo_bpm", **o),
    "plot_ecdf": lambda **o: plots.plot_ecdf(CLIPS, "tempo_bpm", **o),
    "plot_karaoke": lambda **o: plots.plot_karaoke(WORDS, heading=HOSTILE, **o),
    "plot_lineage": lambda **o: plots.plot_lineage(LINEAGE, heading=HOSTILE, **o),
    "plot_mel": lambda **o: plots.plot_mel(SONG, WORDS, heading=HOSTILE, **o),
    "plot_tempogram": lambda **o: plots.plot_tempogram(SONG, heading=HOSTILE, **o),
    "plot_self_similarity": lambda **o: plots.plot_self_similarity(SONG, heading=HOSTILE, **o),
    "plot_tempo_agreement": lambda **o: plots.plot_tempo_agreement(CLIPS, **o),
    "plot_octave_ratios": lambda **o: plots.plot_octave_ratios(CLIPS, **o),
    "plot_key_errors": lambda **o: plots.plot_key_errors(CLIPS, **o),
    "plot_bland_altman": lambda **o: plots.plot_bland_altman(CLIPS, "tempo_bpm", "requested_tempo_bpm", **o),
    "plot_reliability": lambda **o: plots.plot_reliability([0.2, 0.5, 0.9] * 5, [False, True, True] * 5, **o),
    "plot_alignments": lambda **o: plots.plot_alignments(
        SONG, SONG, words=(WORDS, LATER), names=(HOSTILE, "b"), heading=HOSTILE, **o
    ),
    "plot_word_disagreement": lambda **o: plots.plot_word_disagreement(
        WORDS, LATER[1:], tolerance_s=0.05, names=(HOSTILE, "$b$"), heading=HOSTILE, **o
    ),
    "plot_ranking": lambda **o: plots.plot_ranking(RANKING, **o),
    "plot_onset_deviations": lambda **o: plots.plot_onset_deviations(WORDS, LATER, **o),
    "plot_deviation_ecdf": lambda **o: plots.plot_deviation_ecdf(WORDS, LATER, **o),
}
FROM_FRAMES = {
    "plot_feature_by": lambda df: plots.plot_feature_by(df, "tempo_bpm"),
    "plot_ecdf": lambda df: plots.plot_ecdf(df, "tempo_bpm"),
    "plot_tempo_agreement": plots.plot_tempo_agreement,
    "plot_octave_ratios": plots.plot_octave_ratios,
    "plot_key_errors": plots.plot_key_errors,
    "plot_bland_altman": lambda df: plots.plot_bland_altman(df, "tempo_bpm", "requested_tempo_bpm"),
}


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    pyplot.close("all")


def texts(ax):
    return [text.get_text() for text in ax.figure.findobj(matplotlib.text.Text)]


def test_every_picture_has_an_example():
    assert set(EXAMPLES) == {name for name in plots.__all__ if name.startswith("plot_")}


@pytest.mark.parametrize("theme", ["default", "dark_background"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_it_draws_in_light_and_dark(name, theme, tmp_path):
    with pyplot.style.context(theme):
        before = dict(matplotlib.rcParams)
        ax = EXAMPLES[name]()
        ax.figure.savefig(tmp_path / "picture.png", dpi=40)
        assert dict(matplotlib.rcParams) == before
    assert (tmp_path / "picture.png").stat().st_size > 1000


@pytest.mark.parametrize("suffix", ["pdf", "svg"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_it_can_be_printed(name, suffix, tmp_path):
    EXAMPLES[name](emulated=True).figure.savefig(tmp_path / f"picture.{suffix}")
    assert (tmp_path / f"picture.{suffix}").stat().st_size > 1000


@pytest.mark.parametrize("name", [*EXAMPLES, "small_multiples"])
def test_its_page_says_what_goes_in_and_its_example_runs(name):
    text = inspect.getdoc(getattr(plots, name))
    assert all(heading in text for heading in ("Parameters\n---", "Returns\n---", "Examples\n---"))
    frame = CLIPS.assign(loudness_integrated_lufs=-14.0, librosa_tempo_bpm=CLIPS["tempo_bpm"] + 1)
    known = {"audio": SONG, "words": WORDS, "heard": LATER, "df": frame, "lineage": LINEAGE, "ranking": RANKING}
    examples = doctest.DocTestParser().get_examples(text)
    assert examples
    scope = vars(plots) | known
    for example in examples:
        exec(example.source, scope)
    assert pyplot.get_fignums()


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_draws_where_it_is_told(name):
    ax = pyplot.figure().add_subplot()
    assert EXAMPLES[name](ax=ax) is ax
    assert len(pyplot.get_fignums()) == 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_emulated_clips_are_marked_and_others_are_not(name):
    assert "emulated – not Suno" in texts(EXAMPLES[name](emulated=True))
    assert "emulated – not Suno" not in texts(EXAMPLES[name](emulated=False))


def test_frames_of_emulated_clips_are_marked_without_being_told():
    emulated = clips("emulator")
    for name, draw in FROM_FRAMES.items():
        assert "emulated – not Suno" in texts(draw(emulated)), name


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_string_is_read_as_mathematics(name):
    ax = EXAMPLES[name]()
    theirs = [text for text in ax.figure.findobj(matplotlib.text.Text) if "$" in text.get_text()]
    assert not any(text.get_parse_math() for text in theirs)


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_data_is_positional(name):
    parameters = list(inspect.signature(getattr(plots, name)).parameters.values())
    assert "ax" in {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    assert sum(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters) <= 3


def test_nothing_is_drawn_with_before_something_is_drawn():
    code = "import sys, suno_lab.plots; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
