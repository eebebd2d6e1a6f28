"""What the file is: length, rate, channels, and whether all of it is there."""

from __future__ import annotations

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row

VERSION = 2

FEATURES = (
    Feature(name="duration_s", unit="s", scale="log", description="counted frames over the sample rate"),
    Feature(name="header_duration_s", unit="s", scale="log", description="what the file's header claims"),
    Feature(
        name="truncated",
        unit="",
        scale="flag",
        dtype="boolean",
        direction="lower",
        description="0.1 s or more of what the header claims is missing",
    ),
    Feature(name="sample_rate_hz", unit="Hz", scale="log", dtype="Int64", description="sample rate of the file"),
    Feature(name="channels_n", unit="channels", scale="linear", dtype="Int64", description="number of channels"),
    Feature(
        name="invalid_n",
        unit="samples",
        scale="linear",
        dtype="Int64",
        direction="lower",
        description="samples that were not finite, measured as silence",
    ),
)


def extract(audio: Audio) -> Row:
    """Facts of one file."""
    return {
        "duration_s": audio.duration_s,
        "header_duration_s": audio.header_duration_s,
        "truncated": audio.truncated,
        "sample_rate_hz": audio.sr,
        "channels_n": audio.channels_n,
        "invalid_n": audio.invalid_n,
    }
