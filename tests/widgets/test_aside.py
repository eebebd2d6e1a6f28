"""Work that no cell waits for: what is seen goes before what is heard."""

from __future__ import annotations

import threading

from suno_lab.widgets.aside import Aside, Order


def test_what_is_seen_goes_first_whatever_came_first() -> None:
    done: list[str] = []
    free = threading.Event()
    aside = Aside(workers_n=1)
    aside.put(lambda: free.wait(10) and None, order=Order.SEEN)
    events = [
        aside.put(lambda: done.append("heard"), order=Order.HEARD),
        aside.put(lambda: done.append("first seen"), order=Order.SEEN),
        aside.put(lambda: done.append("then seen"), order=Order.SEEN),
    ]
    free.set()
    assert all(event.wait(10) for event in events)
    assert done == ["first seen", "then seen", "heard"]
