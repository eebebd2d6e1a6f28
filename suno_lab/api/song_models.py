"""The models of the service: what each page says about each name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suno_lab.api.sources import KM, N1, K, O, S

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class SongModel:
    """One value of ``model``.

    Attributes
    ----------
    max_length_s : float or None
        Longest clip the documents promise.
    upstream : str
        The name seen in ``modelName`` / ``type`` of answers; "" where none was seen. Never parse it.
    status : str
        ``current``, ``deprecated`` (still accepted) or ``retired`` (only the quickstart still teaches it).
    """

    name: str
    blurb: str
    status: str
    source: str
    max_length_s: float | None = None
    upstream: str = ""


SONG_MODELS: tuple[SongModel, ...] = (
    SongModel(name="V3_5", blurb="song structure", max_length_s=240, upstream="chirp-v3-5", status="retired", source=S),
    SongModel(name="V4", blurb="vocal quality", max_length_s=240, upstream="chirp-v4", status="deprecated", source=K),
    SongModel(
        name="V4_5", blurb="prompts, speed", max_length_s=480, upstream="chirp-auk", status="deprecated", source=K
    ),
    SongModel(
        name="V4_5PLUS", blurb="richer sound", max_length_s=480, upstream="chirp-bluejay", status="deprecated", source=K
    ),
    SongModel(
        name="V4_5ALL",
        blurb="structure, speed",
        max_length_s=480,
        upstream="chirp-auk-turbo",
        status="deprecated",
        source=f"{K}; {O}",
    ),
    SongModel(
        name="V5",
        blurb="musicality, speed",
        max_length_s=480,
        upstream="chirp-crow",
        status="deprecated",
        source=f"{S}; {K}",
    ),
    SongModel(
        name="V5_5",
        blurb="own voices, first with duration",
        upstream="chirp-fenix",
        status="deprecated",
        source=f"{K}; {O}",
    ),
    SongModel(name="V6", blurb="default of the newest pages", status="current", source=f"{N1}; {KM}"),
    SongModel(name="V6_MINI", blurb="light, fast", status="current", source=f"{N1}; {KM}"),
    SongModel(name="V6_WILD", blurb="bolder", status="current", source=f"{N1}; {KM}"),
)

NAMES: tuple[str, ...] = tuple(model.name for model in SONG_MODELS)
BY_NAME: dict[str, SongModel] = {model.name: model for model in SONG_MODELS}

SHORT = frozenset({"V3_5", "V4"})  #: the models with the short limits
LONG = frozenset(NAMES) - SHORT
V6 = frozenset({"V6", "V6_MINI", "V6_WILD"})
TAKES_DURATION = frozenset({"V5_5"}) | V6
DEFAULT_MODEL = "V5"


def models_table() -> pd.DataFrame:
    """The models as a frame.

    Returns
    -------
    pandas.DataFrame
        Index ``name``; columns ``max_length_s`` (seconds, NaN where unstated), ``blurb``, ``upstream``, ``status``,
        ``source``.
    """
    import pandas as pd

    columns = ("name", "max_length_s", "blurb", "upstream", "status", "source")
    rows = [[getattr(model, column) for column in columns] for model in SONG_MODELS]
    frame = pd.DataFrame(rows, columns=list(columns)).astype({"max_length_s": "float64"})
    return frame.astype({c: "string" for c in columns if c != "max_length_s"}).set_index("name")
