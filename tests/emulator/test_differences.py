"""The page of differences knows every fault and every moderated word."""

from __future__ import annotations

from pathlib import Path

import suno_lab
from suno_lab.emulator.faults import FAULTS, SENSITIVE_WORDS

PAGE = (Path(suno_lab.__file__).parent.parent / "docs" / "differences.md").read_text(encoding="utf-8")


def test_the_table_of_faults_is_the_table_of_faults():
    written = PAGE.split("<!-- faults: begin -->\n")[1].split("<!-- faults: end -->")[0]
    rows = [f"| `{fault.name}` | {fault.strikes.value} | {fault.doc} |\n" for fault in FAULTS.values()]
    assert written.splitlines(keepends=True)[2:] == rows


def test_every_moderated_word_is_published():
    assert all(f"`{word}`" in PAGE for word in SENSITIVE_WORDS)
