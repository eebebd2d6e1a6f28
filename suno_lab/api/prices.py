"""What a credit costs, and where the prices beside the operations were read."""

from __future__ import annotations

#: the price list of kie, and the day its charges were confirmed by real ones
KIE_LIST = "kie.ai price list, autumn 2026, checked against charges of 2026-10-05"
PRICES_DATE = "2026-10-05"

#: US dollars for one credit at kie, and the day that rate was read
USD_PER_CREDIT = 0.005
USD_RATE_DATE = "2026-10-05"
