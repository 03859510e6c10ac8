"""One run, written for a .env file, a shell, Kubernetes and GitHub Actions; docker cannot have it and is told why.

Works in a folder of its own and leaves nothing behind. ``python examples/export/demo.py``
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LINES = "-----BEGIN DEMO KEY-----\n{}\n-----END DEMO KEY-----\n"


def main() -> None:
    """Run the demo."""
    password, key = f"it's ${secrets.token_hex(4)}", LINES.format(secrets.token_hex(16))
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder)
        shutil.copy(HERE / "orqo-vault.yaml", project)
        shell = Shell(project)
        shell("orqo-vault set mail.password", stdin=password)
        shell("orqo-vault set signing", stdin=key)
        shell("orqo-vault export --format dotenv -o app.env && ls -l app.env")
        (project / "key").write_text(key)
        shell(
            """eval "$(orqo-vault export --format shell)"; printf %s "$SIGNING_KEY" | cmp - key && echo the same key"""
        )
        shell("orqo-vault export --format k8s --name app-credentials | grep -v '^  \"'")
        shell("orqo-vault export --format github | cut -c1-20; grep -c '<<' $GITHUB_ENV")
        shell("orqo-vault export --format docker -o docker.env", fails=True)


class Shell:
    """Shows a line and runs it in a project of its own home."""

    def __init__(self, project: Path) -> None:
        self.project = project
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORQO_VAULT_", "XDG_"))}
        path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
        github = project / "github_env"
        github.touch()
        self.environ = {**kept, "HOME": str(project / "home"), "PATH": path, "GITHUB_ENV": str(github)}

    def __call__(self, line: str, *, stdin: str | None = None, fails: bool = False) -> None:
        print(f"\n$ {line}" + (" < (the secret)" if stdin else ""), flush=True)
        done = subprocess.run(
            ["/bin/sh", "-c", line], input=stdin, text=True, cwd=self.project, env=self.environ, check=False
        )
        if bool(done.returncode) is not fails:
            raise SystemExit(f"status {done.returncode}")


if __name__ == "__main__":
    main()
