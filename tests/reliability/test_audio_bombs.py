"""Forged headers and decode bombs: a typed error or the samples that are really there, and the process lives on."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

#: a decoder that believes headers needs more
MOST_MEMORY_MB = 512
CHILD = """
import json, sys
from pathlib import Path
from suno_lab.audio import Audio
from suno_lab.errors import AudioError
found = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        found[path.name] = Audio.load(path).duration_s
    except AudioError as problem:
        found[path.name] = "AudioError"
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({"found": found, "peak_kb": int(status["VmHWM"].split()[0])}))  # ru_maxrss would be the parent's
"""


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def pcm(*, channels: int = 1, rate: int = 8000, bits: int = 16, tag: int = 1, align: int | None = None) -> bytes:
    align = channels * bits // 8 & 0xFFFF if align is None else align
    return struct.pack("<HHIIHH", tag, channels, rate, rate * align & 0xFFFFFFFF, align, bits)


def wav_that_claims(n_bytes: int) -> bytes:
    whole = riff((b"fmt ", pcm()), (b"data", bytes(16)), size=n_bytes)
    return whole[:-20] + struct.pack("<I", n_bytes) + whole[-16:]


def flac_that_claims_everything(path: Path) -> bytes:
    soundfile.write(path, np.zeros(800, np.float32), 8000, format="FLAC")
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F  # the upper bits of the number of samples in the first block
    content[22:26] = b"\xff" * 4
    path.unlink()
    return bytes(content)


def bombs(folder: Path) -> dict[str, bytes]:
    """Name → content; what is really inside is at most a second of sound."""
    sound = (0.1 * np.sin(np.arange(8000) / 5)).astype(np.float32)
    soundfile.write(folder / "x", sound, 8000, format="MP3")
    mp3 = (folder / "x").read_bytes()
    soundfile.write(folder / "x", sound, 8000, format="OGG")
    ogg = bytearray((folder / "x").read_bytes())
    (folder / "x").unlink()
    last = ogg.rindex(b"OggS")
    ogg[last + 6 : last + 14] = b"\xff" * 7 + b"\x7f"
    xing = mp3.find(b"Xing") if b"Xing" in mp3 else mp3.find(b"Info")
    forged = bytearray(mp3)
    if xing >= 0:
        forged[xing + 8 : xing + 12] = b"\xff" * 4
    ima = pcm(tag=0x11, bits=4, align=65535) + b"\x02\x00\xff\xff"
    ms = pcm(tag=2, bits=4, align=1) + b"\x20\x00\xff\xff\xff\xff"
    return {
        "wav_4_gib": wav_that_claims(0xFFFFFFF0),
        "wav_no_rate": riff((b"fmt ", pcm(rate=0)), (b"data", bytes(64))),
        "wav_all_rate": riff((b"fmt ", pcm(rate=0xFFFFFFFF)), (b"data", bytes(64))),
        "wav_all_channels": riff((b"fmt ", pcm(channels=65535)), (b"data", bytes(64))),
        "wav_no_channels": riff((b"fmt ", pcm(channels=0)), (b"data", bytes(64))),
        "wav_adpcm_block": riff((b"fmt ", ima), (b"data", bytes(64))),
        "wav_adpcm_ms": riff((b"fmt ", ms), (b"data", bytes(64))),
        "wav_nested": riff(*[(b"LIST", b"\xff" * 12)] * 500),
        "wav_odd_chunk": b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff",
        "flac_2_36": flac_that_claims_everything(folder / "y"),
        "flac_header_only": b"fLaC\x80\x00\x00\x22" + b"\xff" * 34,
        "mp3_frames": bytes(forged),
        "mp3_id3_256_mb": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + mp3,
        "mp3_half": mp3[: len(mp3) // 2],
        "mp3_sync_only": b"\xff\xfb\x90\x00" * 5000,
        "ogg_granule": bytes(ogg),
        "ogg_pages": b"OggS\x00\x02" + b"\xff" * 4000,
        "aiff": b"FORM\xff\xff\xff\xffAIFFCOMM\x00\x00\x00\x12\xff\xff\xff\xff\xff\xff\x00\x20" + b"\x7f" * 10,
        "au": b".snd" + struct.pack(">IIIII", 24, 0xFFFFFFFF, 27, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(64),
        "playlist": b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1:9/x.mp3\n",
        "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "mp4_deep": (struct.pack(">I", 0xFFFFFFFF) + b"ftypM4A " + b"\x00\x00\x00\x08moov" * 3000),
        "page": b"<!doctype html><script>alert(1)</script>",
        "nothing": b"",
        "one_byte": b"\xff",
    }  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a process of its own made of all of them."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, content in bombs(folder).items():
        (folder / name).write_bytes(content)
    soundfile.write(folder / "flac_31_minutes", np.zeros(31 * 60 * 4000, np.int16), 4000, format="FLAC")
    command = [sys.executable, "-c", CHILD, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def test_every_one_is_a_typed_error_or_what_is_really_there(outcome: dict[str, dict[str, object]]) -> None:
    found = outcome["found"]
    assert len(found) == 26
    wrong = {name: said for name, said in found.items() if said != "AudioError" and not 0 <= float(str(said)) <= 1.2}
    assert wrong == {}
    for name in ("flac_31_minutes", "page", "playlist", "concat", "nothing", "wav_no_rate", "wav_no_channels"):
        assert found[name] == "AudioError", name


def test_no_header_is_believed_to_the_point_of_filling_the_memory(outcome: dict[str, float]) -> None:
    assert outcome["peak_kb"] < MOST_MEMORY_MB * 1024
