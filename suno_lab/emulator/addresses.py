"""Where the emulator may go: this machine, and hosts that were opened on purpose."""

from __future__ import annotations

import http.client
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from suno_lab.emulator.replies import No, Refusal

#: larger files are not fetched
MOST_BYTES = 100 * 1024 * 1024
FETCH_WITHIN_S = 30.0


def parts_of(url: str) -> SplitResult:
    """An address taken apart; refused where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        raise Refusal(No.INVALID, f"{url[:80]} is not an address") from None


def may_follow(url: str, allow_hosts: Iterable[str]) -> bool:
    """Whether an address lies on this machine, or on a host that was opened on purpose."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and (host in allow_hosts or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine, judged without asking anyone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(url: str, *, allowed: tuple[str, ...]) -> bytes:
    """The bytes behind an address on this machine; redirects are not followed."""
    try:
        status, body = exchange("GET", url, allowed=allowed, timeout_s=FETCH_WITHIN_S, most_bytes=MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError):
        raise Refusal(No.CANNOT_FETCH) from None
    if status != 200:
        raise Refusal(No.CANNOT_FETCH)
    return body


def exchange(
    method: str, url: str, *, allowed: tuple[str, ...], timeout_s: float, most_bytes: int = 64 * 1024,
    body: bytes = b"", headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:  # fmt: skip
    """One HTTP exchange with this machine, or with a host that was opened on purpose.

    The name is resolved once and the resolved address is the one that is called, so that it cannot change in between.

    Raises
    ------
    OSError, http.client.HTTPException, ValueError
        When there is no answer, or the address is not allowed.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    if host not in allowed and not ipaddress.ip_address(address).is_loopback:
        raise ValueError(f"{host} is not this machine")
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=timeout_s)
    else:
        connection = http.client.HTTPConnection(address, port, timeout=timeout_s)
    try:
        target = parts.path or "/"
        connection.request(
            method, f"{target}?{parts.query}" if parts.query else target, body=body or None,
            headers={"host": parts.netloc, **(headers or {})},
        )  # fmt: skip
        answer = connection.getresponse()
        found = answer.read(most_bytes + 1)
        if len(found) > most_bytes:
            raise ValueError("the answer is too large")
        return answer.status, found
    finally:
        connection.close()
