"""Labels by ear: tempo, key, voice, instruments, word onsets and sections, given without knowing the model."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets as t

from suno_lab.audio import Audio
from suno_lab.errors import StudyError, SunoLabError
from suno_lab.store import annotations as kept
from suno_lab.store import ratings
from suno_lab.store.annotations import PREFIX, label
from suno_lab.store.ratings import Rating
from suno_lab.widgets.base import EMULATED_NOTE, StrictWidget, script, style
from suno_lab.widgets.grids import axis_labels
from suno_lab.widgets.rows import number
from suno_lab.widgets.shapes import peak_pairs, section_rows
from suno_lab.widgets.singing import word_rows
from suno_lab.widgets.untagged import untagged_sound

if TYPE_CHECKING:
    import pandas as pd

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
KEYS = (*(f"{tonic} {mode}" for mode in ("major", "minor") for tonic in TONICS), "none")
VOCALS = ("yes", "no", "unsure")
GENDERS = ("female", "male", "several", "unsure")
INSTRUMENTS = ("drums", "bass", "guitar", "piano", "strings", "brass", "woodwind", "synthesizer")
SECTIONS = ("intro", "verse", "pre-chorus", "chorus", "bridge", "solo", "break", "outro")
TEMPO_LIMITS_BPM = (20.0, 400.0)
PEAKS_N = 12_000  #: fine enough to place an onset when zoomed in

#: columns of :func:`annotated_labels` with their dtype
COLUMNS = {
    "clip_id": "string",
    "annotator": "string",
    "scale": "string",
    "value": "float64",
    "label": "string",
    "start_s": "float64",
    "end_s": "float64",
}


class Annotation(StrictWidget):
    """The annotator made by :func:`annotate`; ``number`` is the clip on show, counted from 0."""

    _esm = script("common", "deck", "asking", "annotation", render="renderAnnotation")
    _css = style("common", "annotation")

    note = t.Unicode("").tag(sync=True)
    count = t.Int(0).tag(sync=True)
    number = t.Int(0).tag(sync=True)
    done = t.List(t.Int()).tag(sync=True)
    duration_s = t.Float(0.0).tag(sync=True)
    peaks = t.Bytes(b"").tag(sync=True)
    answers = t.Dict().tag(sync=True)
    choices = t.Dict().tag(sync=True)


class SessionAnnotation:
    """What connects an :class:`Annotation` to a session: one clip at a time, labels kept when they are saved."""

    def __init__(
        self, session: Any, *, clip_ids: Sequence[str], annotator: str, widget: Annotation, clock: Callable[[], float]
    ) -> None:
        self.session, self.clip_ids, self.annotator = session, clip_ids, annotator
        self.widget, self.clock = widget, clock
        labelled = {row.clip_id for row in kept.labels(session.journal, annotator=annotator)}
        widget.done = [i for i, clip_id in enumerate(clip_ids) if clip_id in labelled]
        self.show(next((i for i in range(len(clip_ids)) if i not in widget.done), 0))
        widget.on_msg(self._receive)

    def show(self, number: int) -> None:
        """Put a clip on show, with what this annotator said of it before."""
        clip_id = self.clip_ids[number]
        clip = self.session.clip(clip_id)
        audio = Audio.load(Path(clip.path))
        words = [{name: row[name] for name in ("word", "start_s", "end_s")} for row in _word_rows(clip)]
        labels = kept.labels(self.session.journal, annotator=self.annotator, clip_id=clip_id)
        with self.widget.hold_sync():
            self.widget.number = number
            self.widget.duration_s = round(audio.duration_s, 4)
            self.widget.peaks = peak_pairs(audio.mono, PEAKS_N).tobytes()
            self.widget.answers = {"number": number, **answers_from(labels, words)}

    def save(self, number: int, answers: Mapping[str, Any]) -> None:
        """Keep labels of a clip; what was not answered makes no row, and what was taken back makes an empty one."""
        clip_id = self.clip_ids[number]
        rows = [*label_rows(clip_id, self.annotator, answers, duration_s=self.widget.duration_s)]
        before = kept.labels(self.session.journal, annotator=self.annotator, clip_id=clip_id)
        gone = {row.scale.removeprefix(PREFIX) for row in before} - {row.scale.removeprefix(PREFIX) for row in rows}
        empty = [label(clip_id, self.annotator, scale=scale) for scale in sorted(gone) if _asked_as(scale) in answers]
        ratings.keep(self.session.journal, [*rows, *empty], now=self.clock())
        self.widget.done = sorted({*self.widget.done, number} if rows else {*self.widget.done} - {number})

    def _receive(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        kind, number = message.get("type"), message.get("number")
        if kind == "sound":
            self._send_sound(str(message.get("sound")))
        elif not isinstance(number, int) or not 0 <= number < len(self.clip_ids):
            return
        elif kind == "show":
            self.show(number)
        elif kind == "save" and isinstance(message.get("answers"), dict):
            self.save(number, message["answers"])
            self.widget.send({"type": "saved", "number": number})

    def _send_sound(self, sound: str) -> None:
        try:
            file = untagged_sound(Path(self.session.clip(self.clip_ids[int(sound)]).path))
        except (OSError, ValueError, IndexError, SunoLabError):
            self.widget.send({"sound": sound, "type": "no sound", "text": "this clip cannot be played"})
        else:
            self.widget.send({"sound": sound, "type": "sound"}, buffers=[file])


def annotate(
    session: Any,
    n: int = 12,
    by: str = "model",
    *,
    annotator: str = "me",
    clips: Sequence[str] | None = None,
    seed: int = 0,
    clock: Callable[[], float] = time.time,
) -> Annotation:
    """Label clips by ear, not knowing which model made them.

    The same clips are drawn for every annotator, in an order of their own, so that agreement can be measured. What is
    saved stands in ``session.ratings`` under scales that begin with ``reference_``, and in :func:`annotated_labels`.

    Parameters
    ----------
    session : SunoSession
    n : int
        How many clips, drawn evenly over ``by``; all where there are fewer.
    by : str
        ``"model"``, ``"prompt"``, or a column of ``session.df``.
    annotator : str
        Who is listening.
    clips : sequence of str, optional
        These clips instead of drawn ones.
    seed : int
        Of the draw.

    Raises
    ------
    StudyError
        When there is no clip to label.
    """
    df = session.df
    here = df[df["clip_id"].notna() & df["path"].notna()] if len(df) else df
    groups: dict[str, list[str]] = {}
    for clip_id, group in zip(here["clip_id"], axis_labels(here, by), strict=True) if len(here) else ():
        groups.setdefault(group, []).append(str(clip_id))
    drawn = list(clips) if clips is not None else drawn_evenly(groups, n, seed=seed)
    if not drawn:
        raise StudyError("there is no clip to label in this session yet")
    random.Random(f"{seed}/{annotator}").shuffle(drawn)
    choices = {
        "tonics": list(TONICS),
        "vocals": list(VOCALS),
        "genders": list(GENDERS),
        "instruments": list(INSTRUMENTS),
        "sections": list(SECTIONS),
    }
    made = Annotation(count=len(drawn), choices=choices, note=EMULATED_NOTE if session.emulated else "")
    made.behind = SessionAnnotation(session, clip_ids=drawn, annotator=annotator, widget=made, clock=clock)
    return made


def drawn_evenly(groups: Mapping[str, Sequence[str]], n: int, *, seed: int) -> list[str]:
    """``n`` values, as many of each group as of the others while they last.

    >>> sorted(drawn_evenly({"a": ["a1", "a2", "a3"], "b": ["b1"]}, 3, seed=1))[-1]
    'b1'
    """
    rng = random.Random(f"{seed}/clips")
    names = sorted(groups)
    rng.shuffle(names)
    shuffled = [rng.sample(list(groups[name]), k=len(groups[name])) for name in names]
    rounds = [value for turn in zip_longest(*shuffled) for value in turn if value is not None]
    return rounds[: max(n, 0)]


# ── labels as rows ───────────────────────────────────────────────────────────────────────────────────────────────────
def label_rows(clip_id: str, annotator: str, answers: Mapping[str, Any], *, duration_s: float) -> Iterator[Rating]:
    """Rows of what an annotator said of a clip. What makes no sense (a tempo of 0, an unknown key) makes no row."""
    tempo = number(answers.get("tempo_bpm"))
    if tempo is not None and TEMPO_LIMITS_BPM[0] <= tempo <= TEMPO_LIMITS_BPM[1]:
        yield label(clip_id, annotator, scale="tempo_bpm", value=tempo)
    for scale, known in (("musical_key", KEYS), ("vocals", VOCALS), ("vocal_gender", GENDERS)):
        if answers.get(scale) in known:
            yield label(clip_id, annotator, scale=scale, word=answers[scale])
    instruments = answers.get("instruments")
    if isinstance(instruments, list):
        for name in INSTRUMENTS:
            yield label(clip_id, annotator, scale=f"instrument_{name}", word="yes" if name in instruments else "no")
    for place, row in enumerate(_mappings(answers.get("words")), 1):
        start_s, end_s = number(row.get("start_s")), number(row.get("end_s"))
        if row.get("heard") is True and str(row.get("word", "")).strip() and start_s is not None and end_s is not None:
            times = {"start_s": min(max(start_s, 0.0), duration_s), "end_s": min(max(start_s, end_s), duration_s)}
            yield label(clip_id, annotator, scale="word", value=place, word=str(row["word"]).strip(), **times)
    for row in _sections(answers.get("sections"), duration_s):
        yield label(clip_id, annotator, scale="section", word=row["label"], start_s=row["start_s"], end_s=row["end_s"])


def answers_from(rows: Sequence[kept.Annotation], words: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What an annotator said of one clip, as the page shows it again; the inverse of :func:`label_rows`.

    Parameters
    ----------
    words : sequence of mapping
        The clip's own, of which those that were heard take the annotator's times.
    """
    said: dict[str, Any] = {"words": [dict(word) for word in words]}
    for row in rows:
        scale = row.scale.removeprefix(PREFIX)
        timed = {"start_s": row.start_s, "end_s": row.end_s}
        if scale == "tempo_bpm":
            said[scale] = row.value
        elif scale == "word":
            _put_word(said["words"], row.value, {"word": row.label, **timed, "heard": True})
        elif scale == "section":
            said.setdefault("sections", []).append({"label": row.label, **timed})
        elif scale.startswith("instrument_"):
            said.setdefault("instruments", []).extend([scale.removeprefix("instrument_")] * (row.label == "yes"))
        else:
            said[scale] = row.label
    return said


def _put_word(words: list[dict[str, Any]], place: float | None, heard: dict[str, Any]) -> None:
    """Put a heard word where its number says, or where the next of that text stands; behind the others at last."""
    likely = [] if place is None else [int(place) - 1]
    for i in (*likely, *range(len(words))):
        if 0 <= i < len(words) and words[i]["word"] == heard["word"] and not words[i].get("heard"):
            words[i] = heard
            return
    words.append(heard)


def _asked_as(scale: str) -> str:
    """The name under which the page answers what a scale holds."""
    if scale.startswith("instrument_"):
        return "instruments"
    return {"word": "words", "section": "sections"}.get(scale, scale)


def _word_rows(clip: Any) -> list[dict[str, Any]]:
    return word_rows(getattr(clip, "words", None), lyrics=getattr(clip, "lyrics", None) or "")


def _mappings(values: Any) -> list[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _sections(values: Any, duration_s: float) -> list[dict[str, Any]]:
    """Sections from where they begin: each ends where the next one starts, the last with the clip."""
    starts = [{**row, "end_s": math.inf} for row in _mappings(values) if isinstance(row.get("start_s"), int | float)]
    ordered = sorted((row for row in starts if 0 <= row["start_s"] < duration_s), key=lambda row: row["start_s"])
    ends_s = [*(later["start_s"] for _, later in pairwise(ordered)), duration_s]
    return section_rows([{**row, "end_s": end_s} for row, end_s in zip(ordered, ends_s, strict=False)])


# ── read back ────────────────────────────────────────────────────────────────────────────────────────────────────────
def annotated_labels(session: Any) -> pd.DataFrame:
    """The labels that hold, of all annotators: of each scale the last saving of a person, without what was taken back.

    Returns
    -------
    pandas.DataFrame
        One row a label: ``clip_id, annotator, scale, value, label, start_s, end_s``. What a scale holds:

        - ``reference_tempo_bpm``: ``value`` in beats a minute
        - ``reference_musical_key``: ``label`` as ``"Eb minor"``, or ``"none"`` where no key is clear
        - ``reference_vocals``: ``label`` yes, no or unsure
        - ``reference_vocal_gender``: ``label`` female, male, several or unsure
        - ``reference_instrument_<name>``: ``label`` yes or no; no rows where instruments were not marked
        - ``reference_word``: ``label`` is the word, ``value`` its number in the clip (from 1), ``start_s`` where it is
          heard to begin, ``end_s``; a row a word that was set or confirmed
        - ``reference_section``: ``label`` as ``"chorus"``, ``start_s``, ``end_s``; a row a section

        Times are missing where the whole clip is meant.
    """
    import pandas as pd

    rows = kept.labels(session.journal)
    return pd.DataFrame(
        {name: pd.Series([getattr(row, name) for row in rows], dtype=dtype) for name, dtype in COLUMNS.items()}
    )


def annotation_agreement(session: Any) -> pd.DataFrame:
    """How far annotators agree: see :func:`suno_lab.studies.agreement.agreement_table`.

    Words are compared by their number in the clip (``reference_word``: their onsets in seconds).

    Returns
    -------
    pandas.DataFrame
        One row a scale; ``spread`` is the median difference between two annotators, in the unit of the scale.
    """
    from suno_lab.studies.agreement import agreement_table

    frame = annotated_labels(session)
    frame = frame[frame["scale"] != f"{PREFIX}section"]
    words = frame["scale"] == f"{PREFIX}word"
    counted = frame.groupby(["clip_id", "annotator", "scale"]).cumcount() + 1.0
    place = frame["value"].where(words, counted).fillna(counted).astype("Int64").astype("string")
    judged = frame.rename(columns={"annotator": "rater"}).assign(
        item=frame["clip_id"] + ("/" + place).where(words, ""),
        value=frame["value"].where(~words, frame["start_s"]),
        label=frame["label"].where(~words),
    )
    spreads = {scale: _spread(group) for scale, group in judged.groupby("scale")}
    table = agreement_table(judged)
    return table.assign(spread=table["scale"].map(spreads).astype("float64"))


def _spread(group: pd.DataFrame) -> float:
    """Median difference of two annotators' numbers on the same item; NaN for words."""
    wide = group.pivot_table(index="item", columns="rater", values="value", aggfunc="last").to_numpy()
    columns = range(wide.shape[1])
    apart = [
        abs(float(a - b)) for row in wide for i in columns for a, b in ((row[i], row[j]) for j in columns if j > i)
    ]
    known = sorted(value for value in apart if not math.isnan(value))
    middle = len(known) // 2
    return math.nan if not known else (known[middle] + known[-1 - middle]) / 2
