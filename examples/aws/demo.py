"""AWS Secrets Manager without an account: start moto's server, store secrets in it, run a script that finds them.

Needs ``pip install orqo-vault orqo-vault-aws "moto[secretsmanager]" flask flask-cors``. Works in a folder of its own
and leaves nothing behind. ``python examples/aws/demo.py``
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3  # moto brings it; orqo-vault does without

HERE = Path(__file__).parent


def main() -> None:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="orqo-vault-demo-") as folder, moto() as address:
        project = Path(folder)
        shutil.copy(HERE / "orqo-vault.yaml", project)
        environ = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("AWS_", "ORQO_VAULT_", "XDG_"))
            },
            "HOME": str(project / "home"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            # Your own login. Against AWS there is no AWS_ENDPOINT_URL, and a profile or role instead of keys.
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "AKIADEMODEMODEMODEMO",
            "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
        }
        another_team_makes_a_secret(environ)

        def orqo_vault(*words: str, stdin: str | None = None) -> None:
            print(f"\n$ {shlex.join(['orqo-vault', *words])}{' < (the secret)' if stdin else ''}", flush=True)
            command = ["orqo-vault", *words]
            subprocess.run(command, input=stdin, text=True, cwd=project, env=environ, check=True)

        orqo_vault("set", "openai", "token", stdin=f"sk-demo-{secrets.token_urlsafe(24)}")
        orqo_vault("list")
        orqo_vault("backend", "check")
        orqo_vault("backend", "check", "--policy")
        orqo_vault("check")
        orqo_vault("run", "--", Path(sys.executable).name, str(HERE / "engine.py"))
        orqo_vault("adopt", "team/database")
        orqo_vault("set", "database", "password", stdin=secrets.token_urlsafe(16))


def another_team_makes_a_secret(environ: dict[str, str]) -> None:
    client = boto3.session.Session().client(
        "secretsmanager",
        region_name="eu-central-1",
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )
    fields = {"user": "reader", "pass": secrets.token_urlsafe(16), "port": 5432}
    client.create_secret(Name="acme/production/team/database", SecretString=json.dumps(fields))


@contextmanager
def moto() -> Iterator[str]:
    """Start moto's server on a free port and yield its address."""
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    try:
        for line in server.stdout:
            if "http://127.0.0.1:" in line:
                break
        else:
            raise SystemExit("moto's server does not start: pip install 'moto[secretsmanager]' flask flask-cors")
        yield "http://127.0.0.1:" + line.partition("http://127.0.0.1:")[2].split()[0]
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


if __name__ == "__main__":
    main()
