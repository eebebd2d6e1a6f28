from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from suno_lab.widgets.untagged import untagged_mp3, untagged_sound

FRAMES = b"\xff\xfb\x90\x64" + bytes(range(200))
ID3V2 = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 2]) + b"V5" * 65
ID3V2_WITH_FOOT = b"ID3\x04\x00\x10" + bytes([0, 0, 0, 4]) + b"V5V5" + b"3DI" + bytes(7)
ID3V1 = b"TAG" + b"V5".ljust(125)
APE_ITEMS = b"V5 made this"
APE_FOOT = b"APETAGEX" + (2000).to_bytes(4, "little") + (len(APE_ITEMS) + 32).to_bytes(4, "little") + bytes(4)


def ape(*, head: bool) -> bytes:
    flags = bytes([0, 0, 0, 0x80 if head else 0])
    return (bytes(32) if head else b"") + APE_ITEMS + APE_FOOT + flags + bytes(8)


@pytest.mark.parametrize("before", [b"", ID3V2, ID3V2_WITH_FOOT, ID3V2 + ID3V2])
@pytest.mark.parametrize("behind", [b"", ID3V1, ape(head=False), ape(head=True), ape(head=True) + ID3V1])
def test_only_the_frames_are_left(before: bytes, behind: bytes) -> None:
    assert untagged_mp3(before + FRAMES + behind) == FRAMES


@pytest.mark.parametrize("broken", [b"", b"ID3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", b"TAG" + bytes(125)])
def test_broken_tags_leave_nothing_rather_than_fail(broken: bytes) -> None:
    assert untagged_mp3(broken) == b""


def test_other_files_become_flac_sample_for_sample(tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    samples = np.round(np.random.default_rng(0).uniform(-0.9, 0.9, (500, 2)) * 2**15) / 2**15
    with soundfile.SoundFile(path, "w", 22_050, 2, subtype="PCM_16") as file:
        file.comment = "made by V5"
        file.write(samples)
    bare = untagged_sound(path)
    assert bare.startswith(b"fLaC")
    assert b"V5" not in bare
    np.testing.assert_array_equal(soundfile.read(io.BytesIO(bare))[0], samples)


def test_an_mp3_keeps_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp3"
    soundfile.write(path, np.zeros(5000), 22_050)
    frames = path.read_bytes()
    path.write_bytes(ID3V2 + frames + ID3V1)
    assert untagged_sound(path) == untagged_mp3(frames)
