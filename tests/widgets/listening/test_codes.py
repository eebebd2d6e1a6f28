from __future__ import annotations

import base64
import json
import random
import string
import zlib

import pytest

from suno_lab.errors import StudyError
from suno_lab.widgets.listening.codes import Result, decode_result, encode_result

RESULT = Result(test="t", commitment="c", listener=1, run="r", events=({"type": "play", "s": 1.5, "ü": "é"},) * 5)
CODE = encode_result(RESULT)
ALPHABET = string.ascii_letters + string.digits + "-_."


def coded(values: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    return f"SL1.{body}.{zlib.crc32(body.encode()):08x}"


def test_a_code_says_what_it_was_made_of() -> None:
    assert decode_result(CODE) == RESULT


def test_mail_does_no_harm() -> None:
    folded = "\n> ".join(CODE[i : i + 60] for i in range(0, len(CODE), 60))
    assert decode_result(f"  {folded}\r\n") == RESULT


def test_every_single_slip_is_refused() -> None:
    rng = random.Random(0)
    for place, right in enumerate(CODE):
        wrong = rng.choice([c for c in ALPHABET if c.lower() != right.lower()])
        for slip in (CODE[:place] + wrong + CODE[place + 1 :], CODE[:place] + CODE[place + 1 :]):
            with pytest.raises(StudyError):
                decode_result(slip)


def test_swapped_neighbours_are_refused() -> None:
    for place in range(len(CODE) - 1):
        if CODE[place] != CODE[place + 1]:
            swapped = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
            with pytest.raises(StudyError):
                decode_result(swapped)


@pytest.mark.parametrize(
    "values",
    [
        [],
        None,
        {"test": "t"},
        {**RESULT.__dict__, "events": ["text"]},
        {**RESULT.__dict__, "events": [{"type": 1}]},
        {**RESULT.__dict__, "listener": True},
        {**RESULT.__dict__, "listener": "1"},
        {**RESULT.__dict__, "more": 1},
    ],
)
def test_other_things_with_a_right_checksum_are_refused(values: object) -> None:
    with pytest.raises(StudyError):
        decode_result(coded(values))


@pytest.mark.parametrize("text", ["", "hello", "SL1..", "SL1.ü.00000000", "SL2." + CODE[4:], "SL1.a.b.c"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(StudyError):
        decode_result(text)
