"""``python -m benchmarks NAME …`` runs ``benchmarks/NAME.py``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """Every benchmark there is: the files of this folder."""
    return sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))


def main(argv: list[str]) -> int:
    """Run the benchmark that ``argv`` begins with; 2 for one that does not exist."""
    if not argv or argv[0] not in names():
        print(f"usage: python -m benchmarks NAME …\nNAME is one of {', '.join(names())}", file=sys.stderr)
        return 2
    return int(import_module(f"benchmarks.{argv[0]}").main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
