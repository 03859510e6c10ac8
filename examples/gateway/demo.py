"""A gateway between the official openai SDK and a provider: a run token, a stream, the charge, and the end of credits.

Needs 'orqo-vault[file,gateway,prices]' and openai. No network: the provider is the small server below.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from openai import APIStatusError, OpenAI

from orqo_vault.credits import credits_text, micro_credits
from orqo_vault.ledger import Ledger, open_ledger

KEY = "sk-the-platforms-own-key"
OPERATOR = """\
organizations: {{acme: {{}}}}
backends:
  keys: {{type: encrypted-file, path: keys}}
platform_providers:
  openai: {{type: gateway, upstream: "http://127.0.0.1:{port}", backend: keys, path: openai}}
ledger: {{address: "sqlite://{folder}/ledger.db"}}
prices:
  models: {{"openai:gpt-4o": {{input: 2.50, output: 10.00}}}}
"""
SETTINGS = """\
version: 1
default_backend: keys
backends:
  keys: {type: encrypted-file, path: keys}
credentials:
  openai: {name: The key, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai, path: openai}
"""
HELLO: Any = [{"role": "user", "content": "say hello"}]


class Provider(BaseHTTPRequestHandler):
    """Answers every request with three words and what they used."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert self.headers["authorization"] == f"Bearer {KEY}"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": asked["model"]}
        for word in ("hello ", "from ", "upstream"):
            self._event({**chunk, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
        used = {"prompt_tokens": 1000, "completion_tokens": 250, "total_tokens": 1250}
        self._event({**chunk, "choices": [], "usage": used})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, data: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Tell the story in a folder of its own."""
    provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, open_ledger(f"sqlite://{folder}/ledger.db", create=True) as ledger:
        at = Path(folder)
        (at / "operator.yaml").write_text(OPERATOR.format(port=provider.server_port, folder=folder))
        (at / "operator.yaml").chmod(0o600)
        (at / "orqo-vault.yaml").write_text(SETTINGS)
        type_command(at, "-c", f"{folder}/orqo-vault.yaml", "set", "openai", stdin=KEY)
        ledger.grant("acme", micro_credits("0.05"), period="2026-11")
        enrolment = type_command(at, "--operator", f"{folder}/operator.yaml", "gateway", "enrol", "acme").strip()
        print(f"enrolled           {enrolment[:8]}…")
        gateway, address = start(at)
        try:
            tell(ledger, address, enrolment)
        finally:
            gateway.terminate()
            gateway.wait()
            provider.shutdown()


def tell(ledger: Ledger, address: str, enrolment: str) -> None:
    """Be a run: ask for a token, use it, give it back."""
    lent = ask("POST", f"{address}/orqo/v1/runs", enrolment, {
        "run": "run-1", "name": "nightly", "credential": "openai", "provider": "openai",
        "models": ["openai:gpt-4o"], "budget": micro_credits("0.02"),
    })  # fmt: skip
    print(f"lent               {lent['token'][:8]}… with a budget of {credits_text(lent['budget'])}")
    with OpenAI(api_key=lent["token"], base_url=lent["base_url"], max_retries=0) as client:
        for number in range(1, 6):
            try:
                stream = client.chat.completions.create(model="gpt-4o", messages=HELLO, stream=True, max_tokens=500)
                words = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
            except APIStatusError as error:
                print(f"request {number}          {error.status_code} {error.code}")
                break
            balance = ledger.balance("acme")
            print(f"request {number}          {words}; balance {credits_text(balance.balance)}")
    ask("DELETE", f"{address}/orqo/v1/runs/run-1", enrolment)
    said = ask("GET", f"{address}/orqo/v1/balance", enrolment)
    line = said["usage"]["models"][0]
    print(f"given back         held {credits_text(said['held'])}, available {credits_text(said['available'])}")
    print(f"used               {line['requests']} requests of {line['heading']}: {credits_text(line['charged'])}")


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CONFIG_HOME": f"{folder}/config", "XDG_STATE_HOME": f"{folder}/state"}


def type_command(folder: Path, *words: str, stdin: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "orqo_vault", "-q", *words],
        input=stdin, capture_output=True, text=True, check=True, env=environment(folder),
    )  # fmt: skip
    return done.stdout


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the gateway; return it and its address, which it says when it listens."""
    command = ["--operator", f"{folder}/operator.yaml", "gateway", "serve", "--listen", "127.0.0.1:0"]
    gateway = subprocess.Popen(
        [sys.executable, "-m", "orqo_vault", *command], stderr=subprocess.PIPE, text=True, env=environment(folder)
    )
    assert gateway.stderr is not None
    for line in gateway.stderr:
        if match := re.search(r"listens on (\S+) ", line):
            threading.Thread(target=gateway.stderr.read, daemon=True).start()
            return gateway, match[1]
    raise SystemExit("the gateway did not start")


def ask(method: str, url: str, enrolment: str, body: Any = None) -> Any:
    headers = {"authorization": f"Bearer {enrolment}", "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as response:
        return json.loads(response.read() or b"{}")


if __name__ == "__main__":
    main()
