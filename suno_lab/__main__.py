"""``python -m suno_lab`` is the command ``suno-lab``."""

import sys

from suno_lab.cli import main

if __name__ == "__main__":
    sys.exit(main())
