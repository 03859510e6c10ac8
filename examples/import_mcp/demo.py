"""A key in plain text in an MCP client's file moves into the encrypted store; the server still finds it.

Works in a folder of its own and leaves nothing behind. ``python examples/import_mcp/demo.py``
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

SERVER = Path(__file__).parent / "server.py"


def main() -> None:
    """Run the demo."""
    token = f"ghp_demo{secrets.token_hex(8)}"
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        project = Path(folder)
        file = project / ".mcp.json"
        github = {"command": "python", "args": [str(SERVER)], "env": {"GITHUB_TOKEN": token, "LOG_LEVEL": "info"}}
        file.write_text(json.dumps({"mcpServers": {"github": github}}, indent=2))
        orqo_vault = Typist(project)
        orqo_vault("init")
        orqo_vault("import", "mcp", ".mcp.json")
        orqo_vault("import", "mcp", ".mcp.json", "--apply", "--replace-source", "--yes")
        print(f"\n.mcp.json is now:\n{file.read_text().replace(str(SERVER), 'server.py')}")
        started = json.loads(file.read_text())["mcpServers"]["github"]
        print("\nThe client starts the server:", flush=True)
        orqo_vault.type([started["command"], *started["args"]])
        _show_that_nothing_is_in_plain_text(project, token)


class Typist:
    """Types a command, shows it, and runs it in a project of its own home."""

    def __init__(self, project: Path) -> None:
        self.project = project
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORQO_VAULT_", "XDG_"))}
        path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
        self.environ = {**kept, "HOME": str(project / "home"), "PATH": path}

    def __call__(self, *words: str) -> None:
        self.type(["orqo-vault", *words])

    def type(self, command: list[str]) -> None:
        """Show the command and run it."""
        print(f"\n$ {shlex.join(command)}".replace(str(SERVER), "server.py"), flush=True)
        subprocess.run(command, cwd=self.project, env=self.environ, check=True)


def _show_that_nothing_is_in_plain_text(project: Path, value: str) -> None:
    files = [each for each in project.rglob("*") if each.is_file()]
    holding = [each.name for each in files if value.encode() in each.read_bytes()]
    if holding:
        raise SystemExit(f"in plain text: {', '.join(holding)}")
    print(f"\n{len(files)} files, and none of them holds the key in plain text")


if __name__ == "__main__":
    main()
