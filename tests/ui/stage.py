"""A stage for widgets without Jupyter: a page with a model that keeps the widget's own state.

The model behaves as the front ends' do (`get`, `set`, `save_changes`, `on`, `off`, `send`), so a widget's script runs
unchanged; what it saves and sends is recorded for the test to read.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from suno_lab.widgets import Player
from tests.ui.servers import ROOT

ARTEFACTS = ROOT / "test-artifacts"

MOUNT = """
async ({ script, style, state, place, theme, beside }) => {
  const unpack = (value) => {
    if (Array.isArray(value)) return value.map(unpack);
    if (value && typeof value === "object") {
      if ("__bytes__" in value) {
        const text = atob(value.__bytes__);
        return new DataView(Uint8Array.from(text, (c) => c.charCodeAt(0)).buffer);
      }
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, unpack(v)]));
    }
    return value;
  };
  const kept = unpack(state);
  const handlers = new Map();
  const fire = (name, ...given) => [...(handlers.get(name) ?? [])].forEach((handler) => handler(...given));
  const model = {
    get: (name) => kept[name],
    set: (name, value) => {
      if (JSON.stringify(kept[name]) === JSON.stringify(value)) return;
      kept[name] = value;
      fire(`change:${name}`);
    },
    save_changes: () => { window.saves += 1; },
    on: (name, handler) => handlers.set(name, [...(handlers.get(name) ?? []), handler]),
    off: (name, handler) => handlers.set(name, (handlers.get(name) ?? []).filter((known) => known !== handler)),
    send: (content, callbacks, buffers) => { window.sent.push(content); },
    fire,
    handlersLeft: () => [...handlers.values()].reduce((sum, list) => sum + list.length, 0),
  };
  if (!beside) Object.assign(window, { model, saves: 0, sent: [] });
  if (theme === "dark") document.documentElement.style.colorScheme = "dark";
  document.body.style.background = "Canvas";
  const host = document.createElement("main");
  host.id = "host";
  document.body.append(host);
  let el = host;
  if (place === "shadow") {
    const root = host.attachShadow({ mode: "open" });
    el = document.createElement("div");
    root.append(el);
  }
  const sheet = document.createElement("style");
  sheet.textContent = style;
  (place === "shadow" ? host.shadowRoot : document.head).append(sheet);
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const module = await import(address);
  URL.revokeObjectURL(address);
  window.tearDown = await module.default.render({ model: window.model, el });
}
"""


class Stage:
    """Puts widgets on a page and reads what they did there."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def mount(self, widget: Any, *, place: str = "light", theme: str = "light", beside: bool = False) -> Any:
        """Show ``widget`` (made in Python) in the page's own tree or in a shadow root; returns the page.

        With ``beside`` it becomes a second view of the model that is on stage already.
        """
        if isinstance(widget, Player):
            assert widget.ready()
        state = {name: packed(value) for name, value in widget.get_state().items() if not name.startswith("_")}
        if not beside:
            self.page.goto("about:blank")
            self.page.set_content("<!doctype html><html lang=en><title>stage</title><body></body></html>")
        given = {"script": widget._esm, "style": widget._css, "state": state, "place": place, "theme": theme}
        given["beside"] = beside
        self.page.evaluate(MOUNT, given)
        return self.page

    def get(self, trait: str) -> Any:
        """The value of a trait as the page has it."""
        return self.page.evaluate("name => window.model.get(name)", trait)

    def set(self, trait: str, value: Any) -> None:
        """Set a trait as Python would."""
        self.page.evaluate("([name, value]) => window.model.set(name, value)", [trait, value])

    def wait(self, condition: str) -> None:
        """Until a JavaScript expression holds; ``get`` is the model's."""
        self.page.wait_for_function(f"() => {{ const get = window.model.get; return {condition}; }}")

    @property
    def sent(self) -> list[Any]:
        """Messages the widget has sent to Python."""
        return list(self.page.evaluate("() => window.sent"))

    def screenshot(self, path: Path) -> None:
        """A picture of what is on stage."""
        self.page.screenshot(path=path, full_page=True)

    def keep(self, name: str) -> None:
        """Keep what is on stage as ``test-artifacts/<name>.png``."""
        keep_picture(self.page, name, full_page=True)


def keep_picture(page: Any, name: str, **about: Any) -> None:
    """Keep what is on the screen as ``test-artifacts/<name>.png``."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", **about)


def packed(value: Any) -> Any:
    """A trait's value as JSON, bytes marked as such."""
    if isinstance(value, (bytes, memoryview)):
        return {"__bytes__": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: packed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [packed(item) for item in value]
    return value
