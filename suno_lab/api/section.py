"""One section of a song, sung or played anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    N1,
    ON_KIE,
    ON_SUNOAPI,
    Body,
    Finding,
    K,
    Limit,
    Need,
    O,
    Operation,
    Price,
    Request,
    wire,
)
from suno_lab.api.fields import blank, check_limits, number_of
from suno_lab.api.music import RECORD
from suno_lab.api.music_rules import UPLOAD_MODELS
from suno_lab.api.prices import KIE_LIST

#: how long the replaced section may be
WINDOW_LIMITS = (
    Limit(least=10, unit="s", source=K, hosts=ON_KIE),
    Limit(least=10, most=480, unit="s", source=O, hosts=ON_KIE),
    Limit(least=6, most=60, unit="s", source=f"{N0}; {N1}", hosts=ON_SUNOAPI),
)
#: … and which part of the whole
MOST_OF_SOURCE = 0.5
FROM_START = (Limit(least=0, unit="s", source=f"{K}; {N0}"),)


def one_source(body: Body, host: str) -> Iterator[Finding]:
    """Either a generated clip (``taskId`` and ``audioId``) or a recording (``uploadUrl`` and ``model``)."""
    given = {name for name in ("taskId", "audioId", "uploadUrl", "model") if not blank(body.get(name))}
    if given in ({"taskId", "audioId"}, {"uploadUrl", "model"}):
        return
    message = "give either `taskId` and `audioId`, or `uploadUrl` and `model`; given is "
    message += " and ".join(f"`{name}`" for name in sorted(given)) or "none of them"
    field = "audioId" if "uploadUrl" not in given else "uploadUrl"
    yield Finding(severity="refuse", field=field, message=message, given=sorted(given), source=f"{K}; {N0}")


def recording_known(body: Body, host: str) -> Iterator[Finding]:
    """A recording as the source is on kie's page alone."""
    if host == "sunoapi" and not blank(body.get("uploadUrl")):
        message = "`uploadUrl` as the source is documented by kie only"
        yield Finding(severity="warn", field="uploadUrl", message=message, given=body["uploadUrl"], source=K)


def window(body: Body, host: str) -> Iterator[Finding]:
    """The section ends after it starts, and is as long as the pages allow."""
    start_s, end_s = number_of(body, "infillStartS"), number_of(body, "infillEndS")
    if start_s is None or end_s is None:
        return
    if end_s <= start_s:
        message = f"`infillEndS` {end_s:g} must lie after `infillStartS` {start_s:g}"
        yield Finding(severity="refuse", field="infillEndS", message=message, given=end_s, source=f"{K}; {N0}")
        return
    for finding in check_limits("infillEndS", round(end_s - start_s, 2), WINDOW_LIMITS, body=body, host=host):
        message = finding.message.replace("`infillEndS` is", "the section from `infillStartS` to `infillEndS` lasts")
        yield Finding(
            severity=finding.severity, field="infillEndS", message=message, given=end_s, source=finding.source,
            kind="limit",
        )  # fmt: skip


def window_of_source(body: Body, host: str, duration_s: float) -> Iterator[Finding]:
    """The section is at most half of the track and ends before it."""
    start_s, end_s = number_of(body, "infillStartS"), number_of(body, "infillEndS")
    if start_s is None or end_s is None:
        return
    if end_s > duration_s:
        message = f"`infillEndS` {end_s:g} lies behind the end of the track ({duration_s:g} s)"
        yield Finding(severity="refuse", field="infillEndS", message=message, given=end_s, source=K)
    if end_s - start_s > MOST_OF_SOURCE * duration_s:
        message = (
            f"the section from `infillStartS` to `infillEndS` lasts {end_s - start_s:g} s, allowed is at most half of "
            f"the track ({duration_s:g} s)"
        )
        yield Finding(severity="refuse", field="infillEndS", message=message, given=end_s, source=f"{K}; {N0}")


@dataclass(frozen=True, kw_only=True)
class ReplaceSection(Request):
    """Make one section of a song anew, from ``start_s`` to ``end_s``.

    The song is a clip (``task_id`` and ``clip_id``) or a recording (``source_url`` and ``model``).
    """

    operation: ClassVar[str] = "replace_section"

    task_id: str | None = wire("taskId", default=None, doc="the task that made the clip")
    clip_id: str | None = wire("audioId", default=None, doc="the clip")
    source_url: str | None = wire("uploadUrl", "uri", default=None, doc="a recording instead of a clip")
    model: str | None = wire("model", default=None, models=UPLOAD_MODELS, doc="which song model, for a recording")
    lyrics: str = wire("prompt", required=True, doc="the words of the new section")
    style: str = wire("tags", required=True, doc="genre, mood, instruments of the section")
    title: str = wire("title", required=True, doc="title of the result")
    start_s: float = wire("infillStartS", "number", required=True, limits=FROM_START, doc="where the section starts")
    end_s: float = wire("infillEndS", "number", required=True, limits=FROM_START, doc="where the section ends")
    full_lyrics: str | None = wire(
        "fullLyrics", default=None, doc="the words of the whole song after the edit",
        required=(
            Need(source=K, hosts=ON_KIE),
            Need(source=N1, hosts=ON_SUNOAPI),
            Need(source=N0, when=lambda body: False, hosts=ON_SUNOAPI),
        ),
    )  # fmt: skip
    negative_tags: str | None = wire("negativeTags", default=None, doc="styles to avoid")

    def body(self) -> Body:
        """The wire body; times go out in hundredths of a second."""
        own = super().body()
        times = {name: value for name in ("infillStartS", "infillEndS") if (value := number_of(own, name)) is not None}
        return {**own, **{name: round(value, 2) for name, value in times.items()}}


REPLACE_SECTION = Operation(
    request=ReplaceSection,
    title="Replace a section",
    source=f"{K}; {N0}; {N1}; {KM}",
    path="/api/v1/generate/replace-section",
    record=RECORD,
    market_model="ai-music-api/replace-section",
    prices=(Price(credits=5, source=KIE_LIST),),
    rules=(one_source, recording_known, window),
    source_rules=(window_of_source,),
)

OPERATIONS: tuple[Operation, ...] = (REPLACE_SECTION,)
