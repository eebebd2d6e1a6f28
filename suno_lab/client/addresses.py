"""Which addresses files may be fetched from: https at public addresses, or exactly the service that was configured."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from suno_lab.client.account import origin
from suno_lab.errors import DownloadError

Resolver = Callable[[str, int], Iterable[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses a name has, by the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_address(url: str, *, allowed_origins: frozenset[str], resolve: Resolver = system_resolver) -> list[str]:
    """Raise where a file must not be fetched from ``url``.

    Returns
    -------
    list of str
        The IP addresses that were judged, to connect to: asked a second time, a resolver may say something else. Empty
        for the service's own addresses.

    Raises
    ------
    DownloadError
        Not https, with credentials in it, or at an address that is not public (this machine, a private network,
        a cloud's metadata service …).
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 443
        own = origin(url) in allowed_origins
    except ValueError:
        raise DownloadError(f"{url[:200]!r} is no usable address") from None
    if parts.username is not None or parts.password is not None or not parts.hostname:
        raise DownloadError(f"an address with credentials or without a host is not fetched: {_shown(url)}")
    if own:
        return []
    if parts.scheme.lower() != "https":
        raise DownloadError(f"only https addresses are fetched, got {_shown(url)}")
    try:
        addresses = list(resolve(parts.hostname, port))
    except (OSError, UnicodeError):
        raise DownloadError(f"the host of {_shown(url)} has no address; is the network up?") from None
    for address in addresses:
        if not is_public(address):
            raise DownloadError(f"{_shown(url)} is at {address}, which is not a public address; it is not fetched")
    if not addresses:
        raise DownloadError(f"the host of {_shown(url)} has no address; is the network up?")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; also looks inside IPv4 wrapped in IPv6."""
    try:
        parsed: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed.is_global and not parsed.is_multicast


def _shown(url: str) -> str:
    """An address without credentials and query, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200]
