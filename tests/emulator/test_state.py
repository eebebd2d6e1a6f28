"""What an emulator remembers, from one thread, several, and several openings of one folder."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from suno_lab.emulator.state import AccountEmpty, AlreadyMade, Plan, State, TooManyTasks
from suno_lab.emulator.tasks import Failure, Piece, Task, piece_id_of, seed_of, task_id_of


@pytest.fixture
def state(tmp_path):
    opened = State(tmp_path, credits=100)
    yield opened
    opened.close()


def plan(failure=None, once=None):
    def make(task_id):
        task = Task(
            task_id=task_id, operation="generate", family="music", body={"prompt": "x"}, accepted_at=10.0, takes_s=3.0,
            seed=seed_of(task_id), credits=12.0, failure=failure, faults=frozenset({"null_duration"}),
        )  # fmt: skip
        pieces = tuple(
            Piece(piece_id=piece_id_of(task_id, "clip", n), task_id=task_id, kind="clip", place=n) for n in (0, 1)
        )
        return Plan(task=task, pieces=pieces, once=once)

    return make


def book(state, *, body=b"same", now=10.0, **about):
    return state.book("/api/v1/generate", now=now, credits=12.0, body_hash=body, plan=plan(**about))


def test_what_is_booked_comes_back_as_it_was(state, tmp_path):
    task_id = book(state)
    again = State(tmp_path, credits=5)
    try:
        assert again.task(task_id) == state.task(task_id)
        assert [piece.place for piece in again.pieces_of(task_id, "clip")] == [0, 1]
        assert again.balance(now=10) == 88
    finally:
        again.close()


def test_equal_bodies_are_counted(state):
    ids = [book(state), book(state), book(state, body=b"other")]
    assert ids == [task_id_of(0, body.hex(), n) for body, n in ((b"same", 1), (b"same", 2), (b"other", 1))]


def test_a_refusal_leaves_nothing(state):
    with pytest.raises(AccountEmpty):
        state.book("/x", now=0, credits=101.0, body_hash=b"a", plan=plan())
    with pytest.raises(TooManyTasks):
        state.book("/x", now=0, body_hash=b"a", plan=plan(), rate_limit=(0, 10.0))
    with pytest.raises(sqlite3.IntegrityError):
        half_way(state)
    assert (state.balance(now=0), state.ledger()) == (100, [])


def half_way(state):
    """A transaction whose second statement cannot be done."""
    with state.writing() as con:
        con.execute("update account set value = 0")
        con.execute("insert into account values ('balance', 1)")


def test_products_there_is_only_one_of(state):
    first = book(state, once=("wav", "clip"))
    with pytest.raises(AlreadyMade) as made:
        book(state, once=("wav", "clip"))
    assert made.value.task_id == first
    assert state.balance(now=10) == 88


def test_refunds_come_when_they_are_due_and_once(state):
    book(state, failure=Failure(status="X", code=531, message=""))
    assert [state.balance(now=t) for t in (12.9, 13.0, 14.0)] == [88, 100, 100]
    kinds = [(line["kind"], line["credits"], line["at"]) for line in state.ledger()]
    assert kinds == [("post", 12.0, 10.0), ("refund", -12.0, 13.0)]


def test_a_task_that_cannot_be_made_ends_and_is_paid_back(state):
    task = state.task(book(state))
    state.fail(task, Failure(status="BROKEN", code=500, message=""), now=11.0)
    state.fail(task, Failure(status="OTHER", code=500, message=""), now=12.0)
    assert (state.task(task.task_id).failure.status, state.task(task.task_id).takes_s) == ("BROKEN", 1.0)
    assert state.balance(now=11.0) == 100


def test_the_first_facts_are_believed(state):
    piece_id = piece_id_of(book(state), "clip", 0)
    assert state.settle_facts(piece_id, {"title": "a"}).facts == {"title": "a"}
    assert state.settle_facts(piece_id, {"title": "b"}).facts == {"title": "a"}


def test_kept_values(state):
    assert state.keep("k", "n", [1], replace=False)
    assert not state.keep("k", "n", [2], replace=False)
    assert state.kept("k", "n") == [1]
    state.keep("k", "n", {"\udcff": "\ud800"})
    assert state.kept("k", "n") == {"\udcff": "\ud800"}
    assert state.kept("k", "\udcff") is None


def test_many_threads_and_two_openings_book_exactly(tmp_path):
    states = [State(tmp_path, credits=12 * 30) for _ in range(2)]

    def one(n):
        try:
            return book(states[n % 2])
        except AccountEmpty:
            return ""

    try:
        with ThreadPoolExecutor(8) as pool:
            ids = [task_id for task_id in pool.map(one, range(40)) if task_id]
        assert (len(ids), len(set(ids))) == (30, 30)
        assert [state.balance(now=10) for state in states] == [0, 0]
        assert len(states[0].ledger()) == 30
    finally:
        for state in states:
            state.close()


def test_the_file_is_sound(state, tmp_path):
    book(state)
    with sqlite3.connect(tmp_path / "emulator.db") as con:
        assert con.execute("pragma integrity_check").fetchone() == ("ok",)
        assert con.execute("pragma journal_mode").fetchone() == ("wal",)
    con.close()
