"""docs/engine.md says what the code says."""

from pathlib import Path

import suno_lab.engine as engine
from suno_lab.engine.models import MODELS, EmulatedModel

PAGE = (Path(__file__).parents[2] / "docs" / "engine.md").read_text(encoding="utf-8")
HEAD = (
    "| model | longest | tempo missed | key missed | tempo spread | loudness | bandwidth | pitch | timing | density "
    "| borrowed |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(model: EmulatedModel) -> str:
    return (
        f"| `{model.name}` | {model.max_duration_s / 60:.0f} min | {model.tempo_miss_p:.0%} | {model.key_miss_p:.0%} "
        f"| {model.tempo_sd:.1%} | {model.loudness_lufs:g} LUFS | {model.bandwidth_hz / 1000:g} kHz "
        f"| {model.pitch_sd_cents:g} cents | {model.timing_sd_ms:g} ms | {model.density:g} | {model.adventure:.0%} |"
    )


def test_the_table_of_models_is_the_code() -> None:
    table = "\n".join((HEAD, *(row(model) for model in MODELS.values())))
    assert f"<!-- models -->\n{table}\n<!-- /models -->" in PAGE


def test_every_public_name_is_explained() -> None:
    assert [name for name in engine.__all__ if f"`{name}`" not in PAGE] == []
