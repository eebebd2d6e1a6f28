"""``suno-lab emulator``: the service on this machine, over HTTP."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from suno_lab.api.hosts import PROFILES
from suno_lab.emulator.faults import FAULTS
from suno_lab.emulator.settings import EmulatorSettings


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Describe the subcommand to argparse."""
    known = EmulatorSettings()
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "emulator",
        help="answer the service's protocol on this machine, with real music",
        description="Answer the service's protocol on this machine until it is stopped. Nothing is sent anywhere.",
        epilog="faults: " + "; ".join(f"{fault.name} ({fault.doc})" for fault in FAULTS.values()),
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    add("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    add("--api-key", default=None, help="the key calls must carry; without it every call is let in")
    add("--host-profile", choices=sorted(PROFILES), default=known.host_profile, help="whose protocol is spoken")
    add("--latency", type=float, default=known.latency_s, metavar="S", help="seconds until a song is finished")
    add("--rate-limit", type=rate_limit, default=known.rate_limit, metavar="N/S", help="e.g. 20/10, or off")
    add("--credits", type=float, default=known.credits, metavar="N", help="credits of a new account")
    add("--seed", type=int, default=known.seed, help="equal seeds, equal songs")
    add("--duration", type=float, default=known.default_duration_s, metavar="S", help="length when none is asked")
    add("--data", type=Path, default=None, metavar="DIR", help="keep everything there and go on from it")
    add("--ready-file", type=Path, default=None, metavar="PATH", help="JSON file written when calls are answered")
    add("--fault", type=fault, action="append", default=[], metavar="NAME[:RATE]", help="make something go wrong")
    add("--strict-limits", action="store_true", help="refuse by the strictest page where pages disagree")
    add("--allow-host", action="append", default=[], metavar="HOST", help="follow callbacks and uploads there too")
    add("--webhook-key", default=None, help="sign callbacks with it")
    add("--plain", action="store_true", help="sine tones in place of the engine: fast, for load and client tests")
    add("--json", action="store_true", help="print the address as JSON")
    return parser


def rate_limit(text: str) -> tuple[int, float] | None:
    """``20/10`` → (20, 10.0); ``off`` → None."""
    if text == "off":
        return None
    creations, _, seconds = text.partition("/")
    try:
        limit = int(creations), float(seconds or 10.0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected N/SECONDS or off, got {text!r}") from None
    if limit[0] < 1 or limit[1] <= 0:
        raise argparse.ArgumentTypeError(f"both numbers must be positive, got {text!r}")
    return limit


def fault(text: str) -> tuple[str, float]:
    """``lost_answer:0.3`` → ("lost_answer", 0.3); without a rate it always strikes."""
    name, _, rate = text.partition(":")
    try:
        return name, float(rate or 1.0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected NAME or NAME:RATE, got {text!r}") from None


def settings_from(args: argparse.Namespace) -> EmulatorSettings:
    """The options as settings."""
    return EmulatorSettings(
        host_profile=args.host_profile, latency_s=args.latency, rate_limit=args.rate_limit, credits=args.credits,
        seed=args.seed, default_duration_s=args.duration, strict_limits=args.strict_limits,
        faults=tuple(args.fault), webhook_hmac_key=args.webhook_key, allow_hosts=tuple(args.allow_host),
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Serve until a signal."""
    from suno_lab.emulator import Emulator, PlainSongs, serve

    settings = settings_from(args)
    folder = nullcontext(args.data) if args.data else tempfile.TemporaryDirectory(prefix="suno-lab-emulator-")
    with folder as data, Emulator(
        Path(data), settings, api_key=args.api_key, songs=PlainSongs(most_s=args.duration) if args.plain else None
    ) as emulator:  # fmt: skip
        serve(
            emulator, host=args.host, port=args.port, ready_file=args.ready_file,
            on_ready=lambda about: announce(about, as_json=args.json, profile=settings.host_profile),
        )  # fmt: skip
    return 0


def announce(about: dict[str, object], *, as_json: bool, profile: str) -> None:
    """Say where it listens."""
    import json

    if as_json:
        print(json.dumps(about), flush=True)
    else:
        print(f"emulator ({profile}) at {about['url']} – not Suno; stop it with Ctrl+C", flush=True)
