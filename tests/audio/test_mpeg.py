import lameenc
import numpy as np
import pytest
import soundfile

from suno_lab.audio import Audio
from suno_lab.audio.mpeg import count_frames, frame_header, with_frame_count, with_length

SR = 44100
LOUD = np.random.default_rng(0).normal(scale=0.3, size=3 * SR)
QUIET = 1e-4 * np.sin(np.arange(9 * SR) / 50)


def untagged(samples, *, sr=SR, vbr=True, channels_n=1):
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(sr)
    encoder.set_channels(channels_n)
    encoder.set_quality(7)
    if vbr:
        encoder.set_vbr(4)
        encoder.set_vbr_quality(2)
    else:
        encoder.set_bit_rate(128)
    pcm = (np.clip(np.repeat(samples, channels_n), -1, 1) * 32767).astype("<i2").tobytes()
    return bytes(encoder.encode(pcm) + encoder.flush())


@pytest.mark.parametrize("order", [(LOUD, QUIET), (QUIET, LOUD)])
@pytest.mark.parametrize("channels_n", [1, 2])
def test_a_varying_bit_rate_without_a_tag_is_read_to_its_end(tmp_path, order, channels_n):
    """libsndfile guesses the length from the first frames and would stop after a third of it."""
    path = tmp_path / "a.mp3"
    path.write_bytes(untagged(np.concatenate(order), channels_n=channels_n))
    assert soundfile.info(path).duration < 10
    audio = Audio.load(path)
    assert audio.duration_s == pytest.approx(12, abs=0.1)
    assert audio.truncated is None
    loud_s = 0.5 if order[0] is LOUD else 10.5
    assert audio.excerpt(loud_s, loud_s + 1).peak > 0.5


def test_a_decoder_never_waits_for_python(tmp_path, monkeypatch):
    """Of a file object libsndfile would read block by block through Python, and hold up every thread."""
    opened_from = []
    opened = soundfile.SoundFile

    def recorded(file, *args, **options):
        opened_from.append(type(file))
        return opened(file, *args, **options)

    path = tmp_path / "a.mp3"
    path.write_bytes(untagged(LOUD))
    monkeypatch.setattr(soundfile, "SoundFile", recorded)
    assert Audio.load(path).duration_s == pytest.approx(3, abs=0.1)
    assert opened_from == [int, int]


@pytest.mark.parametrize("sr", [44100, 48000, 22050, 16000, 8000])
def test_every_rate_and_version(tmp_path, sr):
    path = tmp_path / "a.mp3"
    path.write_bytes(untagged(LOUD, sr=sr, vbr=False))
    audio = Audio.load(path)
    assert audio.sr == sr
    assert audio.duration_s == pytest.approx(len(LOUD) / sr, abs=0.2)


def test_tagged_files_are_left_alone(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, LOUD, SR)
    assert with_frame_count(path.read_bytes()) is None
    assert Audio.load(path).frames_n == len(LOUD)


def test_frames_are_counted_past_tags_and_junk():
    data = untagged(LOUD, vbr=False)
    frames_n = count_frames(data)
    assert frames_n == pytest.approx(len(LOUD) / 1152, abs=3)
    id3 = b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256)
    middle = frame_header(data, 0).size_n
    assert count_frames(data[:middle] + b"\x00\xff\x00junk" + data[middle:]) == frames_n
    assert with_frame_count(id3 + data)[-len(data) :] == data
    assert count_frames(data[:-10]) == frames_n - 1


@pytest.mark.parametrize("data", [b"", b"\xff" * 300_000, bytes(300_000), b"ID3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f"])
def test_what_is_no_mp3(data):
    assert with_frame_count(data) is None
    assert count_frames(data) == 0


@pytest.mark.parametrize(("sr", "channels_n"), [(44100, 2), (48000, 1), (22050, 1)])
def test_a_stream_with_its_length_is_cut_exactly(tmp_path, sr, channels_n):
    """The click is where it was, to the sample, and there are as many samples as went in."""
    samples = np.zeros(2 * sr + 123)
    samples[sr // 2 : sr // 2 + 20] = 0.8
    path = tmp_path / "a.mp3"
    path.write_bytes(with_length(untagged(samples, sr=sr, vbr=False, channels_n=channels_n), samples_n=len(samples)))
    audio = Audio.load(path)
    assert audio.frames_n == len(samples)
    lag = int(np.argmax(np.correlate(audio.mono, samples[sr // 2 - 50 : sr // 2 + 70], "valid"))) - (sr // 2 - 50)
    assert abs(lag) <= 1
    assert not audio.truncated


def test_length_needs_a_stream():
    with pytest.raises(ValueError, match="not an MP3 stream"):
        with_length(b"RIFF", samples_n=1)
