"""``%suno`` and ``%%suno``: ask for a song in one line, or sing the cell.

::

    %load_ext suno_lab
    %suno -m V5 --instrumental calm relaxing piano

    %%suno -m V5 -s "indie folk, 92 bpm" -t "Slow tide" -o song
    [Verse]
    Slow tide, come in
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from suno_lab.api import operation_of
from suno_lab.api.music import Generate
from suno_lab.api.song_models import DEFAULT_MODEL, NAMES
from suno_lab.errors import SunoLabError

#: the folder of a session that nobody has named, and the variable that then holds it
DEFAULT_FOLDER, DEFAULT_NAME = "suno_lab_session", "session"

_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("-m", "--model"), {"default": DEFAULT_MODEL, "help": "which song model"}),
    (("-s", "--style"), {"help": "genre, mood, instruments, tempo, key"}),
    (("-t", "--title"), {"help": "the song's title"}),
    (("-i", "--instrumental"), {"action": "store_true", "help": "no singing"}),
    (
        ("-d", "--duration"),
        {"type": float, "metavar": "SECONDS", "help": "wished length, for the models that take one"},
    ),
    (("-g", "--vocal-gender"), {"choices": ("m", "f"), "help": "whose voice"}),
    (("-x", "--negative-tags"), {"help": "styles to avoid"}),
    (("-n",), {"type": int, "default": 1, "help": "how many tasks of this request"}),
    (("-o", "--out"), {"metavar": "NAME", "help": "variable that gets the result"}),
    (("-S", "--session"), {"metavar": "NAME", "default": DEFAULT_NAME, "help": "variable that holds the session"}),
    (("-b", "--background"), {"action": "store_true", "help": "do not wait: the result is a job"}),
    (("-f", "--fresh"), {"action": "store_true", "help": "ask anew although an equal request was answered before"}),
    (("-p", "--price"), {"action": "store_true", "help": "say what it would cost, and ask nothing"}),
)


def _suno_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options of ``%suno``; the last declared comes first in the help."""
    described = argument("description", nargs="*", help="what the song should be about")(function)
    for names, about in reversed(_OPTIONS):
        described = argument(*names, **about)(described)
    return magic_arguments("suno")(described)


def request_from_line(arguments: argparse.Namespace, cell: str | None) -> Generate:
    """The request that a line (and, with ``%%suno``, a cell of lyrics) stands for.

    Raises
    ------
    UsageError
        When there is nothing to ask for, or a description beside lyrics.
    """
    description = _unquoted(arguments.description) or None
    lyrics = cell.strip("\n") if cell and cell.strip() else None
    if lyrics and description:
        raise UsageError("with %%suno the cell holds the lyrics; say the style with -s instead of a description")
    if not (lyrics or description or arguments.style):
        raise UsageError("nothing to ask for: describe the song after %suno, or write lyrics below %%suno")
    return Generate(
        description=description,
        lyrics=lyrics,
        style=_unquoted([arguments.style]) or None,
        title=_unquoted([arguments.title]) or None,
        instrumental=arguments.instrumental,
        model=arguments.model,
        duration_s=arguments.duration,
        vocal_gender=arguments.vocal_gender,
        negative_tags=_unquoted([arguments.negative_tags]) or None,
    )


def _unquoted(words: Sequence[str | None]) -> str:
    """Words as one text, without the quotation marks that IPython's splitting leaves around them."""
    text = " ".join(word for word in words if word)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def session_in(namespace: Mapping[str, Any], name: str) -> Any | None:
    """The session that a variable holds; None where there is no such variable.

    Raises
    ------
    UsageError
        When the variable holds something else.
    """
    found = namespace.get(name)
    if found is not None and not hasattr(found, "submit_generate"):
        raise UsageError(f"{name} is a {type(found).__name__}, not a session; name the session's variable with -S")
    return found


@magics_class
class SunoMagics(Magics):
    """The magics of this package."""

    shell: Any

    @_suno_arguments
    @line_cell_magic
    def suno(self, line: str, cell: str | None = None) -> Any:
        """Ask for a song: ``%suno calm piano``; with ``%%suno`` the cell's text is sung word for word."""
        arguments = parse_argstring(self.suno, line)
        request = request_from_line(arguments, cell)
        session = self._session(arguments.session)
        if arguments.price:
            return price_line(session, request, tasks_n=arguments.n)
        try:
            result = _asked(session, request, arguments)
        except SunoLabError as problem:
            raise UsageError(str(problem)) from None
        if arguments.out:
            self.shell.user_ns[arguments.out] = result
        return result

    def _session(self, name: str) -> Any:
        found = session_in(self.shell.user_ns, name)
        if found is None and name != DEFAULT_NAME:
            raise UsageError(f"there is no variable {name!r}; make one: {name} = SunoSession('studies/first')")
        if found is None:
            from suno_lab.session import SunoSession

            found = self.shell.user_ns[name] = SunoSession(DEFAULT_FOLDER)
        return found


def _asked(session: Any, request: Generate, arguments: argparse.Namespace) -> Any:
    if arguments.background:
        jobs = [session.submit(request, fresh=arguments.fresh or i > 0) for i in range(arguments.n)]
        return jobs[0] if len(jobs) == 1 else jobs
    return session.run(request, n=arguments.n, fresh=arguments.fresh)


def price_line(session: Any, request: Generate, *, tasks_n: int) -> str:
    """What a request would cost, in words."""
    from suno_lab.widgets.forms import price_text

    return price_text(operation_of(request).credits(request), tasks_n=tasks_n, emulated=session.emulated)


# ── completion ───────────────────────────────────────────────────────────────────────────────────────────────────────
def completions(line: str, *, names: Sequence[str] = ()) -> list[str]:
    """What may stand where ``line`` ends: options, or the values of the option before.

    Parameters
    ----------
    line : str
        The line up to the cursor, ``%suno`` included.
    names : sequence of str
        Variables, for the options that take one.
    """
    last, before = _last_words(line)
    values: Mapping[str, Sequence[str]] = {
        "-m": NAMES, "--model": NAMES, "-g": ("m", "f"), "--vocal-gender": ("m", "f"),
        "-o": names, "--out": names, "-S": names, "--session": names,
    }  # fmt: skip
    offered = values.get(before) or [name for options, _ in _OPTIONS for name in options]
    return [word for word in offered if word.startswith(last)]


def _last_words(line: str) -> tuple[str, str]:
    try:
        words = shlex.split(line)
    except ValueError:  # inside a quotation
        return line.split()[-1], ""
    if not line or line[-1].isspace():
        words.append("")
    return words[-1], words[-2] if len(words) > 1 else ""


def load_ipython_extension(shell: Any) -> None:
    """Register ``%suno``, ``%%suno`` and their completion."""
    shell.register_magics(SunoMagics)

    @context_matcher(identifier="suno_lab.options")
    def options(context: CompletionContext) -> SimpleMatcherResult:
        line = context.line_with_cursor[: context.cursor_position]
        if not re.match(r"%%?suno\s", line):
            return {"completions": []}
        names = [name for name in shell.user_ns if not name.startswith("_")]
        found = [SimpleCompletion(word, type="option") for word in completions(line, names=names)]
        # nothing of Python's belongs between the options
        return {"completions": found, "matched_fragment": _last_words(line)[0], "suppress": bool(found)}

    known = [matcher for matcher in shell.Completer.custom_matchers if matcher.matcher_identifier != "suno_lab.options"]
    shell.Completer.custom_matchers = [*known, options]
