"""Columns that are worked out when a row of ``session.df`` or ``session.features`` is read: measures, what the words of
a request ask for, and what the confidences are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suno_lab.session.asked import asked_values
from suno_lab.store import marks, measures
from suno_lab.store.frames import Added
from suno_lab.tables import ASKED_COLUMNS, CONFIDENCE_COLUMNS, DF_COLUMNS, STRING, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from suno_lab.session.trusting import Worth
    from suno_lab.store import Journal
    from suno_lab.store.frames import Read

#: of the columns that are always there, the one the user writes
NOTE = tuple(column for column in DF_COLUMNS if column.name == marks.NOTE)
#: the estimator whose values are the columns of ``session.df``
DEFAULT_ESTIMATOR = "suno_lab"


def beside_requests(journal: Journal, worth: Worth) -> Added:
    """What stands in ``session.df`` beside request and clip. A measured length goes before the one the service says."""
    measured, versions, free = _measured_columns(), _versions(), marks.columns(journal)
    own = {column.name for column in (*DF_COLUMNS, *ASKED_COLUMNS)}

    def work_out(read: Read) -> Read:
        values = _values(journal, read["sha256"], measured, estimator=DEFAULT_ESTIMATOR, versions=versions)
        chances = worth.columns(values, read["emulated"], estimator=DEFAULT_ESTIMATOR)
        lengths = zip(values.pop("duration_s"), read["duration_s"], strict=True)
        said = {"duration_s": [told if heard is None else heard for heard, told in lengths]}
        written = list(map(marks.read, read["request_marks"], read["clip_marks"]))
        yours = {c.name: [marks.as_dtype(row.get(c.name), c.dtype) for row in written] for c in (*NOTE, *free)}
        return {**values, **said, **chances, **yours, **asked_values(read["style"], read["description"])}

    return Added(
        key=(DEFAULT_ESTIMATOR, worth.key, free, *versions.items()),
        columns=(
            *DF_COLUMNS,
            *ASKED_COLUMNS,
            *CONFIDENCE_COLUMNS,
            *(column for column in measured if column.name not in own),
            *free,
        ),
        work_out=work_out,
    )


def taken_names() -> frozenset[str]:
    """Columns that ``session.df`` always has."""
    return frozenset(column.name for column in (*DF_COLUMNS, *ASKED_COLUMNS, *CONFIDENCE_COLUMNS, *_measured_columns()))


def beside_clips(journal: Journal, worth: Worth, *, estimator: str) -> Added:
    """What was measured of each clip."""
    measured, versions = _measured_columns(), _versions()

    def work_out(read: Read) -> Read:
        values = _values(journal, read["sha256"], measured, estimator=estimator, versions=versions)
        return {**values, **worth.columns(values, read["emulated"], estimator=estimator)}

    return Added(
        key=(estimator, worth.key, *versions.items()),
        columns=(Column(name="clip_id", dtype=STRING, description="the clip"), *measured, *CONFIDENCE_COLUMNS),
        work_out=work_out,
    )


def _versions() -> dict[str, int]:
    from suno_lab import features

    return {name: module.VERSION for name, module in features.families().items()}


def _measured_columns() -> tuple[Column, ...]:
    from suno_lab import features

    return tuple(
        Column(
            name=feature.name, dtype=STRING if feature.dtype == "string" else feature.dtype, description=feature.name
        )
        for feature in features.column_features()
    )


def _values(
    journal: Journal,
    sums: Sequence[str | None],
    columns: tuple[Column, ...],
    *,
    estimator: str,
    versions: dict[str, int],
) -> dict[str, Sequence[Any]]:
    """Measured values of files by content, in order; None where nothing was measured."""
    known = measures.values(journal, [sha for sha in sums if sha], estimator=estimator, versions=versions)
    rows = [known.get(sha, {}) if sha else {} for sha in sums]
    return {column.name: [row.get(column.name) for row in rows] for column in columns}
