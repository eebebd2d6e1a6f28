"""``GET /``: what this is, for a person with a browser."""

from __future__ import annotations

from html import escape

from suno_lab.api import operations
from suno_lab.api.hosts import Host
from suno_lab.api.song_models import SONG_MODELS
from suno_lab.emulator.replies import emulator_version

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; } table { border-collapse: collapse; }
td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top; } code { font-size: .92em; }
"""


def page(host: Host, *, origin: str, asks_key: bool) -> str:
    """The page, with ``origin`` in its examples."""
    key = "YOUR-KEY" if asks_key else "anything"
    models = "".join(
        f"<tr><td><code>{escape(m.name)}</code></td><td>{escape(m.blurb)}</td><td>{escape(m.status)}</td></tr>"
        for m in SONG_MODELS
    )
    calls = "".join(
        f"<tr><td><code>{op.method} {escape(host.credit_path if op.name == 'balance' else op.path)}</code></td>"
        f"<td>{escape(op.title)}</td></tr>"
        for op in operations().values()
        if host.vocabulary in op.hosts
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>suno_lab emulator</title><style>{_STYLE}</style></head><body>
<h1>suno_lab emulator – not Suno</h1>
<p>This is a program on this machine that answers the protocol of <b>{escape(host.name)}</b> with music of its own
engine. Nothing is sent anywhere and nothing is paid for. Version {escape(emulator_version())}.</p>
<p>Base address: <code>{escape(origin)}</code>{"" if asks_key else " – any key is accepted"}</p>
<h2>With curl</h2><pre>{escape(_curl(origin, key, host))}</pre>
<h2>With Python</h2><pre>{escape(_python(origin, key))}</pre>
<h2>Models</h2><table>{models}</table>
<h2>Calls</h2><table>{calls}</table>
<p><a href="/openapi.json">OpenAPI</a> · <a href="/_emulator/ledger">ledger</a> ·
<a href="/_emulator/faults">faults</a> · <a href="/_emulator/health">health</a></p>
</body></html>
"""


def _curl(origin: str, key: str, host: Host) -> str:
    return f"""curl -X POST {origin}/api/v1/generate -H 'Authorization: Bearer {key}' \\
  -H 'Content-Type: application/json' -d '{{"prompt": "calm piano", "customMode": false, "instrumental": true,
       "model": "V5", "callBackUrl": "https://callback.invalid/1"}}'
curl '{origin}/api/v1/generate/record-info?taskId=TASK-ID' -H 'Authorization: Bearer {key}'
curl {origin}{host.credit_path} -H 'Authorization: Bearer {key}'"""


def _python(origin: str, key: str) -> str:
    return f"""from suno_lab import SunoSession

session = SunoSession("studies/first", service="{origin}", api_key="{key}")
task = session.generate("calm piano", instrumental=True)
task.clips[0]"""
