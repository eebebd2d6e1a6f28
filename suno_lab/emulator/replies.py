"""Answers in the service's own form: the envelope, and how each host says no."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from suno_lab.api.hosts import Host
from suno_lab.models import HttpReply

#: every reply carries it, so that nobody takes the emulator for the service
MARK = "x-suno-lab-emulator"


def emulator_version() -> str:
    """The version that replies are marked with."""
    try:
        return version("suno-lab")
    except PackageNotFoundError:
        return "unknown"


_MARK_HEADERS = {MARK: emulator_version()}
_JSON_HEADERS = {**_MARK_HEADERS, "content-type": "application/json"}


class No(StrEnum):
    """The ways in which the service refuses."""

    UNAUTHORIZED = "unauthorized"
    NO_CREDITS = "no credits"
    TOO_MANY = "too many"
    BAD_JSON = "bad json"
    INVALID = "invalid"
    MISSING = "missing"  #: the task or clip that is named does not exist
    NOT_READY = "not ready"
    NO_PATH = "no path"
    EXISTS = "exists"
    CANNOT_FETCH = "cannot fetch"
    MAINTENANCE = "maintenance"
    SERVER_ERROR = "server error"
    DISABLED = "disabled"


#: body code of each refusal, by vocabulary (docs.kie.ai/old-model, 2026-08; docs.sunoapi.org, early 2026)
CODES: Mapping[str, Mapping[No, int]] = {
    "kie": {
        No.UNAUTHORIZED: 401, No.NO_CREDITS: 402, No.TOO_MANY: 429, No.BAD_JSON: 400, No.INVALID: 422,
        No.MISSING: 404, No.NOT_READY: 422, No.NO_PATH: 404, No.EXISTS: 409, No.CANNOT_FETCH: 451,
        No.MAINTENANCE: 455, No.SERVER_ERROR: 500, No.DISABLED: 505,
    },
    "sunoapi": {
        No.UNAUTHORIZED: 401, No.NO_CREDITS: 429, No.TOO_MANY: 430, No.BAD_JSON: 400, No.INVALID: 400,
        No.MISSING: 400, No.NOT_READY: 400, No.NO_PATH: 404, No.EXISTS: 409, No.CANNOT_FETCH: 451,
        No.MAINTENANCE: 455, No.SERVER_ERROR: 500, No.DISABLED: 505,
    },
}  # fmt: skip

#: what is said when there is nothing more exact to say
MESSAGES: Mapping[No, str] = {
    No.UNAUTHORIZED: "You do not have access permissions",
    No.NO_CREDITS: "Insufficient credits. Please top up to continue.",
    No.TOO_MANY: "Your call frequency is too high. Please try again later.",
    No.BAD_JSON: "The request body is not a valid JSON object",
    No.INVALID: "Invalid parameters",
    No.MISSING: "Task not found",
    No.NOT_READY: "The task is not finished yet",
    No.NO_PATH: "Not Found",
    No.EXISTS: "The record already exists",
    No.CANNOT_FETCH: "Failed to fetch the file",
    No.MAINTENANCE: "The service is under maintenance. Please try again later.",
    No.SERVER_ERROR: "Internal Error, Please try again later.",
    No.DISABLED: "This feature is currently disabled",
}
#: the HTTP status is 200 for everything that is about the work asked for
_HTTP_STATUS: Mapping[No, int] = {No.NO_PATH: 404, No.SERVER_ERROR: 500}


class Refusal(Exception):
    """The call is refused; carries what the envelope will say.

    Parameters
    ----------
    why : No
        Decides the code, by host.
    message : str
        By default the host's usual words.
    data : Any
        Rarely there: the id of the product that exists already.
    code : int or None
        Where one page departs from its host's vocabulary.
    """

    def __init__(self, why: No, message: str = "", *, data: Any = None, code: int | None = None) -> None:
        super().__init__(message or MESSAGES[why])
        self.why, self.data, self._code = why, data, code

    def code(self, host: Host) -> int:
        """The body code this host says it with."""
        return self._code if self._code is not None else CODES[host.vocabulary][self.why]

    def reply(self, host: Host) -> HttpReply:
        """The whole answer."""
        return envelope(self.code(host), str(self), self.data, status=_HTTP_STATUS.get(self.why, 200))

    def upload_reply(self, host: Host) -> HttpReply:
        """The answer at the upload addresses, whose envelope and codes differ a little."""
        code = self._code or (400 if self.why is No.INVALID else self.code(host))
        message = re.sub(r"^(\w+) cannot be null$", r"Missing required parameter: \1", str(self))
        if self.why is No.UNAUTHORIZED:
            message = "Authentication failed: Invalid API Key"
        return as_json({"success": False, "code": code, "msg": message, "data": None})


def envelope(code: int, message: str, data: Any, *, status: int = 200) -> HttpReply:
    """``{"code", "msg", "data"}``."""
    return as_json({"code": code, "msg": message, "data": data}, status=status)


def success(data: Any) -> HttpReply:
    """The envelope of everything that went well."""
    return envelope(200, "success", data)


def as_json(value: Any, *, status: int = 200) -> HttpReply:
    """Any JSON body. ASCII with escapes: there is no text that it could not carry."""
    return HttpReply(status=status, headers=_JSON_HEADERS, body=json.dumps(value, separators=(",", ":")).encode())


def as_bytes(body: bytes, mime: str, *, status: int = 200, **headers: str) -> HttpReply:
    """Anything that is not JSON; header names with underscores for dashes."""
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers={**_MARK_HEADERS, "content-type": mime, **extra}, body=body)
