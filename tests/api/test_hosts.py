"""Every code at every host: one table, written out."""

from __future__ import annotations

import pytest

from suno_lab.api.hosts import HINTS, HOSTS, KIE, PROFILES, SUNOAPI, existing_task_id
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

# fmt: off
#: code: (at kie, at sunoapi)
CODES = {
    0: (ServiceFailure, ServiceFailure),
    400: (ContentRefused, RefusedByService),
    401: (Unauthorized, Unauthorized),
    402: (InsufficientCredits, InsufficientCredits),
    403: (Unauthorized, Unauthorized),
    404: (NotFound, NotFound),
    405: (RateLimited, RateLimited),
    408: (ServiceFailure, ServiceFailure),
    409: (AlreadyExists, AlreadyExists),
    413: (ContentRefused, RefusedByService),
    418: (RefusedByService, RefusedByService),
    422: (RefusedByService, RefusedByService),
    429: (RateLimited, InsufficientCredits),
    430: (RateLimited, RateLimited),
    433: (RateLimited, RateLimited),
    451: (SourceUnavailable, SourceUnavailable),
    455: (Maintenance, Maintenance),
    500: (ServiceFailure, ServiceFailure),
    501: (ServiceFailure, ServiceFailure),
    505: (FeatureDisabled, FeatureDisabled),
    531: (ServiceFailure, ServiceFailure),
    550: (ServiceFailure, ServiceFailure),
}
#: (code, message): the same at both hosts, because one borrows the other's numbers
MESSAGES = {
    (422, "Please enter callBackUrl"): RefusedByService,
    (400, "Please enter callBackUrl."): RefusedByService,
    (400, "customMode cannot be null"): RefusedByService,
    (422, "music style cannot exceed 500 characters"): RefusedByService,
    (422, "recordInfo is null"): RefusedByService,
    (429, "The current credits are insufficient. Please top up."): InsufficientCredits,
    (402, "Insufficient credits"): InsufficientCredits,
    (430, "Your call frequency is too high. Please try again later."): RateLimited,
    (429, "Your call frequency is too high. Please try again later."): RateLimited,
    (405, "Rate limit exceeded"): RateLimited,
    (429, "Rate limit exceeded"): RateLimited,
    (500, "server is busy"): RateLimited,
    (500, "This interface is temporarily paused"): Maintenance,
    (500, "Internal Error, Please try again later."): ServiceFailure,
    (400, "Song Description contained artist name: X"): ContentRefused,
    (400, "Song Description flagged for moderation"): ContentRefused,
    (413, "Uploaded audio matches existing work of art."): ContentRefused,
    (409, "WAV record already exists"): AlreadyExists,
    (400, "Cover already exists for this task"): AlreadyExists,
    (401, "You do not have access permissions"): Unauthorized,
    (404, "Task not found"): NotFound,
    (400, "taskId parameter is required"): RefusedByService,
}
# fmt: on


@pytest.mark.parametrize("code", CODES)
def test_a_code_means_what_its_host_says(code: int) -> None:
    at_kie, at_sunoapi = CODES[code]
    assert {name: host.error_class(code) for name, host in HOSTS.items()} == {
        "kie": at_kie, "kie-market": at_kie, "sunoapi": at_sunoapi,
    }  # fmt: skip


def test_the_table_is_complete() -> None:
    assert set(KIE.codes) | set(SUNOAPI.codes) <= set(CODES)


@pytest.mark.parametrize(("code", "message"), MESSAGES)
@pytest.mark.parametrize("host", HOSTS)
def test_a_message_outranks_a_number(host: str, code: int, message: str) -> None:
    assert HOSTS[host].error_class(code, message) is MESSAGES[code, message]


def test_an_error_carries_what_was_asked_and_answered() -> None:
    error = KIE.error(402, "Credits insufficient", operation="generate", request_id="r1")
    assert isinstance(error, InsufficientCredits)
    assert (error.code, error.service_message, error.service) == (402, "Credits insufficient", "kie")
    assert (error.operation, error.request_id, error.credits) == ("generate", "r1", 0.0)
    assert "nothing was charged" in str(error)


def test_what_a_broken_service_charged_is_not_known() -> None:
    assert KIE.error(500, "Internal Error").credits is None
    assert not KIE.error(500, "Internal Error").refused


@pytest.mark.parametrize("code", [400, 409])
def test_a_refusal_that_names_an_older_task_is_about_that_task(code: int) -> None:
    error = KIE.error(code, "", data={"taskId": "21ae"})
    assert isinstance(error, AlreadyExists)
    assert error.existing_task_id == "21ae"
    assert existing_task_id(422, {"taskId": "21ae"}) == existing_task_id(400, "21ae") == ""


def test_retrying_helps_where_the_service_only_asks_for_patience() -> None:
    retryable = {error for host in HOSTS.values() for error in host.codes.values() if error.retryable}
    assert retryable == {RateLimited, Maintenance, ServiceFailure}


def test_hosts_differ_where_the_pages_do() -> None:
    assert (KIE.credit_path, SUNOAPI.credit_path) == ("/api/v1/chat/credit", "/api/v1/generate/credit")
    assert PROFILES["market"] is HOSTS["kie-market"]
    assert {host.key_name for host in HOSTS.values()} == {"kie", "sunoapi"}
    assert all(issubclass(kind, ServiceError) for kind in HINTS)
