"""One file, measured: plain values in, plain values out, so that any process can do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from suno_lab.audio import Audio
from suno_lab.features._extract import beats as beats_of
from suno_lab.features._extract import extract_family
from suno_lab.features._feature import Row
from suno_lab.features._registry import families as registered


@dataclass(frozen=True, kw_only=True)
class Work:
    """What to measure of one file: families with their versions, by name, and the part of it in seconds."""

    path: str
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
    audio = Audio.load(work.path)
    audio = audio if work.excerpt is None else audio.excerpt(*work.excerpt)
    return Measured(
        rows={name: extract_family(module, audio, estimator=work.estimator) for name, module in modules.items()},
        beats_s=beats_of(audio, estimator=work.estimator).tolist() if work.beats else None,
    )
