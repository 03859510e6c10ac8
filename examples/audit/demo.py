"""Who was given which secret: records, a reason, a log that shows that it was edited, and one that must be written.

Works in a folder of its own and leaves nothing behind. ``python examples/audit/demo.py``
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from orqo_vault import Surroundings, Vault
from orqo_vault.errors import AuditError
from orqo_vault.vault.audit_log import log_of

SETTINGS = """\
version: 1
backends:
  local: {type: encrypted-file, path: store}
credentials:
  github: {name: GitHub, key: GITHUB_TOKEN, category: mcp_service, type: api_token}
runs:
  nightly: {credentials: [github]}
"""


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder)
        (project / "orqo-vault.yaml").write_text(SETTINGS)
        environ = _of_its_own(project)
        orqo_vault = Typist(project, environ)
        orqo_vault("set", "github", stdin="ghp_demo")
        orqo_vault("get", "github", "--reason", "ticket 4711", show=False)
        orqo_vault("run", "--run", "nightly", "--", "true")
        _an_engine_says_for_whom(project, environ)
        orqo_vault("audit", "tail")
        orqo_vault("audit", "verify")
        _edit_the_log(project, environ)
        orqo_vault("audit", "verify")
        _what_cannot_be_recorded_does_not_happen(project, environ)


class Typist:
    """Types an orqo-vault command and shows it, whatever it says."""

    def __init__(self, project: Path, environ: dict[str, str]) -> None:
        self.project = project
        self.environ = environ

    def __call__(self, *words: str, stdin: str | None = None, show: bool = True) -> None:
        print(f"\n$ {shlex.join(['orqo-vault', *words])}", flush=True)
        command = [sys.executable, "-m", "orqo_vault", *words]
        out = None if show else subprocess.DEVNULL
        done = subprocess.run(
            command, input=stdin, text=True, cwd=self.project, env=self.environ, stdout=out, check=False
        )
        if done.returncode:
            print(f"(exit status {done.returncode})", flush=True)


def _of_its_own(project: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORQO_VAULT_", "XDG_"))}
    return {**kept, "HOME": str(project / "home")}


def _an_engine_says_for_whom(project: Path, environ: dict[str, str]) -> None:
    with Vault.open(project / "orqo-vault.yaml", surroundings=Surroundings(environ=environ)) as vault:
        engine = vault.acting(actor="workflow 7, step 2", reason="nightly report")
        with engine.prepare(run="nightly") as run:
            print(f"\nthe engine prepared run {run.id}")


def _edit_the_log(project: Path, environ: dict[str, str]) -> None:
    with Vault.open(project / "orqo-vault.yaml", surroundings=Surroundings(environ=environ)) as vault:
        log = log_of(vault).file
    log.write_text(log.read_text().replace("ticket 4711", "ticket 4712"))
    print("\nsomebody edited the first record")


def _what_cannot_be_recorded_does_not_happen(project: Path, environ: dict[str, str]) -> None:
    operator = project / "operator.yaml"
    operator.write_text(f"audit: {{sinks: [{{type: file, path: {project}/store/header/audit.jsonl}}]}}\n")
    operator.chmod(0o600)
    around = Surroundings(environ=environ)
    with Vault.open(project / "orqo-vault.yaml", operator=operator, surroundings=around) as vault:
        try:
            vault.value("github", "token")
        except AuditError as error:
            print(f"\nthe operator's log cannot be written: {error.message.replace(str(project), '…')}")


if __name__ == "__main__":
    main()
