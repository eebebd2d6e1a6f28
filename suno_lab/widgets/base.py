"""What every widget of this package shares: strict keywords, and scripts put together from plain files."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import anywidget

STATIC = Path(__file__).parent / "static"

#: said on everything that came out of the embedded emulator
EMULATED_NOTE = "emulated – not Suno"


@cache
def script(*names: str, render: str) -> str:
    """One ES module out of files of ``static/``, exporting the function named ``render``.

    The files are joined in order: a browser that is offline, or that allows no second fetch, needs nothing else.
    """
    parts = [(STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return "\n".join([*parts, f"export default {{ render: {render} }};\n"])


@cache
def style(*names: str) -> str:
    """One style sheet out of files of ``static/``."""
    return "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)


class StrictWidget(anywidget.AnyWidget):
    """A widget whose whole state is its traits, and which knows no other keyword.

    Raises
    ------
    TypeError
        For a keyword that names no trait; anywidget itself would only warn and carry on.
    """

    def __init__(self, **traits: Any) -> None:
        known = self.trait_names()
        for name in traits:
            if name not in known:
                raise TypeError(unknown_keyword(type(self).__name__, name, known))
        super().__init__(**traits)

    def __enter__(self) -> StrictWidget:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def unknown_keyword(owner: str, name: str, known: list[str]) -> str:
    """The message for a misspelled keyword, with the nearest right one."""
    near = get_close_matches(name, [k for k in known if not k.startswith("_")], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{owner}() got an unexpected keyword argument {name!r}{hint}"
