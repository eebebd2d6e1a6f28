from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from traitlets import TraitError

from suno_lab.errors import AudioError
from suno_lab.widgets import player
from suno_lab.widgets.served import served_address, server_roots
from tests.widgets.clips import PlainClip, write_tone


def test_a_misspelled_keyword_is_an_error_that_knows_better(clip: PlainClip) -> None:
    with pytest.raises(TypeError, match="did you mean 'loop'"):
        player(clip, lop=True)


def test_the_state_is_what_was_asked(clip: PlainClip) -> None:
    shown = player(clip, loop=True, view="section", beats=[0.5])
    assert (shown.title, shown.subtitle, shown.note) == ("A tone", "V5 (emulated)", "emulated – not Suno")
    assert (shown.loop, shown.view, shown.beats_s) == (True, "section", [0.5])
    assert shown.ready()
    assert shown.audio == clip.path.read_bytes()
    assert (shown.duration_s, len(shown.peaks)) == (clip.audio.duration_s, 8 * 690)
    assert shown.mime == "audio/mpeg"


def test_what_the_service_made_carries_no_note(clip: PlainClip) -> None:
    shown = player(replace(clip, emulated=False))
    assert (shown.subtitle, shown.note) == ("V5", "")


def test_a_file_that_cannot_be_decoded_says_so(clip: PlainClip, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no music")
    shown = player(replace(clip, path=broken))
    assert shown.ready()
    assert "not decodable" in shown.finding
    assert shown.peaks == b""


def test_a_file_that_is_not_here_is_an_error_at_once(clip: PlainClip, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no such audio file"):
        player(replace(clip, path=tmp_path / "gone.mp3"))


def test_what_is_closed_gets_nothing_any_more(clip: PlainClip, tmp_path: Path) -> None:
    other = tmp_path / "other.mp3"
    other.write_bytes(clip.path.read_bytes())
    shown = player(replace(clip, path=other))
    shown.close()
    assert shown.ready()
    assert (shown.audio, shown.peaks[:0]) == (b"", b"")


def test_the_selection_is_an_excerpt(clip: PlainClip) -> None:
    shown = player(clip, selection=[1.0, 2.5])
    assert shown.excerpt.duration_s == pytest.approx(1.5, abs=1e-3)
    shown.selection = []
    assert shown.excerpt.duration_s == clip.audio.duration_s


@pytest.mark.parametrize("wrong", [[2.0, 1.0], [1.0], [-1.0, 1.0]])
def test_a_selection_that_is_none_is_refused(clip: PlainClip, wrong: list[float]) -> None:
    with pytest.raises(TraitError):
        player(clip, selection=wrong)


def test_the_spectrum_is_drawn_when_it_is_asked_for(clip: PlainClip) -> None:
    shown = player(clip)
    assert not shown.spectrogram
    shown.show_spectrogram = True
    assert len(shown.spectrogram) == shown.spectrogram_shape[0] * shown.spectrogram_shape[1]


def test_beats_are_measured_on_request(clip: PlainClip) -> None:
    assert all(0 <= beat <= 4.1 for beat in player(clip, beats=True).beats_s)


def test_stems_become_layers(clip: PlainClip, tmp_path: Path) -> None:
    shown = player(clip, stems={"vocals": write_tone(tmp_path / "v.wav")})
    assert shown.active_layers == ["vocals"]
    assert not shown.audio


def test_closing_lets_the_sound_go(clip: PlainClip) -> None:
    with player(clip, show_spectrogram=True) as shown:
        assert shown.ready()
        assert shown.audio
    assert (shown.audio, shown.spectrogram, shown.source) == (b"", b"", None)


def test_a_large_file_is_fetched_from_the_server_that_serves_it(
    clip: PlainClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = {"root_dir": str(clip.path.parent)}
    (tmp_path / "jpserver-1.json").write_text(json.dumps(info))
    (tmp_path / "jpserver-2.json").write_text("{")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    shown = player(clip, max_embed_mb=0)
    assert (shown.audio, shown.audio_url) == (b"", "files/tone.mp3")


def test_a_large_file_that_nobody_serves_is_handed_over(
    clip: PlainClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    assert server_roots() == []
    shown = player(clip, max_embed_mb=0)
    assert shown.ready()
    assert shown.audio


def test_addresses_are_quoted_below_the_widest_root() -> None:
    roots = [Path("/srv/lab"), Path("/srv")]
    assert served_address(Path("/srv/lab/a b.mp3"), roots=roots) == "files/lab/a%20b.mp3"
    assert served_address(Path("/home/x.mp3"), roots=roots) == ""
