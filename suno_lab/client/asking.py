"""Questions that cost nothing and change nothing: they may be asked again."""

from __future__ import annotations

from typing import Any

from suno_lab.api import operations
from suno_lab.api.contract import RecordEndpoint
from suno_lab.client.account import Account
from suno_lab.client.calls import EMULATOR_HEADER, Answer, is_absent, judge, plain_get, read_json
from suno_lab.client.pacing import backoff_s, retry_after_s
from suno_lab.client.policy import Surroundings
from suno_lab.errors import SunoLabError, TransportError
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.store import Journal, balances
from suno_lab.transport import Transport


class Asker:
    """Asks one service.

    Attributes
    ----------
    emulated : bool or None
        Whether the service says that it is an emulator; None before it said anything.
    """

    def __init__(self, account: Account, transport: Transport, journal: Journal, around: Surroundings) -> None:
        self.account, self.transport, self.journal, self.around = account, transport, journal, around
        self.emulated: bool | None = None

    async def send(self, http: HttpRequest) -> HttpReply:
        """Carry one question, once."""
        reply = await self.transport.send(http)
        self.emulated = EMULATOR_HEADER in reply.headers
        return reply

    async def ask(
        self,
        http: HttpRequest,
        *,
        operation: str = "",
        task_id: str = "",
        record: RecordEndpoint | None = None,
        budget_s: float = 60.0,
    ) -> tuple[Answer, HttpReply]:
        """Carry a free question; it is asked again while that may help.

        Raises
        ------
        ServiceError
            A refusal that will not pass.
        TransportError
            No usable answer within ``budget_s`` seconds.
        """
        started, attempt = self.around.clock(), 0
        while True:
            problem: SunoLabError
            pause: float | None = None
            try:
                reply = await self.send(http)
            except TransportError as failed:
                problem = TransportError(f"no usable answer to a question that costs nothing: {failed}")
            else:
                answer = judge(reply, self.account.host, operation=operation, task_id=task_id, record=record)
                if answer.error is None or is_absent(answer):
                    return answer, reply
                problem = answer.error
                if not answer.error.retryable:
                    raise problem
                pause = retry_after_s(reply.headers.get("retry-after"), now=self.around.clock())
            pause = backoff_s(attempt, rng=self.around.rng) if pause is None else pause
            if self.around.clock() - started + pause > budget_s:
                raise problem
            attempt += 1
            await self.around.sleep(pause)

    async def balance(self, *, budget_s: float = 60.0) -> float | None:
        """Credits left, as the service says; kept in ``session.credits``."""
        operation = operations()["balance"]
        http = plain_get(f"{self.account.base_url}{self.account.host.credit_path}", self.account)
        before = balances.sent_n(self.journal)
        answer, _ = await self.ask(http, operation="balance", budget_s=budget_s)
        left = operation.read(answer.data) if operation.read else None
        if left is not None:
            balances.keep(self.journal, left, sent_n_before=before, now=self.around.clock())
        return left

    async def truth(self, clip_id: str) -> Any:
        """What the emulator knows about a clip; None where nothing is known."""
        http = plain_get(f"{self.account.base_url}/_emulator/truth/{clip_id}", self.account)
        reply = await self.send(http)
        known = read_json(reply.body) if reply.status == 200 else None
        return known.get("data", known) if isinstance(known, dict) else None
