"""How far a session's measures can be trusted: its error card, its own labels, and what a confidence is worth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.errors import StudyError
from suno_lab.store import files
from suno_lab.tables import CONFIDENCE_COLUMNS, FLOAT, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    import pandas as pd

    from suno_lab.calibration import ErrorCard
    from suno_lab.store import Journal

#: the session's own card, beside its journal
CARD_NAME = "error_card.json"


@dataclass(frozen=True, kw_only=True)
class Worth:
    """Translates raw confidences into chances.

    Attributes
    ----------
    key : hashable
        Another one for another card.
    card : callable
        Gives the card.
    """

    key: Hashable
    card: Callable[[], ErrorCard]

    def columns(
        self, measured: Mapping[str, Sequence[Any]], emulated: Sequence[Any], *, estimator: str
    ) -> dict[str, Sequence[Any]]:
        """``CONFIDENCE_COLUMNS`` for rows with raw confidences: missing wherever no card of their domain speaks."""
        from suno_lab.calibration import chances

        said = {name: numbers(measured[f"{name}_confidence"], FLOAT)[0] for name in ("tempo", "key")}
        try:
            card = self.card()
        except StudyError:  # a card of an earlier version says nothing; error_card() tells its reader why
            return {column.name: [None] * len(emulated) for column in CONFIDENCE_COLUMNS}
        worth = chances(said, emulated, card, estimator=estimator)
        tempo, key = ([None if chance != chance else chance for chance in worth[name].tolist()] for name in said)
        domains = [None if pair == (None, None) else card.domain for pair in zip(tempo, key, strict=True)]
        return {"tempo_probability": tempo, "key_probability": key, "confidence_domain": domains}


class Trusting:
    """What a session knows of its measures' errors. The whole is :class:`suno_lab.session.SunoSession`."""

    if TYPE_CHECKING:

        @property
        def journal(self) -> Journal: ...
        @property
        def folder(self) -> Path: ...
        def annotated(self) -> pd.DataFrame: ...

    def error_card(self, path: str | Path | None = None) -> ErrorCard:
        """How far the measures can be trusted.

        The session's own card where :meth:`calibrate` made one, else the one that comes with the package.

        Parameters
        ----------
        path : path-like, optional
            Another card, written by ``suno-lab calibrate``.

        Returns
        -------
        suno_lab.calibration.ErrorCard
            It speaks about its ``domain`` only: one made from engine songs is a prior for other audio, not a promise.

        Raises
        ------
        StudyError
            The file is no card, or one of another version.
        """
        from suno_lab.calibration import ErrorCard, shipped_card

        own = self.folder / CARD_NAME
        if path is None and not own.is_file():
            return shipped_card()
        return ErrorCard.from_json(Path(own if path is None else path).read_text(encoding="utf-8"))

    def calibrate(
        self,
        study: str | None = None,
        *,
        estimators: Iterable[str] = ("suno_lab", "librosa"),
        progress: Callable[[int], None] = lambda done: None,
    ) -> ErrorCard:
        """Hold the measures against your own labels (:meth:`annotate`); the card is then this session's.

        A label counts where more than half of the annotators who gave one agree (tempi within 4 %); disputed ones are
        left out and counted in ``card.labels``. Buys nothing.

        Parameters
        ----------
        study : str, optional
            What the labels belong to (default: the folder's name); the card's domain is ``annotated:<study>``.
        estimators : iterable of str
            Names that :func:`suno_lab.features.extract` knows.
        progress : callable
            Called with the number of clips done.

        Returns
        -------
        suno_lab.calibration.ErrorCard
            Kept in the session's folder: :meth:`error_card`, reports and the probabilities in :attr:`df` are from it.

        Raises
        ------
        StudyError
            No label of tempo or key holds, or emulated and real clips are labelled.
        """
        from suno_lab.calibration import error_card, labelled_truth, measure

        labelled = labelled_truth(self.annotated(), self._label_files())
        marks = self._emulated()
        kinds = {bool(marks[clip_id]) for clip_id in labelled.truth["item"]}
        if len(kinds) > 1:
            raise StudyError("labels of emulated and of real clips make no common card: label one kind only")
        measured = measure(labelled.truth, estimators=estimators, progress=progress)
        domain = f"annotated:{study or self.folder.name}"
        card = error_card(measured, domain=domain, emulated=kinds.pop(), labels=labelled.counts)
        (self.folder / CARD_NAME).write_text(card.as_json() + "\n", encoding="utf-8")
        return card

    def _label_files(self) -> dict[str, Path]:
        """The audio of every clip that is here."""
        found = (
            (str(row[0]), files.audio_of(self.journal, row[0]))
            for row in self.journal.rows("select clip_id from clips")
        )
        return {
            clip_id: self.folder / audio[0] for clip_id, audio in found if audio and (self.folder / audio[0]).is_file()
        }

    def _emulated(self) -> dict[str, bool]:
        """Which clips the emulator made."""
        return {str(row[0]): bool(row[1]) for row in self.journal.rows("select clip_id, emulated from clips")}

    def _worth(self) -> Worth:
        """What raw confidences are worth now: by the session's own card, or the one that comes with the package."""
        own = self.folder / CARD_NAME
        key = (own.stat().st_mtime_ns, own.stat().st_size) if own.is_file() else None
        return Worth(key=key, card=self.error_card)

    def _error_card_html(self) -> str:
        """The session's card, and below it the one that comes with the package where that is another."""
        from suno_lab.calibration import shipped_card

        cards = [self.error_card()]
        cards += [] if cards[0] == shipped_card() else [shipped_card()]
        return "".join(card._repr_html_() for card in cards)
