"""Votes as a session's ``listening_votes()`` has them, as far as studies look at them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

VALUES = {"first": 1.0, "second": 0.0, "tie": 0.5, "both_bad": 0.5}


def vote(item: str, first: str, second: str, answer: str, **about: Any) -> dict[str, Any]:
    return {
        "listener": "ann", "purpose": "test", "listened": True, "item": item, "question": "preference",
        "condition": first, "other_condition": second, "answer": answer, "value": VALUES[answer], **about,
    }  # fmt: skip


def poll(
    strengths: dict[str, float], *, items_n: int = 12, listeners_n: int = 8, seed: int = 0, **about: Any
) -> pd.DataFrame:
    """Votes of listeners on pairs, each item favouring conditions a little in its own way."""
    rng = np.random.default_rng(seed)
    names = list(strengths)
    rows = []
    for item in range(items_n):
        worth = {name: np.exp(strength + rng.normal(0, 0.4)) for name, strength in strengths.items()}
        for listener in range(listeners_n):
            a, b = rng.choice(names, 2, replace=False)
            odds = np.array([worth[a], worth[b], 0.5 * np.sqrt(worth[a] * worth[b])])
            answer = str(rng.choice(["first", "second", "tie"], p=odds / odds.sum()))
            if answer == "tie" and rng.random() < 0.3:
                answer = "both_bad"
            rows.append(vote(f"item {item}", str(a), str(b), answer, listener=f"listener {listener}", **about))
    return pd.DataFrame(rows)
