"""Which files belong to which task and clip, and why one is not here."""

from __future__ import annotations

from dataclasses import dataclass

from suno_lab.audio.outline import Outline
from suno_lab.models import minutes
from suno_lab.store import outlines
from suno_lab.store.blobs import Blob
from suno_lab.store.journal import Journal

#: how far the decoded length may be from the one the service names: the larger of the two
LENGTH_SHARE, LENGTH_S = 0.02, 1.0
#: below this (−60 dBFS) nothing is heard
SILENT_PEAK = 1e-3
#: what may be wrong with a file that is here
LENGTH_DIFFERS, SILENT = "LENGTH_DIFFERS", "SILENT"

_KEY = ("task_id", "clip_id", "kind", "name")


@dataclass(frozen=True, kw_only=True)
class FileKey:
    """What a file is: of which task and clip, of which kind, and its name among several (a stem's)."""

    task_id: str
    kind: str
    clip_id: str = ""
    name: str = ""

    def columns(self) -> dict[str, str]:
        """As columns of the journal."""
        return {"task_id": self.task_id, "clip_id": self.clip_id, "kind": self.kind, "name": self.name}


def finding_of(blob: Blob, *, expected_s: float | None) -> str | None:
    """What decoding showed to be wrong with a file: ``SILENT``, ``LENGTH_DIFFERS``, or None.

    Parameters
    ----------
    expected_s : float or None
        The length the service names; None where it names none.
    """
    if blob.peak is not None and blob.peak < SILENT_PEAK:
        return SILENT
    if blob.decoded_s is None or not expected_s:
        return None
    allowed_s = max(LENGTH_SHARE * expected_s, LENGTH_S)
    return LENGTH_DIFFERS if abs(blob.decoded_s - expected_s) > allowed_s else None


def stored(
    journal: Journal, key: FileKey, blob: Blob, *, url: str | None, now: float, expected_s: float | None = None
) -> None:
    """A file is complete and in place; what is odd about it is written beside it."""
    about = {
        "status": "STORED",
        "path": blob.path,
        "sha256": blob.sha256,
        "size_bytes": blob.size_bytes,
        "media_type": blob.media_type,
        "source_codec": blob.source_codec,
        "decoded_s": blob.decoded_s,
        "finding": finding_of(blob, expected_s=expected_s),
        "url": url,
        "error": None,
        "stored_at": now,
    }
    with journal.write() as writing:
        writing.upsert("files", {**key.columns(), **about}, key=_KEY)
        if blob.outline is not None and blob.decoded_s is not None:
            outlines.keep(writing, blob.sha256, Outline(duration_s=blob.decoded_s, peaks=blob.outline))


def missed(journal: Journal, key: FileKey, *, status: str, error: str, url: str | None) -> None:
    """A file could not be had; one that was stored before stays."""
    with journal.write() as writing:
        sql = "select 1 from files where task_id=? and clip_id=? and kind=? and name=? and status='STORED'"
        if not writing.value(sql, tuple(key.columns().values())):
            about = {"status": status, "error": error, "url": url}
            writing.upsert("files", {**key.columns(), **about}, key=_KEY)


def path_of(journal: Journal, key: FileKey) -> str | None:
    """Where a stored file is, relative to the folder; None where it is not."""
    sql = "select path from files where task_id=? and clip_id=? and kind=? and name=? and status='STORED'"
    found = journal.row(sql, (key.task_id, key.clip_id, key.kind, key.name))
    return None if found is None else found["path"]


def of_task(journal: Journal, task_id: str) -> list[tuple[FileKey, str, str]]:
    """Stored files of a task: key, relative path, sha256."""
    sql = "select * from files where task_id = ? and status = 'STORED' order by file_id"
    return [
        (
            FileKey(task_id=task_id, clip_id=row["clip_id"], kind=row["kind"], name=row["name"]),
            row["path"],
            row["sha256"],
        )
        for row in journal.rows(sql, (task_id,))
    ]


def shown(journal: Journal, task_id: str) -> list[tuple[FileKey, str, str]]:
    """Stored files of a task's products: key, relative path, media type. Its clips show themselves."""
    sql = (
        "select * from files where task_id = ? and status = 'STORED' and kind not in ('mp3', 'image') order by file_id"
    )
    return [
        (
            FileKey(task_id=task_id, clip_id=row["clip_id"], kind=row["kind"], name=row["name"]),
            row["path"],
            row["media_type"],
        )
        for row in journal.rows(sql, (task_id,))
    ]


def audio(journal: Journal) -> dict[str, tuple[str, str]]:
    """Relative path and sha256 of every clip's stored audio, by clip, in the order the clips came."""
    sql = """select c.clip_id, f.path, f.sha256 from clips c join files f on f.file_id =
        (select file_id from files where clip_id = c.clip_id and kind in ('audio', 'mp3') and status = 'STORED'
            order by file_id limit 1) order by c.rowid"""
    return {row["clip_id"]: (row["path"], row["sha256"]) for row in journal.rows(sql)}


def audio_of(journal: Journal, clip_id: str) -> tuple[str, str] | None:
    """Relative path and sha256 of a clip's audio; None where it is not stored."""
    sql = (
        "select path, sha256 from files where clip_id = ? and kind in ('audio', 'mp3') and status = 'STORED' "
        "order by file_id limit 1"
    )
    found = journal.row(sql, (clip_id,))
    return None if found is None else (found["path"], found["sha256"])


def expired_n(journal: Journal, task_id: str) -> int:
    """How many songs of a task are not here because their links are over."""
    sql = "select count(*) from files where task_id = ? and kind = 'mp3' and status = 'EXPIRED'"
    return int(journal.value(sql, (task_id,)))


def status_of(journal: Journal, clip_id: str) -> str | None:
    """What became of a clip's audio: STORED, EXPIRED or FAILED; None where nobody tried."""
    return journal.value("select status from files where clip_id = ? and kind = 'mp3'", (clip_id,))


def finding_about(journal: Journal, clip_id: str) -> str | None:
    """What decoding showed to be odd with a clip's audio, in words; None for nothing."""
    sql = (
        "select f.finding, f.decoded_s, c.duration_s from files f join clips c using (clip_id) "
        "where f.clip_id = ? and f.kind in ('audio', 'mp3') and f.status = 'STORED' order by f.file_id limit 1"
    )
    found = journal.row(sql, (clip_id,))
    return None if found is None else finding_text(found["finding"], found["decoded_s"], found["duration_s"])


def finding_text(finding: str | None, decoded_s: float | None, expected_s: float | None) -> str | None:
    """What is odd about a file that is here, in words.

    >>> finding_text("LENGTH_DIFFERS", 61.5, 180.0)
    'the file holds 1:02, the service says 3:00'
    """
    if finding == SILENT:
        return "nothing can be heard in this file"
    if finding == LENGTH_DIFFERS and decoded_s is not None and expected_s is not None:
        return f"the file holds {minutes(decoded_s)}, the service says {minutes(expected_s)}"
    return None


def problem_of(journal: Journal, clip_id: str) -> str | None:
    """Why a clip's audio is not here, in words."""
    sql = "select error from files where clip_id = ? and kind = 'mp3' and status != 'STORED'"
    return journal.value(sql, (clip_id,))
