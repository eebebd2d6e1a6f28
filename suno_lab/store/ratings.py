"""What listeners say about clips: ratings, preferences, labels, notes. Rows are only added; the last one counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from suno_lab.store.journal import Journal

RatingKind = Literal["rating", "preference", "label", "note"]


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One statement of one person about one clip, a pair of clips, or a part of a clip.

    Attributes
    ----------
    scale : str
        What was asked: the question, the name of the label, ``"star"`` …
    value, label, note : float, str, str
        The answer as a number, as a word, or in free words.
    start_s, end_s : float
        The part meant, in seconds.
    other_clip_id : str
        The other clip of a pair; ``value`` is then 1 for ``clip_id``, 0 for the other, 0.5 for a tie.
    """

    clip_id: str
    rater: str
    kind: RatingKind
    scale: str
    value: float | None = None
    label: str | None = None
    note: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    other_clip_id: str | None = None


def keep(journal: Journal, ratings: Iterable[Rating], *, now: float) -> None:
    """Add rows, all or none; ``now`` in Unix seconds."""
    with journal.write() as writing:
        for rating in ratings:
            writing.insert("ratings", {**asdict(rating), "at": now})


def latest(journal: Journal, *, rater: str, scale: str) -> dict[str, Rating]:
    """The last statement of one person on one scale about each clip."""
    names = tuple(Rating.__dataclass_fields__)
    sql = f"select {', '.join(names)} from ratings where rater = ? and scale = ? order by rating_id"  # noqa: S608
    return {row["clip_id"]: Rating(**{name: row[name] for name in names}) for row in journal.rows(sql, (rater, scale))}
