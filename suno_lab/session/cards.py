"""How results look in any notebook front end: plain HTML, every string escaped, no script, no widget."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape

from suno_lab.models import minutes

#: keeps MathJax away from dollar signs in titles and lyrics
STYLE = (
    "border:1px solid rgba(128,128,128,.4);border-radius:6px;padding:.6em .9em;margin:.3em 0;max-width:46em;"
    "font-family:sans-serif;line-height:1.4"
)
MARK_STYLE = "background:#E69F00;color:#000;border-radius:3px;padding:0 .4em;font-size:.8em"
NOT_SUNO = "emulated – not Suno"


def model_label(model: str | None, *, emulated: bool) -> str:
    """How a model is printed: ``V5``, or ``V5 (emulated)``; just ``emulated`` where no model is involved."""
    if model is None:
        return "emulated" if emulated else ""
    return f"{model} (emulated)" if emulated else model


def length(duration_s: float | None) -> str:
    """``2:05`` for 125 seconds; a dash where it is unknown."""
    return "–" if duration_s is None else minutes(duration_s)


def text(value: object) -> str:
    """Escaped for HTML, quotes included; stray control characters are dropped."""
    shown = "".join(c for c in str(value) if c.isprintable() or c in "\n\t")
    return escape(shown.encode("utf-8", "replace").decode("utf-8"), quote=True)


def box(*parts: str) -> str:
    """A frame around some HTML."""
    inner = "".join(parts)
    return f'<div class="suno-lab-card tex2jax_ignore mathjax_ignore" style="{STYLE}">{inner}</div>'


def heading(title: str | None, *, emulated: bool) -> str:
    """The title, and a mark on what is not Suno's."""
    mark = f' <span style="{MARK_STYLE}">{NOT_SUNO}</span>' if emulated else ""
    return f"<div><strong>{text(title or 'Untitled')}</strong>{mark}</div>"


def facts(items: Mapping[str, object]) -> str:
    """One line of names and values; absent ones are left out."""
    shown = (f"{text(name)} {_unbroken(value)}" for name, value in items.items() if value not in (None, ""))
    return f'<div style="opacity:.8;font-size:.9em">{" · ".join(shown)}</div>'


def _unbroken(value: object) -> str:
    """An id stays in one piece at the end of a line."""
    shown = text(value)
    return f'<span style="white-space:nowrap">{shown}</span>' if "-" in shown and " " not in shown else shown


def paragraph(words: str) -> str:
    """A small line of text."""
    return f'<div style="font-size:.9em">{text(words)}</div>'


def warning(words: str) -> str:
    """A small line that says what is odd; the sign is for who does not see the colour."""
    return f'<div style="font-size:.9em;border-left:3px solid #E69F00;padding-left:.5em">⚠ {text(words)}</div>'


def player(source: str) -> str:
    """An audio element that loads nothing before it is asked to."""
    return f'<audio controls preload="none" src="{text(source)}" style="width:100%;margin-top:.4em"></audio>'


def drawing(png: bytes, name: str) -> str:
    """A small picture inside the page, as wide as the card; nothing for no bytes."""
    if not png:
        return ""
    source = f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
    return f'<img src="{source}" alt="{text(name)}" style="display:block;width:100%;height:2.5em;margin-top:.4em">'


def picture(source: str) -> str:
    """A picture, loaded when it comes into view."""
    return f'<img loading="lazy" src="{text(source)}" style="max-width:12em;margin:.4em .4em 0 0" alt="">'


def film(source: str) -> str:
    """A video that loads nothing before it is asked to."""
    return f'<video controls preload="none" src="{text(source)}" style="width:100%;margin-top:.4em"></video>'


def file(media_type: str, source: str) -> str:
    """A file as what it is; a link where it is nothing to look at or listen to."""
    for kind, shown in (("audio/", player), ("image/", picture), ("video/", film)):
        if media_type.startswith(kind):
            return shown(source)
    return f'<div><a href="{text(source)}">{text(source.rsplit("/", 1)[-1])}</a></div>'


def folded(title: str, body: str) -> str:
    """Text behind a summary line."""
    shown = f'<pre style="white-space:pre-wrap;font-family:inherit;margin:.3em 0">{text(body)}</pre>'
    return f"<details><summary>{text(title)}</summary>{shown}</details>"


def listing(items: Iterable[str]) -> str:
    """Cards below each other."""
    return "".join(items)
