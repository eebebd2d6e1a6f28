"""How often one task may be looked up."""

from __future__ import annotations

from collections import deque

#: documented are three look-ups a second and task (docs.kie.ai/old-model, 2026-08); counted over two seconds, with
#: room for a burst, so that only a caller who does not pace at all meets it
READS_N, READS_S = 8, 2.0
_REMEMBERED_N = 4096


class ReadLimiter:
    """Counts look-ups by task, in this process."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[float]] = {}

    def allow(self, task_id: str, *, now: float) -> bool:
        """Whether one more look-up is let through at ``now`` (seconds); those that are not do not count."""
        recent = self._recent.get(task_id)
        if recent is None:
            if len(self._recent) >= _REMEMBERED_N:
                self._recent.clear()
            recent = self._recent[task_id] = deque(maxlen=READS_N)
        if len(recent) == READS_N and now - recent[0] < READS_S:
            return False
        recent.append(now)
        return True
