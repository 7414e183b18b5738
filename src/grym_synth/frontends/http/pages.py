"""Two plain pages: where to begin, and the calls as they are described. No script, nothing from elsewhere."""

from __future__ import annotations

import html
import json

from ... import __version__
from ..calls.table import CALLS, Call

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid; border-radius: 6px; }
h2 { margin-top: 2.5rem; } dt { font-weight: 600; } dd { margin: 0 0 0.75rem; }
"""


def first_page(token_place: str) -> str:
    body = f"""<h1>grym-synth</h1>
<p>Ask your recordings. This hub is version {__version__} and answers on this machine.</p>
<dl>
<dt><a href="/docs">The API</a></dt><dd>every call; as data: <a href="/openapi.json">openapi.json</a></dd>
<dt><a href="/mcp">/mcp</a></dt><dd>for assistants, by the Model Context Protocol</dd>
<dt><a href="/v1/health">/v1/health</a></dt><dd>how the hub is</dd>
<dt><a href="/metrics">/metrics</a></dt><dd>for Prometheus</dd>
<dt><a href="/v1/events">/v1/events</a></dt><dd>changes as they happen</dd>
</dl>
<p>All but these pages needs the token that lies in <code>{html.escape(token_place)}</code>:</p>
<pre>curl -H "Authorization: Bearer $(cat {html.escape(token_place)})" -H 'Content-Type: application/json' \\
  -d '{{"question": "dotted eighth at 120 bpm"}}' http://127.0.0.1:PORT/v1/ask</pre>"""
    return _page("grym-synth", body)


def docs_page() -> str:
    return _page("grym-synth: the API", "<h1>The API</h1>" + "".join(map(_section, CALLS)))


def _section(call: Call) -> str:
    rows = []
    for name, schema in call.takes.model_json_schema().get("properties", {}).items():
        must = "" if "default" in schema else ", needed"
        rows.append(f"<dt><code>{name}</code>{must}</dt><dd>{html.escape(schema.get('description', ''))}</dd>")
    example = html.escape(json.dumps(call.example or {}, indent=1))
    return (
        f'<h2 id="{call.name}">{html.escape(call.title)}</h2><p><code>POST /v1/{call.name}</code></p>'
        f"<p>{html.escape(call.about)}</p><dl>{''.join(rows)}</dl><pre>{example}</pre>"
    )


def _page(title: str, body: str) -> str:
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    return f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>\n'
