"""Where calls go and on whose account."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from suno_lab.api.hosts import Host
from suno_lab.settings import Secret

#: a name that no resolver knows: the service demands an address, we have none to offer
NO_CALLBACK = "https://callback.invalid"


@dataclass(frozen=True, kw_only=True)
class Account:
    """One service, as one user speaks to it.

    Attributes
    ----------
    service : str
        What frames call it: ``kie``, ``kie-market``, ``sunoapi``, ``emulator``, or the base address.
    host : Host
        Whose vocabulary is spoken.
    base_url, upload_url : str
        Where calls and uploads go, without a slash at the end.
    key : Secret or None
        Sent to these two addresses and nowhere else.
    callback_url : str or None
        A public address of a callback receiver, without a slash at the end.
    """

    service: str
    host: Host
    base_url: str
    upload_url: str
    key: Secret | None = field(default=None, repr=False)
    callback_url: str | None = None

    @property
    def origins(self) -> frozenset[str]:
        """The two addresses that may be spoken to although they may be on this machine."""
        return frozenset(origin(url) for url in (self.base_url, self.upload_url))

    def callback_for(self, request_id: str) -> str:
        """The callback address of one request: its id is in the path."""
        return f"{(self.callback_url or NO_CALLBACK).rstrip('/')}/{request_id}"


def origin(url: str) -> str:
    """Scheme, host and port of an address, lower case, default port left out."""
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    default = {"http": 80, "https": 443}.get(scheme)
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return f"{scheme}://{host}{port}"
