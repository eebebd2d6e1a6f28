"""What an emulator remembers: one SQLite file that any process may open and go on with."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suno_lab.emulator.database import Database
from suno_lab.emulator.tasks import Failure, Piece, Task, task_id_of

_CACHE_N = 4096


@dataclass(frozen=True, kw_only=True)
class DueCallback:
    """One callback that has to be sent."""

    callback_id: int
    task_id: str
    url: str
    stage: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the acceptance of a task writes down: the task, its pieces, the callbacks (stage, due at)."""

    task: Task
    pieces: tuple[Piece, ...] = ()
    callbacks: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    once: tuple[str, str] | None = None  #: kind and name of a product of which there is only one


class AccountEmpty(Exception):
    """The balance does not cover the call."""


class AlreadyMade(Exception):
    """The product exists; ``task_id`` made it."""

    def __init__(self, task_id: str) -> None:
        super().__init__(task_id)
        self.task_id = task_id


class TooManyTasks(Exception):
    """The rate limit leaves no room for another task."""


class State:
    """The remembered side of an emulator.

    Parameters
    ----------
    folder : Path
        Made when absent. Holds ``emulator.db`` and its companions.
    credits : float
        The account's credits when the file is made.
    """

    def __init__(self, folder: Path, *, credits: float) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.RLock()
        self._tasks: dict[str, Task] = {}
        self._pieces: dict[str, Piece] = {}
        self._database = Database(folder / "emulator.db", guard=folder / "emulator.lock")
        with self.writing() as con:
            con.execute("insert or ignore into account values ('balance', ?)", (credits,))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nothing of it remains when the block raises."""
        with self._lock, self._database.writing() as con:
            yield con

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.con.execute(sql, [_storable(value) for value in values]).fetchall()

    # ── booking ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def book(
        self,
        path: str,
        *,
        now: float,
        code: int = 200,
        credits: float = 0.0,
        note: str = "",
        body_hash: bytes = b"",
        seed: int = 0,
        plan: Callable[[str], Plan] | None = None,
        rate_limit: tuple[int, float] | None = None,
    ) -> str:
        """Write one POST into the ledger: charge it and, with a plan, accept its task.

        Returns
        -------
        str
            The new task's id, "" without a plan.

        Raises
        ------
        AccountEmpty, AlreadyMade, TooManyTasks
            Nothing was written.
        """
        with self.writing() as con:
            if rate_limit and plan and _accepted_since(con, now - rate_limit[1]) >= rate_limit[0]:
                raise TooManyTasks
            balance = _balance(con, now=now)
            if credits > balance:
                raise AccountEmpty
            planned = plan(task_id_of(seed, body_hash.hex(), _count_repeat(con, body_hash))) if plan else None
            task_id = planned.task.task_id if planned else ""
            _enter(con, now, "post", path, task_id=task_id, credits=credits, balance=balance - credits,
                   code=code, note=note)  # fmt: skip
            if credits:
                con.execute("update account set value = value - ? where name = 'balance'", (credits,))
            if planned:
                _insert_plan(con, planned, path=path, now=now)
        if planned:
            _remember(self._tasks, planned.task.task_id, planned.task)
        return task_id

    def note(self, kind: str, path: str, *, now: float, task_id: str = "", note: str = "", code: int = 0) -> None:
        """Write a line into the ledger that moves no credits."""
        with self.writing() as con:
            balance = _balance(con, now=now)
            _enter(con, now, kind, path, task_id=task_id, credits=0.0, balance=balance, code=code, note=note)

    def balance(self, *, now: float) -> float:
        """Credits left, refunds that are due included."""
        if self._rows(_DUE_REFUNDS + " limit 1", (now,)):
            with self.writing() as con:
                return _balance(con, now=now)
        return float(self._rows("select value from account where name = 'balance'")[0][0])

    def ledger(self, *, after: int = 0, limit: int = 100_000) -> list[dict[str, Any]]:
        """Every line, oldest first."""
        names = ("id", "at", "kind", "path", "task_id", "credits", "balance", "code", "note")
        rows = self._rows("select * from ledger where id > ? order by id limit ?", (after, limit))
        return [dict(zip(names, row, strict=True)) for row in rows]

    @property
    def lines_n(self) -> int:
        """How many lines the ledger has."""
        return int(self._rows("select coalesce(max(id), 0) from ledger")[0][0])

    # ── tasks and pieces ─────────────────────────────────────────────────────────────────────────────────────────────
    def task(self, task_id: str) -> Task | None:
        """The task of that id."""
        known = self._tasks.get(task_id)
        if known is not None:
            return known
        rows = self._rows("select * from tasks where task_id = ?", (task_id,))
        return _remember(self._tasks, task_id, _task(rows[0])) if rows else None

    def fail(self, task: Task, failure: Failure, *, now: float) -> None:
        """The task could not be made after all; it ends now and its credits come back."""
        with self.writing() as con:
            con.execute(
                "update tasks set failure = ?, takes_s = min(takes_s, ?), refund_at = ? "
                "where task_id = ? and failure is null",
                (_json(asdict(failure)), max(now - task.accepted_at, 0.0), now, task.task_id),
            )
        self._tasks.pop(task.task_id, None)

    def piece(self, piece_id: str) -> Piece | None:
        """The piece of that id."""
        known = self._pieces.get(piece_id)
        if known is not None and known.facts is not None:
            return known
        rows = self._rows("select * from pieces where piece_id = ?", (piece_id,))
        return _remember(self._pieces, piece_id, _piece(rows[0])) if rows else None

    def pieces_of(self, task_id: str, kind: str) -> list[Piece]:
        """The pieces of one kind that a task makes, in their order."""
        rows = self._rows("select * from pieces where task_id = ? and kind = ? order by place", (task_id, kind))
        return [_piece(row) for row in rows]

    def settle_facts(self, piece_id: str, facts: Mapping[str, Any]) -> Piece:
        """Keep what was composed. Of two processes that compose the same piece the first one is believed by both."""
        with self.writing() as con:
            con.execute("update pieces set facts = ? where piece_id = ? and facts is null", (_json(facts), piece_id))
            row = con.execute("select * from pieces where piece_id = ?", (piece_id,)).fetchone()
        return _remember(self._pieces, piece_id, _piece(row))

    # ── callbacks ────────────────────────────────────────────────────────────────────────────────────────────────────
    def due_callbacks(self, *, now: float) -> list[DueCallback]:
        """What has to be sent by ``now``, oldest first."""
        rows = self._rows(
            "select id, task_id, url, stage, attempts from callbacks where state = 'due' and due_at <= ? "
            "order by due_at, id",
            (now,),
        )
        return [DueCallback(callback_id=r[0], task_id=r[1], url=r[2], stage=r[3], attempts=r[4]) for r in rows]

    def claim_callback(self, due: DueCallback, *, now: float, lease_s: float) -> bool:
        """Take one delivery for this process; another one may take it again when the lease is over."""
        with self.writing() as con:
            taken = con.execute(
                "update callbacks set attempts = attempts + 1, due_at = ? "
                "where id = ? and state = 'due' and attempts = ?",
                (now + lease_s, due.callback_id, due.attempts),
            )
            return taken.rowcount == 1

    def settle_callback(self, due: DueCallback, *, state: str, due_at: float) -> None:
        """How a delivery ended: ``sent``, ``lost``, or ``due`` again at ``due_at``."""
        with self.writing() as con:
            con.execute("update callbacks set state = ?, due_at = ? where id = ?", (state, due_at, due.callback_id))

    # ── small kept values ────────────────────────────────────────────────────────────────────────────────────────────
    def keep(self, kind: str, name: str, value: Any, *, replace: bool = True) -> bool:
        """Keep a JSON value under a name; False when it is there already and ``replace`` is off."""
        sql = (
            "insert or replace into kept values (?, ?, ?)" if replace else "insert or ignore into kept values (?, ?, ?)"
        )
        with self.writing() as con:
            return con.execute(sql, (kind, _storable(name), _json(value))).rowcount == 1

    def kept(self, kind: str, name: str) -> Any:
        """The value kept under a name, or None."""
        rows = self._rows("select value from kept where kind = ? and name = ?", (kind, name))
        return json.loads(rows[0][0]) if rows else None


# ── inside a transaction ─────────────────────────────────────────────────────────────────────────────────────────────
_DUE_REFUNDS = "select task_id, credits, refund_at from tasks where refund_at <= ? and not refunded"


def _balance(con: sqlite3.Connection, *, now: float) -> float:
    """The balance, after paying back what is due."""
    balance = float(con.execute("select value from account where name = 'balance'").fetchone()[0])
    for task_id, credits, refund_at in con.execute(_DUE_REFUNDS, (now,)).fetchall():
        con.execute("update tasks set refunded = 1 where task_id = ?", (task_id,))
        if credits:
            balance += credits
            con.execute("update account set value = value + ? where name = 'balance'", (credits,))
            _enter(con, refund_at, "refund", "", task_id=task_id, credits=-credits, balance=balance, code=0, note="")
    return balance


def _enter(
    con: sqlite3.Connection, at: float, kind: str, path: str, *, task_id: str, credits: float, balance: float,
    code: int, note: str,
) -> None:  # fmt: skip
    con.execute(
        "insert into ledger (at, kind, path, task_id, credits, balance, code, note) values (?, ?, ?, ?, ?, ?, ?, ?)",
        (at, kind, _storable(path), task_id, credits, balance, code, _storable(note)),
    )


def _accepted_since(con: sqlite3.Connection, moment: float) -> int:
    return int(con.execute("select count(*) from tasks where accepted_at > ?", (moment,)).fetchone()[0])


def _count_repeat(con: sqlite3.Connection, body_hash: bytes) -> int:
    sql = "insert into repeats values (?, 1) on conflict (body_hash) do update set n = n + 1 returning n"
    return int(con.execute(sql, (body_hash,)).fetchone()[0])


def _insert_plan(con: sqlite3.Connection, plan: Plan, *, path: str, now: float) -> None:
    task = plan.task
    if plan.once:
        _claim_product(con, plan.once, task.task_id)
    refund_at = task.ends_at if task.failure and task.failure.refunds else None
    con.execute(
        "insert into tasks values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            task.task_id, task.operation, task.family, _json(task.body), task.accepted_at, task.takes_s, task.seed,
            task.credits, _storable(task.callback_url), _json(task.detail), _json(sorted(task.faults)),
            _json(asdict(task.failure)) if task.failure else None, refund_at,
        ),
    )  # fmt: skip
    con.executemany(
        "insert into pieces values (?, ?, ?, ?, ?, ?)",
        [(p.piece_id, p.task_id, p.kind, p.place, p.name, _json(p.facts) if p.facts else None) for p in plan.pieces],
    )
    con.executemany(
        "insert into callbacks (task_id, url, stage, due_at) values (?, ?, ?, ?)",
        [(task.task_id, _storable(task.callback_url), stage, due_at) for stage, due_at in plan.callbacks],
    )
    for note in plan.notes:
        balance = con.execute("select value from account where name = 'balance'").fetchone()[0]
        _enter(con, now, "callback", path, task_id=task.task_id, credits=0.0, balance=balance, code=0, note=note)


def _claim_product(con: sqlite3.Connection, product: tuple[str, str], task_id: str) -> None:
    sql = "select value from kept where kind = ? and name = ?"
    made = con.execute(sql, [_storable(part) for part in product]).fetchone()
    if made:
        raise AlreadyMade(str(json.loads(made[0])))
    con.execute("insert into kept values (?, ?, ?)", (*map(_storable, product), _json(task_id)))


# ── rows and values ──────────────────────────────────────────────────────────────────────────────────────────────────
def _task(row: tuple[Any, ...]) -> Task:
    failure = json.loads(row[11]) if row[11] else None
    return Task(
        task_id=row[0], operation=row[1], family=row[2], body=json.loads(row[3]), accepted_at=row[4], takes_s=row[5],
        seed=row[6], credits=row[7], callback_url=row[8], detail=json.loads(row[9]),
        faults=frozenset(json.loads(row[10])), failure=Failure(**failure) if failure else None,
    )  # fmt: skip


def _piece(row: tuple[Any, ...]) -> Piece:
    return Piece(
        piece_id=row[0], task_id=row[1], kind=row[2], place=row[3], name=row[4],
        facts=json.loads(row[5]) if row[5] else None,
    )  # fmt: skip


def _remember(cache: dict[str, Any], name: str, value: Any) -> Any:
    if len(cache) >= _CACHE_N:
        cache.clear()
    cache[name] = value
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _storable(value: Any) -> Any:
    """Text that SQLite can take, whatever came over the wire."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
