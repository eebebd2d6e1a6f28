"""The services: addresses, what their codes mean, prices, rates. Everything in which hosts differ is here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from suno_lab.api.prices import USD_PER_CREDIT, USD_RATE_DATE
from suno_lab.api.reading import Json, object_of, text_or_none
from suno_lab.api.sources import N0, K, O
from suno_lab.errors import (
    AlreadyExists,
    ContentRefused,
    FeatureDisabled,
    InsufficientCredits,
    Maintenance,
    NotFound,
    RateLimited,
    RefusedByService,
    ServiceError,
    ServiceFailure,
    SourceUnavailable,
    Unauthorized,
)

__all__ = [
    "HINTS", "HOSTS", "KIE", "KIE_MARKET", "PROFILES", "SUNOAPI", "USD_PER_CREDIT", "USD_RATE_DATE", "Host",
    "existing_task_id",
]  # fmt: skip

Codes = Mapping[int, type[ServiceError]]

#: what both hosts agree on
_COMMON: Codes = {
    401: Unauthorized,
    404: NotFound,
    408: ServiceFailure,
    409: AlreadyExists,
    422: RefusedByService,
    433: RateLimited,
    451: SourceUnavailable,
    455: Maintenance,
    500: ServiceFailure,
    501: ServiceFailure,
    505: FeatureDisabled,
    531: ServiceFailure,
}
KIE_CODES: Codes = {
    **_COMMON,
    400: ContentRefused,
    402: InsufficientCredits,
    403: Unauthorized,
    405: RateLimited,
    413: ContentRefused,
    429: RateLimited,
    430: RateLimited,
}
SUNOAPI_CODES: Codes = {
    **_COMMON,
    400: RefusedByService,
    402: InsufficientCredits,
    403: Unauthorized,
    405: RateLimited,
    413: RefusedByService,
    429: InsufficientCredits,
    430: RateLimited,
}

#: The message decides where a code means two things. Pages of one host use the other's vocabulary (kie's lyrics page,
#: sunoapi's cover, replace and persona pages), so words outrank numbers.
MESSAGES: tuple[tuple[re.Pattern[str], frozenset[int], type[ServiceError]], ...] = (
    (re.compile(r"insufficient|not enough credit|top up", re.I), frozenset({400, 402, 429}), InsufficientCredits),
    (
        re.compile(r"frequen|rate.?limit|too many|too fast|busy", re.I),
        frozenset({400, 405, 429, 430, 500}),
        RateLimited,
    ),
    (re.compile(r"paused|maintenance", re.I), frozenset({455, 500}), Maintenance),
    (
        re.compile(r"copyright|moderation|sensitive|artist name|matches existing work|flagged", re.I),
        frozenset({400, 413, 422, 500, 531}),
        ContentRefused,
    ),
    (re.compile(r"already exist", re.I), frozenset({400, 409}), AlreadyExists),
    (
        re.compile(r"cannot be null|is required|please enter|cannot exceed|invalid|recordinfo is null|json", re.I),
        frozenset({400, 413, 422}),
        RefusedByService,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Host:
    """One service.

    Attributes
    ----------
    name : str
        ``kie``, ``kie-market`` or ``sunoapi``: also the name users write.
    vocabulary : str
        Whose limits and field rules hold: ``kie`` or ``sunoapi``.
    key_name : str
        Which key of :class:`~suno_lab.settings.Settings` may be sent there.
    dialect : str
        ``legacy`` (one path per operation) or ``market`` (``jobs/createTask``).
    creations, per_s : int, float
        So many creations in so many seconds are accepted per account.
    """

    name: str
    vocabulary: Literal["kie", "sunoapi"]
    key_name: str
    key_variable: str
    base_url: str
    upload_url: str
    codes: Codes
    credit_path: str
    dialect: Literal["legacy", "market"] = "legacy"
    creations: int = 20
    per_s: float = 10.0
    polls_per_s: float = 3.0
    retention_days: Mapping[str, float] = field(default_factory=lambda: {"audio": 14, "upload": 1})
    source: str = K

    def error_class(self, code: int, message: str = "") -> type[ServiceError]:
        """Which error a body ``code`` with this message is here.

        Unlisted codes are :class:`~suno_lab.errors.ServiceFailure` from 500 on (the outcome is then unknown) and
        :class:`~suno_lab.errors.RefusedByService` below.
        """
        for words, codes, error in MESSAGES:
            if code in codes and words.search(message):
                return error
        return self.codes.get(code, ServiceFailure if code >= 500 or code <= 0 else RefusedByService)

    def error(self, code: int, message: str, *, operation: str = "", task_id: str = "", request_id: str = "",
              credits: float | None = None, data: Json = None, emulated: bool = False) -> ServiceError:  # fmt: skip
        """The error for one answer, with everything it carries.

        ``data`` is the answer's own ``data``: where it names an older task, the product exists already. ``emulated``
        says that the emulator answered in this host's place.
        """
        existing = existing_task_id(code, data)
        kind = AlreadyExists if existing else self.error_class(code, message)
        speaker = f"the emulator (as {self.name})" if emulated else self.name
        said = f"{speaker} answered {code} to {operation or 'the call'}: {message or 'no message'}"
        hint = HINTS.get(kind)
        error = kind(
            f"{said} – {hint}" if hint else said,
            code=code,
            service_message=message,
            service="emulator" if emulated else self.name,
            operation=operation,
            task_id=task_id,
            request_id=request_id,
            credits=0.0 if kind.refused and credits is None else credits,
        )
        if isinstance(error, AlreadyExists):
            error.existing_task_id = existing
        return error


def existing_task_id(code: int, data: Json) -> str:
    """The task that made the product before, where a refusal names one (cover images: code 400); else ""."""
    return (text_or_none(object_of(data).get("taskId")) or "") if code in (400, 409) else ""


#: what would have been right, one line per class
HINTS: Mapping[type[ServiceError], str] = {
    Unauthorized: "check the key and that it belongs to this service",
    InsufficientCredits: "top up, or lower what is asked; nothing was charged",
    RateLimited: "wait ten seconds; the call was rejected, not queued",
    Maintenance: "try again later; nothing was charged",
    ContentRefused: "rephrase: artist names, copyrighted lyrics and flagged words are not accepted",
    SourceUnavailable: "the service could not fetch what it was pointed to; is the address public?",
    ServiceFailure: "the service broke; whether it accepted the work is not known",
}

KIE = Host(
    name="kie", vocabulary="kie", key_name="kie", key_variable="KIE_API_KEY", base_url="https://api.kie.ai",
    upload_url="https://kieai.redpandaai.co", codes=KIE_CODES, credit_path="/api/v1/chat/credit",
)  # fmt: skip
KIE_MARKET = Host(
    name="kie-market", vocabulary="kie", key_name="kie", key_variable="KIE_API_KEY", base_url="https://api.kie.ai",
    upload_url="https://kieai.redpandaai.co", codes=KIE_CODES, credit_path="/api/v1/chat/credit", dialect="market",
    retention_days={"audio": 1, "upload": 1},
)  # fmt: skip
SUNOAPI = Host(
    name="sunoapi", vocabulary="sunoapi", key_name="sunoapi", key_variable="SUNO_API_KEY",
    base_url="https://api.sunoapi.org", upload_url="https://sunoapiorg.redpandaai.co", codes=SUNOAPI_CODES,
    credit_path="/api/v1/generate/credit", retention_days={"audio": 14, "upload": 3}, source=f"{N0}; {O}",
)  # fmt: skip

HOSTS: Mapping[str, Host] = {host.name: host for host in (KIE, KIE_MARKET, SUNOAPI)}
#: what ``--host-profile`` and ``host_profile=`` accept
PROFILES: Mapping[str, Host] = {"kie": KIE, "sunoapi": SUNOAPI, "market": KIE_MARKET, "kie-market": KIE_MARKET}
