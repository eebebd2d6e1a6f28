"""From what was measured to the rows of an error card. One function a part, one row a breakdown and estimator."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from suno_lab.calibration.scores import (
    KEY_WEIGHTS,
    Floats,
    brier_score,
    calibration_error,
    conformal_width,
    isotonic,
    key_parts,
    key_relation,
    key_score,
    leave_one_out_coverage,
    octave_ratio,
    out_of_fold,
    tempo_error,
    wilson_interval,
)

if TYPE_CHECKING:
    import pandas as pd

TEMPO_BANDS = ((0, 80), (80, 110), (110, 140), (140, 1000))
LOUDNESS_BANDS = ((-100, -16), (-16, -12), (-12, 10))
LEVEL = 0.95  #: of the intervals
Row = dict[str, Any]


def breakdowns(rows: pd.DataFrame) -> Sequence[tuple[str, pd.DataFrame]]:
    """All rows, then by true tempo, by loudness and by genre; empty ones are left out."""
    tempo, loudness = rows["reference_tempo_bpm"], rows["loudness_integrated_lufs"]
    parts = [("all", rows)]
    parts += [(f"{low}–{high} bpm", rows[(tempo >= low) & (tempo < high)]) for low, high in TEMPO_BANDS]
    parts += [(f"{low}–{high} LUFS", rows[(loudness >= low) & (loudness < high)]) for low, high in LOUDNESS_BANDS]
    parts += [(f"genre {genre}", rows[rows["genre"] == genre]) for genre in sorted(rows["genre"].dropna().unique())]
    return [(name, part) for name, part in parts if len(part)]


def _by_band(estimator: str, rows: pd.DataFrame, sum_up: Callable[[pd.DataFrame], Row]) -> list[Row]:
    return [{"estimator": estimator, "band": name, **sum_up(part)} for name, part in breakdowns(rows)]


# ── tempo ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def tempo_rows(estimator: str, rows: pd.DataFrame) -> list[Row]:
    """How often the tempo is right, with its octave and without, and which multiple it is instead."""
    return _by_band(estimator, rows.dropna(subset=["tempo_bpm", "reference_tempo_bpm"]), _tempo)


def _tempo(rows: pd.DataFrame) -> Row:
    pairs = list(zip(rows["tempo_bpm"], rows["reference_tempo_bpm"], strict=True))
    ratios = np.array([octave_ratio(*pair) for pair in pairs])
    errors = np.array([tempo_error(*pair) for pair in pairs])
    either = [
        octave_ratio(first, true) == 1 or octave_ratio(second, true) == 1
        for (first, true), second in zip(pairs, rows["tempo_alternative_bpm"], strict=True)
    ]
    n, exact = len(pairs), int(np.sum(ratios == 1))
    low, high = wilson_interval(exact, n)
    return {
        "n": n,
        "accuracy_1": exact / n, "accuracy_1_low": low, "accuracy_1_high": high,
        "accuracy_2": float(np.mean(np.isfinite(ratios))),
        "within_1_percent": float(np.mean(np.nan_to_num(errors, nan=1.0) <= 0.01)),
        "median_error": float(np.nanmedian(errors)) if np.isfinite(errors).any() else None,
        "half": float(np.mean(ratios == 1 / 2)), "double": float(np.mean(ratios == 2.0)),
        "third": float(np.mean(ratios == 1 / 3)), "triple": float(np.mean(ratios == 3.0)),
        "tempo_or_alternative": float(np.mean(either)),
    }  # fmt: skip


# ── key ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
def key_rows(estimator: str, rows: pd.DataFrame) -> list[Row]:
    """How often the key is right, and how wrong ones relate to the true one."""
    return _by_band(estimator, rows.dropna(subset=["musical_key", "reference_key"]), _key)


def _key(rows: pd.DataFrame) -> Row:
    pairs = list(zip(rows["musical_key"], rows["reference_key"], strict=True))
    relations = [key_relation(*pair) for pair in pairs]
    low, high = wilson_interval(relations.count("correct"), len(pairs))
    shares = {name: relations.count(name) / len(pairs) for name in KEY_WEIGHTS}
    mirex = float(np.mean([key_score(*pair) for pair in pairs]))
    return {"n": len(pairs), **shares, "correct_low": low, "correct_high": high, "mirex": mirex}


def confusion_rows(estimator: str, rows: pd.DataFrame) -> list[Row]:
    """Counts of (semitones from the true tonic, true mode, estimated mode)."""
    known = rows.dropna(subset=["musical_key", "reference_key"])
    counts: Counter[tuple[int, str, str]] = Counter()
    for estimated, reference in zip(known["musical_key"], known["reference_key"], strict=True):
        (tonic, mode), (true_tonic, true_mode) = key_parts(estimated), key_parts(reference)
        counts[(tonic - true_tonic) % 12, true_mode, mode] += 1
    return [
        {"estimator": estimator, "step_semitones": step, "reference_mode": true, "estimated_mode": found, "n": n}
        for (step, true, found), n in sorted(counts.items())
    ]


# ── beats ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def beat_rows(estimator: str, rows: pd.DataFrame) -> list[Row]:
    """Mean F within 70 ms; the median offset of songs, and between which two 95 % of the songs lie."""
    return _by_band(estimator, rows.dropna(subset=["beats_f"]), _beats)


def _beats(rows: pd.DataFrame) -> Row:
    offsets_s = rows["beats_offset_s"].dropna().to_numpy(dtype="float64")
    middle = np.percentile(offsets_s, (50, 2.5, 97.5)).tolist() if len(offsets_s) else [None] * 3
    offsets = dict(zip(("offset_s", "offset_low_s", "offset_high_s"), middle, strict=True))
    return {"n": len(rows), "f_measure": float(rows["beats_f"].mean()), **offsets}


# ── intervals ────────────────────────────────────────────────────────────────────────────────────────────────────────
def interval_rows(estimator: str, rows: pd.DataFrame) -> list[Row]:
    """Whether 95 % intervals hold the truth: those an estimator states, and those made of the errors seen here.

    ``half_width`` of tempo is relative, with its octave forgiven; of a duration it is in seconds. ``kind`` is
    ``stated`` or ``conformal``; the coverage of the latter leaves each song out in turn, by band with the width of all.
    """
    stated = rows.dropna(subset=["tempo_bpm", "reference_tempo_bpm", "tempo_low_bpm", "tempo_high_bpm"])
    found = [{"measure": "tempo", "kind": "stated", **row} for row in _by_band(estimator, stated, _stated)]
    tempo = rows.dropna(subset=["tempo_bpm", "reference_tempo_bpm"])
    errors = [tempo_error(*pair) for pair in zip(tempo["tempo_bpm"], tempo["reference_tempo_bpm"], strict=True)]
    lengths = (rows["duration_s"] - rows["reference_duration_s"]).abs()
    for measure, residuals in (("tempo", tempo.assign(residual=errors)), ("duration", rows.assign(residual=lengths))):
        found += _conformal_rows(estimator, measure, residuals.dropna(subset=["residual"]))
    return found


def _stated(rows: pd.DataFrame) -> Row:
    columns = (rows[name] for name in ("tempo_bpm", "reference_tempo_bpm", "tempo_low_bpm", "tempo_high_bpm"))
    held, widths = 0, []
    for tempo, reference, low, high in zip(*columns, strict=True):
        true = octave_ratio(tempo, reference) * reference
        held += bool(low <= true <= high)
        widths.append((high - low) / (2 * tempo))
    return _coverage(held, len(rows), float(np.median(widths)))


def _coverage(held: int, n: int, half_width: float | None) -> Row:
    low, high = wilson_interval(held, n)
    share = {"coverage": held / n, "coverage_low": low, "coverage_high": high}
    return {"n": n, "level": LEVEL, "half_width": half_width, **share}


def _conformal_rows(estimator: str, measure: str, rows: pd.DataFrame) -> list[Row]:
    """None where there are too few songs for an interval of this level."""
    residuals = rows["residual"].to_numpy(dtype="float64")
    width = conformal_width(residuals, level=LEVEL)
    if not math.isfinite(conformal_width(residuals[1:], level=LEVEL)):
        return []
    about = {"measure": measure, "kind": "conformal"}
    first, *bands = _by_band(
        estimator, rows, lambda part: _coverage(int((part["residual"] <= width).sum()), len(part), width)
    )
    whole = _coverage(leave_one_out_coverage(residuals, level=LEVEL), len(residuals), width)
    return [about | first | whole, *(about | row for row in bands)]


# ── confidence ───────────────────────────────────────────────────────────────────────────────────────────────────────
def reliability_rows(estimator: str, rows: pd.DataFrame) -> list[Row]:
    """What a confidence is worth: the step function to a probability, and how good both are as forecasts.

    ``brier`` and ``calibration_error`` judge the probabilities of songs that the step function was not fitted to (five
    folds); ``brier_raw`` and ``calibration_error_raw`` the confidence as the estimator says it; ``correct`` is the
    share that was right, and always saying that would score ``brier_constant``.
    """
    tempo = rows.dropna(subset=["tempo_bpm", "reference_tempo_bpm", "tempo_confidence"])
    key = rows.dropna(subset=["musical_key", "reference_key", "key_confidence"])
    hits = {
        "tempo": [
            octave_ratio(*one) == 1 for one in zip(tempo["tempo_bpm"], tempo["reference_tempo_bpm"], strict=True)
        ],
        "key": [a == b for a, b in zip(key["musical_key"], key["reference_key"], strict=True)],
    }
    parts = (("tempo", tempo["tempo_confidence"]), ("key", key["key_confidence"]))
    return [
        {"estimator": estimator, "measure": name, **_reliability(said.to_numpy("float64"), np.array(hits[name], float))}
        for name, said in parts
        if len(said)
    ]


def _reliability(said: Floats, hits: Floats) -> Row:
    thresholds, chances = isotonic(said, hits)
    fair = out_of_fold(said, hits)
    judged = np.isfinite(fair)
    share = float(hits.mean())
    return {
        "n": len(hits), "correct": share, "brier_constant": share * (1 - share),
        "brier_raw": brier_score(said, hits), "calibration_error_raw": calibration_error(said, hits),
        "brier": _number(brier_score(fair[judged], hits[judged])),
        "calibration_error": _number(calibration_error(fair[judged], hits[judged])),
        "thresholds": thresholds.tolist(), "probabilities": chances.tolist(),
    }  # fmt: skip


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
