"""Where keys are found: the environment, ``.env`` in the working folder, the keyring, or by asking. Never kept.

A key that stands in a notebook's cell leaves with the notebook, so that is said once.
"""

from __future__ import annotations

import getpass
import os
import sys
import warnings
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from suno_lab.session.calling import outside
from suno_lab.settings import Secret, Settings

#: ``api_key=ASK`` asks for the key without showing it
ASK = "ask"
#: the name under which a keyring holds the keys: ``keyring set suno-lab KIE_API_KEY``
KEYRING_SERVICE = "suno-lab"
VARIABLES: Mapping[str, str] = {"kie": "KIE_API_KEY", "sunoapi": "SUNO_API_KEY", "base_url": "SUNO_LAB_API_KEY"}
#: so much of a ``.env`` is read
MAX_ENV_BYTES = 64 * 1024


class KeyInNotebook(UserWarning):
    """A key stands in a cell of the notebook, in clear."""


def with_dotenv(settings: Settings, folder: Path) -> Settings:
    """Settings with the keys of ``folder/.env`` where the environment has none. Nothing else in it is looked at."""
    try:
        with (folder / ".env").open("rb") as file:
            lines = file.read(MAX_ENV_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return settings
    found = dict(pair for line in lines if (pair := _assignment(line)) is not None)
    keys = {name: Secret(found[variable]) for name, variable in VARIABLES.items() if found.get(variable)}
    return replace(settings, keys={**keys, **settings.keys})


def _assignment(line: str) -> tuple[str, str] | None:
    """``NAME=value`` of one line: quotes, ``export`` and a comment behind the value are taken off."""
    name, mark, value = line.strip().removeprefix("export ").partition("=")
    if not mark or name.lstrip().startswith("#"):
        return None
    value = value.strip()
    if value[:1] in ("'", '"'):
        value = value[1:].partition(value[0])[0]
    else:
        value = value.partition(" #")[0].strip()
    return name.strip(), value


def with_keyring(settings: Settings, name: str) -> Settings:
    """Settings with the key of that name from the system's keyring, where there is one (extra ``keyring``)."""
    if name in settings.keys:
        return settings
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return settings
    try:
        value = keyring.get_password(KEYRING_SERVICE, VARIABLES[name])
    except KeyringError:
        return settings
    return replace(settings, keys={**settings.keys, name: Secret(value)}) if value else settings


def asked_for(variable: str, *, ask: Callable[[str], str] | None = None) -> Secret:
    """The key, typed in by the user without being shown."""
    return Secret((ask or getpass.getpass)(f"{variable}: "))


# ── keys in notebooks ────────────────────────────────────────────────────────────────────────────────────────────────
_warned: weakref.WeakSet[Any] = weakref.WeakSet()


def warn_of_literal(key: Secret, variable: str) -> None:
    """Say once a notebook that a key stands in one of its cells, and name better ways."""
    shell = _shell()
    if shell is None or shell in _warned or not key:
        return
    if any(key.reveal() in str(cell) for cell in shell.user_ns.get("In", ())):
        _warned.add(shell)
        message = (
            "an API key stands in a cell of this notebook and leaves with it. Take it out and set "
            f"{variable} in the environment or in a .env file beside the notebook, keep it with "
            f"`keyring set {KEYRING_SERVICE} {variable}`, or pass api_key='{ASK}' to be asked for it"
        )
        warnings.warn(KeyInNotebook(message), stacklevel=outside())


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def settings_here(given: Settings | None) -> Settings:
    """What was given, else the environment and the working folder's ``.env``."""
    return given or with_dotenv(Settings.from_environment(), Path(os.curdir))
