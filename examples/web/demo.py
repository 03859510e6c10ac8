"""Mounts the credentials page in an engine's own app, under the engine's own login, and uses its API.

python examples/web/demo.py
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount, Route

from orqo_vault import Vault
from orqo_vault.web import Identity, Role, create_app
from orqo_vault.web.serving import Address, listen, server

SETTINGS = """\
backends:
  local: {type: encrypted-file}
credentials:
  openai: {name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token}
"""
PEOPLE = {"token-of-ana": Identity("ana", Role.EDITOR), "token-of-bob": Identity("bob", Role.VIEWER)}


class EngineLogin:
    """How this engine knows people: here, by a header that its own page sends."""

    async def identify(self, request: Request) -> Identity | None:
        """Return who sends the request."""
        return PEOPLE.get(request.headers.get("x-engine-token", ""))

    def routes(self) -> Sequence[Route]:
        """Return none: people log in to the engine."""
        return ()


def main() -> None:
    """Serve an engine with the page in it, and change a credential as two people."""
    with tempfile.TemporaryDirectory() as folder, listen(Address()) as listening:
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_CONFIG_HOME"] = f"{folder}/home"
        settings = Path(folder) / "orqo-vault.yaml"
        settings.write_text(SETTINGS)
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        page = create_app(lambda: Vault.open(settings), auth=EngineLogin(), origins=[origin])
        running = server(Starlette(routes=[Mount("/settings", page)]))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            use(origin)
        finally:
            running.should_exit = True
            thread.join()


def use(origin: str) -> None:
    """Look, store a secret, and see what a viewer may not do."""
    api = f"{origin}/settings/api/v1"
    shown, etag = ask("GET", f"{api}/credentials/openai", "token-of-ana")
    print("declared:", shown["row"]["name"], shown["row"]["value"], shown["row"]["variables"])
    body = {"fields": {"token": {"op": "set", "value": "sk-demo-123456"}}}
    changed, _ = ask("PATCH", f"{api}/credentials/openai", "token-of-ana", body, etag)
    print("stored by ana:", changed["row"]["value"])
    stored, _ = ask("GET", f"{api}/credentials/openai/stored", "token-of-bob")
    print("bob sees that it is set:", stored["fields"])
    refused, _ = ask("PATCH", f"{api}/credentials/openai", "token-of-bob", body, etag)
    print("bob may not change it:", refused["error"]["message"])


def ask(method: str, url: str, token: str, body: Any = None, etag: str = "") -> tuple[Any, str]:
    """Return the answer and its ETag."""
    headers = {"X-Engine-Token": token, "Content-Type": "application/json", "If-Match": etag}
    headers["Origin"] = url.split("/settings")[0]
    content = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, content, {k: v for k, v in headers.items() if v}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer), answer.headers["ETag"] or ""
    except urllib.error.HTTPError as error:
        return json.load(error), ""


if __name__ == "__main__":
    main()
