"""Measured files as tables: a row a file, or a row a file and feature. Always the same columns and dtypes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from suno_lab.features._feature import Feature
from suno_lab.features._registry import families as registered

if TYPE_CHECKING:
    import pandas as pd

#: the first columns of a table, where they were asked for; the others follow family by family
FIRST_COLUMNS = (
    "tempo_bpm",
    "tempo_alternative_bpm",
    "tempo_confidence",
    "musical_key",
    "key_tonic",
    "key_mode",
    "key_confidence",
    "duration_s",
    "loudness_integrated_lufs",
)

#: the columns of the long form that every row has, with their dtypes
LONG_COLUMNS = {
    "feature": "string",
    "value": "float64",
    "text": "string",
    "low": "float64",
    "high": "float64",
    "unit": "string",
    "family": "string",
    "version": "Int64",
    "estimator": "string",
    "method": "string",
    "scale": "string",
    "direction": "string",
    "error": "string",
}

MEASURED = ("value", "text", "low", "high", "error")


def column_features(families: Iterable[str] | str | None = None) -> tuple[Feature, ...]:
    """The features of these families (default: all) in the order of the columns of :func:`analyze`."""
    features = {item.name: item for module in registered(families).values() for item in module.FEATURES}
    first = [name for name in FIRST_COLUMNS if name in features]
    return tuple(features[name] for name in [*first, *(name for name in features if name not in first)])


def wide(
    rows: Sequence[Mapping[str, Any]],
    *,
    families: Iterable[str],
    beats: bool = False,
    excerpt: tuple[float, float] | None = None,
) -> pd.DataFrame:
    """One row a file: the part (of an excerpt), the features, ``beats_s`` where asked for, ``error``."""
    import pandas as pd

    dtypes = {item.name: item.dtype for item in column_features(families)}
    dtypes |= {"beats_s": "object"} if beats else {}
    dtypes["error"] = "string"
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in dtypes.items()}
    part = dict(zip(("start_s", "end_s"), excerpt, strict=True)) if excerpt else {}
    spans = {name: pd.Series([at_s] * len(rows), dtype="float64") for name, at_s in part.items()}
    return pd.DataFrame(spans | columns)


def of_paths(paths: Iterable[str]) -> pd.DataFrame:
    """Nothing but the column ``path``."""
    import pandas as pd

    return pd.DataFrame({"path": pd.Series(list(paths), dtype="string")})


def joined(given: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """The columns that came with the paths, then what was measured; the index of the former."""
    import pandas as pd

    kept = given.drop(columns=[name for name in measured if name in given]).astype({"path": "string"})
    measured.index = kept.index
    return pd.concat([kept, measured], axis=1)


def long(table: pd.DataFrame, *, families: Iterable[str], estimator: str) -> pd.DataFrame:
    """One row a file and feature, from one row a file.

    Numbers and flags (0, 1) are in ``value``, names such as keys in ``text``; the other of the two is missing. ``low``
    and ``high`` are the ends of the interval, of the few features that have one. What
    was not measured is missing in both, and ``error`` says why where the whole file failed.
    """
    import pandas as pd

    facts = _facts(families, estimator)
    about = [name for name in table if name not in set(facts["feature"]) | {"error"}]
    each = table.index.repeat(len(facts)), [*range(len(facts))] * len(table)
    places = pd.RangeIndex(len(table)).repeat(len(facts))
    rows = table.reset_index(drop=True)[[*about, "error"]].iloc[places].reset_index(drop=True)
    rows = pd.concat([rows, facts.iloc[each[1]].reset_index(drop=True)], axis=1)
    rows["value"] = _melted(table, facts, numeric=True)
    rows["text"] = _melted(table, facts, numeric=False)
    rows["low"], rows["high"] = (_bounds(table, families, end) for end in (0, 1))
    return rows[[*about, *LONG_COLUMNS]].astype(LONG_COLUMNS).set_axis(each[0], axis=0)


def _bounds(table: pd.DataFrame, families: Iterable[str], end: int) -> list[float]:
    """One end of each value's interval, file by file, feature by feature; missing where there is none."""
    missing = [float("nan")] * len(table)
    columns = [
        missing if item.interval is None else table[item.interval[end]].astype("float64").tolist()
        for item in column_features(families)
    ]
    return [value for row in zip(*columns, strict=True) for value in row]


def _facts(families: Iterable[str], estimator: str) -> pd.DataFrame:
    """What is known of each feature before anything is measured."""
    import pandas as pd

    owners = {item.name: (name, m) for name, m in registered(families).items() for item in m.FEATURES}
    rows = [
        {
            "feature": item.name,
            "unit": item.unit,
            "family": owners[item.name][0],
            "version": owners[item.name][1].VERSION,
            "estimator": estimator if hasattr(owners[item.name][1], f"extract_{estimator}") else "suno_lab",
            "method": item.method,
            "scale": item.scale,
            "direction": item.direction,
        }
        for item in column_features(families)
    ]
    names = [name for name in LONG_COLUMNS if name not in MEASURED]
    return pd.DataFrame(rows, columns=names)


def _melted(table: pd.DataFrame, facts: pd.DataFrame, *, numeric: bool) -> list[Any]:
    """Values file by file, feature by feature; missing where a feature is of the other kind."""
    import pandas as pd

    missing: Any = float("nan") if numeric else pd.NA
    dtype = "float64" if numeric else "string"
    columns = [
        table[name].astype(dtype).tolist()
        if pd.api.types.is_numeric_dtype(table[name]) is numeric
        else [missing] * len(table)
        for name in facts["feature"]
    ]
    return [value for row in zip(*columns, strict=True) for value in row]
