"""How long an MP3 is that does not say so.

Encoders usually write a first frame that holds the number of frames ("Xing", "Info" or "VBRI"). Without it a decoder
guesses from the size of the file and the bit rate of the first frames, which fails where the bit rate varies. So the
frames are counted here, and a first frame is made that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

BITRATES_KBPS = {  #: Layer III, by version
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  #: by the version's two bits
MOST_JUNK_N = 65_536  #: bytes between frames before a file is given up
LAST_N = 16_384  #: bytes at the end of a file in which its last frames are looked for
LAME_DELAY_N = 576  #: samples that LAME puts in front
TAG_BITRATE = 9  #: index of a bit rate whose frames have room for the tag


@dataclass(frozen=True, kw_only=True)
class FrameHeader:
    """The four bytes in front of every frame of MPEG Layer III (ISO/IEC 11172-3 and 13818-3)."""

    version: int  #: two bits: 3 is MPEG-1, 2 MPEG-2, 0 MPEG-2.5
    bitrate: int
    rate: int
    padding: int
    mono: bool

    @property
    def size_n(self) -> int:
        """Bytes of the frame, this header included."""
        kbps = BITRATES_KBPS[1 if self.version == 3 else 2][self.bitrate]
        return (144_000 if self.version == 3 else 72_000) * kbps // RATES_HZ[self.version][self.rate] + self.padding

    @property
    def side_n(self) -> int:
        """Bytes of side information, behind which the tag stands."""
        return (17 if self.mono else 32) if self.version == 3 else (9 if self.mono else 17)


def frame_header(data: bytes, at: int) -> FrameHeader | None:
    """The header of a Layer III frame at this place, or None."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None
    version, bitrate, rate = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    mono = data[at + 3] >> 6 == 3
    return FrameHeader(version=version, bitrate=bitrate, rate=rate, padding=data[at + 2] >> 1 & 1, mono=mono)


def with_frame_count(data: bytes) -> bytes | None:
    """The file's bytes with a first frame that counts the others; None where there is one, or no MP3 is found."""
    start = _next_frame(data, _after_id3(data))
    first = frame_header(data, start)
    if first is None or any(tag in data[start : start + first.size_n] for tag in (b"Xing", b"Info", b"VBRI")):
        return None
    return _counting_frame(data, start) + data[start:]


def with_length(data: bytes, *, samples_n: int, delay_n: int = LAME_DELAY_N) -> bytes:
    """An MP3 stream with a first frame that says where the sound begins and ends, so that players cut it exactly.

    Parameters
    ----------
    data : bytes
        What an encoder wrote, without such a frame.
    samples_n : int
        Samples a channel that went in.
    delay_n : int
        Samples that the encoder put in front (576 for LAME).

    Raises
    ------
    ValueError
        When ``data`` does not begin with a frame of Layer III.
    """
    first = frame_header(data, 0)
    if first is None:
        raise ValueError("not an MP3 stream: it does not begin with a frame")
    padding_n = max(count_frames(data) * (1152 if first.version == 3 else 576) - delay_n - samples_n, 0)
    encoder = b"LAME3.100" + bytes(12) + (delay_n << 12 | min(padding_n, 4095)).to_bytes(3, "big")
    return _counting_frame(data, 0, extension=encoder) + data


def _counting_frame(data: bytes, start: int, *, extension: bytes = b"") -> bytes:
    """A silent frame like the one at ``start`` whose tag counts the frames from there on."""
    first = frame_header(data, start)
    assert first is not None
    counter = FrameHeader(version=first.version, bitrate=TAG_BITRATE, rate=first.rate, padding=0, mono=first.mono)
    head = bytes((0xFF, data[start + 1] | 1, TAG_BITRATE << 4 | first.rate << 2, data[start + 3]))
    tag = b"Info" + (1).to_bytes(4, "big") + count_frames(data, start).to_bytes(4, "big")
    return (head + bytes(counter.side_n) + tag + extension).ljust(counter.size_n, b"\0")


def count_frames(data: bytes, start: int = 0) -> int:
    """Whole frames from ``start`` on; gives up after 64 kB between frames."""
    at, frames_n, junk_n = start, 0, 0
    while (header := frame_header(data, at)) is not None:
        if at + header.size_n > len(data):
            break
        frames_n, at = frames_n + 1, at + header.size_n
        following = _next_frame(data, at, most_n=MOST_JUNK_N - junk_n)
        at, junk_n = following, junk_n + following - at
    return frames_n


def mp3_breaks_off(data: bytes) -> bool | None:
    """Whether the last frame is incomplete, as after a download that broke off; None where no frames are found."""
    start = max(len(data) - LAST_N, 0)
    at = data.find(b"\xff", start)
    while at >= 0:
        if (end := _end_of_frames(data, at)) is not None:
            header = frame_header(data, end)
            return (0 < len(data) - end < 4 and data[end] == 0xFF) or (
                header is not None and end + header.size_n > len(data)
            )
        at = data.find(b"\xff", at + 1)
    return None


def _end_of_frames(data: bytes, at: int) -> int | None:
    """Where the last whole frame ends of a run of at least three that begins at ``at`` and keeps version and rate."""
    first, frames_n = frame_header(data, at), 0
    while (header := frame_header(data, at)) is not None and at + header.size_n <= len(data):
        assert first is not None
        if (header.version, header.rate) != (first.version, first.rate):
            break
        frames_n, at = frames_n + 1, at + header.size_n
    return at if frames_n >= 3 else None


def _next_frame(data: bytes, at: int, *, most_n: int = MOST_JUNK_N) -> int:
    """Where the next frame begins, at most ``most_n`` bytes on; the place itself where none is found."""
    for place in range(at, min(at + most_n, len(data) - 3)):
        if data[place] == 0xFF and frame_header(data, place) is not None:
            return place
    return at


def _after_id3(data: bytes) -> int:
    """Where the sound begins behind an ID3v2 tag; 0 without one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    return 10 + size + (10 if data[5] & 0x10 else 0)
