"""What the file is: length, codec, rate, channels, and whether all of it is there."""

from __future__ import annotations

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row

VERSION = 3

FEATURES = (
    Feature(
        name="duration_s",
        unit="s",
        scale="log",
        method="frames counted after decoding, over the rate",
        description="counted frames over the sample rate",
    ),
    Feature(
        name="header_duration_s",
        unit="s",
        scale="log",
        method="frames claimed by the header",
        description="what the file's header claims",
    ),
    Feature(
        name="service_duration_s",
        unit="s",
        scale="log",
        method="as told by whoever delivered the file",
        description="what the service says the clip's length is, where it is known",
    ),
    Feature(
        name="breaks_off",
        unit="flag",
        scale="proportion",
        dtype="boolean",
        direction="down",
        method="last MPEG frame, or last Ogg page",
        description="the file ends in the middle of an MPEG frame, or of an Ogg page or stream",
    ),
    Feature(
        name="truncated",
        unit="flag",
        scale="proportion",
        dtype="boolean",
        direction="down",
        method="decoded length against header, frame structure and the service's word",
        description="some of it is missing: 0.1 s or more of what the header or the service claims, or it breaks off",
    ),
    Feature(
        name="codec",
        unit="codec",
        scale="nominal",
        dtype="string",
        method="the file's content, whatever its name says",
        description="how it is coded, such as “mp3”, “flac” or “wav/pcm_16”",
    ),
    Feature(
        name="sample_rate_hz",
        unit="Hz",
        scale="log",
        dtype="Int64",
        method="from the header",
        description="sample rate of the file",
    ),
    Feature(
        name="channels_n",
        unit="channels",
        scale="log",
        dtype="Int64",
        method="from the header",
        description="number of channels",
    ),
    Feature(
        name="invalid_n",
        unit="samples",
        scale="linear",
        dtype="Int64",
        direction="down",
        method="values that are NaN, infinite or beyond 2^20",
        description="samples that were not finite, measured as silence",
    ),
)


def extract(audio: Audio) -> Row:
    """Facts of one file."""
    return {
        "duration_s": audio.duration_s,
        "header_duration_s": audio.header_duration_s,
        "service_duration_s": audio.service_duration_s,
        "breaks_off": audio.breaks_off,
        "truncated": audio.truncated,
        "codec": audio.codec,
        "sample_rate_hz": audio.sr,
        "channels_n": audio.channels_n,
        "invalid_n": audio.invalid_n,
    }
