"""New music over, under, after or inside audio that is there already: on samples, and on the truth about them.

The base is a recording somebody uploaded or the sound of an earlier clip. Pure functions; times in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from suno_lab.emulator.songs import Sound

if TYPE_CHECKING:
    import numpy as np

#: seams are faded over this long
FADE_S = 0.05
#: lists of truth whose items have ``start_s`` and ``end_s``
_SPANS = ("words", "chords", "sections")
_MOMENTS = ("beats_s", "downbeats_s")


class Where(StrEnum):
    """How new music and base lie to each other."""

    AFTER = "after"  #: the base up to ``start_s``, then the new music
    OVER = "over"  #: both at once, as long as the base
    INSIDE = "inside"  #: the base, with the new music from ``start_s`` to ``end_s``


@dataclass(frozen=True, kw_only=True)
class Layer:
    """New music laid to a base.

    Attributes
    ----------
    recording : str
        Digest of an uploaded file, "" where the base is a clip.
    clip : (str, int) or None
        Task and place of the clip that is the base.
    start_s, end_s : float
        Seam, or window, in seconds of the base.
    stems : frozenset of str
        The stems of the new music that are used; empty means all.
    without : frozenset of str
        The stems that are not.
    """

    where: Where
    recording: str = ""
    clip: tuple[str, int] | None = None
    start_s: float = 0.0
    end_s: float = 0.0
    stems: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    def used(self, name: str) -> bool:
        """Whether a stem of the new music is heard."""
        return name not in self.without and (not self.stems or name in self.stems)


# ── samples ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def combine(own: Sound, base: Sound, layer: Layer) -> Sound:
    """Lay the new music to its base; the stems still add up to the mix."""
    import numpy as np

    window = _window_n(own, base, layer)
    stems = {name: _placed(x, window) for name, x in own.stems.items() if layer.used(name)}
    for name, samples in base.stems.items():
        kept = _kept(samples, window, layer.where)
        stems[name] = stems[name] + kept if name in stems else kept
    mix = total(stems.values(), like=next(iter(stems.values())))
    peak = float(np.max(np.abs(mix), initial=0.0))
    gain = np.float32(1.0 if peak <= 1.0 else 1.0 / peak)
    return Sound(stems={name: x * gain for name, x in stems.items()}, mix=mix * gain, sr=own.sr)


def total(parts: Iterable[np.ndarray], *, like: np.ndarray) -> np.ndarray:
    """The sum of stems; silence of the shape of ``like`` where there are none."""
    import numpy as np

    out = np.zeros_like(like)
    for part in parts:
        out += part
    return out


@dataclass(frozen=True)
class _Window:
    """Where the new music sounds, in samples of the whole."""

    first: int
    last: int
    whole: int
    fade: int


def _window_n(own: Sound, base: Sound, layer: Layer) -> _Window:
    sr, base_n, own_n = own.sr, len(base.mix), len(own.mix)
    fade = round(FADE_S * sr)
    if layer.where is Where.OVER:
        return _Window(0, min(own_n, base_n), base_n, fade)
    first = min(round(layer.start_s * sr), base_n)
    if layer.where is Where.AFTER:
        return _Window(first, first + own_n, first + own_n, fade)
    return _Window(first, min(round(layer.end_s * sr), base_n), base_n, fade)


def _placed(samples: np.ndarray, window: _Window) -> np.ndarray:
    """The new music at its place, silent elsewhere, faded at the seams."""
    import numpy as np

    out = np.zeros((window.whole, 2), np.float32)
    part = samples[: window.last - window.first] * _edges(min(len(samples), window.last - window.first), window.fade)
    out[window.first : window.first + len(part)] = part
    return out


def _kept(samples: np.ndarray, window: _Window, where: Where) -> np.ndarray:
    """The base, silent where the new music has taken its place."""
    import numpy as np

    out = np.zeros((window.whole, 2), np.float32)
    n = min(len(samples), window.whole)
    out[:n] = samples[:n]
    if where is not Where.OVER:
        n = window.last - window.first
        window_gain = _falling(n, window.fade) if where is Where.AFTER else 1.0 - _edges(n, window.fade)
        out[window.first : window.last] *= window_gain
    return out


def _edges(n: int, fade: int) -> np.ndarray:
    """Up over ``fade`` samples, one, down again; shape (n, 1)."""
    import numpy as np

    ramp = np.minimum(np.arange(n), np.arange(n)[::-1]) / max(fade, 1)
    return np.minimum(ramp, 1.0).astype(np.float32)[:, None]


def _falling(n: int, fade: int) -> np.ndarray:
    import numpy as np

    return np.maximum(1.0 - np.arange(n) / max(fade, 1), 0.0).astype(np.float32)[:, None]


# ── truth ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def combine_truth(own: Mapping[str, Any], base: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """What is true of the whole; of a recording only its length is known, so ``base`` may hold that alone."""
    base_s = float(base["duration_s"])
    first, last, whole_s = {
        Where.OVER: (0.0, base_s, base_s),
        Where.AFTER: (min(layer.start_s, base_s),) + (min(layer.start_s, base_s) + float(own["duration_s"]),) * 2,
        Where.INSIDE: (layer.start_s, min(layer.end_s, base_s), base_s),
    }[layer.where]
    new = _without_stems(shifted(own, first), layer)
    kept = base if layer.where is Where.OVER else {}
    if layer.where is not Where.OVER:
        kept = _outside(base, first, last)
    known = {name: value for name, value in base.items() if not isinstance(value, list | dict)}
    merged = {**new, **(known if layer.where is Where.INSIDE else {}), "duration_s": whole_s}
    for name in _SPANS:
        inside = [span for span in new.get(name) or [] if span["end_s"] <= last]
        merged[name] = sorted([*(kept.get(name) or []), *inside], key=lambda span: span["start_s"])
    for name in _MOMENTS:
        if name in new or name in kept:
            merged[name] = sorted([*(kept.get(name) or []), *(t for t in new.get(name) or [] if t < last)])
    merged["notes"] = _merged_notes(kept.get("notes") or {}, new.get("notes") or {}, last)
    merged["instrumental"] = not merged["words"]
    if len(merged["words"]) != len(own["words"]):
        merged["word_lines"] = []  # of lyrics that nobody wrote down as one text
    return merged


def shifted(truth: Mapping[str, Any], by_s: float) -> dict[str, Any]:
    """The same, later."""
    moved = dict(truth)
    for name in _SPANS:
        moved[name] = [_moved(span, by_s) for span in truth.get(name) or []]
    for name in _MOMENTS:
        if name in truth:
            moved[name] = [t + by_s for t in truth[name]]
    moved["notes"] = {
        part: [_moved(note, by_s) for note in notes] for part, notes in (truth.get("notes") or {}).items()
    }
    return moved


def _moved(span: Mapping[str, Any], by_s: float) -> dict[str, Any]:
    return {**span, "start_s": span["start_s"] + by_s, "end_s": span["end_s"] + by_s}


def _outside(truth: Mapping[str, Any], first: float, last: float) -> dict[str, Any]:
    """What of a base remains beside the window."""

    def spans(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [span for span in found if span["end_s"] <= first or span["start_s"] >= last]

    kept: dict[str, Any] = {name: spans(truth.get(name) or []) for name in _SPANS}
    for name in _MOMENTS:
        if name in truth:
            kept[name] = [t for t in truth[name] if t < first or t >= last]
    kept["notes"] = {part: spans(notes) for part, notes in (truth.get("notes") or {}).items()}
    return kept


def _without_stems(truth: dict[str, Any], layer: Layer) -> dict[str, Any]:
    notes = {part: found for part, found in truth["notes"].items() if layer.used(part)}
    return {**truth, "notes": notes, "words": truth["words"] if layer.used("vocals") else []}


def _merged_notes(
    kept: Mapping[str, list[Any]], new: Mapping[str, list[Any]], last: float
) -> dict[str, list[Mapping[str, Any]]]:
    return {
        part: sorted(
            [*kept.get(part, []), *(note for note in new.get(part, []) if note["start_s"] < last)],
            key=lambda note: note["start_s"],
        )
        for part in {**kept, **new}
    }
