"""What a session keeps: a journal in SQLite and files named by their content.

The journal is the truth; frames are views of it.
"""

from suno_lab.store.folder import Binding, SessionFolder
from suno_lab.store.journal import Journal, Writing

__all__ = ["Binding", "Journal", "SessionFolder", "Writing"]
