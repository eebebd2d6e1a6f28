"""How a session shows itself."""

from __future__ import annotations

from pathlib import Path

from suno_lab.emulator import EmulatorSettings
from suno_lab.emulator.plain import PlainSongs
from suno_lab.session import SunoSession

HOSTILE = '<script>alert(1)</script>" onload="x'


def test_the_card_counts_and_escapes(tmp_path: Path) -> None:
    settings = EmulatorSettings(latency_s=0.0, rate_limit=None)
    folder = tmp_path / "my <study>"
    with SunoSession(folder, "emulator", emulator=settings, songs=PlainSongs(), progress=False) as session:
        empty = session._repr_html_()
        session.generate(style="pop", title=HOSTILE, instrumental=True)
        full = session._repr_html_()
    assert "clips 0" in empty
    assert "in flight" not in full
    assert "clips 2 · requests 1 · credits 12" in full
    assert "my &lt;study&gt;" in full
    assert "<script" not in full
    assert 'onload="x' not in full
    assert full.count("<audio") == 2
    assert "emulated – not Suno" in full


def test_a_report_of_a_session_carries_the_error_card(tmp_path: Path) -> None:
    settings = EmulatorSettings(latency_s=0.0, rate_limit=None)
    with SunoSession(tmp_path / "s", "emulator", emulator=settings, songs=PlainSongs(), progress=False) as session:
        session.generate("a tune", instrumental=True)
        page = session.report(tmp_path / "out" / "page.html").read_text(encoding="utf-8")
        own = tmp_path / "card.json"
        own.write_text(session.error_card().as_json(), encoding="utf-8")
        assert session.error_card(own) == session.error_card()
    assert "How far the measures can be trusted" in page
    assert 'src="../s/audio/' in page
