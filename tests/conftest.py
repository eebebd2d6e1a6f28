"""What holds for every test: no key of the user's, no network beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

KEY_VARIABLES = ("KIE_API_KEY", "SUNO_API_KEY", "SUNO_LAB_API_KEY", "SUNO_LAB_SERVICE", "SUNO_LAB_BASE_URL")


def _stays_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0]).split("%")[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Iterator[None]:
    """Any attempt to connect beyond loopback fails the test that made it."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(original: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if not _stays_here(address):
                raise AssertionError(f"a test tried to reach {address!r}: tests stay on this machine")
            return original(self, address)

        return call

    socket.socket.connect, socket.socket.connect_ex = guarded(connect), guarded(connect_ex)  # type: ignore[method-assign]
    yield
    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the developer's environment must not reach a test."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert not set(KEY_VARIABLES) & set(os.environ)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--live", action="store_true", help="also run tests that talk to the real service: spends credits")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--live"):
        for item in items:
            if "live" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="spends credits at the real service: give --live"))
