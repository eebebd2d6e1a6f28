"""One tree of errors. Catch :class:`SunoLabError` to catch them all.

::

    SunoLabError
    ├── InvalidRequest            refused here, before anything was sent
    │   └── UnknownModel
    ├── ServiceError              the service said no (body code, message, what it cost)
    │   ├── Unauthorized          ├── InsufficientCredits   ├── RateLimited
    │   ├── NotFound              ├── RefusedByService      ├── ContentRefused
    │   ├── AlreadyExists         ├── Maintenance           ├── ServiceFailure
    │   ├── SourceUnavailable     ├── FeatureDisabled       └── TaskFailed
    ├── TransportError            no usable answer
    │   ├── NotSent               certainly never delivered: safe to send again
    │   └── OutcomeUnknown        may have been delivered: never sent again by itself
    ├── WaitTimeout               we stopped watching; the task goes on
    ├── BudgetExceeded            max_credits would be passed
    ├── RepeatedRequest           the same paid request twice in one run
    ├── StoreError
    │   ├── WrongService          the folder is bound to another service
    │   ├── ReadOnlySession       opened without the key of its service
    │   └── StorageFull
    ├── DownloadError             refused or broken file, nothing kept under a final name
    ├── AudioError                not decodable, or not what it claims
    ├── EngineError               a part of the embedded engine is missing or altered
    └── StudyError                a comparison that would mislead
"""

from __future__ import annotations

from collections.abc import Iterable


class SunoLabError(Exception):
    """Catch this one to catch them all."""


# ── refused here ─────────────────────────────────────────────────────────────────────────────────────────────────────
class InvalidRequest(SunoLabError, ValueError):
    """A request the service would refuse; nothing was sent.

    Attributes
    ----------
    field : str
        The field at fault, in the words of this package.
    given : object
        What was found there.
    source : str
        Where the rule comes from (page and date).
    """

    def __init__(self, message: str, *, field: str = "", given: object = None, source: str = "") -> None:
        super().__init__(message + (f" (rule: {source})" if source else ""))
        self.field, self.given, self.source = field, given, source


class UnknownModel(InvalidRequest):
    """A model name that no page of the service knows."""

    def __init__(self, given: object, known: Iterable[str]) -> None:
        self.known = tuple(known)
        super().__init__(
            f"unknown model {given!r}, expected one of {', '.join(self.known)}", field="model", given=given
        )


# ── the service said no ──────────────────────────────────────────────────────────────────────────────────────────────
class ServiceError(SunoLabError):
    """The service answered with a code that is not success.

    Attributes
    ----------
    code : int
        The ``code`` of the body (the HTTP status says little at this service).
    service_message : str
        The service's own words.
    service : str
        Which service answered.
    operation, task_id, request_id : str
        What was asked, the task if there is one, and our own id of the call (the intent).
    credits : float or None
        What it cost, as far as is known; 0.0 when nothing was charged.
    """

    #: whether the same call, unchanged, may succeed later
    retryable = False
    #: whether it is certain that the service did not accept the work
    refused = True

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        service_message: str = "",
        service: str = "",
        operation: str = "",
        task_id: str = "",
        request_id: str = "",
        credits: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.service_message, self.service = code, service_message, service
        self.operation, self.task_id, self.request_id, self.credits = operation, task_id, request_id, credits


class Unauthorized(ServiceError):
    """The key is missing, wrong, or not allowed to do this."""


class InsufficientCredits(ServiceError):
    """The account cannot pay for this call."""


class RateLimited(ServiceError):
    """Too many calls; rejected, not queued."""

    retryable = True


class NotFound(ServiceError):
    """No such resource, task or path."""


class RefusedByService(ServiceError):
    """A field is missing, malformed or too long, in the service's judgement."""


class ContentRefused(ServiceError):
    """The words or the audio are not accepted (moderation, copyright, artist names)."""


class AlreadyExists(ServiceError):
    """The product exists already; ``existing_task_id`` names it where the service does."""

    existing_task_id: str = ""


class SourceUnavailable(ServiceError):
    """The service could not fetch the audio or image it was pointed to."""


class Maintenance(ServiceError):
    """The service is closed for maintenance."""

    retryable = True


class FeatureDisabled(ServiceError):
    """The operation is switched off at the service."""


class ServiceFailure(ServiceError):
    """The service broke while answering; whether it accepted the work is not known."""

    retryable = True
    refused = False


class TaskFailed(ServiceError):
    """A task ended in a failure state.

    Attributes
    ----------
    status : str
        The service's own word for the end state.
    """

    def __init__(self, message: str, *, status: str = "", **about: object) -> None:
        super().__init__(message, **about)  # type: ignore[arg-type]
        self.status = status


# ── no usable answer ─────────────────────────────────────────────────────────────────────────────────────────────────
class TransportError(SunoLabError):
    """The wire failed."""


class NotSent(TransportError):
    """The call certainly never reached the service; sending it again cannot pay twice."""


class OutcomeUnknown(TransportError):
    """The call may have reached the service. It is not sent again by itself."""


class WaitTimeout(SunoLabError, TimeoutError):
    """Stopped waiting; the task goes on at the service and can be resumed."""

    def __init__(self, message: str, *, task_id: str = "", waited_s: float = 0.0) -> None:
        super().__init__(message)
        self.task_id, self.waited_s = task_id, waited_s


class BudgetExceeded(SunoLabError):
    """The call would pass ``max_credits``; nothing was sent."""


class RepeatedRequest(SunoLabError):
    """The same paid request again in one run; ``n=`` asks for several, ``fresh=True`` insists."""


# ── on this machine ──────────────────────────────────────────────────────────────────────────────────────────────────
class StoreError(SunoLabError):
    """The session folder cannot be used as asked."""


class WrongService(StoreError):
    """The folder is bound to another service than the one asked for."""


class ReadOnlySession(StoreError):
    """The folder's service needs a key that is not here; reading works, asking does not."""


class StorageFull(StoreError, OSError):
    """The disk is full; what was acknowledged before is safe."""


class DownloadError(SunoLabError):
    """A file was refused or broken; nothing was kept under a final name."""


class LinkExpired(DownloadError):
    """The link to a file is over, and the service gave no new one."""


class AudioError(SunoLabError):
    """Audio that cannot be decoded, or is not what it claims to be."""


class EngineError(SunoLabError, RuntimeError):
    """A part of the embedded engine (synthesizer, voice, an optional library) is missing or not what it should be."""


class StudyError(SunoLabError, ValueError):
    """A comparison that would mislead, or data that cannot carry it."""
