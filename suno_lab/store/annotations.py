"""Labels that people gave by ear: ``reference_`` rows of the ratings. What a person saved last on a scale counts; a row
with neither a value nor a label takes back what was there.
"""

from __future__ import annotations

from dataclasses import dataclass

from suno_lab.store.journal import Journal
from suno_lab.store.ratings import Rating

PREFIX = "reference_"


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One label: a number, a word, or a word with its time. ``at`` is when it was saved, in Unix seconds."""

    clip_id: str
    annotator: str
    scale: str
    value: float | None
    label: str | None
    start_s: float | None
    end_s: float | None
    at: float


def labels(journal: Journal, *, annotator: str | None = None, clip_id: str | None = None) -> list[Annotation]:
    """The labels that hold, of one person and clip or of all."""
    sql = """select clip_id, rater as annotator, scale, value, label, start_s, end_s, at from ratings r
        where scale like 'reference\\_%' escape '\\' and kind = 'label'
            and (:annotator is null or rater = :annotator) and (:clip_id is null or clip_id = :clip_id)
            and change_n = (select max(change_n) from ratings l
                where l.clip_id = r.clip_id and l.rater = r.rater and l.scale = r.scale)
            and (value is not null or label is not null)
        order by rating_id"""
    return [Annotation(**dict(row)) for row in journal.rows(sql, {"annotator": annotator, "clip_id": clip_id})]


def label(
    clip_id: str,
    annotator: str,
    *,
    scale: str,
    value: float | None = None,
    word: str | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
) -> Rating:
    """One label as a row to keep; ``scale`` without its ``reference_``."""
    return Rating(
        clip_id=clip_id,
        rater=annotator,
        kind="label",
        scale=PREFIX + scale,
        value=value,
        label=word,
        start_s=start_s,
        end_s=end_s,
    )
