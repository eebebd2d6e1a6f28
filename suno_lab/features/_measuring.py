"""One file, measured: plain values in, plain values out, so that any process can do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from suno_lab.audio import Audio
from suno_lab.features._ahead import import_ahead
from suno_lab.features._extract import beats as beats_of
from suno_lab.features._extract import extract_family
from suno_lab.features._feature import Row
from suno_lab.features._registry import families as registered
from suno_lab.models import Word


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file with what is known about it from elsewhere.

    Attributes
    ----------
    path : str
        The audio file.
    service_duration_s : float, optional
        Its length, as the service says.
    words : sequence of Word, optional
        Sung words with their times.
    vocals : str, optional
        The file of its separated vocals.
    """

    path: str
    service_duration_s: float | None = None
    words: tuple[Word, ...] | None = None
    vocals: str | None = None

    def load(self) -> Audio:
        """The audio with all that; raises AudioError as :meth:`Audio.load` does."""
        import_ahead()
        stems = None if self.vocals is None else {"vocals": Audio.load(self.vocals)}
        audio = Audio.load(self.path)
        return replace(audio, service_duration_s=self.service_duration_s, words=self.words, stems=stems)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What to measure of one file: families with their versions, by name, and the part of it in seconds."""

    source: Source
    families: dict[str, int]
    estimator: str = "suno_lab"
    beats: bool = False
    excerpt: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A row by family, or ``error``: why there is none."""

    rows: dict[str, Row] = field(default_factory=dict)
    beats_s: list[float] | None = None
    error: str | None = None


def measure(work: Work) -> Measured:
    """Decode and measure one file. Whatever goes wrong with it is said in the answer."""
    try:
        return _measured(work)
    except Exception as error:  # noqa: BLE001 – the border of one file: what it does must not stop the others
        return Measured(error=f"{type(error).__name__}: {error}")


def measure_all(works: Sequence[Work]) -> list[Measured]:
    """:func:`measure` of some files, in order."""
    return [measure(work) for work in works]


def _measured(work: Work) -> Measured:
    modules = registered(work.families)
    if other := [name for name, module in modules.items() if work.families[name] != module.VERSION]:
        raise RuntimeError(f"another version of suno_lab measures here: {', '.join(other)} would not be comparable")
    audio = work.source.load()
    audio = audio if work.excerpt is None else audio.excerpt(*work.excerpt)
    return Measured(
        rows={name: extract_family(module, audio, estimator=work.estimator) for name, module in modules.items()},
        beats_s=beats_of(audio, estimator=work.estimator).tolist() if work.beats else None,
    )
