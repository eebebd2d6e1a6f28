"""A session of small real clips with a real journal: two prompts, two models, two siblings each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import soundfile

from suno_lab.models import Word
from suno_lab.store import SessionFolder
from suno_lab.store.journal import Journal

SR = 22_050
HOSTILE = '<img src=x onerror="document.title=1">calm & "piano" $x$'


@dataclass
class ClipsOnDisk:
    """What a listening test needs of a session."""

    root: Path
    models: tuple[str, ...] = ("V4_5", "V5")
    prompts: tuple[str, ...] = (HOSTILE, "fast drums")
    duration_s: float = 6.0
    service: str = "emulator"
    words: dict[str, list[Word]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._store = SessionFolder(self.root)
        self.rows: list[dict[str, Any]] = []
        for item, prompt in enumerate(self.prompts):
            for number, model in enumerate(self.models):
                for sibling in (0, 1):
                    self._add(item, prompt, model, sibling, level=0.05 * (1 + number + 2 * sibling))

    def _add(self, item: int, prompt: str, model: str, sibling: int, *, level: float) -> None:
        clip_id = f"clip-{item}-{model}-{sibling}"
        path = self.root / f"{clip_id}.wav"
        times_s = np.arange(round(self.duration_s * SR)) / SR
        hz = 220.0 * (1 + item) + 110.0 * sibling
        noise = np.random.default_rng(len(self.rows)).normal(0, 0.2, len(times_s))
        soundfile.write(path, level * (np.sin(2 * np.pi * hz * times_s) + noise), SR)
        self.rows.append(
            {
                "clip_id": clip_id,
                "path": str(path),
                "prompt_id": f"prompt-{item}",
                "description": prompt,
                "title": f"{model} title",
                "model_requested": model,
                "service": self.service,
                "sibling": sibling,
            }
        )

    @property
    def journal(self) -> Journal:
        return self._store.journal

    @property
    def emulated(self) -> bool:
        return self.service == "emulator"

    @property
    def df(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    def clip(self, clip_id: str) -> Any:
        [row] = [row for row in self.rows if row["clip_id"] == clip_id]
        return SimpleNamespace(clip_id=clip_id, path=Path(row["path"]), words=self.words.get(clip_id), lyrics="")

    def ratings(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.journal.rows("select * from ratings order by rating_id")]

    def close(self) -> None:
        self._store.close()


#: what every test here wants of a plan: short, seeded, without pages that need a listener's time
QUICK: dict[str, Any] = {
    "excerpt_s": 2.0,
    "trials_n": 2,
    "least_heard_s": 0.5,
    "headphones": False,
    "questionnaire": (),
    "salt": "00",
}


def answer_all(test: Any, answer: Any, *, heard_s: float = 2.0) -> None:
    """Answer every page of a widget's test as its page would; ``answer(page) → {question: answer}``."""
    for page in test.test["pages"]:
        event = {"type": "done", "page": page["page"], "took_s": 3.5, "answers": {}}
        if page["kind"] == "trial":
            event |= {
                "answers": answer(page),
                "heard_s": dict.fromkeys((p["sound"] for p in page["pieces"]), heard_s),
                "comment": " warm ",
            }
        if page["kind"] != "end":
            test.behind.keep(event)
