import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine.pronounce import MAX_SYLLABLES, VOWELS, phones_of, syllables_of
from suno_lab.engine.setting import CONSONANT_S
from suno_lab.engine.spelling import phones_from_spelling


def spoken(word: str) -> str:
    return " ".join("-".join(s.phones) + ("*" if s.stressed else "") for s in syllables_of(word))


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("home,", "HH-OW-M*"), ("calling", "K-AO* L-IH-NG"), ("the", "DH-AH"), ("away", "AH W-EY*"),
        ("nation", "N-EY* SH-AH-N"), ("emotion", "IH M-OW* SH-AH-N"), ("tomorrow", "T-AH M-AA* R-OW"),
        ("well-known", "W-EH-L* N-OW-N*"),
        ("24/7", "T-W-EH-N* T-IY F-AO-R* S-EH* V-AH-N"), ("don’t", "D-OW-N-T*"), ("café", "K-AH F-EY*"),
        ("привет", "P-R-IH* V-EH-T"), ("rock&roll", "R-AA-K* AH-N-D R-OW-L*"),
    ],
)  # fmt: skip
def test_words_are_said_as_expected(word: str, syllables: str) -> None:
    assert spoken(word) == syllables


@pytest.mark.parametrize("number", [0, 7, 13, 20, 42, 100, 101, 999, 1000, 1066, 1984, 2000, 2024, 9999])
def test_numbers_are_read_out(number: int) -> None:
    assert syllables_of(str(number))


def test_made_up_words_are_spelled_out() -> None:
    assert phones_from_spelling("blome") == ("B", "L", "OW", "M")
    assert phones_from_spelling("zinga") == ("Z", "IH", "N", "G", "AH")
    assert VOWELS.intersection(phones_of("pst"))


@given(st.text(max_size=60))
def test_any_text_is_said_with_known_phones(text: str) -> None:
    syllables = syllables_of(text)
    assert len(syllables) <= MAX_SYLLABLES
    assert all(s.vowel in VOWELS and set(s.onset + s.coda) <= set(CONSONANT_S) for s in syllables)


@pytest.mark.parametrize("text", ["🎵", "...", "", "—"])
def test_signs_are_silent(text: str) -> None:
    assert syllables_of(text) == ()
