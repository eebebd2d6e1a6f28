"""A process that measures files for another: a line of JSON in, a line of JSON out, until the lines end.

It is started as a plain program, not forked and not by ``multiprocessing``: nothing of the other process (threads,
locks, an unguarded main script) comes along, and when the other process is gone the lines end and so does this one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict

from suno_lab.features._measuring import Measured, Source, Work, measure
from suno_lab.models import Word


def written(value: Work | Measured) -> str:
    """As one line."""
    return json.dumps(asdict(value)) + "\n"


def read_work(line: str) -> Work:
    """The :class:`Work` of a line."""
    fields = json.loads(line)
    about = fields["source"]
    words = about["words"] and tuple(Word(**word) for word in about["words"])
    part = fields["excerpt"] and tuple(fields["excerpt"])
    return Work(**fields | {"source": Source(**about | {"words": words}), "excerpt": part})


def read_measured(line: str) -> Measured:
    """The :class:`Measured` of a line."""
    return Measured(**json.loads(line))


def main() -> int:
    """Serve standard input. What a decoder prints goes to standard error, never between the answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks decides when to stop
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for line in sys.stdin:
            try:
                answers.write(written(measure(read_work(line))))
                answers.flush()
            except BrokenPipeError:
                os._exit(0)  # nobody is left to tell
    return 0


if __name__ == "__main__":
    sys.exit(main())
