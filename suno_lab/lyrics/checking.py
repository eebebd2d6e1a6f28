"""Everything that can be said about the word times of a clip, in one look: by themselves, and against the sound."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from suno_lab.audio import Audio
from suno_lab.lyrics.alignment import Deviation, OffsetTest, deviation, offset_test
from suno_lab.lyrics.forced import force_align
from suno_lab.lyrics.timed import Finding, SungWord, sanity

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE_S = 0.3  #: MIREX's
LEAST_OFFSET_S = 0.1  #: what is too small to be told to the reader
LEAST_DRIFT_S = 0.2  #: a minute

#: the columns of :meth:`AlignmentCheck.row`, with what they mean
COLUMNS = {
    "words_n": "clean words with times",
    "findings_n": "things that cannot be right, or hardly",
    "hoot_cer": "the service's own alignment error score",
    "palign_mean": "mean of the service's number of each word",
    "unaligned_n": "words the service says it could not align",
    "heard": "what was listened to: vocals (the stem), or mix",
    "offset_s": "shift that fits the sound best at the middle; negative where the stamps are late",
    "drift_s_per_min": "change of that shift",
    "plausible": "whether the stamps fit the sound better than random ones",
    "forced_n": "words that forced alignment found on the stem",
    "forced_bias_s": "how much later the stamps have them (median)",
    "forced_median_abs_s": "median distance",
    "forced_within_share": "share of all words with both within 0.3 s",
}


@dataclass(frozen=True, kw_only=True)
class AlignmentCheck:
    """What :func:`check_alignment` found. ``print`` it, or show it in a notebook.

    Attributes
    ----------
    words : tuple of SungWord
        The clean words.
    findings : tuple of Finding
        What cannot be right without listening.
    offset : OffsetTest or None
        Whether words begin where the sound rises; None for fewer than five words, or silence.
    forced : mapping of int to SungWord, or None
        When forced alignment has each word, by its place; None where there was no vocal stem, or it was not asked for.
    unknown : tuple of int
        Places of words the aligner's dictionary does not hold.
    agreement : Deviation or None
        The stamps against the forced alignment.
    hoot_cer : float or None
        The service's own alignment error score.
    """

    words: tuple[SungWord, ...]
    findings: tuple[Finding, ...]
    offset: OffsetTest | None
    forced: Mapping[int, SungWord] | None = None
    unknown: tuple[int, ...] = ()
    agreement: Deviation | None = None
    hoot_cer: float | None = None

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What a reader should know, in sentences; the worst first."""
        said = [*self._offset_verdicts()]
        if self.agreement is not None and self.agreement.matched_n:
            share, n = self.agreement.within_share, self.agreement.reference_n
            said.append(f"forced alignment has {share:.0%} of {n} words within {TOLERANCE_S:g} s of the stamps")
        elif self.forced is not None:
            said.append("forced alignment found no path through the words")
        codes = [finding.code for finding in self.findings]
        said += [f"{codes.count(code)} × {code.replace('_', ' ')}" for code in dict.fromkeys(codes)]
        return tuple(said)

    def _offset_verdicts(self) -> list[str]:
        test = self.offset
        if test is None:
            return ["too little to compare with the sound"]
        if not test.plausible:
            return [f"the stamps fit the {test.heard} no better than random ones"]
        said = []
        if abs(test.offset_s) >= LEAST_OFFSET_S:
            said.append(f"the stamps are {abs(test.offset_s):.2f} s {'late' if test.offset_s < 0 else 'early'}")
        if abs(test.drift_s_per_min) >= LEAST_DRIFT_S:
            later = "later and later" if test.drift_s_per_min < 0 else "earlier and earlier"
            said.append(f"they come {later}: {abs(test.drift_s_per_min):.2f} s a minute")
        return said or [f"the stamps fit the {test.heard}: no common offset, no drift"]

    def row(self) -> dict[str, Any]:
        """One row of numbers: ``COLUMNS``; None where something was not measured."""
        known = [word.palign for word in self.words if word.palign is not None]
        test, forced = self.offset, self.agreement
        return {
            "words_n": len(self.words),
            "findings_n": len(self.findings),
            "hoot_cer": self.hoot_cer,
            "palign_mean": sum(known) / len(known) if known else None,
            "unaligned_n": sum(not word.success for word in self.words),
            "heard": test.heard if test else None,
            "offset_s": test.offset_s if test else None,
            "drift_s_per_min": test.drift_s_per_min if test else None,
            "plausible": test.plausible if test else None,
            "forced_n": forced.matched_n if forced else None,
            "forced_bias_s": _number(forced.bias_s if forced else None),
            "forced_median_abs_s": _number(forced.median_abs_s if forced else None),
            "forced_within_share": _number(forced.within_share if forced else None),
        }

    @property
    def frame(self) -> pd.DataFrame:
        """One row a word: its stamps, ``forced_start_s``, ``late_s`` (stamp less forced) and ``findings`` (codes)."""
        import pandas as pd

        codes: dict[int, list[str]] = {}
        for finding in self.findings:
            if finding.word is not None:
                codes.setdefault(finding.word, []).append(finding.code)
        forced = self.forced or {}
        rows = [
            (
                word.word, word.start_s, word.end_s, word.success, word.palign,
                forced[place].start_s if place in forced else None, " ".join(codes.get(place, [])),
            )
            for place, word in enumerate(self.words)
        ]  # fmt: skip
        names = ["word", "start_s", "end_s", "success", "palign", "forced_start_s", "findings"]
        dtypes = dict(
            zip(names, ("string", "float64", "float64", "boolean", "float64", "float64", "string"), strict=True)
        )
        table = pd.DataFrame(rows, columns=names).astype(dtypes)
        table.insert(6, "late_s", table["start_s"] - table["forced_start_s"])
        return table

    def __str__(self) -> str:
        return "\n".join([f"{len(self.words)} timed words", *(f"  {line}" for line in self.verdicts)])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in self.verdicts)
        details = "".join(f"<li>{escape(finding.message)}</li>" for finding in self.findings)
        folded = f"<details><summary>findings</summary><ul>{details}</ul></details>" if details else ""
        head = f"<strong>{len(self.words)} timed words</strong>"
        return f'<div class="tex2jax_ignore mathjax_ignore">{head}<ul>{items}</ul>{folded}</div>'


def check_alignment(
    audio: Audio, words: Sequence[SungWord], *, forced: bool = True, hoot_cer: float | None = None
) -> AlignmentCheck:
    """Check word times by themselves, and against the sound.

    Parameters
    ----------
    audio : Audio
        The clip; with a stem ``vocals`` it is listened to.
    words : sequence of SungWord
        Clean words in the order they are sung (:func:`~suno_lab.lyrics.clean_words`).
    forced : bool
        Whether to align the words by force where there is a vocal stem (extra ``align``, English only, some 50 times
        real time). Without a stem it is never done: on full mixes it mostly errs.
    hoot_cer : float, optional
        The service's own score, passed on.

    Raises
    ------
    AudioError
        When forced alignment is asked for and possible, but pocketsphinx is not installed.
    """
    sung = tuple(words)
    about: dict[str, Any] = {
        "words": sung,
        "findings": sanity(sung, audio.duration_s),
        "offset": offset_test(audio, sung),
        "hoot_cer": hoot_cer,
    }
    if not (forced and sung and "vocals" in (audio.stems or {})):
        return AlignmentCheck(**about)
    found = force_align(audio, sung)
    places = sorted(found.words)
    apart = deviation([found.words[place] for place in places], [sung[place] for place in places], within_s=TOLERANCE_S)
    share = apart.within_share * len(places) / len(sung) if places else math.nan
    agreement = Deviation(**{**vars(apart), "reference_n": len(sung), "within_share": share})
    return AlignmentCheck(**about, forced=found.words, unknown=found.unknown, agreement=agreement)


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
