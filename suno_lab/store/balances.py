"""What the account said it holds, and what our requests cost since: the arithmetic of undecided charges."""

from __future__ import annotations

from dataclasses import dataclass

from suno_lab.store.journal import Journal, Writing

#: credits are counted to the hundredth
EPSILON = 0.005


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A balance read while nothing of ours was under way."""

    at: float
    balance: float


@dataclass(frozen=True, kw_only=True)
class Account:
    """What our requests cost since a reading.

    Attributes
    ----------
    certain : float
        Charges of requests that were accepted and did not fail.
    maybe_charged : float
        Charges of requests that failed or were left undecided since: kept, given back, or never made.
    maybe_refunded : float
        Charges from before the reading that may have been given back since.
    unknown : tuple of float
        The prices of the requests whose outcome is not known.
    """

    certain: float
    maybe_charged: float
    maybe_refunded: float
    unknown: tuple[float, ...]


def sent_n(source: Journal | Writing) -> int:
    """How many calls were ever sent from this folder: a number that changes when one is."""
    return int(source.value("select coalesce(sum(attempts_n), 0) from requests") or 0)


def in_flight_n(source: Journal | Writing) -> int:
    """How many calls are under way right now, in any process."""
    return int(source.value("select count(*) from requests where state = 'SENT'") or 0)


def keep(journal: Journal, balance: float, *, sent_n_before: int, now: float) -> None:
    """Keep a reading; it can serve as a starting point only if nothing was under way while it was taken."""
    with journal.write() as writing:
        quiet = sent_n(writing) == sent_n_before and in_flight_n(writing) == 0
        writing.insert("balances", {"at": now, "balance": balance, "quiet": quiet})


def last_quiet(journal: Journal, *, before: float | None = None) -> Reading | None:
    """The latest usable reading (before a moment)."""
    sql = "select at, balance from balances where quiet and at <= coalesce(?, 9e99) order by balance_id desc limit 1"
    row = journal.row(sql, (before,))
    return None if row is None else Reading(at=row["at"], balance=row["balance"])


def since(journal: Journal, reading: Reading, *, late_s: float = 0.0) -> Account:
    """What happened to our requests after a reading.

    Parameters
    ----------
    late_s : float
        How long after a failure its credits may come back.
    """

    def total(condition: str) -> float:
        sql = f"select coalesce(sum(coalesce(credits_estimated, 0)), 0) from requests where {condition}"  # noqa: S608
        return float(journal.value(sql, {"at": reading.at, "late": reading.at - late_s}))

    unknown = journal.rows(
        "select coalesce(credits_estimated, 0) as c from requests where state = 'UNKNOWN' and sent_at >= ?",
        (reading.at,),
    )
    return Account(
        certain=total("state in ('ACCEPTED', 'DONE') and sent_at >= :at"),
        maybe_charged=total("state in ('FAILED', 'NEEDS_USER', 'DROPPED') and sent_at >= :at"),
        maybe_refunded=total("state = 'FAILED' and sent_at < :at and finished_at >= :late"),
        unknown=tuple(float(row["c"]) for row in unknown),
    )
