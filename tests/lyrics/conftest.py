"""A line that the engine sings: it knows the words and when they are sung."""

import pytest

from suno_lab.audio import Audio
from suno_lab.lyrics import SungWord

SUNG_LYRICS = "[Verse]\nThe morning light is calling me home"


@pytest.fixture(scope="session")
def sung():
    """The line as (audio with its vocal stem, words as they were sung)."""
    from suno_lab.engine import Brief, compose, render

    brief = Brief(lyrics=SUNG_LYRICS, style="folk, 96 bpm, C major, male voice", model="V5", duration_s=10.0)
    score = compose(brief, seed=2)
    sound = render(score)
    words = [
        SungWord(word=word.text, start_s=word.start_s, end_s=word.end_s, line=line) for word, line in score.sung_words
    ]
    return Audio(sound.mix, sound.sr, stems={"vocals": Audio(sound.stems["vocals"], sound.sr)}), words
