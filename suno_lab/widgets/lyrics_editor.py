"""A field for lyrics that knows sections and syllables."""

from __future__ import annotations

from typing import Any

import traitlets as t

from suno_lab.lyrics import parse, split_words
from suno_lab.widgets.base import StrictWidget, script, style

#: the tags offered; any other may be typed
TAGS = ("Intro", "Verse", "Pre-Chorus", "Chorus", "Bridge", "Instrumental", "Outro")


class LyricsEditor(StrictWidget):
    """``value`` is the text; ``syllables`` how many each of its lines has (0 for tags and empty lines)."""

    _esm = script("common", "lyrics", render="renderLyrics")
    _css = style("common", "lyrics")

    value = t.Unicode("").tag(sync=True)
    syllables = t.List(t.Int()).tag(sync=True)
    label = t.Unicode("lyrics").tag(sync=True)
    placeholder = t.Unicode("").tag(sync=True)
    rows = t.Int(10, min=1).tag(sync=True)
    tags = t.List(t.Unicode(), default_value=list(TAGS)).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._count({"new": self.value})

    @t.observe("value")
    def _count(self, change: dict[str, Any]) -> None:
        self.syllables = syllable_counts(change["new"])


def syllable_counts(text: str) -> list[int]:
    """Syllables of every line as written: by the dictionary the engine sings from, 0 where nothing is sung.

    >>> syllable_counts("[Verse]\\nSlow tide, come in")
    [0, 4]
    """
    from suno_lab.engine.pronounce import syllables_of

    def count(line: str) -> int:
        sung = " ".join(part.text for part in parse(line).lines)
        return sum(len(syllables_of(word)) for word in split_words(sung))

    return [count(line) for line in text.split("\n")]
