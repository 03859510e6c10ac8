"""Two hundred ways to smuggle a script into a page, and a settings file that is full of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

MARK = "window.hacked=1"
BODIES = (MARK, f"eval('{MARK}')", f"top.{MARK}", f"setTimeout('{MARK}')", f"Function('{MARK}')()")
SHAPES = (
    "<script>{}</script>",
    "</script><script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<details open ontoggle={}>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<iframe srcdoc='<script>parent.{}</script>'>",
    "<iframe src=javascript:{}>",
    "<object data=javascript:{}>",
    "<a href=javascript:{}>x</a>",
    "javascript:{}",
    '"><script>{}</script>',
    "'><script>{}</script>",
    '" onmouseover="{}" x="',
    "' onfocus='{}' autofocus x='",
    '" autofocus onfocus="{}',
    "`-{}-`",
    "${{{}}}",
    "{{{{ {} }}}}",
    "{{% set x = {} %}}",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</option></select><script>{}</script>",
    "--><script>{}</script>",
    "]]><script>{}</script>",
    "<template><script>{}</script></template>",
    "<math><mtext></table><img src=x onerror={}>",
    '<div hx-on:htmx:load="{}">',
    '<div hx-get="/x" hx-trigger="load[{}]">',
    "<div hx-vals='js:{{a: {}}}' hx-get=/x hx-trigger=load>",
    '<div data-hx-on:load="{}" hx-trigger=load>',
    "<hx-partial hx-target='#app'><img src=x onerror={}></hx-partial>",
    "<base href='javascript:{}//'>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<style>@import 'javascript:{}'</style>",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
)
HOSTILE = tuple(shape.format(body) for body in BODIES for shape in SHAPES)
assert len(HOSTILE) == 200


def hostile_settings(hostile: Sequence[str]) -> str:
    """Return credentials and LLM configs in which every text that may be free is hostile."""
    credentials = [
        f"  c{n}: {{name: {json.dumps(each)}, description: {json.dumps(each)}, key: KEY_{n}, category: llm_provider,"
        f" type: username_password, provider: {json.dumps(each)}, values: {{username: {json.dumps(each)}}}}}"
        for n, each in enumerate(hostile)
    ]
    credentials.append("  plain: {name: ~plain, key: PLAIN, category: llm_provider, type: api_token}")
    models = [f"  m{n}: {{model: {json.dumps('x:' + each)}, credential: plain}}" for n, each in enumerate(hostile)]
    return "credentials:\n" + "\n".join(credentials) + ("\nllm:\n" + "\n".join(models) if models else "") + "\n"
