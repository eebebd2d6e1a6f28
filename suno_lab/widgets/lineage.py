"""Where a clip came from, as a picture whose boxes can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from suno_lab.plots.lineage import shape_lineage
from suno_lab.widgets.base import StrictWidget, script, style
from suno_lab.widgets.rows import plain, records

if TYPE_CHECKING:
    import pandas as pd

#: so many characters fit into a box
LABEL_N = 21


class Lineage(StrictWidget):
    """Draws ``steps`` (see :func:`steps_of`); ``chosen`` is the clip whose box was chosen last."""

    _esm = script("common", "lineage", render="renderLineage")
    _css = style("common", "lineage")

    steps = t.List(t.Dict()).tag(sync=True)
    chosen = t.Unicode("").tag(sync=True)


def steps_of(lineage: pd.DataFrame) -> list[dict[str, Any]]:
    """A session's lineage as boxes.

    Returns
    -------
    list of dict
        ``x, y`` (see :func:`~suno_lab.plots.lineage.shape_lineage`), ``what`` (the operation, or how a source was
        named), ``which``, ``made`` (False for what came from outside), ``clip_id`` ("" where there is none here), and
        ``into``: the place in the list of what it went into, None for the clip itself.
    """
    places = records(shape_lineage(lineage))
    return [_step(dict(place), plain(row.get("clip_id"))) for place, row in zip(places, records(lineage), strict=True)]


def _step(place: dict[str, Any], clip_id: Any) -> dict[str, Any]:
    what, _, which = str(place["label"]).partition("\n")
    into, made = plain(place["into"]), bool(place["made"])
    return {
        "x": int(place["x"]),
        "y": float(place["y"]),
        "what": _short(what),
        "which": _short(which),
        "made": made,
        "clip_id": str(clip_id) if made and clip_id else "",
        "into": None if into is None else int(into),
    }


def _short(text: str) -> str:
    return text if len(text) <= LABEL_N else text[: LABEL_N - 1] + "…"
