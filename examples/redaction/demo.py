"""A program that says too much, through ``orqo-vault redact``; and a log that keeps quiet.

Works in a folder of its own and leaves nothing behind. ``python examples/redaction/demo.py``
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from orqo_vault import Vault
from orqo_vault.redaction import LoggingFilter
from orqo_vault.vault.masking import values_to_mask

SETTINGS = """\
version: 1
backends:
  local: {type: encrypted-file, path: .orqo-vault}
credentials:
  api: {name: The API, key: API_TOKEN, category: custom, type: api_token}
runs:
  default: {credentials: [api]}
"""
LEAKY = """
import base64, json, os, urllib.parse
token = os.environ["API_TOKEN"]
print("plain    ", token)
print("coloured ", "\\x1b[32m" + token[:9] + "\\x1b[31m" + token[9:] + "\\x1b[0m")
print("JSON     ", json.dumps({"token": token}))
print("URL      ", "https://api.example/?" + urllib.parse.urlencode({"key": token}))
print("Basic    ", base64.b64encode(b"engine:" + token.encode()).decode())
print("hex      ", token.encode().hex())
print("backwards", token[::-1], "(not covered)")
"""


def main() -> None:
    """Run the demo."""
    token = f"demo {secrets.token_urlsafe(18)}/&"
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder)
        (project / "orqo-vault.yaml").write_text(SETTINGS)
        os.environ.update(HOME=str(project / "home"), XDG_STATE_HOME=str(project / "state"))
        orqo_vault = [sys.executable, "-m", "orqo_vault", "-c", str(project / "orqo-vault.yaml")]
        subprocess.run([*orqo_vault, "set", "api"], input=token.encode(), check=True)

        print("\n$ orqo-vault run --mask never -- python leaky.py | orqo-vault redact", flush=True)
        run = [*orqo_vault, "run", "--mask", "never", "--", sys.executable, "-c", LEAKY]
        with subprocess.Popen(run, stdout=subprocess.PIPE) as leaky:
            seen = subprocess.run(
                [*orqo_vault, "redact"], stdin=leaky.stdout, stdout=subprocess.PIPE, check=True
            ).stdout
        print(seen.decode(), end="")
        if token.encode() in seen:
            raise SystemExit("the token passed")

        print("\nthe log of a program with a LoggingFilter on its handler:", flush=True)
        _log(project, token)


def _log(project: Path, token: str) -> None:
    with Vault.open(project / "orqo-vault.yaml") as vault:
        masking = LoggingFilter(values_to_mask(vault).values)
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(masking)
    log = logging.getLogger("demo")
    log.addHandler(handler)
    log.warning("request refused: GET /v1?key=%s", token)
    try:
        raise ValueError(f"bad key {token}")
    except ValueError:
        log.exception("and a traceback")


if __name__ == "__main__":
    main()
