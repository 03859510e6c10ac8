"""Three credentials and the service they are for: one works, one is wrong, and one would be sent where none may go.

Everything is on this machine, in a folder of its own. ``python examples/test_credential/demo.py``
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

SETTINGS = """\
backends:
  local: {{type: encrypted-file}}
credentials:
  openai:
    name: OpenAI, or what speaks its language
    key: OPENAI_API_KEY
    category: llm_provider
    type: api_token
    provider: openai
    test: {{base_url: "{service}"}}
  old:
    name: A key that was revoked
    key: OLD_API_KEY
    category: custom
    type: api_token
    test: {{url: "{service}/v1/models"}}
  trap:
    name: A checkout that wants a secret at the cloud's metadata service
    key: TRAP
    category: custom
    type: api_token
    test: {{url: "https://169.254.169.254/latest"}}
"""


def main() -> None:
    """Run the demo."""
    good, revoked = f"sk-{secrets.token_urlsafe(24)}", f"sk-{secrets.token_urlsafe(24)}"
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder)
        (project / "orqo-vault.yaml").write_text(SETTINGS.format(service=serve(good)))
        for credential_id, token in (("openai", good), ("old", revoked), ("trap", good)):
            typed(project, "set", credential_id, stdin=token)
        print("\n# The service echoes a key that it does not know. None of it is shown.")
        shown = typed(project, "test", "--all")
        typed(project, "list")
        print("\n# Another secret has not been tested yet.")
        typed(project, "set", "openai", stdin=revoked)
        typed(project, "list")
        if good in shown or revoked in shown:
            raise SystemExit("a secret was shown")


def typed(project: Path, *words: str, stdin: str = "") -> str:
    """Type an orqo-vault command in the project, show it and what it prints."""
    print(f"\n$ {shlex.join(['orqo-vault', *words])}{' < (the secret)' if stdin else ''}", flush=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORQO_VAULT_", "XDG_"))}
    command = [sys.executable, "-m", "orqo_vault", "-q", *words]
    environment = {**kept, "HOME": str(project / "home")}
    done = subprocess.run(
        command, input=stdin, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    print(done.stdout, end="", flush=True)
    print(f"(exit status {done.returncode})", flush=True)
    return done.stdout + done.stderr


def serve(token: str) -> str:
    """Start a service that takes one token and repeats any other; return its address."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.headers["Authorization"].removeprefix("Bearer ")
            body = b'{"data": []}' if sent == token else b'{"error": {"message": "unknown key %s"}}' % sent.encode()
            self.send_response(200 if sent == token else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


if __name__ == "__main__":
    main()
