"""Whether an Ogg stream has its end. Players and libsndfile take what is there for the whole."""

from __future__ import annotations

LAST_N = 1 << 17  #: a page has 65,307 bytes at most
END_OF_STREAM = 4


def ogg_breaks_off(data: bytes) -> bool | None:
    """Whether the last page (RFC 3533) is incomplete or not marked as the last; None where there is no page."""
    at = data.rfind(b"OggS", max(len(data) - LAST_N, 0))
    if at < 0:
        return None
    if at + 27 > len(data):
        return True
    lengths = data[at + 27 : at + 27 + data[at + 26]]
    end = at + 27 + data[at + 26] + sum(lengths)
    return end > len(data) or not data[at + 5] & END_OF_STREAM
