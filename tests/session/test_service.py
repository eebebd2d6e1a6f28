"""Which service a session speaks to, with which key, for good."""

from __future__ import annotations

import pytest

from suno_lab.emulator import EmulatorSettings
from suno_lab.errors import InvalidRequest, ReadOnlySession, WrongService
from suno_lab.session.service import EMULATOR_URL, Wish, account_of, choose
from suno_lab.settings import Secret, Settings
from suno_lab.store import Binding

KIE, SUNO, OWN = Secret("kie-key"), Secret("suno-key"), Secret("own-key")
ALL_KEYS = Settings(keys={"kie": KIE, "sunoapi": SUNO, "base_url": OWN})
NO_KEYS = Settings()


def chosen(settings: Settings = ALL_KEYS, bound: Binding | None = None, **wish):
    return choose(Wish(**wish), settings, bound)


@pytest.mark.parametrize(
    ("service", "key", "address"),
    [
        ("kie", KIE, "https://api.kie.ai"),
        ("kie-market", KIE, "https://api.kie.ai"),
        ("sunoapi", SUNO, "https://api.sunoapi.org"),
        ("https://relay.test/", OWN, "https://relay.test"),
        ("http://127.0.0.1:8000", OWN, "http://127.0.0.1:8000"),
        ("emulator", None, EMULATOR_URL),
    ],
)
def test_each_key_goes_to_its_own_service_only(service, key, address) -> None:
    choice = chosen(service=service)
    assert choice.key is key
    assert choice.binding.base_url == address
    assert account_of(choice, callback_url=None).base_url == address


def test_a_known_address_is_the_known_service() -> None:
    choice = chosen(base_url="https://api.kie.ai/")
    assert (choice.binding.service, choice.key) == ("kie", KIE)


@pytest.mark.parametrize(
    ("settings", "service"),
    [
        (Settings(service="sunoapi", keys={"kie": KIE, "sunoapi": SUNO}), "sunoapi"),
        (Settings(base_url="https://relay.test", keys={"kie": KIE}), "base_url"),
        (Settings(keys={"kie": KIE, "sunoapi": SUNO}), "kie"),
        (Settings(keys={"sunoapi": SUNO}), "sunoapi"),
        (NO_KEYS, "emulator"),
    ],
)
def test_the_default_comes_from_the_surroundings(settings, service) -> None:
    assert chosen(settings).binding.service == service


def test_falling_to_the_emulator_is_said() -> None:
    assert "emulator" in chosen(NO_KEYS).said
    assert chosen(NO_KEYS, service="emulator").said == ""


def test_an_unknown_service_is_an_error_that_names_the_known() -> None:
    with pytest.raises(InvalidRequest, match="kie, kie-market, sunoapi, emulator"):
        chosen(service="spotify")
    with pytest.raises(InvalidRequest, match="host profile"):
        chosen(service="emulator", host_profile="spotify")


BOUND = Binding(service="kie", base_url="https://api.kie.ai", profile="kie", keyed=True)


def test_a_folder_keeps_its_service_whatever_the_environment_says() -> None:
    settings = Settings(service="sunoapi", base_url="https://relay.test", keys={"kie": KIE, "sunoapi": SUNO})
    choice = chosen(settings, BOUND)
    assert (choice.binding.service, choice.key, choice.locked) == ("kie", KIE, "")


@pytest.mark.parametrize("wish", [{"service": "sunoapi"}, {"service": "emulator"}, {"base_url": "https://relay.test"}])
def test_another_service_is_refused(wish) -> None:
    with pytest.raises(WrongService, match="belongs to kie"):
        chosen(ALL_KEYS, BOUND, **wish)


def test_another_profile_is_refused() -> None:
    with pytest.raises(WrongService):
        chosen(ALL_KEYS, BOUND, host_profile="sunoapi")
    assert chosen(ALL_KEYS, BOUND, host_profile="kie").binding.service == "kie"


def test_without_its_key_a_folder_is_read_only_and_never_emulated() -> None:
    choice = chosen(Settings(keys={"sunoapi": SUNO}), BOUND)
    assert choice.binding.service == "kie"
    assert choice.key is None
    assert "KIE_API_KEY" in choice.locked


def test_a_base_address_needs_a_key_again_only_if_it_had_one() -> None:
    plain = Binding(service="base_url", base_url="http://127.0.0.1:1", profile="kie", keyed=False)
    assert chosen(NO_KEYS, plain).locked == ""
    keyed = Binding(service="base_url", base_url="http://127.0.0.1:1", profile="kie", keyed=True)
    assert "SUNO_LAB_API_KEY" in chosen(NO_KEYS, keyed).locked


def test_a_read_only_session_shows_and_does_not_ask(open_session) -> None:
    open_session("bound", "kie", api_key="sk-canary", transport=Unreachable()).close()
    session = open_session("bound", None)
    assert session.read_only
    assert session.df.empty
    with pytest.raises(ReadOnlySession, match="KIE_API_KEY"):
        session.generate("a tune")
    with pytest.raises(ReadOnlySession):
        session.balance()


def test_reopening_with_another_service_is_refused(open_session, session) -> None:
    with pytest.raises(WrongService):
        open_session(service="kie")
    assert open_session(service=None).service == "emulator"


class Unreachable:
    """A transport nobody may use."""

    async def send(self, request):
        raise AssertionError(f"asked {request.url}")

    async def close(self) -> None:
        return None


def test_the_emulators_settings_say_as_whom_it_speaks(open_session) -> None:
    session = open_session(emulator=EmulatorSettings(host_profile="sunoapi", latency_s=0.0, rate_limit=None))
    assert session.host.name == "sunoapi"
    assert session.balance() == 1000.0
    with pytest.raises(WrongService):
        open_session(emulator=EmulatorSettings(host_profile="kie"))


def test_settings_nobody_would_use_are_refused(open_session) -> None:
    with pytest.raises(InvalidRequest, match="embedded emulator"):
        open_session("kie", "kie", api_key="k", emulator=EmulatorSettings())
