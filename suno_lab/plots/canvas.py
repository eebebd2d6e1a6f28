"""What all pictures share: axes, colours, clock times, safe text, and the mark on emulated clips.

Nothing here sets a global parameter: colours and fonts of the page (light or dark) are taken as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Okabe & Ito's colours for everyone, 2008: on light pages without yellow, on dark ones without the dark blue
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
COLOURS_ON_DARK = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P")  #: so that colour never stands alone
COLOUR_MAP = "cividis"
EMULATED_MARK = "emulated – not Suno"
MISSING_GLYPH = "▯"
MARK_IN = 1.4  #: the width of that mark on the page
TITLE_LETTER_IN = 0.1

CLOCK_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)


def new_axes(ax: Axes | None, *, width_in: float = 8.0, height_in: float = 3.0) -> Axes:
    """``ax`` itself, or the axes of a new figure."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(width_in, height_in), layout="constrained")[1]


def text_colour() -> str:
    """The page's colour for text."""
    from matplotlib import rcParams

    return rcParams["text.color"]


def faint_colour() -> tuple[float, float, float, float]:
    """The page's colour for text, hardly there."""
    from matplotlib.colors import to_rgba

    return to_rgba(text_colour(), 0.35)


def on_dark() -> bool:
    """Whether the page's text is light, and its ground so dark."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(text_colour())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5


def colour_of(index: int) -> str:
    """The colour of the ``index``-th thing, as the page in force shows it best."""
    colours = COLOURS_ON_DARK if on_dark() else COLOURS
    return colours[index % len(colours)]


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def clock(seconds: float, *, decimals: int = 0) -> str:
    """``75.3`` → ``"1:15"``. Rounded before it is split, so that 59.96 s is ``1:00.0`` and never ``0:60.0``."""
    units = round(abs(seconds) * 10**decimals)
    whole, fraction = divmod(units, 10**decimals)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    sign = "-" if seconds < 0 and units else ""
    return sign + head + (f".{fraction:0{decimals}d}" if decimals else "")


def clock_step_s(span_s: float, *, ticks_n: int = 8) -> float:
    """The distance of ticks that puts at most ``ticks_n`` on ``span_s`` seconds."""
    return next((step for step in CLOCK_STEPS_S if span_s <= step * ticks_n), 60.0 * math.ceil(span_s / 60 / ticks_n))


def clock_axis(axis: Any, start_s: float, end_s: float, *, ticks_n: int = 8) -> None:
    """Write an axis that runs from ``start_s`` to ``end_s`` in minutes and seconds."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    step_s = clock_step_s(end_s - start_s, ticks_n=ticks_n)
    decimals = 0 if step_s >= 1 else 1
    axis.set_major_locator(MultipleLocator(step_s))
    axis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds, decimals=decimals)))


def time_x(ax: Axes, start_s: float, end_s: float) -> None:
    """Make x the time of a clip, in minutes and seconds."""
    ax.set_xlim(start_s, end_s)
    clock_axis(ax.xaxis, start_s, end_s)
    ax.set_xlabel("time (m:ss)")


def log_ticks(ax: Axes, which: str, values: Iterable[float]) -> None:
    """Make x or y logarithmic with plain numbers at ``values``."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis = ax.xaxis if which == "x" else ax.yaxis
    (ax.set_xscale if which == "x" else ax.set_yscale)("log")
    axis.set_major_locator(FixedLocator(list(values)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def log_numbers(ax: Axes, which: str) -> None:
    """Make x or y logarithmic with plain numbers, a few a decade."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis = ax.xaxis if which == "x" else ax.yaxis
    (ax.set_xscale if which == "x" else ax.set_yscale)("log")
    axis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def whole_numbers(axis: Any) -> None:
    """Counts have ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def safe_text(text: object) -> dict[str, Any]:
    """Arguments that draw any string as it is: no mathematics in ``$``, a font for every script.

    Characters that no installed font knows become ``▯``; without that, matplotlib warns at each of them.
    """
    from matplotlib import rcParams

    plain = "".join(c if c.isprintable() or c == "\n" else " " for c in str(text))
    base = tuple(rcParams["font.family"])
    families, known = _fonts_for(frozenset(c for c in plain if c != "\n"), base, tuple(rcParams["font.sans-serif"]))
    shown = "".join(c if c in known or c == "\n" else MISSING_GLYPH for c in plain)
    return {"s": shown, "parse_math": False, "fontfamily": [*base, *families]}


def write(ax: Axes, x: float, y: float, text: object, **style: Any) -> Any:
    """``ax.text`` for any string."""
    safe = safe_text(text)
    return ax.text(x, y, safe.pop("s"), **(safe | style))


def title(ax: Axes, text: object) -> None:
    """``ax.set_title`` for any string, at the left (the mark of emulated clips is at the right), in lines that fit."""
    safe = safe_text(text)
    letters_n = max(int((width_in(ax) - MARK_IN) / TITLE_LETTER_IN), 12)
    ax.set_title("\n".join(_lines(safe.pop("s"), letters_n)), loc="left", **safe)


def _lines(text: str, letters_n: int) -> list[str]:
    return [line for part in text.split("\n") for line in wrap(part, letters_n, max_lines=3, placeholder=" …") or [""]]


def width_in(ax: Axes) -> float:
    """How wide the axes are on the page, in inches."""
    return max(ax.get_window_extent().width / ax.figure.dpi, 0.1)


def column_name(name: str) -> str:
    """A column as an axis is named: ``loudness_integrated_lufs`` → ``loudness integrated (LUFS)``."""
    from suno_lab import features

    known = features.feature(name)
    unit = known.unit if known and known.dtype != "string" else ""  # a name has no unit
    plain = name.removesuffix(f"_{unit.lower().replace(' ', '_')}") if unit else name
    return plain.replace("_", " ") + (f" ({unit})" if unit else "")


def tick_names(axis: Any, positions: Iterable[float], names: Iterable[object], **style: Any) -> None:
    """Ticks with any strings."""
    safe = [safe_text(name) for name in names]
    axis.set_ticks(list(positions))
    axis.set_ticklabels([one["s"] for one in safe], **style)
    for tick, one in zip(axis.get_major_ticks(), safe, strict=True):
        for label in (tick.label1, tick.label2):
            label.set(parse_math=False, fontfamily=one["fontfamily"])


def legend(ax: Axes, **style: Any) -> None:
    """A legend with any strings; none where nothing is labelled."""
    handles, names = ax.get_legend_handles_labels()
    if not handles:
        return
    drawn = ax.legend(handles, names, frameon=False, **style)
    for text in drawn.get_texts():
        safe = safe_text(text.get_text())
        text.set(text=safe["s"], parse_math=False, fontfamily=safe["fontfamily"])


@lru_cache(maxsize=512)
def _fonts_for(
    characters: frozenset[str], base: tuple[str, ...], _sans: tuple[str, ...]
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Installed families to add to ``base`` for these characters, and the characters that can then be drawn."""
    from matplotlib import font_manager

    covered: set[str] = set()
    for family in base:
        covered |= characters & _characters_of(font_manager.findfont(font_manager.FontProperties(family=[family])))
    extra: list[str] = []
    fonts = sorted(font_manager.fontManager.ttflist, key=lambda entry: entry.name.startswith("Last Resort"))
    for entry in fonts if characters - covered else ():
        more = (characters - covered) & _characters_of(entry.fname)
        if more and entry.style == "normal" and entry.name not in extra:
            extra.append(entry.name)
            covered |= more
        if not characters - covered:
            break
    return tuple(extra), frozenset(covered)


@lru_cache(maxsize=1024)
def _characters_of(font_path: str) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(map(chr, FT2Font(font_path).get_charmap()))
    except (RuntimeError, OSError):  # a font file that cannot be read has no characters
        return frozenset()


# ── emulated clips ───────────────────────────────────────────────────────────────────────────────────────────────────
def is_emulated(df: pd.DataFrame) -> bool:
    """Whether a frame holds clips of the emulator."""
    return "service" in df and bool(df["service"].eq("emulator").any())


def mark_emulated(ax: Axes, emulated: bool) -> None:
    """Write above the picture, where it covers nothing, that these clips are not the service's."""
    if emulated:
        ax.set_title(EMULATED_MARK, loc="right", fontsize="small", fontstyle="italic", color=text_colour())


def coloured_bar(ax: Axes, image: Any, label: str) -> None:
    """A colour bar beside ``ax``."""
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.01)
