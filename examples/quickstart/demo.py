"""The main job, typed out and run: declare, store encrypted, run a script that finds the secrets in its environment.

Works in a folder of its own and leaves nothing behind. ``python examples/quickstart/demo.py``
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from services import serve_llm, serve_mail

HERE = Path(__file__).parent


def main() -> None:
    """Run the demo."""
    token, password = f"sk-demo-{secrets.token_urlsafe(24)}", secrets.token_urlsafe(16)
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    llm, mail = serve_llm(token), serve_mail("engine", password)
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder)
        shutil.copy(HERE / "orqo-vault.yaml", project)
        orqo_vault = Typist(project)
        orqo_vault("edit", "mail", "--value", f"port={mail.server_address[1]}")
        orqo_vault("set", "openai", "token", stdin=token)
        orqo_vault("set", "mail", "username", stdin="engine")
        orqo_vault("set", "mail", "password", stdin=password)
        orqo_vault("set", "deploy", "private_key", stdin=key)
        orqo_vault("list")
        orqo_vault("plan")
        engine = [Path(sys.executable).name, str(HERE / "engine.py"), f"http://127.0.0.1:{llm.server_address[1]}"]
        orqo_vault("run", "--", *engine)
        _show_that_nothing_is_in_plain_text(project, [token, password])


class Typist:
    """Types an orqo-vault command, shows it, and runs it in a project of its own home."""

    def __init__(self, project: Path) -> None:
        self.project = project
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORQO_VAULT_", "XDG_"))}
        path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
        self.environ = {**kept, "HOME": str(project / "home"), "PATH": path}

    def __call__(self, *words: str, stdin: str | None = None) -> None:
        shown = shlex.join(["orqo-vault", *words]) + (" < (the secret)" if stdin else "")
        print(f"\n$ {shown.replace(str(HERE) + os.sep, '')}", flush=True)
        command = ["orqo-vault", *words]
        subprocess.run(command, input=stdin, text=True, cwd=self.project, env=self.environ, check=True)


def _show_that_nothing_is_in_plain_text(project: Path, values: list[str]) -> None:
    sealed = [each for each in sorted((project / ".orqo-vault").rglob("*")) if each.is_file()]
    for each in sealed:
        text = each.read_text(errors="replace")
        if any(value in text for value in values):
            raise SystemExit(f"{each} holds a secret in plain text")
    print(f"\n{len(sealed)} files in .orqo-vault are safe to commit: none of them holds a value in plain text")


if __name__ == "__main__":
    main()
