"""The shipped sets are whole, and the prompts are requests the service would take."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from suno_lab.api import operation_of
from suno_lab.api.music import Generate
from suno_lab.exports import verify
from suno_lab.session.asked import asked
from suno_lab.studies.comparison import LEAST_PROMPTS_N

DATASETS = Path(__file__).parents[2] / "datasets"
FOLDERS = sorted(path.parent for path in DATASETS.glob("*/SHA256SUMS"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_set_is_as_it_was_written_and_has_its_card(folder: Path) -> None:
    assert verify(folder) == []
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "license:" in card


def test_the_sets_are_there() -> None:
    assert [folder.name for folder in FOLDERS] == ["emulated-mini", "prompts"]


def test_the_prompts_are_requests_that_name_tempo_and_key() -> None:
    prompts = pd.read_csv(DATASETS / "prompts" / "first_study.csv", keep_default_na=False)
    assert prompts["item"].nunique() >= LEAST_PROMPTS_N
    assert set(prompts.groupby("item")["prompt_variant"].agg("+".join)) == {"plain+vivid"}
    for row in prompts[["title", "style", "lyrics", "instrumental"]].to_dict(orient="records"):
        request = Generate(**{**row, "lyrics": row["lyrics"] or None})
        assert operation_of(request).check_request(request, host="kie") == []
        tempo_bpm, key = asked(row["style"])
        assert tempo_bpm
        assert key
