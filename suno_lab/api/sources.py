"""Where the rules come from: pages of the service, and when each was read."""

from __future__ import annotations

S = "old-docs.kie.ai quickstart, late 2025"
K = "docs.kie.ai/old-model/suno-api, 2026-08-19"
KM = "docs.kie.ai/suno-api (createTask), 2026-10"
N0 = "docs.sunoapi.org, early 2026"
N1 = "docs.sunoapi.org, 2026-07 to 2026-10"
O = "seen on the wire, 2026"  # noqa: E741 - the reference's own tag

#: the short names that a table can afford
TAGS = {S: "S", K: "K", KM: "KM", N0: "N0", N1: "N1", O: "O"}

# Whose page it is: a page speaks about its own host.
ON_KIE = frozenset({"kie"})
ON_SUNOAPI = frozenset({"sunoapi"})
