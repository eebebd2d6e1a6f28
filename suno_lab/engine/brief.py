"""What the engine is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from ..errors import InvalidRequest


@dataclass(frozen=True, kw_only=True)
class Brief:
    """One request to the engine, in the words of this package.

    Attributes
    ----------
    description : str
        What the user wants, in words.
    lyrics : str
        What is sung, verbatim, with section tags such as ``[Chorus]``. Empty: the engine writes some, unless the
        piece is instrumental.
    style, title, negative_tags : str
        Tags of the style, the title, and what must not be heard (``"drums"`` takes the drums away).
    instrumental : bool
        Nobody sings.
    model : str
        Name of the emulated model, see :mod:`suno_lab.engine.models`.
    duration_s : float or None
        Asked length. Sung pieces take the length their lyrics need when it is not given.
    default_duration_s : float
        Length when nothing is asked: of instrumentals, and what the engine's own lyrics are cut to.
    vocal_gender : {"m", "f"} or None
        Which voice sings.
    style_weight, weirdness, audio_weight : float or None
        0–1. How strictly tempo and key are kept (:func:`suno_lab.engine.idea.form_idea`), how often the harmony
        strays, how loud a recording lies beside the new music (:func:`suno_lab.engine.recording_gain`, for whoever
        lays the two together).

    Raises
    ------
    InvalidRequest
        For a length that is not a positive number.
    """

    description: str = ""
    lyrics: str = ""
    style: str = ""
    title: str = ""
    instrumental: bool = False
    model: str = "V5"
    duration_s: float | None = None
    default_duration_s: float = 24.0
    negative_tags: str = ""
    vocal_gender: str | None = None
    style_weight: float | None = None
    weirdness: float | None = None
    audio_weight: float | None = None

    def __post_init__(self) -> None:
        for name in ("duration_s", "default_duration_s"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value > 0):
                raise InvalidRequest(f"{name} is a positive number of seconds, not {value!r}", field=name, given=value)
