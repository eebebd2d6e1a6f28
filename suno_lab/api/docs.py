"""The page ``docs/endpoints.md``, made from the rows. ``python -m suno_lab.api.docs`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from suno_lab.api import operations
from suno_lab.api.contract import Operation, Price
from suno_lab.api.fields import WireField, always
from suno_lab.api.hosts import HOSTS
from suno_lab.api.market import CREATE_PATH, RECORD_PATH
from suno_lab.api.prices import PRICES_DATE, USD_PER_CREDIT, USD_RATE_DATE
from suno_lab.api.song_models import SONG_MODELS
from suno_lab.api.sources import TAGS

_INTRO = f"""# Every operation of the service

Made from the rows under `suno_lab/api` (`python -m suno_lab.api.docs > docs/endpoints.md`); a test holds this page
against them. The name of an operation is the name of the method on a session.

Pages of the service disagree with each other. Each page's word stands with its source; what all pages of a host forbid
is refused before anything is sent, what only some of them forbid is one warning. Prices are credits at kie
({PRICES_DATE}; one credit was {USD_PER_CREDIT} US dollars on {USD_RATE_DATE}); `–` where none is published.

On the market route of kie every operation that has a market name goes to `{CREATE_PATH}`, its fields in
snake_case inside `input`, and is looked up at `{RECORD_PATH}`.
"""


def endpoints_markdown() -> str:
    """The whole page."""
    rows = sorted(operations().values(), key=lambda row: (row.makes != "clips", row.name != "generate", row.name))
    sections = [_INTRO, _pages(), _hosts(), _models(), _index(rows), *(_section(row) for row in rows)]
    return "\n".join(sections)


def _pages() -> str:
    rows = ((f"{tag}", page) for page, tag in TAGS.items())
    return "## Pages\n\n" + _table(("short", "page, and when it was read"), rows)


def _tagged(source: str) -> str:
    """The source with each page's short name."""
    for page, tag in TAGS.items():
        source = source.replace(page, tag)
    return source


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") or "–" for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _hosts() -> str:
    rows = (
        (f"`{host.name}`", f"`{host.base_url}`", f"`{host.upload_url}`", f"`{host.key_variable}`",
         f"{host.creations} in {host.per_s:g} s", f"{host.retention_days['audio']:g} days")
        for host in HOSTS.values()
    )  # fmt: skip
    head = ("service", "address", "uploads", "key", "creations", "keeps audio")
    return "## Services\n\n" + _table(head, rows)


def _models() -> str:
    rows = (
        (f"`{model.name}`", model.blurb, f"{model.max_length_s / 60:g} min" if model.max_length_s else "",
         model.status, _tagged(model.source))
        for model in SONG_MODELS
    )  # fmt: skip
    return "## Song models\n\n" + _table(("model", "said to be", "longest", "status", "source"), rows)


def _index(listed: Iterable[Operation]) -> str:
    rows = (
        (f"[`{row.name}`](#{row.name})", row.title, f"`{row.method} {row.path}`", _price(row.prices), row.makes)
        for row in listed
    )
    return "## Operations\n\n" + _table(("operation", "what it does", "call", "credits", "makes"), rows)


def _price(prices: tuple[Price, ...]) -> str:
    at_kie = [row for row in prices if "kie" in row.hosts]
    named = [f"{row.credits:g}" + "".join(f" ({value})" for _, value in row.when) for row in at_kie]
    return ", ".join(named)


def _section(row: Operation) -> str:
    fields = _table(
        ("field", "service", "market", "type", "needed", "allowed", "meaning"),
        (_field_cells(row, known) for known in row.request.wire_fields()),
    )
    doc = " ".join((row.request.__doc__ or "").split("\n\n")[0].split())
    lines = [f"## {row.name}", "", doc, "", *_facts(row), "", fields]
    return "\n".join(lines)


def _facts(row: Operation) -> Iterator[str]:
    yield f"- call: `{row.method} {row.path}` ({', '.join(sorted(row.hosts))})"
    if row.record:
        yield f"- looked up at: `GET {row.record.path}?{row.record.id_param}=`"
    else:
        yield "- answers at once"
    if row.market_model:
        yield f"- market name: `{row.market_model}`"
    if row.callback_field:
        other = "".join(f", `{name}` at {host}" for host, name in row.callback_by_host)
        yield f"- callback address in: `{row.callback_field}`{other}"
    yield f"- credits at kie: {_price(row.prices) or 'not published'}"
    yield f"- source: {_tagged(row.source)}"


def _field_cells(row: Operation, known: WireField) -> tuple[str, ...]:
    users = {wire.name: name for name, wire in row.request.wired()}
    other = "".join(f" (`{name}` at {host})" for host, name in known.names_by_host)
    market = f"`{known.market_name}`" if row.market_model else ""
    mine = f"`{users[known.name]}`" if known.name in users else "(set for you)"
    return (mine, f"`{known.name}`{other}", market, known.type, _needed(known), _allowed(known), known.doc)


def _needed(known: WireField) -> str:
    if known.always_required:
        return "yes"
    words = [("always" if need.when is always else "by condition", need.source) for need in known.needs]
    return "; ".join(f"{word} ({_tagged(source)})" if source else word for word, source in words) or "no"


def _allowed(known: WireField) -> str:
    parts = [
        f"{limit}{_scope(limit.models, limit.hosts, limit.custom)} ({_tagged(limit.source)})" for limit in known.limits
    ]
    if known.enum:
        shown = ", ".join(f"`{value}`" for value in known.enum[:30])
        parts.append(shown + (f" … {len(known.enum)} in all" if len(known.enum) > 30 else ""))
    parts += [f"{', '.join(page.names)} ({_tagged(page.source)})" for page in known.models]
    return "; ".join(parts)


def _scope(models: frozenset[str], hosts: frozenset[str], custom: bool | None) -> str:
    parts = [", ".join(sorted(models)), ", ".join(sorted(hosts))]
    parts.append({None: "", True: "custom mode", False: "simple mode"}[custom])
    said = "; ".join(part for part in parts if part)
    return f" [{said}]" if said else ""


if __name__ == "__main__":
    sys.stdout.write(endpoints_markdown())
