"""What is kept beside the sound, and links that are over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from suno_lab.api.hosts import KIE, KIE_MARKET
from suno_lab.api.music import Generate
from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs
from suno_lab.errors import InvalidRequest, LinkExpired
from suno_lab.session.alongside import KEEPABLE, keepable, what_is_lost
from suno_lab.session.progress import Silent
from suno_lab.settings import Secret
from suno_lab.transport import InProcessTransport
from tests.session.conftest import QUICK

SONG = {"lyrics": "[Verse]\nslow tide rolls home", "style": "folk", "title": "Tide", "model": "V5"}
FAMILIES = ("draw_cover", "convert_wav", "timed_lyrics", "separate")


def expired(profile: str) -> EmulatorSettings:
    faults = (("expired_link", 1.0),)
    return EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None, host_profile=profile, faults=faults)


def test_everything_is_fetched_with_the_task(open_session) -> None:
    session = open_session(keep=KEEPABLE)
    task = session.generate(**SONG)
    kinds = session.files.query("status == 'STORED'")["kind"].value_counts()
    assert kinds[["mp3", "image", "wav"]].tolist() == [2, 2, 2]
    assert kinds["stem"] >= 4
    assert kinds["cover"] >= 1
    assert all(not clip.words.empty for clip in task.clips)
    assert session.requests["operation"].value_counts()[list(FAMILIES)].tolist() == [1, 2, 2, 2]
    assert session.balance() == 1000.0 - session.requests["credits"].sum()


def test_the_price_of_keeping_is_told_before(open_session) -> None:
    session = open_session(keep=KEEPABLE)
    sung, played = Generate(**SONG), Generate(description="calm", instrumental=True, model="V5")
    told = session.price([sung, played])
    assert told["keep_credits"].tolist() == [2 * (0.4 + 0.5 + 10), 2 * (0.4 + 10)]
    session.run(sung)
    assert session.requests["credits"].sum() == told["credits"].iloc[0] + told["keep_credits"].iloc[0]
    assert open_session("plain").price(sung)["keep_credits"].tolist() == [0.0]


def test_the_ceiling_stops_what_is_kept_beside_and_says_so(open_session) -> None:
    session = open_session(keep=("mp3", "wav", "stems"), max_credits=13.0)
    task = session.generate(**SONG)
    assert task.status == "SUCCESS"
    refused = session.requests.query("error_type == 'BudgetExceeded'")
    assert refused["operation"].tolist() == ["separate", "separate"]
    assert session.spent_credits == pytest.approx(12.8)


def test_an_instrumental_has_no_words_to_buy(open_session) -> None:
    session = open_session(keep=("mp3", "timed_lyrics"))
    session.generate("calm piano", instrumental=True)
    assert session.requests["operation"].tolist() == ["generate"]


def test_running_a_cell_again_buys_nothing_twice(open_session) -> None:
    session = open_session(keep=("mp3", "wav"))
    for _ in range(2):
        session.generate(**SONG) if session.requests.empty else session.run(Generate(**SONG))
    assert session.requests["operation"].tolist() == ["generate", "convert_wav", "convert_wav"]


def test_a_task_that_is_resumed_is_completed(open_session) -> None:
    session = open_session()
    task = session.generate(**SONG)
    session.close()
    again = open_session(keep=("mp3", "wav"))
    with again.journal.write() as writing:
        writing.update("tasks", {"finished_at": None}, where={"task_id": task.task_id})
    again.resume()
    assert again.files["kind"].tolist().count("wav") == 2


def test_a_name_nobody_knows_is_refused() -> None:
    assert keepable("mp3") == ("mp3",)
    with pytest.raises(InvalidRequest, match="keep= knows mp3, image, wav"):
        keepable(["flac"])


@pytest.mark.parametrize(("host", "until"), [(KIE, "14 days"), (KIE_MARKET, "24 hours")])
def test_what_is_not_kept_is_said_with_its_date(host, until) -> None:
    said = what_is_lost(("mp3", "wav"), host)
    assert until in said
    assert "Not kept: image, timed_lyrics, stems, cover;" in said
    assert what_is_lost(KEEPABLE, host) == ""


# ── links that are over ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_link_that_is_over_is_asked_for_again_and_the_journal_shows_it(open_session) -> None:
    session = open_session(emulator=expired("kie"))
    session.generate("calm piano", instrumental=True)
    assert session.clips["file_status"].tolist() == ["STORED"] * 2
    asked = session.exchanges.query("purpose == 'download-url'")
    assert asked["code"].tolist() == [200, 200]
    assert asked["task_id"].notna().all()


def test_without_such_a_call_the_task_is_recovered(open_session) -> None:
    session = open_session(emulator=expired("sunoapi"))
    task = session.generate("calm piano", instrumental=True)
    assert session.clips["file_status"].tolist() == ["STORED"] * 2
    assert session.requests["operation"].tolist() == ["generate", "recover"]
    assert session.requests["state"].tolist() == ["ACCEPTED"] * 2
    assert all(clip.path.is_file() for clip in task.clips)


def test_what_cannot_be_recovered_is_expired(open_session) -> None:
    session = open_session(emulator=expired("sunoapi"), max_credits=12.0)  # recovering has no published price
    task = session.generate("calm piano", instrumental=True)
    assert session.clips["file_status"].tolist() == ["EXPIRED"] * 2
    assert session.requests["error_type"].tolist()[1:] == ["BudgetExceeded"]
    with pytest.raises(LinkExpired, match="the link is over"):
        _ = task.clips[0].audio


def test_waits_after_a_lost_answer_are_arguments(open_session) -> None:
    session = open_session(settle_s=1.0, callback_wait_s=2.0, emulator=QUICK)
    assert (session._policy.settle_s, session._policy.callback_wait_s) == (1.0, 2.0)


# ── what is said on a service that costs money ───────────────────────────────────────────────────────────────────────
class Real:
    """An emulator that does not say that it is one."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = InProcessTransport(emulator.handle)

    async def send(self, request):
        reply = await self._inner.send(request)
        return replace(reply, headers={k: v for k, v in reply.headers.items() if k != "x-suno-lab-emulator"})

    def stream(self, request):
        return self._inner.stream(request)

    async def close(self) -> None:
        await self._inner.close()


@pytest.fixture
def real(tmp_path, open_session, monkeypatch):
    """A session on what looks like a real service, and what it says."""
    said: list[str] = []

    class Saying(Silent):
        def say(self, text: str) -> None:
            said.append(text)

    for module in ("session", "requesting"):
        monkeypatch.setattr(f"suno_lab.session.{module}.choose_display", lambda progress: Saying())
    emulator = Emulator(tmp_path / "service", QUICK, songs=PlainSongs(), clock=lambda: 1_800_000_000.0)
    about = {"transport": Real(emulator), "base_url": "http://127.0.0.1:1", "api_key": Secret("k"), "service": None}
    yield lambda **more: open_session(**about, **more), said
    emulator.close()


def test_the_first_paid_call_shows_price_and_balance_once(real) -> None:
    open_, said = real
    session = open_()
    session.generate("calm piano", instrumental=True)
    session.generate("wild piano", instrumental=True)
    assert not session.emulated
    assert [text for text in said if "costs" in text] == [
        "suno_lab: this call costs 12 credits; the account holds 1000 (max_credits= sets a ceiling)"
    ]


def test_what_is_not_kept_is_said_once(real) -> None:
    open_, said = real
    session = open_(max_credits=100)
    for words in ("calm", "wild", "grave"):
        session.generate(words, instrumental=True)
    assert [text[:42] for text in said] == ["suno_lab: kept of every clip: mp3. Not kep"]


def test_on_the_emulator_nothing_is_lost(open_session, monkeypatch) -> None:
    session = open_session()
    monkeypatch.setattr("suno_lab.session.requesting.what_is_lost", lambda keep, host: pytest.fail("said"))
    session.generate("calm piano", instrumental=True)
