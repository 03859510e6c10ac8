"""Secrets as files: in memory, private, and gone with the run, also when that is killed.

Works in a folder of its own and leaves nothing behind. ``python examples/deliver_files/demo.py``
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orqo_vault import Vault

HERE = Path(__file__).parent
TOOL = """
ls -l "$GOOGLE_APPLICATION_CREDENTIALS" | cut -c1-10
cat "$GOOGLE_APPLICATION_CREDENTIALS"; echo
od -An -tx1 ~/.tool/client.p12
cat "$SIGNING_KEY_FILE"; echo
"""
ENGINE = """
import sys
from orqo_vault import Vault
with Vault.open().prepare() as run:
    print(run.environment["GOOGLE_APPLICATION_CREDENTIALS"], flush=True)
    sys.stdin.readline()
"""


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        os.chdir(folder)
        os.environ.update(HOME=folder, XDG_CONFIG_HOME=f"{folder}/config", XDG_STATE_HOME=f"{folder}/state")
        shutil.copy(HERE / "orqo-vault.yaml", folder)
        Path(".tool").mkdir()
        with Vault.open() as vault:
            vault.put("google", {"token": json.dumps({"type": "service_account"})})
            vault.put("client", {"token": base64.b64encode(b"\x00PKCS12\xff").decode()})
            vault.put("signing", {"token": "a signing key"})
            use_them(vault)
        kill_an_engine()


def use_them(vault: Vault) -> None:
    """Give a tool its files for as long as it runs."""
    with vault.prepare() as run:
        print("the tool's variables:", ", ".join(run.environment))
        environment = run.child_env(os.environ)
        done = subprocess.run(
            ["/bin/sh", "-c", TOOL],
            env=environment,
            pass_fds=run.pass_fds,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        print(done.stdout, end="")
    left = [path for path in run.environment.values() if os.path.exists(path)]
    print(f"after the run: {len(left)} files, and ~/.tool holds {os.listdir('.tool')}")


def kill_an_engine() -> None:
    """Show that not even a kill leaves a file."""
    command = [sys.executable, "-c", ENGINE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        file = Path(engine.stdout.readline().strip())
        print("an engine runs, and its file is there:", file.exists())
        engine.send_signal(signal.SIGKILL)
    while file.exists():  # a helper takes it away as soon as the engine is gone
        time.sleep(0.01)
    print("it was killed, and its file is there:", file.exists())


if __name__ == "__main__":
    main()
