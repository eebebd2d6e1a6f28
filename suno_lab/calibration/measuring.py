"""Every estimator on every song: one long table, one row a song and estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from suno_lab.calibration.scores import beat_scores
from suno_lab.calibration.songs import EngineSong

if TYPE_CHECKING:
    import pandas as pd

    from suno_lab.audio import Audio

FAMILIES = ("rhythm", "tonality", "level")
#: what the truth says of an item
KNOWN = {
    "item": "string", "genre": "string", "reference_tempo_bpm": "float64", "reference_key": "string",
    "reference_duration_s": "float64",
}  # fmt: skip
#: what an estimator says of it; a bound that the estimator does not give is NaN
ESTIMATED = {
    "tempo_bpm": "float64", "tempo_low_bpm": "float64", "tempo_high_bpm": "float64",
    "tempo_alternative_bpm": "float64", "tempo_confidence": "float64", "musical_key": "string",
    "key_confidence": "float64", "loudness_integrated_lufs": "float64",
}  # fmt: skip
#: the table of :func:`measure`
COLUMNS = {
    **KNOWN, "estimator": "string", **ESTIMATED, "duration_s": "float64", "beats_f": "float64",
    "beats_offset_s": "float64", "error": "string",
}  # fmt: skip

Progress = Callable[[int], None]


def measure(
    source: Iterable[EngineSong] | pd.DataFrame,
    *,
    estimators: Iterable[str] = ("suno_lab", "librosa"),
    progress: Progress = lambda done: None,
) -> pd.DataFrame:
    """Hold estimators against truth.

    Parameters
    ----------
    source : iterable of EngineSong, or DataFrame of :func:`read_truth`
        Songs to make, or files with their truth.
    estimators : iterable of str
        Names that :func:`suno_lab.features.extract` knows.
    progress : callable
        Called with the number of songs done.

    Returns
    -------
    pandas.DataFrame
        The columns of ``COLUMNS``; a file that cannot be read is a row with its error. ``beats_f`` and
        ``beats_offset_s`` (see :func:`~suno_lab.calibration.scores.beat_scores`) are NaN where no beat is known.
    """
    import pandas as pd

    names = tuple(estimators)
    rows: list[dict[str, Any]] = []
    for done, item in enumerate(_items(source), 1):
        rows.extend({**item.known, "estimator": name, **_estimates(item, name)} for name in names)
        progress(done)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


@dataclass(frozen=True, kw_only=True)
class _Item:
    """One song: what is known of it, when its beats are (empty: unknown), and how it sounds."""

    known: dict[str, Any]
    beats_s: npt.NDArray[np.float64]
    audio: Audio | Exception


def _items(source: Iterable[EngineSong] | pd.DataFrame) -> Iterator[_Item]:
    import pandas as pd

    return _from_files(source) if isinstance(source, pd.DataFrame) else _from_engine(source)


def _from_engine(songs: Iterable[EngineSong]) -> Iterator[_Item]:
    from suno_lab.audio import Audio
    from suno_lab.engine import compose, render

    for song in songs:
        score = compose(song.brief, seed=song.seed)
        truth = score.truth()
        known = {
            "item": song.name,
            "genre": song.genre,
            "reference_tempo_bpm": truth.tempo_bpm,
            "reference_key": truth.musical_key,
            "reference_duration_s": truth.duration_s,
        }
        rendered = render(score)
        yield _Item(known=known, beats_s=np.array(truth.beats_s), audio=Audio(rendered.mix, rendered.sr))


def _from_files(truth: pd.DataFrame) -> Iterator[_Item]:
    from suno_lab.audio import Audio
    from suno_lab.errors import AudioError

    for row in truth.to_dict(orient="records"):
        known = {name: row.get(name) for name in KNOWN} | {"item": row.get("item", row["path"])}
        try:
            audio: Audio | Exception = Audio.load(row["path"])
        except AudioError as problem:
            audio = problem
        yield _Item(known=known, beats_s=_even_beats_s(row), audio=audio)


def _even_beats_s(row: Mapping[Any, Any]) -> npt.NDArray[np.float64]:
    """The beats of a truth table: even, from the first one to the end."""
    first_s, tempo_bpm, duration_s = (
        float(row[name]) for name in ("first_beat_s", "reference_tempo_bpm", "reference_duration_s")
    )
    known = np.isfinite([first_s, tempo_bpm, duration_s]).all() and tempo_bpm > 0
    return np.arange(first_s, duration_s, 60 / tempo_bpm) if known else np.array([])


def _estimates(item: _Item, estimator: str) -> dict[str, Any]:
    from suno_lab.features import beats, extract

    if isinstance(item.audio, Exception):
        return {"error": f"{type(item.audio).__name__}: {item.audio}"}
    row = extract(item.audio, families=FAMILIES, estimator=estimator)
    found = {name: row.get(name) for name in ESTIMATED} | {"duration_s": item.audio.duration_s}
    if len(item.beats_s):
        score, offset_s = beat_scores(item.beats_s, beats(item.audio, estimator=estimator))
        found |= {"beats_f": score, "beats_offset_s": offset_s}
    return found
