"""Every operation of the service: described in full, once, with an example and a place in the documentation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from suno_lab.api import operation_of, operations, refusals
from suno_lab.api.callbacks import callback_payload, read_callback
from suno_lab.api.contract import Operation
from suno_lab.api.docs import endpoints_markdown
from suno_lab.api.examples import EXAMPLES, TASK
from suno_lab.api.hosts import HOSTS, PROFILES
from suno_lab.api.market import market_models, record_endpoint
from suno_lab.api.reading import envelope
from suno_lab.emulator.families import families
from suno_lab.emulator.handling import _disabled, routes
from suno_lab.models import TaskState
from suno_lab.session import SunoSession

PAGE = Path(__file__).parents[2] / "docs" / "endpoints.md"
ROWS = list(operations().values())
TASK_ROWS = [row for row in ROWS if row.asynchronous]

#: what a session promises to be able to do
PROMISED = {
    "generate", "extend", "cover", "upload_extend", "add_instrumental", "add_vocals", "replace_section", "mashup",
    "sounds", "write_lyrics", "timed_lyrics", "separate", "convert_wav", "transcribe_midi", "make_video", "draw_cover",
    "make_persona", "boost_style", "upload", "download_url", "balance", "recover", "voice_phrase", "voice_rephrase",
    "make_voice", "check_voice",
}  # fmt: skip


def by_name(row: Operation) -> str:
    return row.name


def test_every_promised_operation_is_described() -> None:
    assert set(operations()) - PROMISED == {"upload_base64", "upload_from_url"}
    assert set(operations()) >= PROMISED


def test_paths_names_and_market_names_are_unique() -> None:
    for names in (
        [(row.method, row.path) for row in ROWS],
        [row.title for row in ROWS],
        [row.market_model for row in ROWS if row.market_model],
    ):
        assert [name for name, n in Counter(names).items() if n > 1] == []
    assert len(market_models()) == 23


def test_every_example_belongs_to_an_operation() -> None:
    assert set(EXAMPLES) == set(operations())


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_a_row_is_complete(row: Operation) -> None:
    assert row.title
    assert row.source
    assert row.makes
    assert (row.request.__doc__ or "").strip()
    assert row.path.startswith("/api/")
    assert (row.record is None) != (row.read is None)
    assert row.hosts <= {host.vocabulary for host in HOSTS.values()}
    assert bool(row.callback_field) == row.asynchronous
    assert operation_of(row.request) is row


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_fields_are_named_once_and_explained(row: Operation) -> None:
    fields = row.request.wire_fields()
    for spelled in (
        [known.name for known in fields],
        [known.name_on("kie") for known in fields],
        [known.market_name for known in fields],
        [name for name, _ in row.request.wired()],
    ):
        assert len(set(spelled)) == len(spelled)
    assert [known.name for known in fields if not known.doc] == []
    bounds = [limit for known in fields for limit in known.limits]
    assert [
        limit for limit in bounds if not limit.source or (limit.least, limit.most, limit.above) == (None,) * 3
    ] == []


@pytest.mark.parametrize("row", [row for row in ROWS if "kie" in row.hosts], ids=by_name)
def test_the_example_body_is_accepted(row: Operation) -> None:
    assert refusals(row.check(dict(EXAMPLES[row.name].body), host="kie")) == []


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_the_example_answer_reads(row: Operation) -> None:
    found = envelope(EXAMPLES[row.name].answer)
    assert found.code == 200
    if row.read is not None:
        assert row.read(found.data) is not None
    else:
        assert TASK in found.data.values()


@pytest.mark.parametrize("row", TASK_ROWS, ids=by_name)
def test_the_example_record_is_a_finished_task(row: Operation) -> None:
    assert row.record is not None
    found = row.record.unwrap(EXAMPLES[row.name].record)
    record = row.record.parse(found.data, task_id=TASK)
    assert (found.code, record.state) == (200, TaskState.SUCCESS)
    assert record.clips or record.products
    assert {product.kind for product in record.products} <= {row.makes}


@pytest.mark.parametrize("host", ["kie", "sunoapi"])
@pytest.mark.parametrize("row", TASK_ROWS, ids=by_name)
def test_its_callback_names_the_task(row: Operation, host: str) -> None:
    assert row.record is not None
    data = row.record.unwrap(EXAMPLES[row.name].record).data
    for stage in ("complete", "error"):
        hint = read_callback(callback_payload(row, task_id=TASK, data=data, host=host, stage=stage))  # type: ignore[arg-type]
        assert hint is not None
        assert (hint.task_id, hint.stage) == (TASK, stage)


@pytest.mark.parametrize("row", [row for row in ROWS if row.market_model], ids=by_name)
def test_the_market_route_reads_a_pending_task(row: Operation) -> None:
    record = record_endpoint(row).parse({"taskId": TASK, "state": "queuing", "resultJson": ""}, task_id=TASK)
    assert (record.state, record.clips, record.products) == (TaskState.PENDING, (), ())


def test_the_page_is_made_from_the_rows() -> None:
    assert PAGE.read_text(encoding="utf-8") == endpoints_markdown(), (
        "run: python -m suno_lab.api.docs > docs/endpoints.md"
    )


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_every_operation_has_its_section_on_the_page(row: Operation) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"\n## {row.name}\n" in page
    assert f"`{row.method} {row.path}`" in page


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_the_emulator_answers_it_on_every_host_that_has_it(row: Operation) -> None:
    """By its own handler: neither an unknown path nor one that is switched off."""
    for profile in ("kie", "sunoapi"):
        if profile in row.hosts:
            path = PROFILES[profile].credit_path if row.name == "balance" else row.path
            handler = routes(profile)[row.method, path]
            assert handler is not _disabled
            if row.asynchronous:
                assert row.record is not None
                assert ("GET", row.record.path) in routes(profile)
                assert row.record.family in families()


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_a_session_reaches_it_three_ways(row: Operation) -> None:
    for form in ("", "a", "submit_"):
        assert callable(getattr(SunoSession, form + row.name))
