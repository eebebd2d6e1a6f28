"""How far people agree who judged the same things, beyond what chance would give.

Plain arrays in, plain values out; a missing judgement is None or NaN.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from suno_lab.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]

#: columns of :func:`agreement_table` with their dtype
COLUMNS = {
    "scale": "string",
    "level": "string",
    "items_n": "Int64",
    "raters_n": "Int64",
    "judgements_n": "Int64",
    "krippendorff_alpha": "float64",
    "cohen_kappa": "float64",
    "icc_agreement": "float64",
}


def cohen_kappa(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Agreement of two raters on nominal labels beyond chance (Cohen 1960).

    Parameters
    ----------
    a, b : sequence
        One label an item each; items that one of them left out (None, NaN) are not counted.

    Returns
    -------
    float
        1 for full agreement, 0 for chance; NaN where nothing could disagree.
    """
    if len(a) != len(b):
        raise StudyError(f"two raters judged {len(a)} and {len(b)} items; give one label an item for both")
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if not (_missing(x) or _missing(y))]
    if not pairs:
        return math.nan
    first, second = (Counter(pair[i] for pair in pairs) for i in (0, 1))
    observed = sum(x == y for x, y in pairs) / len(pairs)
    by_chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return math.nan if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


def krippendorff_alpha(judgements: Sequence[Sequence[Any]], *, level: Level = "nominal") -> float:
    """Agreement of any number of raters, with gaps (K. Krippendorff, *Computing Krippendorff's
    Alpha-Reliability*, 2011, section D).

    Parameters
    ----------
    judgements : sequence of sequence, shape (raters, items)
        Labels for ``level="nominal"``, numbers for the others; None or NaN where there is no judgement.
    level : str
        What differences mean: ``"nominal"``, ``"ordinal"`` (ranks), ``"interval"``, ``"ratio"``.

    Returns
    -------
    float
        1 for full agreement, 0 for chance, below 0 for less; NaN where no item was judged twice or nothing varies.
    """
    by_item = [[v for v in item if not _missing(v)] for item in zip(*judgements, strict=True)]
    pairable = [item for item in by_item if len(item) > 1]
    values = sorted({v for item in pairable for v in item}, key=lambda v: (str(type(v)), v))
    if len(values) < 2:
        return math.nan
    coincidence = _coincidences(pairable, values)
    totals = coincidence.sum(axis=0)
    apart = _differences(values, totals, level)
    expected = (np.outer(totals, totals) * apart).sum() / (totals.sum() - 1)
    return float(1 - (coincidence * apart).sum() / expected)


def _coincidences(pairable: Sequence[Sequence[Any]], values: Sequence[Any]) -> Array:
    """How often two values met in an item, each item counting as often as it has values; shape (values, values)."""
    place = {value: i for i, value in enumerate(values)}
    counted = np.zeros((len(values), len(values)))
    for item in pairable:
        counts = np.bincount([place[v] for v in item], minlength=len(values)).astype(float)
        counted += (np.outer(counts, counts) - np.diag(counts)) / (len(item) - 1)
    return counted


def _differences(values: Sequence[Any], totals: Array, level: Level) -> Array:
    """Squared difference of every two values on the level of measurement."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        rank = np.cumsum(totals) - totals / 2
        return (rank[:, None] - rank) ** 2
    numbers = np.asarray(values, dtype=float)
    apart = (numbers[:, None] - numbers) ** 2
    if level == "interval":
        return apart
    scale = (numbers[:, None] + numbers) ** 2
    return np.divide(apart, scale, out=np.zeros_like(apart), where=scale > 0)


@dataclass(frozen=True, kw_only=True)
class Icc:
    """Intraclass correlations of Shrout & Fleiss (1979), of one rater and of the mean of all ``k``.

    Attributes
    ----------
    one_way, agreement, consistency : float
        ICC(1,1): each item has raters of its own; ICC(2,1): raters are a sample, and their level counts; ICC(3,1):
        raters are these and no others, and their level does not count.
    one_way_k, agreement_k, consistency_k : float
        The same of the mean of ``k`` raters.
    """

    one_way: float
    agreement: float
    consistency: float
    one_way_k: float
    agreement_k: float
    consistency_k: float


def icc(ratings: npt.ArrayLike) -> Icc:
    """Intraclass correlations of numbers (Shrout & Fleiss, "Intraclass correlations: uses in assessing rater
    reliability", 1979).

    Parameters
    ----------
    ratings : array_like, shape (items, raters)
        Items that a rater left out (NaN) are not counted. NaN everywhere for fewer than two items or raters.
    """
    x = np.asarray(ratings, dtype=float)
    x = x[~np.isnan(x).any(axis=1)] if x.ndim == 2 else np.zeros((0, 0))
    n, k = x.shape
    if n < 2 or k < 2:
        return Icc(**dict.fromkeys(Icc.__dataclass_fields__, math.nan))
    items, raters, rest, within = _mean_squares(x)
    return Icc(
        one_way=_ratio(items - within, items + (k - 1) * within),
        agreement=_ratio(items - rest, items + (k - 1) * rest + k * (raters - rest) / n),
        consistency=_ratio(items - rest, items + (k - 1) * rest),
        one_way_k=_ratio(items - within, items),
        agreement_k=_ratio(items - rest, items + (raters - rest) / n),
        consistency_k=_ratio(items - rest, items),
    )


def _mean_squares(x: Array) -> tuple[float, float, float, float]:
    """Of items, of raters, of what is left, and within items (items and raters crossed, one rating each)."""
    n, k = x.shape
    total = float(((x - x.mean()) ** 2).sum())
    items = k * float(((x.mean(axis=1) - x.mean()) ** 2).sum())
    raters = n * float(((x.mean(axis=0) - x.mean()) ** 2).sum())
    rest = max(total - items - raters, 0.0)
    return items / (n - 1), raters / (k - 1), rest / ((n - 1) * (k - 1)), (total - items) / (n * (k - 1))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def agreement_table(judgements: pd.DataFrame, *, levels: dict[str, Level] | None = None) -> pd.DataFrame:
    """Agreement of all raters, scale by scale.

    Parameters
    ----------
    judgements : pandas.DataFrame
        One row a judgement: ``item``, ``rater``, ``scale``, and the judgement in ``label`` or, where that is missing,
        in ``value``. Of repeated rows the last counts.
    levels : dict of str to str, optional
        Level of measurement of a scale; by default ``interval`` for numbers and ``nominal`` for words.

    Returns
    -------
    pandas.DataFrame
        One row a scale: Krippendorff's alpha at that level; Cohen's kappa (nominal scales, mean over all pairs of
        raters); ICC(2,1) (numbers, items that all raters judged). NaN where it is not defined.
    """
    import pandas as pd

    rows = [_agreement_row(str(scale), group, levels or {}) for scale, group in judgements.groupby("scale", sort=True)]
    data = {name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in COLUMNS.items()}
    return pd.DataFrame(data)


def _agreement_row(scale: str, group: pd.DataFrame, levels: dict[str, Level]) -> dict[str, Any]:
    numbers = bool(group["label"].isna().all())
    level = levels.get(scale, "interval" if numbers else "nominal")
    wide = group.pivot_table(
        index="rater", columns="item", values="value" if numbers else "label", aggfunc="last", dropna=False
    )
    matrix: list[list[Any]] = wide.astype(object).to_numpy().tolist()
    return {
        "scale": scale,
        "level": level,
        "items_n": wide.shape[1],
        "raters_n": wide.shape[0],
        "judgements_n": int(wide.notna().to_numpy().sum()),
        "krippendorff_alpha": krippendorff_alpha(matrix, level=level),
        "cohen_kappa": math.nan if numbers else _mean_over_pairs(matrix, cohen_kappa),
        "icc_agreement": icc(wide.astype(float).to_numpy().T).agreement if numbers else math.nan,
    }


def _mean_over_pairs(matrix: Sequence[Sequence[Any]], measure: Callable[..., float]) -> float:
    values = [measure(a, b) for i, a in enumerate(matrix) for b in matrix[i + 1 :]]
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def _missing(value: Any) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return not isinstance(value, str | bytes | bool | int | float | np.generic) and str(value) == "<NA>"
