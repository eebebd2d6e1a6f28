"""What only the emulator has: truth, ledger, faults and health, beside the protocol and never inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suno_lab.emulator.call import Call
from suno_lab.emulator.faults import FAULTS
from suno_lab.emulator.openapi import openapi
from suno_lab.emulator.page import page
from suno_lab.emulator.replies import No, Refusal, as_bytes, as_json, emulator_version
from suno_lab.emulator.settings import check_fault
from suno_lab.errors import InvalidRequest
from suno_lab.models import HttpReply, TaskState


def answer(call: Call) -> HttpReply | None:
    """The reply of a path that belongs to the emulator alone; None for any other path."""
    method, path = call.request.method, call.request.path
    if path.startswith("/_emulator/truth/"):
        return truth(call, path.removeprefix("/_emulator/truth/"))
    plain = _ROUTES.get((method, path))
    return plain(call) if plain else None


def truth(call: Call, clip_id: str) -> HttpReply:
    """What is true of a clip, as composed; from the moment its words are shown."""
    piece = call.state.piece(clip_id)
    task = call.state.task(piece.task_id) if piece and piece.kind == "clip" else None
    if piece is None or task is None or task.state_at(call.now) in (TaskState.PENDING, TaskState.FAILED):
        return as_json({"error": f"no clip {clip_id[:80]}"}, status=404)
    return as_json(call.service.composer.truth(task, piece.place))


def ledger(call: Call) -> HttpReply:
    """Every POST, charge, refund, fault and callback, oldest first; ``?after=`` an id."""
    after = call.query.get("after", "0")
    entries = call.state.ledger(after=int(after) if after.isdecimal() and len(after) < 15 else 0)
    return as_json({"balance": call.state.balance(now=call.now), "entries": entries, **_sums(entries)})


def _sums(entries: list[dict[str, Any]]) -> dict[str, Any]:
    faults: dict[str, int] = {}
    for entry in entries:
        if entry["kind"] == "fault":
            faults[entry["note"]] = faults.get(entry["note"], 0) + 1
    return {
        "charged": sum(e["credits"] for e in entries if e["credits"] > 0),
        "refunded": -sum(e["credits"] for e in entries if e["credits"] < 0),
        "faults": faults,
    }


def fault_rates(call: Call) -> Mapping[str, float]:
    """The faults in force: those of the settings, or what was set since."""
    kept = call.state.kept("control", "faults")
    return kept if isinstance(kept, dict) else dict(call.service.settings.faults)


def set_faults(call: Call) -> HttpReply:
    """``POST {"name": rate, …}``: the faults in force from now on; ``{}`` ends all."""
    rates = call.body()
    for name, rate in rates.items():
        if not isinstance(rate, int | float) or isinstance(rate, bool):
            raise Refusal(No.INVALID, f"the rate of {name[:40]} must be a number")
        try:
            check_fault(name, rate)
        except InvalidRequest as problem:
            raise Refusal(No.INVALID, str(problem)) from None
    call.state.keep("control", "faults", rates)
    return as_json({"faults": rates})


def faults(call: Call) -> HttpReply:
    """The faults in force and those there are."""
    known = {fault.name: {"strikes": fault.strikes.value, "doc": fault.doc} for fault in FAULTS.values()}
    return as_json({"faults": fault_rates(call), "known": known})


def health(call: Call) -> HttpReply:
    """That it answers, and as whom."""
    return as_json({"ok": True, "version": emulator_version(), "host_profile": call.service.settings.host_profile})


def home(call: Call) -> HttpReply:
    """The page for people."""
    text = page(call.host, origin=call.request.origin, asks_key=bool(call.service.key))
    return as_bytes(text.encode(), "text/html; charset=utf-8", content_security_policy=_POLICY)


def document(call: Call) -> HttpReply:
    """The description for programs."""
    return as_json(openapi(call.host, origin=call.request.origin, asks_key=bool(call.service.key)))


_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_ROUTES: Mapping[tuple[str, str], Callable[[Call], HttpReply]] = {
    ("GET", "/_emulator/ledger"): ledger,
    ("GET", "/_emulator/faults"): faults,
    ("POST", "/_emulator/faults"): set_faults,
    ("GET", "/_emulator/health"): health,
    ("GET", "/"): home,
    ("GET", "/openapi.json"): document,
}
