"""Measured features, kept by content: (audio sha256, family, version, estimator). A second run computes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from suno_lab.store.hashes import canonical
from suno_lab.store.journal import Journal


@dataclass(frozen=True, kw_only=True)
class MeasureKey:
    """What was measured, by which family of which version, with which estimator."""

    sha256: str
    family: str
    version: int
    estimator: str


def known(journal: Journal, *, estimator: str) -> set[MeasureKey]:
    """Everything measured so far with an estimator."""
    found = journal.rows("select sha256, family, version, estimator from features where estimator = ?", (estimator,))
    return {MeasureKey(**dict(zip(row.keys(), tuple(row), strict=True))) for row in found}


def keep(journal: Journal, measured: Iterable[tuple[MeasureKey, Mapping[str, Any], str | None]], *, now: float) -> None:
    """Keep rows of (key, values, error)."""
    with journal.write() as writing:
        for key, values, error in measured:
            row = {
                "sha256": key.sha256,
                "family": key.family,
                "version": key.version,
                "estimator": key.estimator,
                "measured": canonical(dict(values)),
                "error": error,
                "at": now,
            }
            writing.upsert("features", row, key=("sha256", "family", "version", "estimator"))


def values(
    journal: Journal, sums: Iterable[str], *, estimator: str, versions: Mapping[str, int]
) -> dict[str, dict[str, Any]]:
    """Measured values of files by sha256, of the given families in their present versions."""
    sql = """select sha256, '[' || group_concat(measured) || ']' from features
        where estimator = ? and sha256 in (select value from json_each(?))
            and family || ' ' || version in (select value from json_each(?)) group by sha256"""
    present = [f"{family} {version}" for family, version in versions.items()]
    found = journal.rows(sql, (estimator, json.dumps(list(sums)), json.dumps(present)))
    return {row[0]: {name: v for family in json.loads(row[1]) for name, v in family.items()} for row in found}
