"""Compare conditions, honestly: by prompt, with an interval, beside the spread that siblings show."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from suno_lab import features
from suno_lab.errors import StudyError
from suno_lab.studies.paired import (
    PairedResult,
    agreement,
    agreement_within,
    chance_exceeds,
    holm,
    paired_result,
    pooled_sd,
)

LEAST_PROMPTS_N = 6  #: with five, even a perfect split has p = 2/32 > .05: nothing could be shown
ALPHA = 0.05
SCALES = ("log", "dB", "proportion", "linear", "circular", "nominal")

#: columns of :attr:`Comparison.table` with their dtype
COLUMNS = {
    "feature": "string",
    "a": "string",
    "b": "string",
    "effect": "string",
    "estimate": "float64",
    "low": "float64",
    "high": "float64",
    "unit": "string",
    "p_value": "float64",
    "p_adjusted": "float64",
    "mean_a": "float64",
    "mean_b": "float64",
    "within_task_sd": "float64",
    "difference_over_sd": "float64",
    "chance_a_exceeds_b": "float64",
    "prompts_n": "Int64",
    "tasks_a_n": "Int64",
    "tasks_b_n": "Int64",
    "clips_a_n": "Int64",
    "clips_b_n": "Int64",
    "missing_a_n": "Int64",
    "missing_b_n": "Int64",
    "verdict": "string",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a comparison found.

    Attributes
    ----------
    table : DataFrame
        One row a pair of conditions A, B. ``effect`` says what ``estimate`` is: ``difference`` (A − B), ``ratio``
        (A / B, for log-scale features) or ``agreement`` (share of equal values between A and B less that among
        siblings); ``low`` and ``high`` are its interval over prompts. ``p_adjusted`` is corrected for the number of
        rows (Holm). ``within_task_sd`` is the spread of siblings (for ratios: of natural logarithms);
        ``difference_over_sd`` the effect in that measure; ``chance_a_exceeds_b`` is of two random clips of one prompt.
    feature, by, pair, scale : str
        What was compared, by which column, paired by which, and on which scale.
    confidence : float
        Coverage of the intervals.
    emulated : bool
        Whether clips of the emulator are among them.
    notes : tuple of str
        What a reader must know.
    """

    table: pd.DataFrame
    feature: str
    by: str
    pair: str
    scale: str
    confidence: float
    emulated: bool
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence a pair of conditions."""
        return "\n".join(self.table["verdict"])

    def __str__(self) -> str:
        head = f"{self.feature} by {self.by}, paired by {self.pair}"
        return "\n".join([head, *(f"  {line}" for line in (*self.table["verdict"], *self.notes))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in (*self.table["verdict"], *self.notes))
        table = self.table.drop(columns="verdict").to_html(
            index=False, escape=True, float_format="{:.4g}".format, border=0
        )
        head = html.escape(f"{self.feature} by {self.by}, paired by {self.pair}")
        return f'<div class="tex2jax_ignore mathjax_ignore"><p><b>{head}</b></p>{lines}{table}</div>'


def compare(
    df: pd.DataFrame,
    feature: str,
    *,
    by: str = "model",
    pair: str = "prompt_id",
    levels: Sequence[Any] | None = None,
    scale: str | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare a feature between conditions.

    Clips are averaged within their task, tasks within their prompt; the prompts that both conditions have are the
    sample. So siblings, which share a task, never count as independent evidence (see Miller, "Adding error bars to
    evals", 2024, on clustered questions): they show the spread within a task instead.

    Parameters
    ----------
    df : DataFrame
        One row a clip: ``feature``, ``by``, ``pair``, and where known ``task_id`` and ``service``.
    feature : str
        The column to compare. Measures on a log scale (tempo, duration) are compared by ratio, decibels and
        proportions (flags are 0 or 1) by difference, named ones (key) by agreement, circular numbers (tuning) by
        difference the short way round.
    by : str
        The column that tells the conditions apart; ``"model"`` is the model asked for (``model_requested``).
    pair : str
        The column that says which clips answer the same prompt.
    levels : sequence, optional
        The conditions to compare, in this order; default all, sorted.
    scale : str, optional
        Instead of what the feature says of itself: ``log``, ``dB``, ``proportion``, ``linear``,
        ``circular`` or ``nominal``.
    confidence : float
        Coverage of the intervals.
    seed : int
        Of the sign-flip test, which draws patterns beyond 16 prompts.

    Raises
    ------
    StudyError
        When a column is missing, there are fewer than two conditions, no prompt is common to two, services are mixed
        (unless ``by="service"``), or a value is not positive on a log scale.
    """
    by_column = _by_column(df, by)
    _check(df, feature, by=by, by_column=by_column, pair=pair, confidence=confidence)
    scale = scale or _scale_of(df, feature)
    if scale not in SCALES:
        raise StudyError(f"unknown scale {scale!r}, expected one of {', '.join(SCALES)}")
    clips = _clips(df, feature, by_column=by_column, pair=pair, scale=scale)
    chosen = _levels(clips, levels, by=by)
    rows = [_row(clips, a, b, scale=scale, confidence=confidence, seed=seed) for a, b in combinations(chosen, 2)]
    return Comparison(
        table=_table(rows, feature=feature, by=by, confidence=confidence),
        feature=feature,
        by=by,
        pair=pair,
        scale=scale,
        confidence=confidence,
        emulated=bool("service" in df and df["service"].eq("emulator").any()),
        notes=_notes(df, rows, scale=scale),
    )


# ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────────────
def _by_column(df: pd.DataFrame, by: str) -> str:
    return "model_requested" if by == "model" and "model" not in df else by


def _check(df: pd.DataFrame, feature: str, *, by: str, by_column: str, pair: str, confidence: float) -> None:
    for name in (feature, by_column, pair):
        if name not in df:
            raise StudyError(f"the frame has no column {name!r}; it has {', '.join(map(str, df.columns))}")
    if len({feature, by_column, pair}) < 3:
        raise StudyError(f"feature, by and pair must differ: {feature!r}, {by_column!r}, {pair!r}")
    if not 0 < confidence < 1:
        raise StudyError(f"confidence must lie between 0 and 1, not {confidence}")
    services = sorted(df["service"].dropna().astype(str).unique()) if "service" in df else []
    if len(services) > 1 and by != "service":
        raise StudyError(
            f"clips of several services ({', '.join(services)}) are not one sample: "
            'choose one (df[df.service == …]) or compare(…, by="service")'
        )


def _scale_of(df: pd.DataFrame, feature: str) -> str:
    known = features.feature(feature)
    if known is not None:
        return known.scale
    if pd.api.types.is_bool_dtype(df[feature]):
        return "proportion"
    return "linear" if pd.api.types.is_numeric_dtype(df[feature]) else "nominal"


def _clips(df: pd.DataFrame, feature: str, *, by_column: str, pair: str, scale: str) -> pd.DataFrame:
    """The clips as plain columns value, by, pair, task; unmeasured ones keep a missing value."""
    task = df["task_id"] if "task_id" in df else pd.Series(range(len(df)), index=df.index)
    clips = pd.DataFrame({"value": df[feature], "by": df[by_column], "pair": df[pair], "task": task})
    clips = clips.dropna(subset=["by", "pair"]).reset_index(drop=True)
    unnamed = clips["task"].isna()
    clips["task"] = (
        clips["task"].astype(object).mask(unnamed, pd.Series([f"row {i}" for i in clips.index], dtype=object))
    )
    period = _period_of(feature) if scale == "circular" and pd.api.types.is_numeric_dtype(df[feature]) else None
    if scale == "nominal" or (scale == "circular" and period is None):
        clips["value"] = clips["value"].astype(object)
        return clips
    try:
        values = clips["value"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise StudyError(f"{feature} holds values that are not numbers; try scale='nominal'") from error
    values = np.where(np.isfinite(values), values, np.nan)
    if scale == "log":
        if np.nanmin(values, initial=np.inf) <= 0:
            raise StudyError(f"{feature} is compared by ratio but holds values that are not positive; scale='linear'?")
        values = np.log(values)
    clips["value"] = values if period is None else _unwound(values, period)
    return clips


def _period_of(feature: str) -> float | None:
    known = features.feature(feature)
    return known.period if known else None


def _unwound(values: np.ndarray, period: float) -> np.ndarray:
    """Circular values as differences the short way round from their common middle, put back upon it."""
    middle = np.angle(np.nansum(np.exp(2j * np.pi * values / period))) * period / (2 * np.pi)
    return middle + (values - middle + period / 2) % period - period / 2


def _levels(clips: pd.DataFrame, levels: Sequence[Any] | None, *, by: str) -> list[Any]:
    found = sorted(clips["by"].unique(), key=str)
    chosen = found if levels is None else list(dict.fromkeys(levels))
    if unknown := [level for level in chosen if level not in found]:
        raise StudyError(f"no clip has {by} {unknown[0]!r}, only {', '.join(map(str, found))}")
    if len(chosen) < 2:
        raise StudyError(f"comparing by {by} needs two conditions, found {', '.join(map(str, chosen)) or 'none'}")
    return chosen


# ── one pair of conditions ───────────────────────────────────────────────────────────────────────────────────────────
def _row(clips: pd.DataFrame, a: Any, b: Any, *, scale: str, confidence: float, seed: int) -> dict[str, Any]:
    mine = clips[clips["by"].isin([a, b])]
    measured = mine.dropna(subset=["value"])
    common = set(measured.loc[measured["by"] == a, "pair"]) & set(measured.loc[measured["by"] == b, "pair"])
    if not common:
        raise StudyError(f"no prompt has measured clips of both {a} and {b}: there is nothing to pair")
    paired = measured[measured["pair"].isin(common)]
    row = {"a": str(a), "b": str(b), "prompts_n": len(common)}
    for name, level in (("a", a), ("b", b)):
        part = paired[paired["by"] == level]
        row |= {f"tasks_{name}_n": part["task"].nunique(), f"clips_{name}_n": len(part)}
        row[f"missing_{name}_n"] = int(mine.loc[mine["by"] == level, "value"].isna().sum())
    if clips["value"].dtype == object:
        return row | _agreement_effect(paired, a, b, confidence=confidence, seed=seed)
    return row | _numeric_effect(paired, a, b, scale=scale, confidence=confidence, seed=seed)


def _numeric_effect(
    paired: pd.DataFrame, a: Any, b: Any, *, scale: str, confidence: float, seed: int
) -> dict[str, Any]:
    means = prompt_means(paired)
    result = paired_result(means[a] - means[b], confidence=confidence, seed=seed)
    sd = pooled_sd([group.to_numpy() for _, group in paired.groupby(["by", "pair", "task"])["value"]])
    back = np.exp if scale == "log" else float
    return _interval(result, back=back) | {
        "effect": "ratio" if scale == "log" else "difference",
        "mean_a": float(back(means[a].mean())),
        "mean_b": float(back(means[b].mean())),
        "within_task_sd": sd,
        "difference_over_sd": result.mean / sd if sd > 0 else math.nan,
        "chance_a_exceeds_b": _mean_chance(paired, a, b),
    }


def prompt_means(clips: pd.DataFrame) -> pd.DataFrame:
    """Mean of clips within tasks, then of tasks within prompts: prompts × conditions.

    ``clips`` has the columns value, by, pair and task.
    """
    tasks = clips.groupby(["by", "pair", "task"], sort=True)["value"].mean()
    return tasks.groupby(level=["by", "pair"]).mean().unstack("by")


def _mean_chance(paired: pd.DataFrame, a: Any, b: Any) -> float:
    """Chance that a clip of A exceeds one of B from the same prompt, mean over prompts."""
    chances = []
    for _, clips in paired.groupby("pair"):
        of = {level: clips.loc[clips["by"] == level, "value"].to_numpy(dtype=float) for level in (a, b)}
        chances.append(chance_exceeds(of[a], of[b]))
    return float(np.mean(chances))


def _agreement_effect(paired: pd.DataFrame, a: Any, b: Any, *, confidence: float, seed: int) -> dict[str, Any]:
    """Do A and B agree less than siblings do? Per prompt: agreement between A and B less that within tasks."""
    between, within = [], []
    for _, clips in paired.groupby("pair"):
        of = {level: clips.loc[clips["by"] == level, "value"].to_numpy(dtype=object) for level in (a, b)}
        between.append(agreement(of[a], of[b]))
        tasks = [agreement_within(task.to_numpy(dtype=object)) for _, task in clips.groupby(["by", "task"])["value"]]
        shares = [share for share in tasks if not math.isnan(share)]
        within.append(float(np.mean(shares)) if shares else math.nan)
    differences = np.array(between) - np.array(within)
    result = paired_result(differences[~np.isnan(differences)], confidence=confidence, seed=seed)
    return _interval(result, back=float) | {
        "effect": "agreement",
        "mean_a": float(np.mean(between)),
        "mean_b": float(np.nanmean(within)) if not np.all(np.isnan(within)) else math.nan,
        "prompts_n": result.n or len(between),
    }


def _interval(result: PairedResult, *, back: Any) -> dict[str, float]:
    return {
        "estimate": float(back(result.mean)),
        "low": float(back(result.low)),
        "high": float(back(result.high)),
        "p_value": result.p_value,
    }


# ── what goes out ────────────────────────────────────────────────────────────────────────────────────────────────────
def _table(rows: list[dict[str, Any]], *, feature: str, by: str, confidence: float) -> pd.DataFrame:
    known = features.feature(feature)
    for row, p_adjusted in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        row |= {"feature": feature, "p_adjusted": p_adjusted}
        row["unit"] = {"ratio": "×", "agreement": ""}.get(row["effect"], known.unit if known else "")
        row["verdict"] = _verdict(row, confidence=confidence)
    return pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in COLUMNS.items()}
    )


def _verdict(row: dict[str, Any], *, confidence: float) -> str:
    shown = f"{_effect(row)} ({confidence:.0%} interval {_span(row)}, p = {row['p_adjusted']:.3g}, {_sizes(row)})"
    if row["prompts_n"] < LEAST_PROMPTS_N:
        lead = f"not enough prompts ({row['prompts_n']}, at least {LEAST_PROMPTS_N}): this decides nothing"
    elif row["p_adjusted"] < ALPHA and not _holds_null(row):
        lead = "a difference is shown"
    else:
        lead = "no difference is shown"
    return f"{row['a']} against {row['b']}: {lead}. {shown}{_spread(row)}"


def _holds_null(row: dict[str, Any]) -> bool:
    null = 1.0 if row["effect"] == "ratio" else 0.0
    return bool(row["low"] <= null <= row["high"])


def _effect(row: dict[str, Any]) -> str:
    a, b = row["a"], row["b"]
    if row["effect"] == "agreement":
        within = "unknown" if math.isnan(row["mean_b"]) else f"{row['mean_b']:.0%}"
        return f"{a} and {b} agree in {row['mean_a']:.0%}, siblings in {within}: {row['estimate']:+.2f}"
    if row["effect"] == "ratio":
        return f"{a} is {row['estimate']:.4g} times {b}"
    return f"{a} − {b} = {row['estimate']:+.4g} {row['unit']}".rstrip()


def _span(row: dict[str, Any]) -> str:
    return "unknown" if math.isnan(row["low"]) else f"{row['low']:.4g} to {row['high']:.4g}"


def _sizes(row: dict[str, Any]) -> str:
    tasks_n, clips_n = (row[f"{kind}_a_n"] + row[f"{kind}_b_n"] for kind in ("tasks", "clips"))
    return f"{row['prompts_n']} prompts, {tasks_n} tasks, {clips_n} clips"


def _spread(row: dict[str, Any]) -> str:
    if row["effect"] == "agreement":
        return "."
    if math.isnan(row["within_task_sd"]):
        return "; no task has two clips, so the spread within tasks is unknown."
    sd = f"×/÷ {math.exp(row['within_task_sd']):.3g}" if row["effect"] == "ratio" else f"{row['within_task_sd']:.3g}"
    return (
        f"; siblings spread with SD {sd}, the difference is {_plainly(row['difference_over_sd'])} times that; "
        f"a random clip of {row['a']} exceeds one of {row['b']} in {row['chance_a_exceeds_b']:.0%}."
    )


def _plainly(times: float) -> str:
    """Two figures, and no powers of ten: ``-1.5``, ``+120``."""
    return f"{times:+.0f}" if abs(times) >= 10 else f"{times:+.2g}"


def _notes(df: pd.DataFrame, rows: list[dict[str, Any]], *, scale: str) -> tuple[str, ...]:
    notes = []
    if "service" in df and df["service"].eq("emulator").any():
        notes.append("emulated – not Suno: these are properties of the emulator, not of any model of the service")
    if "task_id" not in df:
        notes.append("no task_id: every clip is taken for a task of its own")
    if any(row["missing_a_n"] or row["missing_b_n"] for row in rows):
        notes.append("clips without a value are left out (missing_a_n, missing_b_n): compare failures as well")
    if len(rows) > 1:
        notes.append(f"p-values are corrected for {len(rows)} comparisons (Holm)")
    if scale == "log":
        notes.append("compared by ratio: means are geometric")
    return tuple(notes)
