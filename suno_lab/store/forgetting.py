"""Taking a clip out of the journal, so that nothing of it can be read there any more."""

from __future__ import annotations

from suno_lab.errors import NotFound
from suno_lab.store.journal import Journal, Writing

#: tables with rows of a clip
OF_CLIP = ("files", "words", "timed_lyrics", "ratings")
#: tables with rows of a file's content
OF_CONTENT = ("features", "outlines")
#: what a clip's own row says about its content
CONTENT = ("title", "tags", "lyrics", "audio_url", "source_audio_url", "stream_url", "image_url")


def forget_clip(journal: Journal, clip_id: str) -> list[str]:
    """Delete what is kept of a clip; its row, its task and its request stay.

    Returns
    -------
    list of str
        Paths of files that nothing needs any more, relative to the folder.

    Raises
    ------
    NotFound
        There is no such clip.
    """
    with journal.erase() as writing:
        task_id = writing.value("select task_id from clips where clip_id = ?", (clip_id,))
        if task_id is None:
            raise NotFound(f"no clip {clip_id!r} here")
        stored = writing.execute("select path, sha256 from files where clip_id = ? and sha256 is not null", (clip_id,))
        heard = writing.execute("select request_id from timed_lyrics where clip_id = ?", (clip_id,)).fetchall()
        for row in heard:
            writing.delete("answers", where={"request_id": row["request_id"]})
            writing.update("exchanges", {"got": None}, where={"request_id": row["request_id"]})
        kept = {row["sha256"]: row["path"] for row in stored}
        for table in OF_CLIP:
            writing.delete(table, where={"clip_id": clip_id})
        writing.delete("marks", where={"target_id": clip_id})
        unused = [sha for sha in kept if not writing.value("select 1 from files where sha256 = ?", (sha,))]
        for sha in unused:
            for table in OF_CONTENT:
                writing.delete(table, where={"sha256": sha})
        writing.update("clips", dict.fromkeys(CONTENT), where={"clip_id": clip_id})
        _forget_answers(writing, task_id)
    return [kept[sha] for sha in unused]


def _forget_answers(writing: Writing, task_id: str) -> None:
    """Take away what the service said about a task, once none of its clips is to be remembered."""
    remembered = " or ".join(f"{name} is not null" for name in CONTENT)
    if writing.value(f"select 1 from clips where task_id = ? and ({remembered})", (task_id,)):  # noqa: S608
        return
    writing.update("exchanges", {"got": None}, where={"task_id": task_id})
    writing.update("callbacks", {"body": None}, where={"task_id": task_id})
