"""The account: credits left."""

from __future__ import annotations

from suno_lab.api import Body
from suno_lab.emulator.call import Answer, Call, Immediate


def balance(call: Call, body: Body) -> Answer:
    """Credits left, refunds that are due included; a whole number where it is one."""
    left = round(call.state.balance(now=call.now), 4)
    return Answer(data=int(left) if left == int(left) else left)


IMMEDIATE = (Immediate(operation="balance", answer=balance),)
