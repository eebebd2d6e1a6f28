"""The emulator inside a session's folder: its settings are kept there, so that whoever opens the folder goes on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from suno_lab.api.hosts import PROFILES
from suno_lab.client.pacing import Limiter
from suno_lab.errors import WrongService
from suno_lab.store import SessionFolder

if TYPE_CHECKING:
    from suno_lab.emulator import Emulator, EmulatorSettings, SongMaker

FACT = "emulator_settings"


def embedded(
    store: SessionFolder,
    wished: EmulatorSettings | None,
    *,
    songs: SongMaker | None,
    clock: Callable[[], float],
) -> tuple[Emulator, Limiter]:
    """The emulator of a folder, with the settings it was made with (or newly wished ones), and a limiter to suit it.

    Raises
    ------
    WrongService
        The wished settings imitate another service than the folder's.
    """
    from suno_lab.emulator import Emulator, EmulatorSettings

    kept = store.fact(FACT)
    profile = _profile(store)
    settings = wished or (EmulatorSettings.from_json(kept) if kept else EmulatorSettings(host_profile=profile))
    if PROFILES[settings.host_profile] is not PROFILES[profile]:
        raise WrongService(
            f"this folder's emulator speaks as {profile}, the settings given as {settings.host_profile}; "
            f"say host_profile={settings.host_profile!r} when the folder is made"
        )
    store.keep_fact(FACT, settings.as_json())
    calls, per_s = settings.rate_limit or (10**9, 1.0)
    emulator = Emulator(store.emulator_path, settings, clock=clock, songs=songs)
    return emulator, Limiter(calls, per_s if math.isfinite(per_s) else 1.0)


def _profile(store: SessionFolder) -> str:
    binding = store.binding()
    return binding.profile if binding is not None else "kie"
