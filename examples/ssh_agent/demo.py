"""An SSH key that no program sees: a private agent holds it for one run, and whoever needs it asks the agent.

Needs OpenSSH's client. Works in a folder of its own and leaves nothing behind. ``python examples/ssh_agent/demo.py``
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from orqo_vault import Vault

HERE = Path(__file__).parent
TOOL = """
ssh-add -l
echo "$DEPLOY_KEY_PUBLIC" > key.pub
echo "release 1.2" | ssh-keygen -q -Y sign -n release -f key.pub > release.sig
echo "deploy $DEPLOY_KEY_PUBLIC" > signers
echo "release 1.2" | ssh-keygen -Y verify -n release -f signers -I deploy -s release.sig
cut -c1-32 "$DEPLOY_KEY_KNOWN_HOSTS_FILE"
"""


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder:
        os.chdir(folder)
        os.environ.update(HOME=folder, XDG_CONFIG_HOME=f"{folder}/config", XDG_STATE_HOME=f"{folder}/state")
        shutil.copy(HERE / "orqo-vault.yaml", folder)
        passphrase = secrets.token_urlsafe(12)
        sealing = BestAvailableEncryption(passphrase.encode())
        key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, sealing).decode()
        with Vault.open() as vault:
            vault.put("deploy", {"private_key": key, "passphrase": passphrase})
            with vault.prepare() as run:
                print("the tool's variables:", ", ".join(run.environment))
                # With -o UserKnownHostsFile="$DEPLOY_KEY_KNOWN_HOSTS_FILE" ssh and git log in the same way.
                environment = run.child_env(os.environ)
                done = subprocess.run(
                    ["/bin/sh", "-ec", TOOL], env=environment, stdout=subprocess.PIPE, text=True, check=True
                )
                print(done.stdout, end="")
                socket = run.environment["SSH_AUTH_SOCK"]
        print("after the run the agent's socket is there:", os.path.exists(socket))


if __name__ == "__main__":
    main()
