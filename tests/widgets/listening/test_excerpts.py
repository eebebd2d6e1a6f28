from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from suno_lab.audio import Audio
from suno_lab.errors import StudyError
from suno_lab.widgets.listening import excerpts
from suno_lab.widgets.listening.excerpts import Outline, Place

PLACE = Place(start_s=0.5, end_s=2.5, matched_by="position")


def noise(*, level: float, sr: int = 44_100, seconds: float = 3.0, channels: int = 2, seed: int = 0) -> Audio:
    samples = np.random.default_rng(seed).normal(0, level, (round(seconds * sr), channels))
    return Audio(np.clip(samples, -1, 1).astype(np.float32), sr)


def outline(duration_s: float, **sections_s: float) -> Outline:
    return Outline(duration_s=duration_s, sections_s=sections_s)


def test_by_position_all_are_cut_at_the_same_seconds() -> None:
    places = excerpts.matched_places([outline(60.0), outline(50.0)], excerpt_s=10.0)
    assert places == [Place(start_s=14.0, end_s=24.0, matched_by="position")] * 2


def test_a_section_is_cut_where_each_clip_has_it() -> None:
    clips = [outline(60.0, chorus=20.0), outline(50.0, chorus=31.5)]
    assert excerpts.matched_places(clips, excerpt_s=10.0, match="Chorus") == [
        Place(start_s=20.0, end_s=30.0, matched_by="chorus"),
        Place(start_s=31.5, end_s=41.5, matched_by="chorus"),
    ]


def test_excerpts_are_equally_long_even_when_a_section_comes_late() -> None:
    clips = [outline(60.0, chorus=20.0), outline(50.0, chorus=46.0)]
    assert [p.end_s - p.start_s for p in excerpts.matched_places(clips, excerpt_s=10.0, match="chorus")] == [4.0, 4.0]


@pytest.mark.parametrize("other", [{}, {"chorus": 49.5}])
def test_without_the_section_everywhere_position_decides(other: dict[str, float]) -> None:
    clips = [outline(60.0, chorus=20.0), outline(50.0, **other)]
    assert {p.matched_by for p in excerpts.matched_places(clips, excerpt_s=10.0, match="chorus")} == {"position"}


@pytest.mark.parametrize(("sr", "channels"), [(44_100, 2), (48_000, 1), (22_050, 2), (44_100, 6)])
def test_every_excerpt_has_one_shape(sr: int, channels: int) -> None:
    cut = excerpts.cut(noise(level=0.1, sr=sr, channels=channels), PLACE)
    assert cut.shape == (88_200, 2)
    assert cut.dtype == np.float32


def test_an_excerpt_fades_in_and_out() -> None:
    cut = excerpts.cut(Audio(np.ones((3 * 44_100, 2), np.float32), 44_100), PLACE)
    assert abs(cut[0, 0]) < 1e-4
    assert abs(cut[-1, 0]) < 1e-4
    assert cut[44_100, 0] == 1.0
    assert np.all(np.diff(cut[:11_025, 0]) > 0)


def test_too_short_is_refused() -> None:
    with pytest.raises(StudyError, match="too short"):
        excerpts.cut(noise(level=0.1), Place(start_s=0, end_s=0.5, matched_by="position"))


@pytest.mark.parametrize("encoding", ["wav", "mp3"])
def test_all_are_within_a_tenth_of_a_loudness_unit_after_encoding(encoding: excerpts.Encoding) -> None:
    levels = (0.02, 0.1, 0.3)
    cuts = {str(i): excerpts.cut(noise(level=level, seed=i), PLACE) for i, level in enumerate(levels)}
    target = excerpts.common_loudness_lufs({name: excerpts.loudness_lufs(cut) for name, cut in cuts.items()})
    heard = []
    for cut in cuts.values():
        assert excerpts.gain_to_db(cut, target) <= 0
        sound = excerpts.encoded(excerpts.treated(cut, "plain", target_lufs=target), encoding)
        heard.append(excerpts.loudness_lufs(soundfile.read(io.BytesIO(sound), dtype="float32")[0]))
    assert max(heard) - min(heard) <= 0.1
    assert target == pytest.approx(excerpts.loudness_lufs(cuts["0"]), abs=1e-9)


def test_what_is_over_full_scale_is_not_clipped_but_turned_down() -> None:
    samples = 1.5 * excerpts.cut(noise(level=0.2), PLACE)
    over_db = 20 * np.log10(np.abs(samples).max())
    assert over_db > 0
    reachable = excerpts.reachable_lufs(samples)
    assert reachable == pytest.approx(excerpts.loudness_lufs(samples) - over_db, abs=1e-4)
    assert np.abs(excerpts.treated(samples, "plain", target_lufs=reachable)).max() == pytest.approx(1.0, abs=1e-3)


def test_quiet_parts_do_not_spoil_the_match() -> None:
    samples = noise(level=0.3, seconds=4.0).samples.copy()
    samples[: 2 * 44_100] *= 10 ** (-48 / 20)  # just above the absolute gate, below it once turned down
    target = -40.0
    matched = excerpts.scaled(samples, excerpts.gain_to_db(samples, target))
    assert excerpts.loudness_lufs(matched) == pytest.approx(target, abs=0.1)


@pytest.mark.parametrize(("lufs", "said"), [(None, "silent"), (-60.0, "-60.0 LUFS")])
def test_what_can_not_be_heard_is_refused(lufs: float | None, said: str) -> None:
    with pytest.raises(StudyError, match=f"clip c2 .*{said}"):
        excerpts.common_loudness_lufs({"c1": -20.0, "c2": lufs})


@pytest.mark.parametrize("treatment", ["degraded", "anchor"])
def test_worse_versions_differ_but_are_as_loud(treatment: excerpts.Treatment) -> None:
    cut = excerpts.cut(noise(level=0.1), PLACE)
    target = excerpts.loudness_lufs(cut)
    worse = excerpts.treated(cut, treatment, target_lufs=target - 6)
    assert excerpts.loudness_lufs(worse) == pytest.approx(target - 6, abs=0.1)
    assert np.abs(worse).max() <= 1.0
    above_hz = np.abs(np.fft.rfft(worse[:, 0]))[(8000 * 2) :]
    plain = np.abs(np.fft.rfft(cut[:, 0]))[(8000 * 2) :]
    assert above_hz.mean() < 0.5 * plain.mean()


@pytest.mark.parametrize("encoding", ["wav", "mp3"])
def test_files_carry_no_tags(encoding: excerpts.Encoding) -> None:
    sound = excerpts.encoded(excerpts.cut(noise(level=0.1), PLACE), encoding)
    assert not sound.startswith(b"ID3")
    assert b"TAG" not in sound[-128:]
    with soundfile.SoundFile(io.BytesIO(sound)) as file:
        assert file.copy_metadata() == {} or set(file.copy_metadata()) <= {"software"}
