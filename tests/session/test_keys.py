"""Where keys come from, and that they go nowhere."""

from __future__ import annotations

import sys
import warnings
from types import SimpleNamespace

import pytest

from suno_lab import SunoSession
from suno_lab.errors import ReadOnlySession
from suno_lab.session.keys import KeyInNotebook, with_dotenv, with_keyring
from suno_lab.settings import Secret, Settings

KEY = "sk-canary-31415926"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch, tmp_path) -> None:
    for name in ("KIE_API_KEY", "SUNO_API_KEY", "SUNO_LAB_API_KEY", "SUNO_LAB_SERVICE", "SUNO_LAB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "keyring", None)  # not installed, unless a test says so


@pytest.fixture
def keyring(monkeypatch):
    """A keyring of the test's own."""
    held: dict[tuple[str, str], str] = {}

    class KeyringError(Exception):
        pass

    def get_password(service, name):
        if held.get(("locked", "")):
            raise KeyringError("locked")
        return held.get((service, name))

    errors = SimpleNamespace(KeyringError=KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password, errors=errors))
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return held


@pytest.fixture
def notebook(monkeypatch):
    """A notebook with some cells run."""
    import IPython

    class Shell:
        def __init__(self, *cells: str) -> None:
            self.user_ns, self.parent_header, self.execution_count = {"In": ["", *cells]}, {}, len(cells)

    def open_(*cells: str):
        shell = Shell(*cells)
        monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
        return shell

    return open_


def key_of(session: SunoSession) -> str | None:
    return session._choice.key.reveal() if session._choice.key else None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"KIE_API_KEY={KEY}", KEY),
        (f"export KIE_API_KEY = '{KEY}'  # mine", KEY),
        (f'\n# a comment\nOTHER=1\nKIE_API_KEY="{KEY}"\n', KEY),
        (f"KIE_API_KEY={KEY} # mine", KEY),
        (f"# KIE_API_KEY={KEY}", None),
        ("KIE_API_KEY=", None),
        ("KIE_API_KEY", None),
        ("\x00\xff", None),
    ],
)
def test_a_dotenv_file_is_read_for_keys_only(tmp_path, text, key) -> None:
    (tmp_path / ".env").write_text(text + "\nSUNO_LAB_SERVICE=sunoapi\n", encoding="utf-8")
    settings = with_dotenv(Settings(), tmp_path)
    assert (settings.keys["kie"].reveal() if key else settings.keys.get("kie")) == key
    assert settings.service is None


def test_the_environment_outranks_the_file(tmp_path) -> None:
    (tmp_path / ".env").write_text(f"KIE_API_KEY={KEY}")
    settings = with_dotenv(Settings(keys={"kie": Secret("other")}), tmp_path)
    assert settings.keys["kie"].reveal() == "other"


def test_a_session_takes_the_key_from_the_working_folder(tmp_path) -> None:
    (tmp_path / ".env").write_text(f"SUNO_API_KEY={KEY}")
    with SunoSession("songs", progress=False) as session:
        assert (session.service, key_of(session)) == ("sunoapi", KEY)


def test_a_session_takes_the_key_from_the_keyring(keyring) -> None:
    keyring["suno-lab", "KIE_API_KEY"] = KEY
    with SunoSession("songs", "kie") as session:
        assert key_of(session) == KEY
        assert not session.read_only


def test_a_locked_keyring_is_as_good_as_none(keyring) -> None:
    keyring["locked", ""] = "yes"
    assert with_keyring(Settings(), "kie").keys == {}
    with SunoSession("songs", "kie") as session, pytest.raises(ReadOnlySession, match="KIE_API_KEY"):
        session.balance()


def test_it_is_asked_for_where_it_is_needed(monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or KEY)
    with SunoSession("songs", "kie", api_key="ask") as session:
        assert key_of(session) == KEY
    with SunoSession("plain", "emulator", api_key="ask") as session:
        assert key_of(session) is None
    assert asked == ["KIE_API_KEY: "]
    assert KEY.encode() not in b"".join(p.read_bytes() for p in session.folder.parent.rglob("*") if p.is_file())


def test_a_key_in_a_cell_is_said_once(notebook) -> None:
    notebook(f"session = SunoSession('songs', 'kie', api_key='{KEY}')")
    with pytest.warns(KeyInNotebook, match=r"stands in a cell.*KIE_API_KEY.*keyring.*'ask'") as said:
        SunoSession("songs", "kie", api_key=KEY).close()
    assert said[0].filename == __file__
    assert KEY not in str(said[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SunoSession("songs", "kie", api_key=KEY).close()


def test_a_key_that_came_from_elsewhere_is_fine(notebook) -> None:
    notebook("session = SunoSession('songs', 'kie', api_key=read_key())")
    SunoSession("songs", "kie", api_key=KEY).close()
