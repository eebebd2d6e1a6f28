"""Firefox over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/): a tab, pointer and keys, what it asks and says.

Things on a page are found as assistive software finds them, by role and accessible name.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox") or ""
ANSWER_WITHIN_S = 30
WITHIN_S = 10

#: no network (every address goes to a port where nobody listens), a sound device that is pretended, no questions asked
PREFERENCES: dict[str, Any] = {
    "browser.download.always_ask_before_handling_new_types": False,
    "browser.download.folderList": 2,
    "media.cubeb.force_mock_context": True,
    "network.proxy.allow_hijacking_localhost": True,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "network.proxy.socks_remote_dns": True,
    "network.proxy.type": 1,
}
KEYS = {"Enter": "\ue006", "Tab": "\ue004", "Right": "\ue014"}
EVENTS = ["log.entryAdded", "network.beforeRequestSent", "browsingContext.downloadEnd"]

BLOCKED = """() => addEventListener('securitypolicyviolation', (event) =>
  console.error(`blocked: ${event.violatedDirective} ${event.blockedURI}`))"""
IN_SIGHT = "(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })"
UNTIL = """() => new Promise((done) => {{
  const latest = performance.now() + {within_ms};
  const look = () => (({condition}) ? done(true) : performance.now() > latest ? done(false) : setTimeout(look, 20));
  look(); }})"""


@dataclass
class Tab:
    """One tab of the browser; events are kept in the order they come in."""

    socket: Any
    context: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    asked_n: int = 0

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to one command; an error in it is raised with the browser's own words."""
        self.asked_n += 1
        self.socket.send(json.dumps({"id": self.asked_n, "method": method, "params": params}))
        while (message := json.loads(self.socket.recv())).get("id") != self.asked_n:
            self.events.append(message)
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
        return message["result"]

    def said(self, event: str) -> list[Any]:
        """What every event of this name has told so far."""
        return [message["params"] for message in self.events if message.get("method") == event]

    def open(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def reload(self) -> None:
        self.ask("browsingContext.reload", context=self.context, wait="complete")

    def call(self, function: str, *nodes: str) -> Any:
        """What a JavaScript function of nodes, or the promise it returns, comes to: a plain value or a node."""
        about = {"arguments": [{"sharedId": node} for node in nodes], "target": {"context": self.context}}
        answer = self.ask("script.callFunction", functionDeclaration=function, awaitPromise=True, **about)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        result = answer["result"]
        return result["sharedId"] if result["type"] == "node" else result.get("value")

    def until(self, condition: str) -> None:
        """Wait for a JavaScript expression to hold."""
        held = self.call(UNTIL.format(condition=condition, within_ms=1000 * WITHIN_S))
        assert held, f"never {condition} on: {self.words()}"

    def words(self) -> str:
        """What a person reads on the page."""
        return str(self.call("() => document.body.innerText"))

    def one(self, role: str, name: str, *, within: str | None = None) -> str:
        """The only thing with this role and accessible name, on the page or inside a node."""
        looked_for: dict[str, Any] = {"type": "accessibility", "value": {"role": role, "name": name}}
        start = {"startNodes": [{"sharedId": within}]} if within else {}
        nodes = self.ask("browsingContext.locateNodes", context=self.context, locator=looked_for, **start)["nodes"]
        assert len(nodes) == 1, f"{len(nodes)} of {role} {name!r} on: {self.words()}"
        return str(nodes[0]["sharedId"])

    def click(self, node: str) -> None:
        """Bring a thing into sight and press the pointer's button in its middle."""
        self.call(IN_SIGHT, node)
        there = {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": {"sharedId": node}}}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "mouse", "actions": [there, *press]})

    def press(self, *keys: str) -> None:
        """Press and let go of one key after the other: characters, or names of :data:`KEYS`."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def saved(self) -> Path:
        """The file that was downloaded last, once it is complete."""
        while not (ended := self.said("browsingContext.downloadEnd")):
            self.events.append(json.loads(self.socket.recv()))
        return Path(ended[-1]["filepath"])

    def _act(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.context, actions=[source])


@contextmanager
def running_firefox(profile: Path) -> Iterator[Tab]:
    """A Firefox of its own on a fresh profile, ended with the block; what is downloaded goes into the profile."""
    import websocket  # comes with Jupyter's server

    profile.mkdir(parents=True)
    wanted = {**PREFERENCES, "browser.download.dir": str(profile)}
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items())
    (profile / "user.js").write_text("".join(lines))
    command = [FIREFOX, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)]
    where = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": {**os.environ, "HOME": str(profile)}}
    with subprocess.Popen(command, text=True, **where) as run:
        try:
            address = next((line.split()[-1] for line in run.stderr if "ws://" in line), None)
            assert address, "firefox ended before it could be driven"
            made = websocket.create_connection(f"{address}/session", ANSWER_WITHIN_S, suppress_origin=True)
            with closing(made) as socket:
                yield _first_tab(Tab(socket))
        finally:
            run.terminate()


def _first_tab(tab: Tab) -> Tab:
    tab.ask("session.new", capabilities={})
    tab.ask("session.subscribe", events=EVENTS)
    tab.ask("script.addPreloadScript", functionDeclaration=BLOCKED)
    tab.context = tab.ask("browsingContext.create", type="tab")["context"]  # the one that is there never has the focus
    return tab
