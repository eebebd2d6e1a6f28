"""How an emulator behaves: one frozen value, kept as JSON beside its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from suno_lab.api.hosts import PROFILES, Host
from suno_lab.emulator.faults import FAULTS
from suno_lab.errors import InvalidRequest

#: what ``as_json`` leaves out
_UNKEPT = frozenset({"webhook_hmac_key"})


@dataclass(frozen=True, kw_only=True)
class EmulatorSettings:
    """The behaviour of one emulator.

    Attributes
    ----------
    host_profile : str
        Whose addresses, codes and field rules are spoken: ``kie``, ``market`` or ``sunoapi``.
    latency_s : float
        Seconds from the creation of a music task to ``SUCCESS``; its stages lie in between, other families take a
        share of it.
    rate_limit : (int, float) or None
        So many creations in so many seconds; None switches every rate limit off.
    credits : float
        The account's credits when its state is made; later the state alone counts.
    seed : int
        Equal seeds answer equal sequences of requests with equal ids and equal songs.
    default_duration_s : float
        Length of a piece when nothing is asked.
    strict_limits : bool
        Refuse by the strictest page where pages disagree, not by the loosest.
    faults : tuple of (str, float)
        Names from :data:`~suno_lab.emulator.faults.FAULTS`, each with the share of calls (or tasks) it strikes.
    webhook_hmac_key : str or None
        Signs callbacks when set. Not part of :meth:`as_json`: secrets are not written down.
    allow_hosts : tuple of str
        Hosts besides this machine that callbacks and uploads may be followed to.
    slow_answer_s : float
        How long the fault ``slow_answer`` holds an answer back.
    """

    host_profile: str = "kie"
    latency_s: float = 3.0
    rate_limit: tuple[int, float] | None = (20, 10.0)
    credits: float = 1000.0
    seed: int = 0
    default_duration_s: float = 24.0
    strict_limits: bool = False
    faults: tuple[tuple[str, float], ...] = ()
    webhook_hmac_key: str | None = field(default=None, repr=False)
    allow_hosts: tuple[str, ...] = ()
    slow_answer_s: float = 40.0

    def __post_init__(self) -> None:
        if self.host_profile not in PROFILES:
            known = ", ".join(sorted(PROFILES))
            raise InvalidRequest(
                f"unknown host profile {self.host_profile!r}, expected one of {known}",
                field="host_profile",
                given=self.host_profile,
            )
        for name in ("latency_s", "credits", "slow_answer_s"):
            if not getattr(self, name) >= 0:
                raise InvalidRequest(f"{name} must not be negative", field=name, given=getattr(self, name))
        if not self.default_duration_s > 0:
            raise InvalidRequest(
                "default_duration_s must be positive", field="default_duration_s", given=self.default_duration_s
            )
        for name, rate in self.faults:
            check_fault(name, rate)

    @property
    def host(self) -> Host:
        """The service that is imitated."""
        return PROFILES[self.host_profile]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types, without the webhook key."""
        return {name: value for name, value in asdict(self).items() if name not in _UNKEPT}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> EmulatorSettings:
        """What :meth:`as_json` gave; unknown names are ignored, so that older folders stay readable."""
        known = {f.name for f in fields(cls)} - _UNKEPT
        values = {name: _frozen(value) for name, value in kept.items() if name in known}
        return cls(**values)


def check_fault(name: str, rate: float) -> None:
    """Raise :class:`~suno_lab.errors.InvalidRequest` unless ``name`` is a fault and ``rate`` a share."""
    if name not in FAULTS:
        raise InvalidRequest(
            f"unknown fault {name!r}, expected one of {', '.join(sorted(FAULTS))}", field="faults", given=name
        )
    if not 0 <= rate <= 1:
        raise InvalidRequest(f"the rate of fault {name} must lie in 0 to 1, got {rate}", field="faults", given=rate)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value
