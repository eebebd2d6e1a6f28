"""How the emulated models differ, in one table.

The differences are invented, on purpose, and seeded: they give studies of the emulator something true to find. They
say nothing about the real models of any service. Every effect that was applied is recorded in the truth of the song.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from ..errors import UnknownModel


@dataclass(frozen=True, kw_only=True)
class EmulatedModel:
    """The traits of one emulated model.

    Attributes
    ----------
    max_duration_s
        No clip is longer.
    tempo_miss_p, key_miss_p
        Chance that an asked tempo (key) is not honoured at all.
    tempo_sd
        Standard deviation of the tempo around the asked one, as a fraction of it.
    loudness_lufs
        Integrated loudness the mix is brought to.
    bandwidth_hz
        Where the mix is cut off.
    pitch_sd_cents
        Standard deviation of sung notes around their pitch.
    timing_sd_ms
        Standard deviation of played notes around the beat.
    density
        How busy the band plays, 1.0 = as the style table says.
    adventure
        Chance that a chord of the loop is replaced by a borrowed one.
    """

    name: str
    max_duration_s: float
    tempo_miss_p: float
    key_miss_p: float
    tempo_sd: float
    loudness_lufs: float
    bandwidth_hz: float
    pitch_sd_cents: float
    timing_sd_ms: float
    density: float
    adventure: float = 0.0


_COLUMNS = tuple(f.name for f in fields(EmulatedModel))
#   name        max_s  tempo_miss key_miss tempo_sd  LUFS   band_hz pitch_ct timing_ms density adventure
_ROWS: tuple[tuple[object, ...], ...] = (
    ("V3_5", 240.0, 0.10, 0.10, 0.020, -17.0, 9_500.0, 22.0, 9.0, 0.80, 0.00),
    ("V4", 240.0, 0.08, 0.08, 0.012, -16.0, 12_000.0, 16.0, 7.0, 0.90, 0.00),
    ("V4_5", 480.0, 0.05, 0.06, 0.008, -15.0, 14_500.0, 12.0, 6.0, 0.95, 0.00),
    ("V4_5PLUS", 480.0, 0.05, 0.05, 0.006, -14.5, 16_000.0, 10.0, 5.5, 1.05, 0.00),
    ("V4_5ALL", 480.0, 0.05, 0.05, 0.007, -15.0, 15_000.0, 11.0, 6.0, 1.00, 0.00),
    ("V5", 480.0, 0.03, 0.03, 0.003, -14.0, 18_000.0, 7.0, 5.0, 1.00, 0.00),
    ("V5_5", 480.0, 0.02, 0.02, 0.002, -13.5, 19_000.0, 5.0, 4.5, 1.00, 0.00),
    ("V6", 480.0, 0.01, 0.01, 0.001, -13.0, 20_000.0, 3.0, 4.0, 1.05, 0.00),
    ("V6_MINI", 480.0, 0.04, 0.04, 0.005, -14.0, 16_000.0, 8.0, 4.5, 0.85, 0.00),
    ("V6_WILD", 480.0, 0.06, 0.06, 0.006, -12.5, 20_000.0, 6.0, 6.0, 1.15, 0.15),
)
MODELS: dict[str, EmulatedModel] = {
    str(row[0]): EmulatedModel(**dict(zip(_COLUMNS, row, strict=True)))  # type: ignore[arg-type]
    for row in _ROWS
}


def emulated_model(name: str) -> EmulatedModel:
    """The traits of the model called ``name``; raises :class:`~suno_lab.errors.UnknownModel`."""
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModel(name, MODELS) from None
