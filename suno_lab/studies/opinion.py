"""What ratings on a scale come to: means by condition, counted so that many listeners of few items stay few items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suno_lab.errors import StudyError
from suno_lab.studies.paired import half_width

if TYPE_CHECKING:
    import pandas as pd

#: columns of :func:`opinions` with their dtype
COLUMNS = {
    "question": "string",
    "condition": "string",
    "role": "string",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "median": "float64",
    "quarter_low": "float64",
    "quarter_high": "float64",
    "ratings_n": "Int64",
    "items_n": "Int64",
    "listeners_n": "Int64",
}
ON_SCALES = ("rating", "mushra", "category")


def opinions(votes: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Mean rating of each condition with an interval over items, and the quartiles of all ratings.

    Ratings are averaged within an item first, and the interval is Student's over items. The quartiles are those of the
    single ratings, as ITU-R BS.1534-3 asks for beside the means. Under a reference, the hidden reference and the anchor
    are rows of their own (``role``).

    Parameters
    ----------
    votes : pandas.DataFrame
        Columns ``listener, purpose, listened, form, item, question, condition, role, value``, as of a session's
        ``listening_votes()``; only tests on a scale that were listened to count.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a question, condition and role, the highest mean first.

    Raises
    ------
    StudyError
        For a confidence that is none.
    """
    import pandas as pd

    if not 0 < confidence < 1:
        raise StudyError(f"confidence lies between 0 and 1, got {confidence}")
    counted = votes[(votes["purpose"] == "test") & votes["listened"] & votes["form"].isin(ON_SCALES)]
    groups = counted.groupby(["question", "condition", "role"], sort=True)
    rows = [dict(zip(groups.keys, names, strict=True)) | _row(group, confidence) for names, group in groups]
    table = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in COLUMNS.items()})
    return table.sort_values(["question", "mean"], ascending=[True, False], kind="stable", ignore_index=True)


def _row(ratings: pd.DataFrame, confidence: float) -> dict[str, Any]:
    by_item = ratings.groupby("item")["value"].mean().to_numpy()
    mean, half = float(by_item.mean()), half_width(by_item, confidence=confidence)
    lower, median, upper = ratings["value"].quantile([0.25, 0.5, 0.75])
    return {
        "mean": mean,
        "low": mean - half,
        "high": mean + half,
        "median": median,
        "quarter_low": lower,
        "quarter_high": upper,
        "ratings_n": len(ratings),
        "items_n": len(by_item),
        "listeners_n": ratings["listener"].nunique(),
    }
