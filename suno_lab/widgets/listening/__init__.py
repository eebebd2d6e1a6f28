"""Blind listening tests: in a notebook, or as a file for listeners elsewhere."""

from __future__ import annotations

from suno_lab.widgets.listening.files import import_votes, listening_files
from suno_lab.widgets.listening.listeners import listeners
from suno_lab.widgets.listening.running import ListeningTest, listening_test, listening_votes
from suno_lab.widgets.listening.trials import Field, Question

__all__ = [
    "Field",
    "ListeningTest",
    "Question",
    "import_votes",
    "listeners",
    "listening_files",
    "listening_test",
    "listening_votes",
]
