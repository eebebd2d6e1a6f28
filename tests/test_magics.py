from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from suno_lab import SunoSession
from suno_lab.api.music import Generate
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.magics import completions
from tests.widgets.sessions import PlainSession


class AskedSession(PlainSession):
    """Remembers what it was asked."""

    def run(self, request: Any, **options: Any) -> str:
        self.jobs.append((request, options))  # type: ignore[arg-type]
        return "a task"

    def submit_generate(self) -> None: ...


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Any:
    config = Config(
        HistoryManager={"enabled": False}, InteractiveShell={"ipython_dir": str(tmp_path_factory.mktemp("ipython"))}
    )
    shell = InteractiveShell(config=config)
    shell.run_line_magic("load_ext", "suno_lab")
    return shell


@pytest.fixture
def session(shell: Any) -> Iterator[AskedSession]:
    shell.user_ns["session"] = made = AskedSession()
    yield made
    shell.user_ns.pop("session")


def test_a_line_is_a_description(shell: Any, session: AskedSession) -> None:
    assert shell.run_line_magic("suno", "-m V4_5 --instrumental calm relaxing piano") == "a task"
    request = Generate(description="calm relaxing piano", model="V4_5", instrumental=True)
    assert session.jobs == [(request, {"n": 1, "fresh": False})]


def test_a_cell_is_sung_word_for_word(shell: Any, session: AskedSession) -> None:
    shell.run_cell_magic("suno", '-s "folk, 92 bpm" -t "Slow tide" -n 2 -o song', "[Verse]\nSlow tide\n")
    request = Generate(lyrics="[Verse]\nSlow tide", style="folk, 92 bpm", title="Slow tide")
    assert session.jobs == [(request, {"n": 2, "fresh": False})]
    assert shell.user_ns.pop("song") == "a task"


def test_in_the_background_the_result_is_a_job(shell: Any, session: AskedSession) -> None:
    job = shell.run_line_magic("suno", "-b calm piano")
    assert [job] == session.jobs


def test_the_price_asks_nothing(shell: Any, session: AskedSession) -> None:
    assert shell.run_line_magic("suno", "-p -n 2 calm piano") == "2 tasks: 24 emulated credits"
    assert session.jobs == []


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("", None, "nothing to ask for"),
        ("calm piano", "la la", "the cell holds the lyrics"),
        ("-S nowhere calm piano", None, "no variable 'nowhere'"),
        ("-S str calm", None, "is a type, not a session"),
    ],
)
def test_misuse_is_said_in_words(shell: Any, session: AskedSession, line: str, cell: str | None, said: str) -> None:
    shell.user_ns["str"] = str
    with pytest.raises(UsageError, match=said):
        shell.run_cell_magic("suno", line, cell) if cell else shell.run_line_magic("suno", line)
    assert session.jobs == []


def test_the_help_lists_every_option(shell: Any) -> None:
    text = shell.find_line_magic("suno").__doc__
    assert all(option in text for option in ("--model", "--style", "--instrumental", "--background", "--price"))


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("%suno --inst", "--instrumental"),
        ("%suno -m V4_5P", "V4_5PLUS"),
        ("%%suno -S se", "session"),
        ("%suno -g ", "m"),
    ],
)
def test_completion_knows_options_and_their_values(line: str, first: str) -> None:
    assert completions(line, names=["session"])[0] == first


def test_completion_is_offered_by_the_shell(shell: Any) -> None:
    with provisionalcompleter():
        found = [completion.text for completion in shell.Completer.completions("%suno -m V6_M", 13)]
    assert found == ["V6_MINI"]


@pytest.mark.parametrize("line", ["%suno --", "%%suno -n 2 --"])
def test_between_the_options_stands_nothing_else(shell: Any, line: str) -> None:
    with provisionalcompleter():
        found = [completion.text for completion in shell.Completer.completions(line, len(line))]
    assert "--model" in found
    assert all(text.startswith("--") for text in found)


def test_the_magic_itself_is_offered(shell: Any) -> None:
    with provisionalcompleter():
        found = [completion.text for completion in shell.Completer.completions("%sun", 4)]
    assert "%suno" in found


def test_a_session_offers_the_ids_of_its_clips_and_tasks(shell: Any, tmp_path: Path) -> None:
    quick = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
    with SunoSession(tmp_path, "emulator", emulator=quick, songs=PlainSongs(), progress=False) as songs:
        task = songs.generate("calm piano", instrumental=True)
        ids = {*(clip.clip_id for clip in task.clips), task.task_id}
        shell.user_ns["songs"] = songs
        with provisionalcompleter():
            found = [completion.text.strip("'\"]") for completion in shell.Completer.completions('songs["', 7)]
        shell.user_ns.pop("songs")
    assert ids <= set(found)
