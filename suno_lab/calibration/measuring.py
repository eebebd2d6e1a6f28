"""Every estimator on every song: one long table, one row a song and estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from suno_lab.calibration.songs import EngineSong

if TYPE_CHECKING:
    import pandas as pd

    from suno_lab.audio import Audio

FAMILIES = ("rhythm", "tonality", "level")
ESTIMATED = (
    "tempo_bpm", "tempo_alternative_bpm", "tempo_confidence", "musical_key", "key_confidence",
    "loudness_integrated_lufs",
)  # fmt: skip
COLUMNS = {
    "item": "string", "genre": "string", "estimator": "string", "reference_tempo_bpm": "float64",
    "reference_key": "string", "tempo_bpm": "float64", "tempo_alternative_bpm": "float64",
    "tempo_confidence": "float64", "musical_key": "string", "key_confidence": "float64",
    "loudness_integrated_lufs": "float64", "error": "string",
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
        The columns of ``COLUMNS``; a file that cannot be read is a row with its error.
    """
    import pandas as pd

    names = tuple(estimators)
    rows: list[dict[str, Any]] = []
    for done, (about, audio) in enumerate(_items(source), 1):
        rows.extend({**about, "estimator": name, **_estimates(audio, name)} for name in names)
        progress(done)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _items(source: Iterable[EngineSong] | pd.DataFrame) -> Iterator[tuple[dict[str, Any], Audio | Exception]]:
    import pandas as pd

    return _from_files(source) if isinstance(source, pd.DataFrame) else _from_engine(source)


def _from_engine(songs: Iterable[EngineSong]) -> Iterator[tuple[dict[str, Any], Audio | Exception]]:
    from suno_lab.audio import Audio
    from suno_lab.engine import compose, render

    for song in songs:
        score = compose(song.brief, seed=song.seed)
        truth = score.truth()
        about = {
            "item": song.name,
            "genre": song.genre,
            "reference_tempo_bpm": truth.tempo_bpm,
            "reference_key": truth.musical_key,
        }
        rendered = render(score)
        yield about, Audio(rendered.mix, rendered.sr)


def _from_files(truth: pd.DataFrame) -> Iterator[tuple[dict[str, Any], Audio | Exception]]:
    from suno_lab.audio import Audio
    from suno_lab.errors import AudioError

    for row in truth.to_dict(orient="records"):
        about = {
            "item": row["path"],
            "genre": row["genre"],
            "reference_tempo_bpm": row["reference_tempo_bpm"],
            "reference_key": row["reference_key"],
        }
        try:
            yield about, Audio.load(row["path"])
        except AudioError as problem:
            yield about, problem


def _estimates(audio: Audio | Exception, estimator: str) -> dict[str, Any]:
    from suno_lab.features import extract

    if isinstance(audio, Exception):
        return {"error": f"{type(audio).__name__}: {audio}"}
    row = extract(audio, families=FAMILIES, estimator=estimator)
    return {name: row.get(name) for name in ESTIMATED}
