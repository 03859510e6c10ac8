"""What opens the operator's backends opens the platform's keys: no child inherits it, whichever backend it is."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.platform_keys.conftest import Stage

HASHICORP = {"type": "hashicorp-vault", "address": "https://vault.example:8200"}
APPROLE = {**HASHICORP, "auth": {"method": "approle", "role_id": "r", "secret_id_env": "OPERATORS_SECRET_ID"}}
AWS = {"type": "aws-secrets-manager", "region": "eu-central-1"}
LOGINS = {
    "VAULT_TOKEN": "hvs.operators",
    "AWS_SECRET_ACCESS_KEY": "operators-aws",
    "AWS_SESSION_TOKEN": "operators-session",
    "OPERATORS_SECRET_ID": "named-by-an-option",
    "UNRELATED": "stays",
}
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.mark.parametrize(
    ("backend", "taken"),
    [
        (HASHICORP, {"VAULT_TOKEN"}),
        (APPROLE, {"VAULT_TOKEN", "OPERATORS_SECRET_ID"}),
        (AWS, {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}),
    ],
)
def test_no_child_inherits_what_opens_an_operators_backend(
    stage: Stage, backend: dict[str, Any], taken: set[str]
) -> None:
    gateway = {"type": "gateway", "address": "https://gateway.example"}
    stage.operates(gateway, backends={"keys": backend})
    with stage.vault() as vault:
        vault.put("own", {"token": "mine-0123456789"})
    done = stage.types("run", "--run", "own", "--", sys.executable, "-c", SHOW, env=LOGINS)
    assert done.status == 0, done.err
    assert LOGINS.keys() - json.loads(done.out) == taken
