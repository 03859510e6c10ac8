"""Plan, explain, check and doctor: what a run would do, why, whether it can start, and what is wrong on this machine.

Works in a folder of its own and leaves nothing behind. ``python examples/explain/demo.py``
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder) / "project"
        project.mkdir()
        shutil.copy(HERE / "orqo-vault.yaml", project)
        orqo_vault = Typist(project)
        orqo_vault("set", "mail.password", stdin="correct horse")

        print("\n# What would a run do? No secret is read for the answer.")
        orqo_vault("plan", "--run", "nightly")

        print("\n# Why is a variable set, and why is another one not?")
        orqo_vault("explain", "MAIL_USER")
        orqo_vault("explain", "SMTP_HOST")
        orqo_vault("explain", "SMTP_SECURITY")
        orqo_vault("explain", "LD_PRELOAD")

        print("\n# Could the runs start now?")
        orqo_vault("check", "--all-runs")
        orqo_vault("set", "crm", stdin="tok-1")
        orqo_vault("check", "--all-runs")

        print("\n# What is wrong on this machine? Here: a key that everybody may read.")
        (key,) = (project.parent / "home/.config/orqo-vault/keys").iterdir()
        key.chmod(0o644)
        orqo_vault("doctor")
        key.chmod(0o600)
        orqo_vault("doctor")


class Typist:
    """Types an orqo-vault command in a project of its own home, and shows what comes of it."""

    def __init__(self, project: Path) -> None:
        self.project = project
        programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        self.environ = {
            "PATH": programs,
            "HOME": str(project.parent / "home"),
            "SMTP_HOST": "inherited.example",
            "ORQO_VAULT_PROFILE": "",
        }

    def __call__(self, *words: str, stdin: str | None = None) -> None:
        print(f"\n$ {' '.join(['orqo-vault', *words])}", flush=True)
        command = ["orqo-vault", *words]
        done = subprocess.run(
            command, input=stdin, text=True, cwd=self.project, env=self.environ, capture_output=True, check=False
        )
        text = (done.stdout + done.stderr).replace(str(self.project.parent), "…")
        print(text, end="", flush=True)
        if done.returncode:
            print(f"(exit status {done.returncode})", flush=True)


if __name__ == "__main__":
    main()
