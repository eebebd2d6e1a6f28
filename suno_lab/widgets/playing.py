"""One clip to hear and see: waveform, spectrum, beats, sections, and the words in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets as t

from suno_lab.audio import Audio
from suno_lab.audio.outline import Outline
from suno_lab.errors import SunoLabError
from suno_lab.widgets.aside import Order, shared_aside
from suno_lab.widgets.base import EMULATED_NOTE, StrictWidget, script, style
from suno_lab.widgets.bulk import Bulk, read_bulk
from suno_lab.widgets.outlining import header_s, kept_outline, outline_of
from suno_lab.widgets.rows import model_label
from suno_lab.widgets.served import served_address, server_roots
from suno_lab.widgets.shapes import mime_type, player_data, spectrogram_levels

MAX_EMBED_MB = 10.0


class Player(StrictWidget):
    """A player whose whole state is in its traits; made by :func:`player`.

    ``current_time_s``, ``playing``, ``selection``, ``loop``, ``speed``, ``volume``, ``view``, ``active_layers`` and the
    ``show_`` switches follow the user and may be set from Python.
    """

    _esm = script("common", "deck", "player", render="renderPlayer")
    _css = style("common", "player")

    title = t.Unicode("").tag(sync=True)
    subtitle = t.Unicode("").tag(sync=True)
    note = t.Unicode("").tag(sync=True)
    finding = t.Unicode("").tag(sync=True)  # what is odd with the file, in words

    audio = Bulk(b"").tag(sync=True)
    audio_url = t.Unicode("").tag(sync=True)
    mime = t.Unicode("audio/mpeg").tag(sync=True)
    layers = t.List(t.Dict()).tag(sync=True)
    active_layers = t.List(t.Unicode()).tag(sync=True)

    duration_s = t.Float(0.0).tag(sync=True)
    peaks = t.Bytes(b"").tag(sync=True)
    has_spectrogram = t.Bool(False).tag(sync=True)
    spectrogram = t.Bytes(b"").tag(sync=True)
    spectrogram_shape = t.List(t.Int(), default_value=[0, 0], minlen=2, maxlen=2).tag(sync=True)
    words = t.List(t.Dict()).tag(sync=True)
    lyrics = t.Unicode("").tag(sync=True)  # shown where no word has a time
    sections = t.List(t.Dict()).tag(sync=True)
    beats_s = t.List(t.Float()).tag(sync=True)

    current_time_s = t.Float(0.0).tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    selection = t.List(t.Float(), maxlen=2).tag(sync=True)
    loop = t.Bool(False).tag(sync=True)
    speed = t.Float(1.0, min=0.25, max=4.0).tag(sync=True)
    volume = t.Float(1.0, min=0.0, max=1.0).tag(sync=True)
    view = t.Enum(["lines", "section"], default_value="lines").tag(sync=True)
    show_spectrogram = t.Bool(False).tag(sync=True)
    show_beats = t.Bool(True).tag(sync=True)
    show_sections = t.Bool(True).tag(sync=True)

    #: reads what excerpts are cut from; an open player keeps the file's bytes, not its samples
    source: Callable[[], Audio] | None = None

    def __init__(self, **traits: Any) -> None:
        self._handed_over: list[threading.Event] = []
        self._closing = threading.RLock()
        super().__init__(**traits)

    @t.validate("selection")
    def _check_selection(self, proposal: dict[str, Any]) -> list[float]:
        value = list(proposal["value"])
        if value and not (len(value) == 2 and 0 <= value[0] < value[1]):
            raise t.TraitError(f"selection is [] or [start_s, end_s] with start before end, got {value}")
        return value

    @t.observe("show_spectrogram")
    def _draw_spectrogram(self, change: dict[str, Any]) -> None:
        if change["new"] and not self.spectrogram and self.source is not None:
            self.draw_spectrogram(self.source())

    def draw_spectrogram(self, audio: Audio) -> None:
        """Hand the browser the spectrum of ``audio``; done by itself when it is first shown."""
        levels = spectrogram_levels(audio)
        with self.hold_sync():
            self.spectrogram_shape = list(levels.shape)
            self.spectrogram = levels.tobytes()

    def ready(self, timeout_s: float = 60.0) -> bool:
        """Wait until waveform and sound have been handed over; False where that takes longer."""
        deadline = time.monotonic() + timeout_s
        return all(done.wait(max(0.0, deadline - time.monotonic())) for done in self._handed_over)

    def _hand_over(self, get: Callable[[], Mapping[str, Any]], *, order: Order) -> None:
        """Set the traits that ``get`` finds, from a thread that no cell waits for."""

        def work() -> None:
            if self.source is None:  # closed meanwhile
                return
            try:
                found = get()
            except (SunoLabError, OSError) as problem:
                found = {"finding": str(problem)}
            except Exception as problem:  # noqa: BLE001 - the border of a background thread: said here, or never
                found = {"finding": f"{type(problem).__name__}: {problem}"}
            with self._closing:
                if self.source is not None:
                    self.set_trait_values(found)

        self._handed_over.append(shared_aside().put(work, order=order))

    def set_trait_values(self, values: Mapping[str, Any]) -> None:
        """Set several traits at once, in one message."""
        with self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)

    def seek(self, time_s: float) -> None:
        """Move the playhead to ``time_s`` seconds."""
        self.current_time_s = float(time_s)

    def play(self) -> None:
        """Start the sound (the browser may ask for a click first)."""
        self.playing = True

    def pause(self) -> None:
        """Stop the sound where it is."""
        self.playing = False

    @property
    def excerpt(self) -> Audio:
        """The selected part, or all of it, as :class:`~suno_lab.audio.Audio` with its stems and words.

        Raises
        ------
        ValueError
            When the player was made without the audio.
        """
        if self.source is None:
            raise ValueError("this player holds no audio to cut from")
        audio = self.source()
        return audio.excerpt(*self.selection) if self.selection else audio

    def close(self) -> None:
        """Let go of the sound in the browser and here, then of the widget."""
        with self._closing:
            self.source = None
            self.set_trait_values({"audio": b"", "layers": [], "spectrogram": b""})
        super().close()


def player(
    clip: Any,
    *,
    words: Any = None,
    sections: Any = None,
    beats: bool | Iterable[float] = False,
    stems: Mapping[str, str | Path] | None = None,
    max_embed_mb: float = MAX_EMBED_MB,
    **options: Any,
) -> Player:
    """A player for one clip.

    It is there at once, however many are made. Its sound follows, and before that a waveform that is not kept yet; no
    cell waits for either.

    Parameters
    ----------
    clip : Clip
        Anything with ``path`` and ``audio``; ``title``, ``words``, ``model`` and ``emulated`` are used where present.
    words, sections : frame or sequence, optional
        Instead of the clip's own; see :func:`~suno_lab.widgets.shapes.player_data`.
    beats : bool or iterable of float
        True measures them; times in seconds are taken as they are.
    stems : mapping of str to path, optional
        Separated parts as files; each becomes a layer that can be switched while it plays.
    max_embed_mb : float
        Up to this size the sound is handed to the browser as bytes, which works in every front end. A larger file is
        fetched from the running Jupyter server where that serves its folder, and handed over as bytes elsewhere.
    **options
        Any trait of :class:`Player`: ``loop=True``, ``view="section"``, ``speed=0.75`` …

    Raises
    ------
    TypeError
        For a keyword that is neither of the above nor a trait.
    """
    path = _file_of(clip)
    lyrics, emulated = getattr(clip, "lyrics", None) or "", bool(getattr(clip, "emulated", False))
    data = player_data(
        words=getattr(clip, "words", None) if words is None else words,
        lyrics=lyrics,
        sections=sections,
        beats_s=_beat_times(clip, beats),
    )
    traits: dict[str, Any] = {
        "title": getattr(clip, "title", None) or path.name,
        "subtitle": model_label(getattr(clip, "model", None), emulated=emulated),
        "note": EMULATED_NOTE if emulated else "",
        "finding": getattr(clip, "finding", None) or "",
        "lyrics": lyrics,
        "has_spectrogram": True,
        **data.__dict__,
        **_outlined(kept_outline(clip), path),
        **_sound(path, stems, max_embed_mb=max_embed_mb),
        **options,
    }
    shown = traits.pop("show_spectrogram", False)
    made = Player(**traits)
    made.source = lambda: clip.audio
    if not made.peaks:
        made._hand_over(lambda: _outlined(outline_of(clip), path), order=Order.SEEN)
    if not (made.audio or made.audio_url or made.layers):
        made._hand_over(lambda: {"audio": read_bulk(path)}, order=Order.HEARD)
    made.show_spectrogram = shown
    return made


def _file_of(clip: Any) -> Path:
    """The clip's file; where it is not here, the clip itself says why."""
    path = None if clip.path is None else Path(clip.path)
    if path is None or not path.is_file():
        path = clip.audio.path
    assert path is not None
    return path


def _outlined(outline: Outline | None, path: Path) -> dict[str, Any]:
    if outline is None:
        return {"duration_s": header_s(path)}
    return {"duration_s": round(outline.duration_s, 4), "peaks": outline.pairs.tobytes()}


def _sound(path: Path, stems: Mapping[str, str | Path] | None, *, max_embed_mb: float) -> dict[str, Any]:
    """What is known at once of where the sound comes from; bytes of a whole song are handed over later."""
    if stems:
        layers = [{"name": name, "audio": read_bulk(Path(stem))} for name, stem in stems.items()]
        return {"layers": layers, "active_layers": [layer["name"] for layer in layers]}
    too_large = path.stat().st_size > max_embed_mb * 1e6
    address = served_address(path.resolve(), roots=server_roots()) if too_large else ""
    if address:
        return {"audio_url": address, "mime": mime_type(path)}
    return {"mime": mime_type(path)}


def _beat_times(clip: Any, beats: bool | Iterable[float]) -> list[float]:
    if beats is True:
        from suno_lab.features import beats as measured_beats

        return [float(beat) for beat in measured_beats(clip.audio)]
    return [] if beats is False else [float(beat) for beat in beats]
