"""The generated part of ``docs/features.md``: ``python -m suno_lab.features._page``."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from suno_lab.features import similarity
from suno_lab.features._feature import Feature
from suno_lab.features._registry import families

HEAD = "## The columns\n"


def columns_markdown() -> str:
    """Every family with its version and columns, from the heading on."""
    parts = [HEAD]
    for name, module in families().items():
        parts.append(f"### {name}\n\n{_first_line(module.__doc__)} Version {module.VERSION}.\n")
        parts.append(_table(module.FEATURES))
    parts.append(f"### similarity (of a pair)\n\n{_first_line(similarity.__doc__)} Version {similarity.VERSION}.\n")
    parts.append(_table(similarity.FEATURES))
    return "\n".join(parts)


def _first_line(text: str | None) -> str:
    return (text or "").split("\n")[0]


def _table(features: Iterable[Feature]) -> str:
    head = "| column | unit | scale | better | meaning | method |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{f.name}` | {f.unit} | {f.scale} | {f.direction} | {f.description} | {f.method} |\n" for f in features
    )


if __name__ == "__main__":
    sys.stdout.write(columns_markdown())
