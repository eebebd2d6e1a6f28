"""How a benchmark ends: one JSON line, and 0 or 1 by its goals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def conclude(name: str, figures: Mapping[str, Any], goals: Mapping[str, bool]) -> int:
    """Print figures and goals; 0 where every goal is met.

    Parameters
    ----------
    figures : mapping
        What was measured.
    goals : mapping of str to bool
        Each goal in words, and whether it is met.
    """
    line = {"benchmark": name, "met": all(goals.values()), "goals": dict(goals), **figures}
    print(json.dumps(line, ensure_ascii=False))
    return 0 if line["met"] else 1
