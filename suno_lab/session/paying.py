"""What calls cost, and what to do about calls whose outcome nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from suno_lab.api import Operation, Request, operation_of
from suno_lab.api.contract import Finding
from suno_lab.api.hosts import USD_PER_CREDIT, USD_RATE_DATE, Host
from suno_lab.client.calls import call_request
from suno_lab.client.loop import io_loop
from suno_lab.errors import BudgetExceeded, InvalidRequest
from suno_lab.session.alongside import follow_up_credits
from suno_lab.session.service import Choice, account_of
from suno_lab.store import requests as ledger
from suno_lab.store.requests import RequestRow, RequestState
from suno_lab.tables import Column, frame

if TYPE_CHECKING:
    import pandas as pd

    from suno_lab.client.client import Client
    from suno_lab.client.policy import Policy, Surroundings
    from suno_lab.session.task import Task
    from suno_lab.store import Journal

UNRESOLVED = (
    Column(name="request_id", dtype="string[pyarrow]", description="the request"),
    Column(name="operation", dtype="string[pyarrow]", description="its operation"),
    Column(name="state", dtype="string[pyarrow]", description="UNKNOWN or NEEDS_USER"),
    Column(name="credits_at_risk", dtype="float64", description="what it may have cost"),
    Column(name="sent_at", dtype="datetime64[us, UTC]", description="when it was sent"),
    Column(name="error", dtype="string[pyarrow]", description="what happened"),
    Column(name="note", dtype="string[pyarrow]", description="what was found out"),
    Column(name="request", dtype="string[pyarrow]", description="what was asked"),
)

OUTLOOK = (
    Column(name="url", dtype="string[pyarrow]", description="where it would go"),
    Column(name="body", dtype="string[pyarrow]", description="what would be sent"),
    Column(name="refused", dtype="string[pyarrow]", description="why it would not be sent"),
    Column(name="warnings", dtype="string[pyarrow]", description="what is not certain about it"),
)


class Paying:
    """Price, budget, and the calls whose answer was lost."""

    _around: Surroundings
    _policy: Policy
    _choice: Choice
    _callback_url: str | None

    if TYPE_CHECKING:

        @property
        def journal(self) -> Journal: ...

        def _line(self) -> Client: ...

        @property
        def host(self) -> Host: ...

        def _follow(self, task_id: str, *, timeout_s: float | None = None) -> None: ...

        def task(self, task_id: str) -> Task: ...

        def run(self, request: Request, **options: Any) -> Any: ...

        def _findings(self, operation: Operation, request: Request) -> list[Finding]: ...

    def price(self, requests: Request | Iterable[Request]) -> pd.DataFrame:
        """What requests would cost by the published list; asks nobody.

        Returns
        -------
        pandas.DataFrame
            One row a request: ``operation``, ``credits`` (NaN where no price is published), ``usd``, ``kept``
            (whether an equal request is answered already, so that it costs nothing), ``keep_credits`` (what ``keep=``
            adds to it, for two clips a task; in ``usd`` as well), ``usd_per_credit`` and ``rate_date`` (when one
            credit cost that much).
        """
        columns = (
            Column(name="operation", dtype="string[pyarrow]", description="its operation"),
            Column(name="credits", dtype="float64", description="its price"),
            Column(name="usd", dtype="float64", description="in US dollars"),
            Column(name="kept", dtype="boolean", description="whether it is answered already"),
            Column(name="keep_credits", dtype="float64", description="what keep= adds, for two clips a task"),
            Column(name="usd_per_credit", dtype="float64", description="the rate"),
            Column(name="rate_date", dtype="string[pyarrow]", description="when that was the rate"),
        )
        vocabulary = self.host.vocabulary
        rows = []
        for request in [requests] if isinstance(requests, Request) else requests:
            credits = operation_of(request).credits(request, host=vocabulary)
            kept = bool(ledger.standing(self.journal, request))
            added = follow_up_credits(self._policy.keep, request, host=vocabulary)
            usd = None if credits is None or added is None else (credits + added) * USD_PER_CREDIT
            rows.append((request.operation, credits, usd, kept, added, USD_PER_CREDIT, USD_RATE_DATE))
        return frame(rows, columns)

    def dry_run(self, requests: Request | Iterable[Request], *, validate: bool = True) -> pd.DataFrame:
        """What would be sent, and what it would cost; sends nothing and keeps nothing.

        ``session.generate(…, dry_run=True)`` gives the same for one call.

        Returns
        -------
        pandas.DataFrame
            One row a request: the columns of :meth:`price`, then ``url`` and ``body`` as they would go out (a file of
            this machine stands by its mark, the callback address of a request that is kept by its own id),
            ``refused`` (why it would not be sent; missing where it would), ``warnings``.
        """
        import pandas as pd

        listed = [requests] if isinstance(requests, Request) else list(requests)
        before, rows = 0.0, []
        for request in listed:
            rows.append(self._outlook(request, validate=validate, before=before))
            before += 0.0 if rows[-1][2] else self._cost(request) or 0.0
        return pd.concat([self.price(listed), frame(rows, OUTLOOK)], axis=1)

    def _cost(self, request: Request) -> float | None:
        """What asking costs now: nothing where an equal request stands."""
        if ledger.standing(self.journal, request):
            return 0.0
        return operation_of(request).credits(request, host=self.host.vocabulary)

    def _outlook(
        self, request: Request, *, validate: bool, before: float
    ) -> tuple[str, str | None, str | None, str | None]:
        operation = operation_of(request)
        url, body = self._outgoing(operation, request)
        findings = self._findings(operation, request)
        refused = [finding.message for finding in findings if finding.severity == "refuse" and validate]
        cost, ceiling = self._cost(request), self._policy.max_credits
        try:
            left = None if ceiling is None else ceiling - before
            ledger.check_budget(self.journal, cost=cost, max_credits=left)
        except BudgetExceeded as problem:
            refused.append(str(problem))
        warned = [finding.message for finding in findings if finding.message not in refused]
        return url, body, "; ".join(refused) or None, "; ".join(warned) or None

    def _outgoing(self, operation: Operation, request: Request) -> tuple[str, str | None]:
        """Address and body; a file's bytes are not shown."""
        account = account_of(self._choice, callback_url=self._callback_url)
        if operation.encoding == "multipart":
            return f"{account.upload_url}{operation.path}", None
        sent = call_request(operation, request, account, request_id="<request_id>")
        return sent.url, sent.body.decode("utf-8")

    @property
    def spent_credits(self) -> float:
        """What this folder's requests cost or may still cost, as counted against ``max_credits``."""
        return ledger.spent_credits(self.journal)

    # ── calls whose outcome nobody knows ─────────────────────────────────────────────────────────────────────────────
    def unresolved(self) -> pd.DataFrame:
        """Requests that may or may not have been accepted, with the credits at risk.

        :meth:`resolve` finds out what can be found out for nothing; :meth:`adopt` takes a task you found in the
        service's own log; :meth:`resubmit` asks again (and may pay twice); :meth:`drop` gives up.
        """
        sql = (
            "select request_id, operation, state, credits_estimated, sent_at, error, "
            "(select note from events e where e.request_id = r.request_id order by event_id desc limit 1) as note, "
            "request from requests r where state in ('UNKNOWN', 'NEEDS_USER') order by run_order"
        )
        return frame(map(tuple, self.journal.rows(sql)), UNRESOLVED, index=("request_id",))

    def resolve(self) -> pd.DataFrame:
        """Find out about lost answers, by callbacks and by the balance; free. What is left is :meth:`unresolved`.

        A request proven not to be charged becomes NEW: asking for it again sends it.
        """
        line = self._line()

        async def work() -> None:
            await line.sender.settle()
            await line.resolver.adopt_from_callbacks()

        io_loop().run(work())
        return self.unresolved()

    def adopt(self, request_id: str, task_id: str) -> Task:
        """Take a task as the outcome of a request, once the service confirmed that it knows it, and wait for it.

        Raises
        ------
        InvalidRequest
            The request is not unresolved, or the service does not know the task.
        """
        row, line = self._undecided(request_id), self._line()
        if not io_loop().run(line.resolver.adopt(row, task_id, note="adopted by the user")):
            message = f"{line.account.service} does not know a {row.operation} task {task_id!r}; nothing was changed"
            raise InvalidRequest(message, field="task_id", given=task_id)
        self._follow(task_id)
        return self.task(task_id)

    def resubmit(self, request_id: str, *, max_extra_credits: float) -> Any:
        """Ask again although it may have been accepted; this may pay twice, at most ``max_extra_credits``.

        Raises
        ------
        BudgetExceeded
            It costs more than that, or no price is known.
        """
        row = self._undecided(request_id)
        if row.credits_estimated is None or row.credits_estimated > max_extra_credits:
            cost = "an unknown number of" if row.credits_estimated is None else f"{row.credits_estimated:g}"
            message = f"asking again may cost {cost} credits more, max_extra_credits is {max_extra_credits:g}"
            raise BudgetExceeded(message)
        self.drop(request_id)
        return self.run(row.value(), fresh=True)

    def drop(self, request_id: str) -> None:
        """Give up on an unresolved request; it stays as a row, and an equal request may be asked again."""
        row = self._undecided(request_id)
        now, note = self._around.clock(), "given up by the user"
        ledger.mark(self.journal, row.request_id, RequestState.DROPPED, now=now, note=note, keep_error=True)

    def _undecided(self, request_id: str) -> RequestRow:
        try:
            row = ledger.get(self.journal, request_id)
        except KeyError:
            raise InvalidRequest(f"no request {request_id!r} here", field="request_id", given=request_id) from None
        if row.state not in (RequestState.UNKNOWN, RequestState.NEEDS_USER):
            message = f"request {request_id} is {row.state}, not unresolved; session.unresolved() lists those that are"
            raise InvalidRequest(message, field="request_id", given=request_id)
        return row
