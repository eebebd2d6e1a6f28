"""Which service a session speaks to, with which key. Decided once; a folder keeps its service for good."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from suno_lab.api.hosts import HOSTS, PROFILES, Host
from suno_lab.client.account import Account, origin
from suno_lab.errors import InvalidRequest, WrongService
from suno_lab.session import keys
from suno_lab.settings import Secret, Settings
from suno_lab.store import Binding

#: the embedded emulator's address: a name that never leaves this machine
EMULATOR_URL = "http://emulator.localhost"
EMULATOR = "emulator"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the user said about the service."""

    service: str | None = None
    base_url: str | None = None
    host_profile: str | None = None
    api_key: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The decision.

    Attributes
    ----------
    binding : Binding
        The service.
    key : Secret or None
        The key that may be sent there.
    said : str
        One sentence for the user where nothing was asked for, else "".
    locked : str
        Why nothing may be asked ("" where it may).
    """

    binding: Binding
    key: Secret | None = field(default=None, repr=False)
    said: str = ""
    locked: str = ""


def choose(wish: Wish, settings: Settings, bound: Binding | None) -> Choice:
    """Decide which service a session speaks to.

    An explicit wish comes first, then what the folder is bound to, then the environment, then a key that is there,
    then the emulator.

    Raises
    ------
    WrongService
        The wish contradicts the folder.
    InvalidRequest
        The service is unknown.
    """
    said = ""
    if wish.service or wish.base_url:
        wanted = _binding(wish.service or wish.base_url or "", wish)
        if bound is not None:
            _same(bound, wanted, wish)
            wanted = bound
    elif bound is not None:
        wanted = bound
        if wish.host_profile is not None:
            _same(bound, _binding(_name_of(bound), wish), wish)
    else:
        name, said = _default(settings)
        wanted = _binding(name, wish)
    key = wish.api_key or _key_from(settings, wanted)
    keyed = Binding(**{**wanted.__dict__, "keyed": wanted.keyed or key is not None})
    return Choice(binding=keyed, key=key, said=said, locked=_locked(keyed, key))


def choose_with_key(
    wish: Wish, api_key: Secret | str | None, settings: Settings | None, bound: Binding | None
) -> Choice:
    """Decide, and find the key: the one given, else the environment's, ``.env``'s, the keyring's.

    ``settings`` given are all there is. ``api_key="ask"`` asks for the key where the service needs one.
    """
    known = keys.settings_here(settings)
    asks = api_key == keys.ASK
    given = api_key if isinstance(api_key, Secret) else None
    choice = choose(replace(wish, api_key=given), known, bound)
    name, variable = _key_name(choice.binding)
    if given is not None:
        keys.warn_of_literal(given, variable)
    if asks and choice.binding.service != EMULATOR:
        return choose(replace(wish, api_key=keys.asked_for(variable)), known, bound)
    if choice.locked and settings is None:
        return choose(wish, keys.with_keyring(known, name), bound)
    return choice


def _key_name(binding: Binding) -> tuple[str, str]:
    """Which key a service takes: its name in the settings, and its variable."""
    host = HOSTS.get(binding.service)
    name = host.key_name if host is not None else "base_url"
    return name, keys.VARIABLES[name]


def account_of(choice: Choice, *, callback_url: str | None, base_url: str | None = None) -> Account:
    """The account calls are made on."""
    binding = choice.binding
    host = PROFILES[binding.profile]
    own = binding.service in HOSTS
    base = (base_url or binding.base_url).rstrip("/")
    return Account(
        service=binding.service if binding.service != "base_url" else binding.base_url,
        host=host,
        base_url=base,
        upload_url=host.upload_url if own else base,
        key=choice.key,
        callback_url=callback_url.rstrip("/") if callback_url else None,
    )


def _default(settings: Settings) -> tuple[str, str]:
    if settings.service:
        return settings.service, ""
    if settings.base_url:
        return settings.base_url, ""
    for name, variable in (("kie", "KIE_API_KEY"), ("sunoapi", "SUNO_API_KEY")):
        if name in settings.keys:
            return name, f"using {name}, because {variable} is set"
    return EMULATOR, (
        "no key found (KIE_API_KEY, SUNO_API_KEY) and no service named: using the emulator on this machine – "
        "its songs are made by suno_lab's own engine, not by Suno"
    )


def _binding(name: str, wish: Wish) -> Binding:
    profile = wish.host_profile
    if profile is not None and profile not in PROFILES:
        known = ", ".join(sorted(PROFILES))
        raise InvalidRequest(f"unknown host profile {profile!r}, expected one of {known}", field="host_profile")
    if name == EMULATOR:
        return Binding(service=EMULATOR, base_url=EMULATOR_URL, profile=profile or "kie")
    if name in HOSTS:
        spoken = PROFILES[profile].name if profile else name
        if PROFILES[spoken].vocabulary != HOSTS[name].vocabulary:
            message = f"{name} does not speak as {profile}; a host profile is for base addresses and the emulator"
            raise WrongService(message)
        return Binding(service=spoken, base_url=HOSTS[name].base_url, profile=spoken)
    if urlsplit(name).scheme in ("http", "https") and urlsplit(name).hostname:
        return _of_address(name.rstrip("/"), profile)
    known = ", ".join((*HOSTS, EMULATOR))
    raise InvalidRequest(f"unknown service {name!r}, expected {known}, or a base address", field="service", given=name)


def _of_address(address: str, profile: str | None) -> Binding:
    named = next((h for h in HOSTS.values() if origin(h.base_url) == origin(address) and h.dialect == "legacy"), None)
    if named is not None and profile in (None, named.name):
        return Binding(service=named.name, base_url=named.base_url, profile=named.name)
    return Binding(service="base_url", base_url=address, profile=profile or "kie")


def _name_of(bound: Binding) -> str:
    return bound.base_url if bound.service == "base_url" else bound.service


def _same(bound: Binding, wanted: Binding, wish: Wish) -> None:
    profile_differs = wish.host_profile is not None and PROFILES[bound.profile] is not PROFILES[wanted.profile]
    if (bound.service, bound.base_url) != (wanted.service, wanted.base_url) or profile_differs:
        raise WrongService(
            f"this folder belongs to {_name_of(bound)} (profile {bound.profile}), not to {_name_of(wanted)} "
            f"(profile {wanted.profile}): one folder holds the songs of one service. Use a new folder for another"
        )


def _key_from(settings: Settings, binding: Binding) -> Secret | None:
    return None if binding.service == EMULATOR else settings.keys.get(_key_name(binding)[0])


def _locked(binding: Binding, key: Secret | None) -> str:
    host: Host | None = HOSTS.get(binding.service)
    if key or binding.service == EMULATOR or (host is None and not binding.keyed):
        return ""
    variable = host.key_variable if host else "SUNO_LAB_API_KEY"
    return (
        f"this session belongs to {_name_of(binding)}, and its key is not here: what is kept can be read, nothing can "
        f"be asked. Set {variable} (in the environment, .env or the keyring, or pass api_key='ask') and open "
        "the folder again; it never falls back to the emulator"
    )
