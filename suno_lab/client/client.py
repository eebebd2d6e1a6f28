"""One session's line to its service: sending, watching, keeping, finding out. Lives on the loop thread."""

from __future__ import annotations

import asyncio

from suno_lab.client.account import Account
from suno_lab.client.asking import Asker
from suno_lab.client.downloads import Downloader
from suno_lab.client.following import Follower
from suno_lab.client.keeping import Keeper
from suno_lab.client.pacing import Limiter, limiter_for
from suno_lab.client.policy import Note, Policy, Surroundings, silent
from suno_lab.client.resolving import Gate, Resolver
from suno_lab.client.sending import FirstPaid, Sender
from suno_lab.client.uploading import Uploader
from suno_lab.store import SessionFolder
from suno_lab.store import requests as ledger
from suno_lab.store.requests import RequestRow
from suno_lab.transport import Transport

__all__ = ["Client", "Note", "Policy", "Surroundings", "silent"]


class Client:
    """The parts, joined.

    Parameters
    ----------
    folder : SessionFolder
        Where everything is kept.
    account : Account
        Where calls go.
    transport : Transport
        How bytes travel.
    first_paid : callable, optional
        Told price and balance once, before the first call that costs.
    """

    def __init__(
        self,
        folder: SessionFolder,
        account: Account,
        transport: Transport,
        *,
        policy: Policy | None = None,
        surroundings: Surroundings | None = None,
        downloader: Downloader | None = None,
        limiter: Limiter | None = None,
        first_paid: FirstPaid = lambda price, balance: None,
    ) -> None:
        policy, around = policy or Policy(), surroundings or Surroundings()
        self.account, self.transport, self._journal, self._clock = account, transport, folder.journal, around.clock
        self.asker = Asker(account, transport, folder.journal, around)
        self.keeper = Keeper(folder, account, transport, keep=policy.keep, around=around, downloader=downloader)
        self.follower = Follower(folder.journal, self.asker, self.keeper, policy)
        self.resolver = Resolver(
            folder, self.asker, policy, quiet=lambda: self.sender.others_home(), look=self.follower.known
        )
        self.sender = Sender(
            folder,
            self.asker,
            limiter or shared_limiter(account),
            policy,
            resolver=self.resolver,
            gate=Gate(),
            prepare=Uploader(folder, self.asker).prepared,
            first_paid=first_paid,
        )

    async def perform(self, request_id: str, *, timeout_s: float | None = None, note: Note = silent) -> RequestRow:
        """Send a request if it was not sent yet, wait for its task, keep what it made.

        Raises
        ------
        WaitTimeout
            ``timeout_s`` seconds are over; the task goes on and can be resumed.
        SunoLabError
            Whatever went wrong, in its class.
        """
        started = self._clock()
        try:
            row = await self.sender.deliver(request_id, note=note)
        except asyncio.CancelledError:
            self.sender.when_answered(request_id, lambda: self.follower.left_alone(request_id))
            raise
        if row.task_id is not None:
            left = None if timeout_s is None else max(timeout_s - (self._clock() - started), 0.0)
            await self.follower.follow(row.task_id, timeout_s=left, note=note)
        return ledger.get(self._journal, request_id)

    async def close(self) -> None:
        """Let running calls end, then let go of connections."""
        await self.sender.close()
        await self.transport.close()


def shared_limiter(account: Account) -> Limiter:
    """The limiter all sessions of this process share for one account."""
    mark = hash(account.key.reveal()) if account.key else 0
    return limiter_for(account.base_url, mark, calls=account.host.creations, per_s=account.host.per_s)
