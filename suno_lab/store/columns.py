"""Columns that grow at their end: a row more copies nothing, and what was handed out is never written again.

Numbers lie in arrays with room behind the last row; a frame is a view of their beginning, which pandas copies before
anybody writes to it. Strings are Arrow pieces, joined to larger ones now and then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suno_lab.tables import FLOAT, STRING, Column, column_of, numbers, strings

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from suno_lab.tables import Array

#: room beyond what is needed, in rows and as a share
SPARE_N, SPARE_SHARE = 1024, 0.25


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Rows from ``start`` to before ``stop`` make way for the next ``rows_n`` of the new ones."""

    start: int
    stop: int
    rows_n: int


class Grown:
    """Rows of some columns, each at a position; positions go upwards.

    Parameters
    ----------
    columns : sequence of Column
        The schema.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        import pyarrow as pa

        self.columns = columns
        self.n = 0
        self._room_n = 0
        self._positions: list[Array] = [np.empty(0, dtype="int64")]
        self._dtypes = {c.name: c.dtype for c in columns}
        self._numbers = {c.name: numbers((), c.dtype) for c in columns if c.dtype != STRING}
        self._strings = {c.name: [pa.array((), pa.large_string())] for c in columns if c.name not in self._numbers}
        self._floats = [column.name for column in columns if column.dtype == FLOAT]
        self._block: Array = np.empty((len(self._floats), 0))  #: all of them: pandas is slow with hundreds of pieces
        self._roomy: pd.DataFrame | None = None

    def between(self, low: int, high: int) -> tuple[int, int]:
        """The first row at a position from ``low`` to ``high``, and the one after the last."""
        start, stop = np.searchsorted(self._positions[0][: self.n], (low, high + 1))
        return int(start), int(stop)

    def splice(self, cuts: Sequence[Cut], positions: Sequence[int], rows: Mapping[str, Sequence[Any]]) -> bool:
        """Put new rows in the place of old ones.

        Parameters
        ----------
        cuts : sequence of Cut
            In order, apart from each other.
        positions : sequence of int
            Of all new rows.
        rows : mapping of str to sequence
            The new rows' values by column.

        Returns
        -------
        bool
            Whether the rows of before are as they were.
        """
        added = [np.array(positions, dtype="int64")]
        read = {name: numbers(rows[name], self._dtypes[name]) for name in self._numbers}
        texts = {name: strings(rows[name]) for name in self._strings}
        grows = all(cut.start == self.n for cut in cuts)
        if grows:
            self._append(len(added[0]), added, read, texts)
        else:
            self._rebuild(cuts, added, read, texts)
        return grows

    def _append(
        self, rows_n: int, positions: list[Array], read: Mapping[str, list[Array]], texts: Mapping[str, pa.Array]
    ) -> None:
        if self.n + rows_n > self._room_n:
            self._make_room(self.n + rows_n)
        for held, new in ((self._positions, positions), *((self._numbers[name], read[name]) for name in read)):
            for part, values in zip(held, new, strict=True):
                part[self.n : self.n + rows_n] = values
        for name, piece in texts.items():
            self._strings[name] = joined([*self._strings[name], piece])
        self.n += rows_n

    def _make_room(self, rows_n: int) -> None:
        rows = self._roomier(rows_n)
        self._positions[:] = [_roomy(part[: self.n], self._room_n) for part in self._positions]
        for name, held in self._numbers.items():
            held[:] = [_roomy(part[: self.n], self._room_n, rows.get(name)) for part in held]

    def _roomier(self, rows_n: int) -> dict[str, Array]:
        """Make room for at least so many rows; the new places of the columns that lie in one block."""
        self._room_n = rows_n + SPARE_N + int(rows_n * SPARE_SHARE)
        self._roomy = None
        self._block = np.empty((len(self._floats), self._room_n))
        return dict(zip(self._floats, self._block, strict=True))

    def _rebuild(
        self,
        cuts: Sequence[Cut],
        positions: list[Array],
        read: Mapping[str, list[Array]],
        texts: Mapping[str, pa.Array],
    ) -> None:
        plan = list(_plan(cuts, self.n))
        rows_n = sum(stop - start for _, start, stop in plan)
        rows = self._roomier(rows_n)
        for name, held, new in (("", self._positions, positions), *((n, self._numbers[n], read[n]) for n in read)):
            held[:] = [
                _roomy(
                    np.concatenate([(b if is_new else a)[start:stop] for is_new, start, stop in plan]),
                    self._room_n,
                    rows.get(name),
                )
                for a, b in zip(held, new, strict=True)
            ]
        for name, piece in texts.items():
            old = one(self._strings[name])
            self._strings[name] = [one([(piece if is_new else old)[start:stop] for is_new, start, stop in plan])]
        self.n = rows_n

    def frame(self) -> pd.DataFrame:
        """All rows, in the order of the columns; a view."""
        import pandas as pd
        import pyarrow as pa

        if self._roomy is None:
            self._roomy = self._columns()
        made = self._roomy.iloc[: self.n]
        for place, column in enumerate(self.columns):
            if column.name in self._strings:
                made.isetitem(place, pd.arrays.ArrowStringArray(pa.chunked_array(self._strings[column.name])))
        return made

    def _columns(self) -> pd.DataFrame:
        """The arrays as they lie, room included; strings are not there yet."""
        import pandas as pd
        import pyarrow as pa

        blank: Any = pd.array(pa.nulls(self._room_n, pa.large_string()), dtype=STRING)
        made = pd.DataFrame(self._block.T, index=range(self._room_n), columns=self._floats, copy=False)
        for place, column in enumerate(self.columns):
            if column.dtype != FLOAT:
                parts = self._numbers.get(column.name)
                values = column_of(parts, column.dtype) if parts else blank
                made.insert(place, column.name, pd.Series(values, index=made.index, copy=False))  # arrays are copied
        return made


class Levels:
    """The index of rows by several columns, kept while rows are added.

    Parameters
    ----------
    names : sequence of str
        The columns.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.n = 0
        self._values: list[Array] = []
        self._codes: list[Array] = []
        self._levels: list[Any] = []

    def extended(self, frame: pd.DataFrame) -> pd.MultiIndex:
        """The index of a frame whose first rows are those seen before."""
        import pandas as pd

        if self.n:
            later = frame.iloc[self.n :]
            for place, name in enumerate(self.names):
                self._extend(place, later[name])
        else:
            fresh = pd.MultiIndex.from_frame(frame[self.names])
            self._levels = list(fresh.levels)
            self._values = [level.to_numpy() for level in fresh.levels]
            self._codes = [np.asarray(codes, dtype="int32") for codes in fresh.codes]
        self.n = len(frame)
        codes: Any = self._codes
        return pd.MultiIndex(self._levels, codes, names=self.names, verify_integrity=False)

    def _extend(self, place: int, column: pd.Series) -> None:
        import pandas as pd

        there = column.notna().to_numpy()
        values = column[there].to_numpy()
        known = self._values[place]
        at = np.searchsorted(known, values)
        new = at == len(known)
        new[~new] = known[at[~new]] != values[~new]
        missing = np.unique(values[new])
        if len(missing):
            moved = np.append(np.arange(len(known)) + np.searchsorted(missing, known), -1)  # −1 stays −1
            self._codes[place] = moved[self._codes[place]].astype("int32")
            self._values[place] = known = np.insert(known, np.searchsorted(known, missing), missing)
            self._levels[place] = pd.Index(known, dtype=column.dtype)
        added = np.full(len(column), -1, dtype="int32")
        added[there] = np.searchsorted(known, values)
        self._codes[place] = np.concatenate([self._codes[place], added])


def _roomy(values: Array, room_n: int, held: Array | None = None) -> Array:
    held = np.empty(room_n, dtype=values.dtype) if held is None else held
    held[: len(values)] = values
    return held


def _plan(cuts: Sequence[Cut], n: int) -> list[tuple[bool, int, int]]:
    """Pieces of the result in order: whether of the new rows, first row, row after the last."""
    plan, old, new = [], 0, 0
    for cut in cuts:
        plan += [(False, old, cut.start), (True, new, new + cut.rows_n)]
        old, new = cut.stop, new + cut.rows_n
    return [*plan, (False, old, n)]


def joined(pieces: list[pa.Array]) -> list[pa.Array]:
    """The same strings in fewer pieces: each at least twice as long as the next, so that few are copied at a time."""
    while len(pieces) > 1 and len(pieces[-2]) < 2 * len(pieces[-1]):
        pieces = [*pieces[:-2], one(pieces[-2:])]
    return pieces


def one(pieces: list[pa.Array]) -> pa.Array:
    """Pieces in one."""
    import pyarrow as pa

    return pa.concat_arrays(pieces)
