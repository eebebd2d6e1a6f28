"""A session's words: when they are sung, whether that fits the sound, and how far they are from those asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suno_lab.errors import InvalidRequest
from suno_lab.store import files, tasks

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from suno_lab.audio import Audio
    from suno_lab.lyrics import AlignmentCheck, SungWord
    from suno_lab.session.clip import Clip
    from suno_lab.store import Journal

#: columns of :meth:`Wording.fidelity` after ``clip_id``
FIDELITY_COLUMNS = {
    "pair": "string", "wer": "float64", "cer": "float64", "asked_n": "Int64", "sung_n": "Int64", "sub_n": "Int64",
    "ins_n": "Int64", "del_n": "Int64", "text_normalizer": "string", "asr_model": "string",
}  # fmt: skip
#: columns of :meth:`Wording.alignments` after ``clip_id``
ALIGNMENT_DTYPES = {"heard": "string", "plausible": "boolean", "words_n": "Int64", "findings_n": "Int64",
                    "unaligned_n": "Int64", "forced_n": "Int64"}  # fmt: skip


class Wording:
    """What a session knows of its words. The whole is :class:`suno_lab.session.SunoSession`."""

    if TYPE_CHECKING:

        @property
        def journal(self) -> Journal: ...
        @property
        def folder(self) -> Path: ...
        def clip(self, clip_id: str) -> Clip: ...
        def _decoded(self, sha256: str, path: Path) -> Audio: ...

    def alignments(self, *, forced: bool = False, clips: Iterable[Clip] | None = None) -> pd.DataFrame:
        """Check the word times of every clip that has some against the sound. Buys nothing.

        Parameters
        ----------
        forced : bool
            Also align the words by force, where vocal stems are kept (extra ``align``; a minute of audio takes a
            second or two).
        clips : iterable of Clip, optional
            Only these.

        Returns
        -------
        pandas.DataFrame
            One row a clip with timed words and audio, index ``clip_id``, columns of
            :data:`suno_lab.lyrics.checking.COLUMNS`; ``clip.check_alignment()`` tells more of one.
        """
        import pandas as pd

        from suno_lab.lyrics.checking import COLUMNS

        chosen = [clip for clip in self._clips(clips) if clip.path and tasks.words_of(self.journal, clip.clip_id)]
        rows = [self._check_words(clip, forced=forced).row() for clip in chosen]
        index = pd.Index([clip.clip_id for clip in chosen], name="clip_id", dtype="string")
        dtypes = {name: ALIGNMENT_DTYPES.get(name, "float64") for name in COLUMNS}
        return pd.DataFrame(rows, index=index, columns=list(COLUMNS)).astype(dtypes)

    def fidelity(
        self, *, heard: bool = False, model: str | os.PathLike[str] = "tiny.en", clips: Iterable[Clip] | None = None
    ) -> pd.DataFrame:
        """How far the words asked for, those the service reports and those a recogniser hears are from each other.

        Parameters
        ----------
        heard : bool
            Also listen, with a speech recogniser on this machine (extra ``asr``; nothing is fetched). Its error rate
            judges recogniser and singer together; it does not measure intelligibility.
        model : str or path
            As for :func:`suno_lab.lyrics.recognise`.
        clips : iterable of Clip, optional
            Only these.

        Returns
        -------
        pandas.DataFrame
            One row a clip and ``pair`` (``asked/service``, ``asked/heard``, ``service/heard``: the first is the
            reference), index ``clip_id``: ``wer``, ``cer``, ``asked_n`` and ``sung_n`` (words of the reference and of
            the other), ``sub_n``, ``ins_n``, ``del_n``, ``text_normalizer``, ``asr_model`` (missing where nobody
            listened). Pairs of which one side has no words are left out.
        """
        import pandas as pd

        rows = [row for clip in self._clips(clips) for row in self._fidelity_rows(clip, heard=heard, model=model)]
        index = pd.Index([row["clip_id"] for row in rows], name="clip_id", dtype="string")
        return pd.DataFrame(rows, index=index, columns=list(FIDELITY_COLUMNS)).astype(FIDELITY_COLUMNS)

    # ── one clip ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _clips(self, clips: Iterable[Clip] | None) -> list[Clip]:
        sql = "select clip_id from clips c join requests r on r.task_id = c.task_id order by r.run_order, c.sibling"
        return [self.clip(row[0]) for row in self.journal.rows(sql)] if clips is None else list(clips)

    def _sung(self, clip: Clip) -> tuple[SungWord, ...]:
        """The clean words of a clip, in the lines of its lyrics where they do not say their own."""
        from suno_lab.lyrics import clean_words, parse, place_words

        words = clean_words(tasks.words_of(self.journal, clip.clip_id))
        lines_n = len({(word.section, word.line) for word in words})
        told = not clip.lyrics or lines_n >= len(parse(clip.lyrics).lines)
        return words if told else place_words(words, str(clip.lyrics))

    def _needed(self, clip: Clip) -> tuple[SungWord, ...]:
        words = self._sung(clip)
        if not words:
            raise InvalidRequest(
                f"no timed words are kept of clip {clip.clip_id}: clip.timed_lyrics() asks for them (a paid call)",
                field="clip_id",
                given=clip.clip_id,
            )
        return words

    def _check_words(self, clip: Clip, *, forced: bool) -> AlignmentCheck:
        from suno_lab.lyrics import check_alignment

        words = self._needed(clip)
        sql = "select hoot_cer from timed_lyrics where clip_id = ?"
        score = self.journal.value(sql, (clip.clip_id,))
        return check_alignment(self._heard(clip), words, forced=forced, hoot_cer=score)

    def _heard(self, clip: Clip) -> Audio:
        """The audio of a clip with its vocal stem, where one is kept."""
        found = files.audio_of(self.journal, clip.clip_id)
        return clip.audio if found is None else self._decoded(found[1], self.folder / found[0])

    def _fidelity_rows(self, clip: Clip, *, heard: bool, model: str | os.PathLike[str]) -> Iterable[Mapping[str, Any]]:
        from suno_lab.lyrics import TEXT_NORMALIZER, parse, recognise
        from suno_lab.lyrics.fidelity import fidelity
        from suno_lab.lyrics.recognised import model_name

        sql = (
            "select r.request ->> '$.lyrics' from requests r join clips c on c.task_id = r.task_id where c.clip_id = ?"
        )
        asked = self.journal.value(sql, (clip.clip_id,))
        timed = [word.word for word in self._sung(clip)]
        sides: dict[str, list[str]] = {
            "asked": list(parse(asked).words) if asked else [],
            "service": timed or (list(parse(clip.lyrics).words) if clip.lyrics else []),
        }
        if heard and any(sides.values()) and clip.path:
            sides["heard"] = [word.word for word in recognise(self._heard(clip), model=model)]
        for reference, other in (("asked", "service"), ("asked", "heard"), ("service", "heard")):
            if sides[reference] and other in sides and (sides[other] or other == "heard"):
                found = vars(fidelity(sides[reference], sides[other]))
                names = {
                    "text_normalizer": TEXT_NORMALIZER,
                    "asr_model": model_name(model) if other == "heard" else None,
                }
                yield {"clip_id": clip.clip_id, "pair": f"{reference}/{other}", **found, **names}
