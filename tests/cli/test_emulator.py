"""The options of ``suno-lab emulator``."""

from __future__ import annotations

import argparse

import pytest

from suno_lab.cli import emulator
from suno_lab.errors import InvalidRequest


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    emulator.add_parser(parser.add_subparsers(required=True))
    return parser.parse_args(["emulator", *words])


def test_every_option_reaches_the_settings():
    settings = emulator.settings_from(
        parsed(
            "--host-profile", "sunoapi", "--latency", "0.5", "--rate-limit", "5/2", "--credits", "7", "--seed", "3",
            "--duration", "9", "--strict-limits", "--fault", "lost_answer:0.25", "--fault", "maintenance",
            "--allow-host", "hooks.example", "--webhook-key", "k",
        )
    )  # fmt: skip
    assert (settings.host_profile, settings.latency_s, settings.rate_limit) == ("sunoapi", 0.5, (5, 2.0))
    assert (settings.credits, settings.seed, settings.default_duration_s) == (7, 3, 9)
    assert (settings.faults, settings.strict_limits) == ((("lost_answer", 0.25), ("maintenance", 1.0)), True)
    assert (settings.allow_hosts, settings.webhook_hmac_key) == (("hooks.example",), "k")


def test_without_options_the_settings_are_the_plain_ones():
    from suno_lab.emulator import EmulatorSettings

    assert emulator.settings_from(parsed()) == EmulatorSettings()
    assert emulator.settings_from(parsed("--rate-limit", "off")).rate_limit is None


@pytest.mark.parametrize("words", [("--rate-limit", "x"), ("--rate-limit", "0/1"), ("--fault", "x:y"), ("--port", "x")])
def test_misuse_is_code_two(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        parsed(*words)
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_unknown_faults_are_named():
    with pytest.raises(InvalidRequest, match="unknown fault 'nope'"):
        emulator.settings_from(parsed("--fault", "nope"))
