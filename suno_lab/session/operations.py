"""The methods named after the service's operations.

They are made from the request values when this module is imported; ``operations.pyi`` beside it spells them out for
editors and type checkers (``python -m suno_lab.session.stubs > suno_lab/session/operations.pyi``; a test holds the two
together).
"""

from __future__ import annotations

from suno_lab.session.asking import add_methods


@add_methods
class Operations:
    """``generate``, ``agenerate``, ``submit_generate`` and the same for every other operation."""
