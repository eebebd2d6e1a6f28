"""The error card: what a set of songs with known truth says about the estimators."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from suno_lab.calibration import summing
from suno_lab.calibration.scores import step_value
from suno_lab.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

VERSION = 2
CARDS = Path(__file__).parent / "cards"
ENGINE = "engine"
Part = Literal["tempo", "keys", "beats", "intervals", "confusion", "reliability", "labels"]
#: what each part holds, in the order it is shown
PARTS: Mapping[Part, str] = {
    "tempo": "Tempo: right within 4 %, with its octave (accuracy_1) and without (accuracy_2)",
    "keys": "Key: right, and how wrong ones relate to the true one",
    "beats": "Beats: F within 70 ms, and how late they are",
    "intervals": "Intervals: the share of truths inside, which should be the level",
    "reliability": "Confidence: right for how sure it says it is",
    "confusion": "Keys mistaken: songs by semitones from the true tonic and by mode",
    "labels": "Labels: used, disputed (left out) and without a say",
}
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class ErrorCard:
    """What was found, as plain values. Every share has its n beside it.

    Attributes
    ----------
    domain : str
        ``engine``, ``annotated:<study>`` or a folder's name: the only audio this card speaks about.
    emulated : bool
        Whether that audio was made by the engine or the emulator.
    songs_n : int
        Songs measured.
    estimators : tuple of str
        Whose measures were held against the truth.
    made_with : str
        Package and version.
    versions : mapping of str to int
        The versions of the feature families that were measured.
    tempo, keys, beats, intervals : tuple of mappings
        One row a breakdown (``band``: all, by tempo, loudness, genre) and estimator; ``docs/calibration.md`` has the
        columns.
    confusion : tuple of mappings
        Per estimator, counts of (semitones from the true tonic, true mode, estimated mode).
    reliability : tuple of mappings
        Per estimator and measure, what a confidence is worth.
    labels : tuple of mappings
        Where the truth is labels: per scale, how many are used and how many are disputed.
    """

    domain: str
    emulated: bool
    songs_n: int
    estimators: tuple[str, ...]
    made_with: str
    versions: Mapping[str, int]
    tempo: Rows
    keys: Rows
    beats: Rows
    intervals: Rows
    confusion: Rows
    reliability: Rows
    labels: Rows = ()
    version: int = VERSION

    # ── what it says of one value ────────────────────────────────────────────────────────────────────────────────────
    def probability(
        self, measure: Literal["tempo", "key"], confidence: float, *, estimator: str = "suno_lab"
    ) -> float | None:
        """The chance that an estimate with this raw confidence is right, in this card's domain.

        ``tempo`` means right including its octave. None where the card has no such curve or the confidence is missing.
        """
        chance = self.probabilities(measure, [confidence], estimator=estimator)[0]
        return None if math.isnan(chance) else float(chance)

    def probabilities(
        self, measure: Literal["tempo", "key"], confidences: npt.ArrayLike, *, estimator: str = "suno_lab"
    ) -> npt.NDArray[np.float64]:
        """:meth:`probability` of many; NaN in place of None. Shape as given, (n,)."""
        said = np.asarray(confidences, dtype="float64")
        for row in self.reliability:
            if row["measure"] == measure and row["estimator"] == estimator:
                return step_value(np.array(row["thresholds"]), np.array(row["probabilities"]), said)
        return np.full(said.shape, math.nan)

    def interval(
        self, measure: Literal["tempo", "duration"], value: float, *, estimator: str = "suno_lab"
    ) -> tuple[float, float] | None:
        """Between which two values the truth lies with 95 %, for a song of this card's domain.

        Made of the errors seen (conformal): a tempo's octave is taken to be right. None where too few songs were
        measured.

        Parameters
        ----------
        measure : str
            ``"tempo"`` (bpm) or ``"duration"`` (s).
        value : float
            The estimate.
        """
        for row in self.intervals:
            about = row["measure"], row["estimator"], row["kind"], row["band"]
            if about == (measure, estimator, "conformal", "all"):
                width = row["half_width"]
                return (
                    (value / (1 + width), value / (1 - width)) if measure == "tempo" else (value - width, value + width)
                )
        return None

    # ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def as_json(self) -> str:
        """The card as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> ErrorCard:
        """Read a card.

        Raises
        ------
        StudyError
            It is no card, or one of another version.
        """
        try:
            values = json.loads(text)
        except ValueError as problem:
            raise StudyError(f"this is no error card: {problem}") from problem
        if not isinstance(values, dict) or values.get("version") != VERSION:
            found = values.get("version") if isinstance(values, dict) else type(values).__name__
            raise StudyError(f"this is no error card of version {VERSION} (found {found}); make it again: calibrate")
        tables = {name: tuple(values[name]) for name in (*PARTS, "estimators")}
        return cls(**{**values, **tables})

    def frame(self, part: Part) -> pd.DataFrame:
        """One part as a frame, one row a breakdown and estimator; empty where nothing is known."""
        import pandas as pd

        return pd.DataFrame([dict(row) for row in getattr(self, part)])

    def key_confusion(self, estimator: str = "suno_lab") -> pd.DataFrame:
        """Counts of songs: rows are (true mode, estimated mode), columns semitones above the true tonic, 0 to 11."""
        import pandas as pd

        modes = ("major", "minor")
        index = pd.MultiIndex.from_product((modes, modes), names=("reference_mode", "estimated_mode"))
        table = pd.DataFrame(0, index=index, columns=pd.RangeIndex(12, name="step_semitones"))
        for row in self.confusion:
            if row["estimator"] == estimator:
                table.loc[(row["reference_mode"], row["estimated_mode"]), row["step_semitones"]] = row["n"]
        return table

    def __str__(self) -> str:
        head = f"error card, domain {self.domain}: {self.songs_n} songs, {self.made_with}"
        lines = [line for part, say in _SENTENCES.items() for row in getattr(self, part) if (line := say(row))]
        return "\n".join([head, *(f"  {line}" for line in lines)])

    def _repr_html_(self) -> str:
        head = (
            f"<strong>Error card</strong> – domain {escape(self.domain)}, {self.songs_n} songs, "
            f"{escape(self.made_with)}. It speaks about this domain only: elsewhere it is a prior, not a promise."
        )
        parts = "".join(_part_html(self, part) for part in PARTS if getattr(self, part))
        return f'<div class="tex2jax_ignore mathjax_ignore"><p>{head}</p>{parts}</div>'


def _tempo_sentence(row: Mapping[str, Any]) -> str:
    median = "–" if row["median_error"] is None else f"{100 * row['median_error']:.3f} %"
    return (
        f"tempo {row['estimator']}: within 4 % {row['accuracy_1']:.0%} [{row['accuracy_1_low']:.0%}, "
        f"{row['accuracy_1_high']:.0%}], octave forgiven {row['accuracy_2']:.0%}, median error {median} "
        f"(n = {row['n']})"
    )


def _key_sentence(row: Mapping[str, Any]) -> str:
    return (
        f"key   {row['estimator']}: correct {row['correct']:.0%} [{row['correct_low']:.0%}, "
        f"{row['correct_high']:.0%}], MIREX {row['mirex']:.2f} (n = {row['n']})"
    )


def _beat_sentence(row: Mapping[str, Any]) -> str:
    offset = "–" if row["offset_s"] is None else f"{1000 * row['offset_s']:+.0f} ms"
    return f"beats {row['estimator']}: F {row['f_measure']:.2f}, offset {offset} (n = {row['n']})"


def _interval_sentence(row: Mapping[str, Any]) -> str:
    wide = f"{100 * row['half_width']:.3f} %" if row["measure"] == "tempo" else f"{row['half_width']:.3g} s"
    return (
        f"{row['measure']} ± {wide} ({row['kind']}, {row['estimator']}): holds {row['coverage']:.0%} of "
        f"{row['n']} truths at level {row['level']:.0%}"
    )


def _reliability_sentence(row: Mapping[str, Any]) -> str:
    score = "–" if row["brier"] is None else f"{row['brier']:.3f}"
    error = "–" if row["calibration_error"] is None else f"{row['calibration_error']:.3f}"
    return (
        f"confidence of {row['measure']} ({row['estimator']}): Brier score {score} (constant "
        f"{row['brier_constant']:.3f}), calibration error {error} (n = {row['n']})"
    )


def _label_sentence(row: Mapping[str, Any]) -> str:
    return (
        f"labels {row['scale']}: {row['used_n']} of {row['clips_n']} clips used, {row['disputed_n']} disputed, "
        f"{row['without_n']} without a say ({row['annotators_n']} annotators)"
    )


def _of_all(say: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: say(row) if row["band"] == "all" else ""


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "tempo": _of_all(_tempo_sentence),
    "keys": _of_all(_key_sentence),
    "beats": _of_all(_beat_sentence),
    "intervals": _of_all(_interval_sentence),
    "reliability": _reliability_sentence,
    "labels": _label_sentence,
}


def _part_html(card: ErrorCard, part: Part) -> str:
    """A heading, the rows over all songs, and the breakdowns folded away."""
    title = f"<h4>{escape(PARTS[part])}</h4>"
    if part == "confusion":
        tables = (
            f"<p>{escape(name)}</p>{_table(card.key_confusion(name).rename_axis(columns=None).reset_index())}"
            for name in card.estimators
        )
        return title + "".join(tables)
    frame = card.frame(part).drop(columns=["thresholds", "probabilities"], errors="ignore")
    if "band" not in frame:
        return title + _table(frame)
    whole, parts = frame[frame["band"] == "all"], frame[frame["band"] != "all"]
    folded = f"<details><summary>by tempo, loudness and genre</summary>{_table(parts)}</details>" if len(parts) else ""
    return title + _table(whole) + folded


def _table(frame: pd.DataFrame) -> str:
    return str(frame.to_html(index=False, escape=True, float_format="{:.3g}".format, border=0, na_rep="–"))


# ── making one ───────────────────────────────────────────────────────────────────────────────────────────────────────
def error_card(measured: pd.DataFrame, *, domain: str, emulated: bool | None = None, labels: Rows = ()) -> ErrorCard:
    """Sum up what :func:`~suno_lab.calibration.measure` found.

    Parameters
    ----------
    measured : pandas.DataFrame
        One row a song and estimator.
    domain : str
        What the card may speak about.
    emulated : bool, optional
        Whether that was made by the engine or the emulator (default: where the domain is ``engine``).
    labels : tuple of mappings
        The counts of :func:`~suno_lab.calibration.labelled_truth`, where the truth is labels.

    Raises
    ------
    StudyError
        There is nothing to sum up.
    """
    from importlib.metadata import version

    from suno_lab.calibration.measuring import FAMILIES
    from suno_lab.features import families

    good = measured[measured["error"].isna()]
    if good.empty:
        raise StudyError("no song could be measured: there is nothing to make an error card from")
    estimators = tuple(str(name) for name in good["estimator"].unique())
    groups = [(name, good[good["estimator"] == name]) for name in estimators]

    def every(part: Callable[[str, pd.DataFrame], list[dict[str, Any]]]) -> Rows:
        return tuple(row for name, rows in groups for row in part(name, rows))

    return ErrorCard(
        domain=domain,
        emulated=domain == ENGINE if emulated is None else emulated,
        songs_n=int(good["item"].nunique()),
        estimators=estimators,
        made_with=f"suno_lab {version('suno-lab')}",
        versions={name: module.VERSION for name, module in families(FAMILIES).items()},
        tempo=every(summing.tempo_rows),
        keys=every(summing.key_rows),
        beats=every(summing.beat_rows),
        intervals=every(summing.interval_rows),
        confusion=every(summing.confusion_rows),
        reliability=every(summing.reliability_rows),
        labels=labels,
    )


def with_probabilities(df: pd.DataFrame, card: ErrorCard, *, estimator: str = "suno_lab") -> pd.DataFrame:
    """Add what the raw confidences mean, where the card may speak.

    Parameters
    ----------
    df : pandas.DataFrame
        Rows with ``tempo_confidence``, ``key_confidence`` and ``emulated``.
    card : ErrorCard
        Its curves. A card made from emulated songs speaks about emulated clips only, any other about the rest only; and
        only about the version of the estimator that it was made with.

    Returns
    -------
    pandas.DataFrame
        A copy with ``tempo_probability``, ``key_probability`` (chance of being right, NaN outside the domain) and
        ``confidence_domain`` (NA outside it).
    """
    import pandas as pd

    said = {name: df[f"{name}_confidence"].to_numpy(dtype="float64", na_value=math.nan) for name in _FAMILY_OF}
    emulated = [None if value is pd.NA else value for value in df["emulated"].tolist()]
    worth = chances(said, emulated, card, estimator=estimator)
    columns: dict[str, Any] = {f"{name}_probability": pd.Series(worth[name], index=df.index) for name in _FAMILY_OF}
    known = ~np.all(np.isnan(list(worth.values())), axis=0)
    domain = pd.Series(card.domain, index=df.index, dtype="string").where(known)
    return df.assign(**columns, confidence_domain=domain)


def chances(
    said: Mapping[str, npt.NDArray[np.float64]],
    emulated: Sequence[bool | None],
    card: ErrorCard,
    *,
    estimator: str = "suno_lab",
) -> dict[str, npt.NDArray[np.float64]]:
    """What raw confidences of ``tempo`` and ``key`` mean: chances of being right, NaN where the card may not speak.

    As :func:`with_probabilities`, of plain arrays of shape (n,).
    """
    from suno_lab.features import families

    now = {name: module.VERSION for name, module in families(_FAMILY_OF.values()).items()}
    inside = np.array([value is not None and bool(value) == card.emulated for value in emulated], dtype=bool)
    found = {}
    for name, family in _FAMILY_OF.items():
        speaks = inside & (card.versions.get(family) == now[family])
        found[name] = np.where(speaks, card.probabilities(name, said[name], estimator=estimator), math.nan)  # type: ignore[arg-type]
    return found


_FAMILY_OF = {"tempo": "rhythm", "key": "tonality"}


@cache
def shipped_card() -> ErrorCard:
    """The card that comes with the package: engine songs (made by ``suno-lab calibrate``)."""
    return ErrorCard.from_json((CARDS / f"{ENGINE}.json").read_text(encoding="utf-8"))
