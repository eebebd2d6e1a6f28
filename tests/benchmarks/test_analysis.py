"""The figures are counted right."""

import csv
import json

import numpy as np
import pytest
import soundfile

from benchmarks import __main__ as run
from benchmarks import analysis

SR = 22050


def song(tempo, tonic=0, mode="major", name="x"):
    return {"file": name, "tempo": tempo, "tonic": tonic, "mode": mode, "dur": 20.0, "off": 0.5, "set": "T"}


def answer(tempo, tonic=0, mode="major", confidence=0.5, late_s=0.0):
    beats_s = np.arange(0.5 + late_s, 19.0, 60 / tempo)
    return {"tempo_bpm": tempo, "beats_s": beats_s, "tonic": tonic, "mode": mode} | {
        "confidence": confidence,
        "duration_s": 20.0,
    }


def test_tempo():
    pairs = [(song(100), answer(100.5)), (song(100), answer(200)), (song(100), answer(103)), (song(100), answer(140))]
    figures = analysis._tempo_figures(pairs)
    assert (figures["tempo_acc1"], figures["tempo_acc2"], figures["tempo_acc2_1pc"]) == (0.5, 0.75, 0.5)
    assert figures["tempo_error_pc"] == pytest.approx(0.5)


def test_beats():
    figures = analysis._beat_figures([(song(120), answer(120, late_s=0.02))])
    assert figures["beat_f"] == 1.0
    assert figures["beat_offset_ms"] == pytest.approx(20)


def test_keys():
    pairs = [
        (song(100), answer(100, confidence=0.9)),
        (song(100), answer(100, tonic=7)),
        (song(100), answer(100, tonic=-1)),
    ]
    figures = analysis._key_figures(pairs)
    assert figures["key_correct"] == pytest.approx(1 / 3)
    assert figures["key_mirex"] == pytest.approx(1.5 / 3)
    assert figures["key_correct_at_half_coverage"] == 1.0
    assert analysis._key_figures([(song(100, tonic=-1), answer(100))]) == {}


def test_one_line_of_json(tmp_path, capsys, clicks_file):
    row = {"path": clicks_file.name, "tempo": 120, "tonic": -1, "mode": "", "dur": 12.0, "off": 0.5}
    with open(tmp_path / "truth.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    assert run.main(["analysis", "--corpus", str(tmp_path), "--estimators", "suno_lab", "--no-speed"]) == 0
    figures = json.loads(capsys.readouterr().out)["suno_lab"]["all"]
    assert figures["tempo_acc2"] == 1.0
    assert figures["duration_error_ms"] == 0.0


@pytest.fixture
def clicks_file(tmp_path):
    samples = np.zeros(12 * SR)
    for start in range(SR // 2, 11 * SR, SR // 2):
        samples[start : start + 200] = 0.5
    soundfile.write(tmp_path / "clicks.wav", samples, SR)
    return tmp_path / "clicks.wav"


def test_unknown_benchmarks_are_refused(capsys):
    assert run.main(["nothing"]) == 2
    assert "analysis" in capsys.readouterr().err
