"""Whether the emulator, and the readers of the service's answers, stand anything that is sent to them.

``python -m benchmarks fuzz [--examples 200] [--profile kie] [--reading-seconds 60]``

Two parts. Schemathesis makes calls from the emulator's own ``/openapi.json``, right ones and wrong ones, and holds the
answers against it. Its checks that demand HTTP 4xx are replaced by checks of the body ``code``
(``benchmarks/_envelope_checks.py``). Then every reader of this package is fed arbitrary JSON and documented answers
with parts exchanged. Exit code 1 where a check failed or a reader raised; 2 where schemathesis is not installed
(``pip install "suno-lab[fuzz]"``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks._outcome import conclude
from benchmarks._processes import ROOT, environment, python

KEY = "fuzz"
PROFILES = ("kie", "sunoapi", "market")
HOOKS = "benchmarks._envelope_checks"
#: schemathesis's check that demands HTTP 4xx → the check of the body code that stands in its place
REPLACED = {
    "negative_data_rejection": "code_rejects_negative_data",
    "missing_required_header": "code_without_key",
    "ignored_auth": "code_without_key",
    "unsupported_method": "code_of_unknown_method",
}


# ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def fuzz_profile(profile: str, *, examples_n: int, seed: int, folder: Path) -> dict[str, Any]:
    """One profile's figures: operations, calls, failures by check."""
    options = (
        "--host-profile",
        profile,
        "--api-key",
        KEY,
        "--plain",
        "--json",
        "--latency",
        "0",
        "--rate-limit",
        "off",
    )
    data = folder / profile
    command = ("-m", "suno_lab", "emulator", *options, "--credits", "1e12", "--data", data)
    with python(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        base_url = json.loads(process.stdout.readline())["url"]
        return _report(_schemathesis(base_url, examples_n=examples_n, seed=seed, folder=folder), profile)


def _schemathesis(base_url: str, *, examples_n: int, seed: int, folder: Path) -> Path:
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    options = (
        "--header", f"Authorization: Bearer {KEY}", "--max-examples", str(examples_n), "--seed", str(seed),
        "--phases", "examples,coverage,fuzzing", "--exclude-checks", ",".join(REPLACED), "--continue-on-failure",
        "--generation-database", "none", "--report", "json", "--report-json-path", str(report), "--no-color",
    )  # fmt: skip
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{base_url}/openapi.json", *options]
    env = {**environment(), "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": _search_path()}
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if not report.exists():
        raise RuntimeError(f"schemathesis made no report:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    if ran.returncode:
        sys.stderr.write(ran.stdout)
    return report


def _search_path() -> str:
    given = environment().get("PYTHONPATH")
    return f"{ROOT}:{given}" if given else str(ROOT)


def _report(path: Path, profile: str) -> dict[str, Any]:
    said = json.loads(path.read_text(encoding="utf-8"))
    return {
        "profile": profile,
        "operations_n": said["operations"]["tested"],
        "calls_n": said["test_cases"]["generated"],
        "failures_n": said["test_cases"]["unique_failures"],
        "errors_n": said["test_cases"]["errored"] + len(said["errors"]),
        "failures": {found["title"]: found["count"] for found in said["failures"]},
        "seconds": round(said["running_time"], 1),
    }


# ── readers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def fuzz_readers(*, seconds: float, seed: int) -> dict[str, Any]:
    """Feed the readers for so long; how much they read, and what they raised."""
    from benchmarks._readers import anything, readers

    until, read_n, raised = time.monotonic() + seconds, 0, {}
    every = readers()
    for round_n, value in enumerate(anything(seed)):
        for name, read in every.items():
            read_n += 1
            try:
                read(value)
            except Exception as problem:  # noqa: BLE001 - what is raised is the finding
                raised.setdefault(f"{name}: {type(problem).__name__}", repr(value)[:200])
        if not round_n % 16 and time.monotonic() > until:
            break
    return {"readers_n": len(every), "readings_n": read_n, "raised_n": len(raised), "raised": raised}


def main(argv: list[str]) -> int:
    """Print one JSON line; 0 when nothing failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="generated calls for an operation, right and wrong")
    parser.add_argument("--profile", action="append", choices=PROFILES, help="default: all three")
    parser.add_argument("--reading-seconds", type=float, default=60.0, help="how long the readers are fed")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    if find_spec("schemathesis") is None:
        print('schemathesis is not installed: pip install "suno-lab[fuzz]"', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        found = [
            fuzz_profile(profile, examples_n=args.examples, seed=args.seed, folder=Path(folder))
            for profile in args.profile or PROFILES
        ]
    reading = fuzz_readers(seconds=args.reading_seconds, seed=args.seed)
    goals = {
        "no check fails": not any(part["failures_n"] or part["errors_n"] for part in found),
        "no reader raises": not reading["raised_n"],
    }
    return conclude("fuzz", {"examples": args.examples, "calls": found, "reading": reading}, goals)
