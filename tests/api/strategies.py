"""Arbitrary JSON, for tests that hold on all of it."""

from __future__ import annotations

from hypothesis import strategies as st

scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.integers(min_value=-5, max_value=600)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["", " ", "0", "1", "SUCCESS", "2025-01-01 00:00:00", "https://files.example/a.mp3", "V5", "V9"])
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def objects_with(names: list[str]) -> st.SearchStrategy[dict[str, object]]:
    """Objects whose keys are mostly the given ones, with anything at all as values."""
    keys = st.sampled_from(names) | st.text(max_size=8)
    inner = st.recursive(
        scalars, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(keys, deeper, max_size=5), max_leaves=15
    )
    return st.dictionaries(keys, inner, max_size=12)
