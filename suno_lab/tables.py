"""Tables are lists of columns; frames are made from them.

The list is the schema, the documentation page and the empty-table case at once. Rows come in as tuples in the order of
the columns; ``None`` becomes NaN, NA or NaT, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    Array = np.ndarray[tuple[int, ...], np.dtype[Any]]

STRING = "string[pyarrow]"
FLOAT = "float64"
INTEGER = "Int64"
BOOLEAN = "boolean"
TIME = "datetime64[us, UTC]"
#: how NumPy writes a missing moment
NOT_A_TIME = -(2**63)
#: the end of the year 9999, in microseconds
LAST_MOMENT = 253_402_300_800_000_000


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name, its pandas dtype, and what it means in one sentence."""

    name: str
    dtype: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """One frame a session shows.

    Attributes
    ----------
    name : str
        The attribute of the session.
    summary : str
        What one row is.
    columns : tuple of Column
        In order.
    index : tuple of str
        The columns that become the index; empty for a plain one.
    """

    name: str
    summary: str
    columns: tuple[Column, ...]
    index: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, index included."""
        return tuple(column.name for column in self.columns)


def _columns(dtype: str, **descriptions: str) -> tuple[Column, ...]:
    return tuple(Column(name=name, dtype=dtype, description=text) for name, text in descriptions.items())


def _text(**descriptions: str) -> tuple[Column, ...]:
    return _columns(STRING, **descriptions)


def _number(**descriptions: str) -> tuple[Column, ...]:
    return _columns(FLOAT, **descriptions)


def _count(**descriptions: str) -> tuple[Column, ...]:
    return _columns(INTEGER, **descriptions)


def _claim(**descriptions: str) -> tuple[Column, ...]:
    return _columns(BOOLEAN, **descriptions)


def _time(**descriptions: str) -> tuple[Column, ...]:
    return _columns(TIME, **descriptions)


REQUESTS = Table(
    name="requests",
    summary="what was asked: one row a request, failed ones included",
    index=("request_id",),
    columns=(
        *_text(request_id="our id of the request, also in its callback address"),
        *_count(run_order="1 for the first request of the folder, then upwards"),
        *_text(
            operation="name of the operation, as the method is called",
            status="the task's state in the service's word, or our state where there is no task (yet)",
            state="NEW, SENT, ACCEPTED, DONE, UNKNOWN, NEEDS_USER, REFUSED, FAILED, INVALID or DROPPED",
            prompt_id="hash of the prompt's meaning: description, lyrics, style, title, instrumental; not the settings",
            model_requested="the model asked for",
            description="what the song should be about, as asked",
            lyrics="the words to sing, as asked",
            style="the style, as asked",
            title="the title, as asked",
        ),
        *_claim(instrumental="no singing, as asked"),
        *_number(requested_duration_s="wished length in seconds"),
        *_text(service="kie, kie-market, sunoapi, emulator, or a base address"),
        *_claim(emulated="whether the answer came from the emulator: not Suno"),
        *_count(
            replicate_n="0 for the first of equal requests, 1 for the second …",
            attempts_n="how often it was sent, refusals included",
        ),
        *_number(
            credits_estimated="price by the published list, NaN where none is published",
            credits="what it cost as far as is known; 0 when refused or refunded",
        ),
        *_text(task_id="the service's job"),
        *_time(
            requested_at="when it was asked for (UTC)",
            sent_at="when it was last sent",
            answered_at="when the service answered",
            finished_at="when the result was complete, or the failure known",
        ),
        *_number(latency_s="from the answer to the finished result, in seconds"),
        *_text(error_type="class of the error"),
        *_count(error_code="the service's code"),
        *_text(
            error="what went wrong",
            tags="your tags, separated by commas",
            request="every field of the request, as JSON",
        ),
    ),
)

TASKS = Table(
    name="tasks",
    summary="the service's jobs",
    index=("task_id",),
    columns=(
        *_text(
            task_id="the service's id of the job",
            request_id="the request that made it",
            operation="name of the operation",
            family="which record endpoint answers for it",
            state="PENDING, TEXT, FIRST, SUCCESS or FAILED",
            status="the service's own word",
            service="which service",
        ),
        *_claim(emulated="whether the emulator made it"),
        *_count(clips_n="how many clips it has"),
        *_time(
            accepted_at="when the service accepted it (UTC)",
            first_at="when the first clip was seen",
            finished_at="when it was seen finished",
            interrupted_at="when watching was interrupted; the task goes on at the service",
        ),
        *_count(error_code="the service's code of a failure"),
        *_text(error="the service's words about a failure", parent_clip_id="the clip it was made from"),
    ),
)

CLIPS = Table(
    name="clips",
    summary="every piece of audio a task made",
    index=("clip_id",),
    columns=(
        *_text(clip_id="the service's id of the clip", task_id="the task that made it", request_id="the request"),
        *_count(sibling="place within the task, from 0; siblings are never independent samples"),
        *_text(
            operation="name of the operation",
            prompt_id="hash of the prompt's meaning",
            model_requested="the model asked for",
            model_reported="the model the service names",
            service="which service",
        ),
        *_claim(emulated="whether the emulator made it: not Suno"),
        *_text(
            title="its title",
            tags="the style the service reports",
            lyrics="what is sung, as the service says",
            audio_url="where the service keeps the audio (expires)",
            source_audio_url="the origin of the audio (may be absent)",
            image_url="its picture (expires)",
        ),
        *_number(duration_s="length in seconds, as the service says"),
        *_text(
            path="the audio file, relative to the session folder",
            sha256="checksum of the audio file",
            source_codec="how the file is coded, by decoding it",
        ),
        *_number(decoded_s="length of the decoded file, beside the one the service names"),
        *_text(file_status="STORED, LENGTH_DIFFERS or SILENT where it is here; EXPIRED, FAILED or missing"),
        *_time(created_at="when the service made it (UTC)"),
    ),
)

FILES = Table(
    name="files",
    summary="everything downloaded, or refused",
    index=(),
    columns=(
        *_text(
            task_id="the task it belongs to",
            clip_id="the clip it belongs to",
            kind="mp3, image, wav, video, stem, midi …",
            name="stem name or other distinction",
            status="STORED, EXPIRED, FAILED",
            path="relative to the session folder",
            sha256="checksum",
        ),
        *_count(size_bytes="size"),
        *_text(media_type="by its first bytes", source_codec="how audio is coded, by decoding it"),
        *_number(decoded_s="length of the decoded audio in seconds"),
        *_text(
            finding="LENGTH_DIFFERS (from the service's by more than 2 % and 1 s), SILENT, or nothing odd",
            url="where it came from",
            error="why it is not here",
        ),
        *_time(stored_at="when it was stored (UTC)"),
    ),
)

WORDS = Table(
    name="words",
    summary="sung words with their times, where they were bought",
    index=("clip_id", "start_s", "end_s"),
    columns=(
        *_text(clip_id="the clip"),
        *_number(start_s="start within the clip, seconds", end_s="end within the clip, seconds"),
        *_text(word="as the service wrote it"),
        *_count(position="place within the clip, from 0"),
        *_claim(success="whether the service aligned it"),
        *_number(palign="the service's number"),
    ),
)

EXCHANGES = Table(
    name="exchanges",
    summary="every HTTP question and answer kept; headers of ours are never kept",
    index=("exchange_id",),
    columns=(
        *_count(exchange_id="order of the exchange"),
        *_text(
            request_id="the request it served",
            task_id="the task it was about",
            operation="name of the operation",
            purpose="submit, poll, call, download-url …",
            method="GET or POST",
            url="address, query included",
        ),
        *_count(status="HTTP status, missing where no answer came", code="the body's code"),
        *_text(error="the transport's words where no answer came"),
        *_count(sent_bytes="size of the body sent", got_bytes="size of the body that came back"),
        *_time(asked_at="when it was sent (UTC)"),
        *_number(latency_s="until the answer was complete, seconds"),
    ),
)

CREDITS = Table(
    name="credits",
    summary="what the account said and what each request cost",
    index=(),
    columns=(
        *_time(at="when (UTC)"),
        *_text(
            kind="balance, charge or refund", request_id="the request charged or refunded", operation="its operation"
        ),
        *_number(credits="amount: the balance, or what was charged", balance="balance the service reported"),
    ),
)

RATINGS = Table(
    name="ratings",
    summary="what listeners said",
    index=(),
    columns=(
        *_text(clip_id="the clip rated", rater="who", kind="rating, preference, label or note", scale="what was asked"),
        *_number(value="the number given", start_s="start of the part meant", end_s="end of the part meant"),
        *_text(label="the label given", note="free words", other_clip_id="the other clip of a pair"),
        *_time(at="when (UTC)"),
    ),
)

COMPARISONS = Table(
    name="comparisons",
    summary="every comparison made with session.compare and session.rank",
    index=(),
    columns=(
        *_time(at="when (UTC)"),
        *_text(
            feature="what was compared",
            by="what split the groups",
            table="the result's table, as JSON",
            verdict="in words",
        ),
    ),
)

EVENTS = Table(
    name="events",
    summary="every change of a request's state",
    index=(),
    columns=(
        *_time(at="when (UTC)"),
        *_text(request_id="the request", state="its new state", note="why"),
    ),
)

#: the wide one begins with these columns; the features follow
DF_COLUMNS = (
    *_text(request_id="the request", task_id="the task", clip_id="the clip; missing where there is none"),
    *_count(run_order="order of the request within the folder"),
    *_text(
        prompt_id="hash of the prompt's meaning",
        operation="name of the operation",
        service="which service; emulator means: not Suno",
        model_requested="the model asked for",
        model_reported="the model the service names",
        status="the task's state in the service's word, or ours",
        error="what went wrong",
    ),
    *_count(sibling="place within the task, from 0"),
    *_text(
        title="the clip's title, else the requested one",
        description="what was asked for",
        lyrics="the words asked for, else those the service reports",
        style="the style asked for",
        tags="the style the service reports",
    ),
    *_claim(instrumental="no singing, as asked"),
    *_number(
        requested_duration_s="wished length in seconds",
        duration_s="length in seconds: measured where analysed, else as the service says",
    ),
    *_text(path="the audio file, relative to the session folder", sha256="checksum of the audio file"),
    *_time(requested_at="when it was asked for (UTC)", finished_at="when it was finished"),
    *_number(latency_s="from the answer to the finished result, in seconds", credits="what the whole task cost"),
    *_count(replicate_n="0 for the first of equal requests"),
    *_text(labels="your tags, separated by commas", note="your note"),
)

#: read off the words of the request when the frame is made, not kept
ASKED_COLUMNS = (
    *_number(requested_tempo_bpm="the tempo that style or description names, in beats per minute"),
    *_text(requested_key="the key that style or description names, e.g. Eb minor"),
)

#: what the raw confidences are worth, by the error card in force
CONFIDENCE_COLUMNS = (
    *_number(
        tempo_probability="chance that the tempo is right, octave included; missing outside the error card's domain",
        key_probability="chance that the key is right; missing outside the error card's domain",
    ),
    *_text(confidence_domain="of which songs these chances are true; missing where no card speaks of this clip"),
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (REQUESTS, TASKS, CLIPS, FILES, WORDS, EXCHANGES, CREDITS, RATINGS, COMPARISONS, EVENTS)
}


def frame(rows: Iterable[Sequence[Any]], columns: Sequence[Column], *, index: Sequence[str] = ()) -> pd.DataFrame:
    """Rows → frame with exactly the columns and dtypes of the list.

    Parameters
    ----------
    rows : iterable of sequence
        In the order of ``columns``; moments are Unix seconds.
    columns : sequence of Column
        The schema.
    index : sequence of str
        Columns that become the index.

    Returns
    -------
    pandas.DataFrame
        The same schema with and without rows.
    """
    import pandas as pd

    held = list(zip(*rows, strict=True)) or [()] * len(columns)
    data = {column.name: array(values, column.dtype) for column, values in zip(columns, held, strict=True)}
    made = pd.DataFrame(data, copy=False)
    return made.set_index(list(index)) if index else made


def array(values: Sequence[Any], dtype: str) -> Any:
    """Values → a column of ``dtype``; a moment is given in Unix seconds."""
    import pandas as pd

    if dtype == STRING:
        return pd.array(strings(values), dtype=STRING)
    return column_of(numbers(values, dtype), dtype)


def strings(values: Sequence[Any]) -> pa.Array:
    """Strings, and None, in Arrow's memory; what is no string becomes one."""
    import pyarrow as pa

    try:
        return pa.array(values, pa.large_string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([None if v is None else str(v) for v in values], pa.large_string())


def numbers(values: Sequence[Any], dtype: str) -> list[Array]:
    """Values, and None, as the arrays a column of ``dtype`` is made of: itself, or itself and where it is missing.

    Moments (Unix seconds) become microseconds. A moment no calendar has and an integer beyond 64 bits are missing.
    """
    import numpy as np

    if dtype == FLOAT:
        return [np.array(values, dtype="float64")]
    if dtype == TIME:
        micro = np.rint(np.array(values, dtype="float64") * 1e6)
        known = np.abs(micro) < LAST_MOMENT
        return [np.where(known, micro, NOT_A_TIME).astype("int64")]
    missing = np.array([v is None for v in values], dtype=bool)
    if dtype == BOOLEAN:
        return [np.array([bool(v) for v in values], dtype=bool), missing]
    try:
        return [np.array([0 if v is None else v for v in values], dtype="int64"), missing]
    except (OverflowError, ValueError):
        whole = [v if isinstance(v, int) and abs(v) < 2**63 else None for v in values]
        return numbers(whole, dtype)


def column_of(parts: Sequence[Array], dtype: str) -> Any:
    """A column over arrays that :func:`numbers` made, without copying them."""
    import pandas as pd

    if dtype == FLOAT:
        return parts[0]
    if dtype == TIME:
        counted: Any = parts[0]
        return pd.array(counted, dtype=TIME, copy=False)
    made: Any = pd.arrays.BooleanArray if dtype == BOOLEAN else pd.arrays.IntegerArray
    return made(*parts)


def tables_markdown() -> str:
    """The page ``docs/tables.md``."""
    columns = DF_COLUMNS + ASKED_COLUMNS + CONFIDENCE_COLUMNS
    wide = Table(name="df", summary="one row a clip: request, result and features joined", columns=columns)
    parts = ["# Tables of a session\n", INTRODUCTION]
    for table in (wide, *TABLES.values()):
        index = f" Index: {', '.join(f'`{name}`' for name in table.index)}." if table.index else ""
        parts.append(f"\n## `session.{table.name}`\n\n{table.summary[0].upper()}{table.summary[1:]}.{index}\n")
        parts.append("| column | dtype | meaning |\n|---|---|---|")
        parts += [f"| `{c.name}` | `{c.dtype}` | {c.description} |" for c in table.columns]
    return "\n".join(parts) + "\n"


INTRODUCTION = (
    "Every frame is a copy: editing one changes nothing that is kept. A missing value is NaN, NA or NaT, never 0. "
    "An empty frame has the same columns and dtypes as a full one. Moments are UTC. "
    "`session.df` goes on with one column for every measure of `suno_lab.features` (see `features.md`), and with the "
    "columns that `session.tag` gave it."
)
