"""The session's frames, measures and comparisons: views of what is kept, bought from nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.api import operations
from suno_lab.session.trusting import Trusting
from suno_lab.session.wording import Wording
from suno_lab.session.worked_out import DEFAULT_ESTIMATOR, beside_clips, beside_requests
from suno_lab.store import files, measures, tasks
from suno_lab.store.hashes import canonical
from suno_lab.store.measures import MeasureKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from suno_lab.audio import Audio
    from suno_lab.client.policy import Surroundings
    from suno_lab.exports import SessionView
    from suno_lab.features import Source
    from suno_lab.features._measuring import Measured, Work
    from suno_lab.session.clip import Clip
    from suno_lab.store import Journal
    from suno_lab.store.frames import Frames
    from suno_lab.studies import Comparison, Ranking


class Measuring(Trusting, Wording):
    """What a session shows and works out. The other half is :class:`suno_lab.session.SunoSession`."""

    _frames: Frames
    _around: Surroundings

    if TYPE_CHECKING:

        @property
        def journal(self) -> Journal: ...

        @property
        def folder(self) -> Path: ...

        @property
        def service(self) -> str: ...

        @property
        def emulated(self) -> bool: ...

        def listening_votes(self, name: str | None = None) -> pd.DataFrame: ...

    # ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def df(self) -> pd.DataFrame:
        """One row a clip: request, result and features joined; a failed request is a row too."""
        clip_makers = [name for name, operation in operations().items() if operation.makes == "clips"]
        beside = beside_requests(self.journal, self._worth())
        frame = self._frames.joined("df", beside, clip_operations=canonical(clip_makers))
        frame.attrs["folder"] = str(self.folder)  # its paths are relative to it
        return frame

    @property
    def requests(self) -> pd.DataFrame:
        """Every request, with status, credits and latency."""
        return self._frames.table("requests")

    @property
    def exchanges(self) -> pd.DataFrame:
        """Every HTTP question and answer kept."""
        return self._frames.table("exchanges")

    @property
    def tasks(self) -> pd.DataFrame:
        """The service's jobs."""
        return self._frames.table("tasks")

    @property
    def clips(self) -> pd.DataFrame:
        """Every clip: model requested and reported, prompt, title, tags, duration, file, sha256 …"""
        return self._frames.table("clips")

    @property
    def files(self) -> pd.DataFrame:
        """Everything downloaded, or refused."""
        return self._frames.table("files")

    @property
    def words(self) -> pd.DataFrame:
        """Timed words, where they were bought."""
        return self._frames.table("words")

    @property
    def ratings(self) -> pd.DataFrame:
        """What listeners said."""
        return self._frames.table("ratings")

    @property
    def credits(self) -> pd.DataFrame:
        """Balances the account reported, and what each request cost."""
        return self._frames.table("credits")

    @property
    def comparisons(self) -> pd.DataFrame:
        """Every comparison made with :meth:`compare`."""
        return self._frames.table("comparisons")

    @property
    def events(self) -> pd.DataFrame:
        """Every change of a request's state."""
        return self._frames.table("events")

    @property
    def features(self) -> pd.DataFrame:
        """What was measured so far; one row a clip, NaN where nothing was. :meth:`analyze` measures."""
        return self._features_frame(estimator=DEFAULT_ESTIMATOR)

    # ── measures ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def analyze(
        self,
        families: Iterable[str] | str | None = None,
        *,
        estimator: str = DEFAULT_ESTIMATOR,
        clips: Iterable[Clip] | None = None,
        excerpt: tuple[float, float] | None = None,
        jobs: int = 1,
        dask: Any = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> pd.DataFrame:
        """Measure every clip that is here: tempo, key, duration and the rest. Never buys anything.

        Measures are kept by the content of the file; a second run computes nothing.

        Parameters
        ----------
        families : str or iterable of str, optional
            Families of measures; all by default.
        estimator : str
            ``"suno_lab"``, or ``"librosa"`` for that library's own defaults.
        clips : iterable of Clip, optional
            Only these.
        excerpt : (start_s, end_s), optional
            Measure this part of every clip; it is kept beside the whole.
        jobs : int
            Processes to measure in.
        dask : str or distributed.Client, optional
            Measure on this Dask cluster, whose workers need the files at the same paths (extra ``dask``).
        progress : callable, optional
            Called with the numbers of files done and of all, before the first and after each.

        Returns
        -------
        pandas.DataFrame
            One row a clip, index ``clip_id`` (of an excerpt ``clip_id, start_s, end_s``): the features,
            then ``tempo_probability`` and ``key_probability`` with their ``confidence_domain``, which are missing where
            no error card may speak (:meth:`error_card`).
        """
        from suno_lab import features
        from suno_lab.features._analyze import way
        from suno_lab.features._measuring import Work

        label = estimator if excerpt is None else f"{estimator} {excerpt[0]}-{excerpt[1]} s"
        versions = {name: module.VERSION for name, module in features.families(families).items()}
        wanted = None if clips is None else [clip.clip_id for clip in clips]
        done = measures.known(self.journal, estimator=label)
        todo: list[tuple[str, Work]] = []
        audio = self._audio(wanted)
        for sha256, path in audio.items():
            missing = {n: v for n, v in versions.items() if _key(sha256, n, v, label) not in done}
            if missing:
                source = self._source_of(sha256, path)
                todo.append((sha256, Work(source=source, families=missing, estimator=estimator, excerpt=excerpt)))
        show = progress or (lambda done, total: None)
        show(done_n := len(audio) - len(todo), len(audio))
        answers = way(jobs, dask)([work for _, work in todo]) if todo else iter(())
        for (sha256, work), answer in zip(todo, answers, strict=True):
            measures.keep(self.journal, _rows(sha256, work, answer, label), now=self._around.clock())
            show(done_n := done_n + 1, len(audio))
        frame = self._features_frame(estimator=label)
        frame = frame if wanted is None else frame.loc[wanted]
        return frame if excerpt is None else _of_part(frame, *excerpt)

    def _decoded(self, sha256: str, path: Path) -> Audio:
        """The audio of a file, with the words and vocals that are kept of its clip."""
        return self._source_of(sha256, path).load()

    def _source_of(self, sha256: str, path: Path) -> Source:
        sql = "select clip_id from files where sha256 = ? and clip_id != ''"
        return self._source(str(self.journal.value(sql, (sha256,))), path)

    def _source(self, clip_id: str, path: Path) -> Source:
        """A clip's file with its words, its vocals and the length the service says."""
        from suno_lab.features import Source

        timed = self.journal.value("select 1 from timed_lyrics where clip_id = ?", (clip_id,))
        vocals = tasks.vocals_of(self.journal, clip_id)
        return Source(
            path=str(path),
            service_duration_s=self.journal.value("select duration_s from clips where clip_id = ?", (clip_id,)),
            words=tasks.words_of(self.journal, clip_id) if timed else None,
            vocals=None if vocals is None else str(self.folder / vocals),
        )

    def _audio(self, clip_ids: Iterable[str] | None) -> dict[str, Path]:
        """Stored audio by content: sha256 → path."""
        kept = files.audio(self.journal)
        chosen = kept if clip_ids is None else {clip_id: kept[clip_id] for clip_id in clip_ids if clip_id in kept}
        return {sha256: self.folder / path for path, sha256 in chosen.values()}

    def _features_frame(self, *, estimator: str) -> pd.DataFrame:
        beside = beside_clips(self.journal, self._worth(), estimator=estimator)
        return self._frames.joined("features", beside, index=("clip_id",))

    def compare(self, feature: str, *, by: str = "model", **options: Any) -> Comparison:
        """Compare a measure between groups: difference, interval, n, and the within-task spread. Kept in the journal.

        Parameters
        ----------
        feature : str
            A column of :attr:`df`.
        by : str
            ``"model"``, or another column.
        """
        from suno_lab import studies

        result = studies.compare(self.df, feature, by=by, **options)
        self._keep_comparison(feature, by=by, table=result.table, verdict=result.verdict)
        return result

    def rank(self, name: str | None = None, *, votes: pd.DataFrame | None = None, **options: Any) -> Ranking:
        """Rank conditions by the votes of a listening test: strengths, intervals over items, votes to flip. Kept in the
        journal.

        Parameters
        ----------
        name : str, optional
            Of the test; by default the votes of all.
        votes : DataFrame, optional
            These rows of :meth:`listening_votes` instead, such as those of the listeners that screening keeps.
        **options
            As for :func:`suno_lab.studies.rank`: ``ties``, ``both_bad``, ``confidence``, ``prior_n``.
        """
        from suno_lab import studies

        counted = self.listening_votes(name) if votes is None else votes
        result = studies.rank(counted, emulated=self.emulated, **options)
        asked = ", ".join(result.flips["question"])
        self._keep_comparison(f"votes: {asked}", by=name or "all tests", table=result.table, verdict=result.verdict)
        return result

    def _keep_comparison(self, what: str, *, by: str, table: pd.DataFrame, verdict: str) -> None:
        """Write down that something was compared, so that it can be told later how much was looked at."""
        found = table.reset_index().to_json(orient="records")
        with self.journal.write() as writing:
            row = {"at": self._around.clock(), "feature": what, "by": by, "table": found, "verdict": verdict}
            writing.insert("comparisons", row)

    def export(self, path: str | Path, **options: Any) -> Path:
        """Write a data set: audio, tables, card, checksums."""
        from suno_lab import exports

        return exports.export(self.view(), path, **options)

    def report(self, path: str | Path | None = None) -> Path:
        """Write the overview page: clips with players, features, comparisons, plots (default: beside the journal)."""
        from suno_lab.exports.report import write_beside

        return write_beside(self.view(), self.folder / "report.html" if path is None else path)

    def view(self) -> SessionView:
        """This session as exporters see it: frames and files, no network."""
        from suno_lab.exports import SessionView

        frames = {name: getattr(self, name) for name in ("requests", "tasks", "words", "features", "comparisons")}
        return SessionView(
            name=self.folder.name,
            folder=self.folder,
            service=self.service,
            emulated=self.emulated,
            frames={"clips": self.df, **frames},
            error_card_html=self._error_card_html(),
            error_card_text=str(self.error_card()),
        )


def _key(sha256: str, family: str, version: int, estimator: str) -> MeasureKey:
    return MeasureKey(sha256=sha256, family=family, version=version, estimator=estimator)


def _rows(
    sha256: str, work: Work, answer: Measured, label: str
) -> list[tuple[MeasureKey, Mapping[str, Any], str | None]]:
    """What is kept of an answer: values, or why a file has none; nothing where only its process failed."""
    if answer.error is not None and not answer.error.startswith("AudioError: "):
        return []
    return [
        (_key(sha256, name, version, label), answer.rows.get(name, {}), answer.error)
        for name, version in work.families.items()
    ]


def _of_part(frame: pd.DataFrame, start_s: float, end_s: float) -> pd.DataFrame:
    """The same with the part in the index."""
    return frame.assign(start_s=start_s, end_s=end_s).set_index(["start_s", "end_s"], append=True)
