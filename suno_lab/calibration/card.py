"""The error card: what a set of songs with known truth says about the estimators."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from suno_lab.calibration.scores import (
    KEY_WEIGHTS,
    isotonic,
    key_parts,
    key_relation,
    key_score,
    octave_ratio,
    tempo_error,
    wilson_interval,
)
from suno_lab.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1
CARDS = Path(__file__).parent / "cards"
TEMPO_BANDS = ((0, 80), (80, 110), (110, 140), (140, 1000))
LOUDNESS_BANDS = ((-100, -16), (-16, -12), (-12, 10))
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class ErrorCard:
    """What was found, as plain values.

    Attributes
    ----------
    domain : str
        ``engine``, ``annotated:<study>`` or a folder's name: the only audio this card speaks about.
    songs_n : int
        Songs measured.
    tempo, keys : tuple of mappings
        One row a breakdown and estimator: accuracies with their n and 95 % intervals.
    confusion : tuple of mappings
        Per estimator, counts of (semitones from the true tonic, true mode, estimated mode).
    reliability : tuple of mappings
        Per estimator and measure, thresholds of the raw confidence and the probability from there on.
    """

    domain: str
    songs_n: int
    estimators: tuple[str, ...]
    made_with: str
    tempo: Rows
    keys: Rows
    confusion: Rows
    reliability: Rows
    version: int = VERSION

    def probability(
        self, measure: Literal["tempo", "key"], confidence: float, *, estimator: str = "suno_lab"
    ) -> float | None:
        """The chance that an estimate with this raw confidence is right, in this card's domain.

        ``tempo`` means right including its octave. None where the card has no such curve or the confidence is missing.
        """
        for row in self.reliability:
            if row["measure"] == measure and row["estimator"] == estimator and confidence == confidence:
                place = int(np.searchsorted(row["thresholds"], confidence, side="right")) - 1
                return float(row["probabilities"][max(place, 0)])
        return None

    def as_json(self) -> str:
        """The card as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> ErrorCard:
        """Read a card; raises :class:`~suno_lab.errors.StudyError` for another version."""
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("version") != VERSION:
            found = values.get("version") if isinstance(values, dict) else type(values).__name__
            raise StudyError(f"this is no error card of version {VERSION} (found {found}); make it again: calibrate")
        tables = {name: tuple(values[name]) for name in ("tempo", "keys", "confusion", "reliability", "estimators")}
        return cls(**{**values, **tables})

    def frame(self, part: Literal["tempo", "keys", "confusion"]) -> pd.DataFrame:
        """One part as a frame."""
        import pandas as pd

        return pd.DataFrame([dict(row) for row in getattr(self, part)])

    def __str__(self) -> str:
        head = f"error card, domain {self.domain}: {self.songs_n} songs, {self.made_with}"
        overall = [row for row in self.tempo if row["band"] == "all"]
        tempo = [
            f"  tempo {row['estimator']}: within 4 % {row['accuracy_1']:.0%}, octave forgiven {row['accuracy_2']:.0%}, "
            f"median error {100 * row['median_error']:.3f} %"
            for row in overall
        ]
        keys = [
            f"  key   {row['estimator']}: correct {row['correct']:.0%} "
            f"[{row['correct_low']:.0%}, {row['correct_high']:.0%}], MIREX {row['mirex']:.2f}"
            for row in self.keys
            if row["band"] == "all"
        ]
        return "\n".join([head, *tempo, *keys])

    def _repr_html_(self) -> str:
        three = "{:.3g}".format
        tables = "".join(
            f"<h4>{name}</h4>{self.frame(name).to_html(index=False, escape=True, float_format=three, border=0)}"
            for name in ("tempo", "keys")
        )
        head = (
            f"<strong>Error card</strong> – domain {escape(self.domain)}, {self.songs_n} songs, "
            f"{escape(self.made_with)}. It speaks about this domain only."
        )
        return f'<div class="tex2jax_ignore mathjax_ignore"><p>{head}</p>{tables}</div>'


# ── making one ───────────────────────────────────────────────────────────────────────────────────────────────────────
def error_card(measured: pd.DataFrame, *, domain: str) -> ErrorCard:
    """Sum up what :func:`~suno_lab.calibration.measure` found.

    Parameters
    ----------
    measured : pandas.DataFrame
        One row a song and estimator.
    domain : str
        What the card may speak about.

    Raises
    ------
    StudyError
        There is nothing to sum up.
    """
    from importlib.metadata import version

    good = measured[measured["error"].isna()]
    if good.empty:
        raise StudyError("no song could be measured: there is nothing to make an error card from")
    estimators = tuple(str(name) for name in good["estimator"].unique())
    groups = [(name, good[good["estimator"] == name]) for name in estimators]
    return ErrorCard(
        domain=domain,
        songs_n=int(good["item"].nunique()),
        estimators=estimators,
        made_with=f"suno_lab {version('suno-lab')}",
        tempo=tuple(row for name, rows in groups for row in _tempo_rows(name, rows)),
        keys=tuple(row for name, rows in groups for row in _key_rows(name, rows)),
        confusion=tuple(row for name, rows in groups for row in _confusion_rows(name, rows)),
        reliability=tuple(row for name, rows in groups for row in _reliability_rows(name, rows)),
    )


def _breakdowns(rows: pd.DataFrame) -> Sequence[tuple[str, pd.DataFrame]]:
    tempo, loudness = rows["reference_tempo_bpm"], rows["loudness_integrated_lufs"]
    parts = [("all", rows)]
    parts += [(f"{low}–{high} bpm", rows[(tempo >= low) & (tempo < high)]) for low, high in TEMPO_BANDS]
    parts += [(f"{low}–{high} LUFS", rows[(loudness >= low) & (loudness < high)]) for low, high in LOUDNESS_BANDS]
    parts += [(f"genre {genre}", rows[rows["genre"] == genre]) for genre in sorted(rows["genre"].dropna().unique())]
    return [(name, part) for name, part in parts if len(part)]


def _tempo_rows(estimator: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [_tempo_row(estimator, name, part) for name, part in _breakdowns(rows.dropna(subset=["tempo_bpm"]))]


def _tempo_row(estimator: str, band: str, rows: pd.DataFrame) -> dict[str, Any]:
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
        "estimator": estimator, "band": band, "n": n,
        "accuracy_1": exact / n, "accuracy_1_low": low, "accuracy_1_high": high,
        "accuracy_2": float(np.mean(np.isfinite(ratios))),
        "within_1_percent": float(np.mean(np.nan_to_num(errors, nan=1.0) <= 0.01)),
        "median_error": float(np.nanmedian(errors)) if np.isfinite(errors).any() else None,
        "half": float(np.mean(ratios == 1 / 2)), "double": float(np.mean(ratios == 2.0)),
        "third": float(np.mean(ratios == 1 / 3)), "triple": float(np.mean(ratios == 3.0)),
        "tempo_or_alternative": float(np.mean(either)),
    }  # fmt: skip


def _key_rows(estimator: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    known = rows.dropna(subset=["musical_key", "reference_key"])
    return [_key_row(estimator, name, part) for name, part in _breakdowns(known)]


def _key_row(estimator: str, band: str, rows: pd.DataFrame) -> dict[str, Any]:
    pairs = list(zip(rows["musical_key"], rows["reference_key"], strict=True))
    relations = [key_relation(*pair) for pair in pairs]
    low, high = wilson_interval(relations.count("correct"), len(pairs))
    shares = {name: relations.count(name) / len(pairs) for name in KEY_WEIGHTS}
    mirex = float(np.mean([key_score(*pair) for pair in pairs]))
    interval = {"correct_low": low, "correct_high": high}
    return {"estimator": estimator, "band": band, "n": len(pairs), **shares, **interval, "mirex": mirex}


def _confusion_rows(estimator: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    from collections import Counter

    known = rows.dropna(subset=["musical_key", "reference_key"])
    counts: Counter[tuple[int, str, str]] = Counter()
    for estimated, reference in zip(known["musical_key"], known["reference_key"], strict=True):
        (tonic, mode), (true_tonic, true_mode) = key_parts(estimated), key_parts(reference)
        counts[(tonic - true_tonic) % 12, true_mode, mode] += 1
    return [
        {"estimator": estimator, "step_semitones": step, "reference_mode": true, "estimated_mode": found, "n": n}
        for (step, true, found), n in sorted(counts.items())
    ]


def _reliability_rows(estimator: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    tempo = rows.dropna(subset=["tempo_bpm", "tempo_confidence"])
    key = rows.dropna(subset=["musical_key", "reference_key", "key_confidence"])
    tempo_hits = [
        float(octave_ratio(a, b) == 1) for a, b in zip(tempo["tempo_bpm"], tempo["reference_tempo_bpm"], strict=True)
    ]
    key_hits = [float(a == b) for a, b in zip(key["musical_key"], key["reference_key"], strict=True)]
    curves = []
    for name, part, hits in (("tempo", tempo, tempo_hits), ("key", key, key_hits)):
        if len(part):
            thresholds, chances = isotonic(part[f"{name}_confidence"].to_numpy(dtype="float64"), np.array(hits))
            values = {"thresholds": thresholds.tolist(), "probabilities": chances.tolist()}
            curves.append({"estimator": estimator, "measure": name, "n": len(part), **values})
    return curves


def with_probabilities(df: pd.DataFrame, card: ErrorCard, *, estimator: str = "suno_lab") -> pd.DataFrame:
    """Add what the raw confidences mean, where the card may speak.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``tempo_confidence``, ``key_confidence`` and ``emulated``.
    card : ErrorCard
        Its curves; a card of the domain ``engine`` speaks about emulated clips only, any other about the rest only.

    Returns
    -------
    pandas.DataFrame
        A copy with ``tempo_probability``, ``key_probability`` (chance of being right, NaN outside the domain) and
        ``confidence_domain`` (NA outside it).
    """
    import pandas as pd

    emulated = df["emulated"].fillna(False).astype(bool)
    inside = emulated if card.domain == "engine" else ~emulated
    columns: dict[str, Any] = {}
    for name in ("tempo", "key"):
        chances = [card.probability(name, float(c), estimator=estimator) for c in df[f"{name}_confidence"]]
        columns[f"{name}_probability"] = pd.Series(chances, index=df.index, dtype="float64").where(inside)
    known = columns["tempo_probability"].notna() | columns["key_probability"].notna()
    domain = pd.Series(card.domain, index=df.index, dtype="string").where(known)
    return df.assign(**columns, confidence_domain=domain)


@cache
def shipped_card() -> ErrorCard:
    """The card that comes with the package: engine songs (made by ``suno-lab calibrate``)."""
    return ErrorCard.from_json((CARDS / "engine.json").read_text(encoding="utf-8"))
