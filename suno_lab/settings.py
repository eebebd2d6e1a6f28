"""What the surroundings say: keys, addresses, folders. Read once, passed on as a value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn


class Secret:
    """A key that shows itself to nobody but the transport.

    ``repr``, ``str`` and ``format`` are masked, pickling raises, equality is by identity.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value.strip()

    def reveal(self) -> str:
        """The key itself. Only the place that writes the ``Authorization`` header calls this."""
        return self.__value

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written to disk: Secret cannot be pickled")


def _secret(environ: Mapping[str, str], name: str) -> Secret | None:
    value = environ.get(name, "").strip()
    return Secret(value) if value else None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The environment, as far as this package reads it.

    Attributes
    ----------
    service, base_url : str or None
        ``SUNO_LAB_SERVICE`` and ``SUNO_LAB_BASE_URL``.
    keys : mapping of str to Secret
        By the service each may be sent to: ``KIE_API_KEY`` → ``"kie"``, ``SUNO_API_KEY`` → ``"sunoapi"``,
        ``SUNO_LAB_API_KEY`` → ``"base_url"``.
    """

    service: str | None = None
    base_url: str | None = None
    keys: Mapping[str, Secret] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``environ`` (default: the process environment) once."""
        environ = os.environ if environ is None else environ
        named = {"kie": "KIE_API_KEY", "sunoapi": "SUNO_API_KEY", "base_url": "SUNO_LAB_API_KEY"}
        keys = {name: secret for name, variable in named.items() if (secret := _secret(environ, variable))}
        return cls(
            service=environ.get("SUNO_LAB_SERVICE") or None,
            base_url=environ.get("SUNO_LAB_BASE_URL") or None,
            keys=keys,
        )
