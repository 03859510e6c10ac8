"""docs/operator.md shows files that load, and leaves out no key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orqo_vault.settings.operator import load_operator
from orqo_vault.settings.trusted_schema import (
    AuditEntry,
    LedgerEntry,
    OperatorFile,
    OrganizationEntry,
    PeopleEntry,
    PriceEntry,
    PricesEntry,
    ProviderEntry,
    UserFile,
    WebEntry,
)
from orqo_vault.settings.user import load_user_config

PAGE = (Path(__file__).parents[2] / "docs" / "operator.md").read_text()
OPERATOR, USER = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
MODELS = [
    OperatorFile,
    OrganizationEntry,
    ProviderEntry,
    LedgerEntry,
    PricesEntry,
    PriceEntry,
    AuditEntry,
    WebEntry,
    PeopleEntry,
    UserFile,
]


def test_the_operators_example_loads(tmp_path: Path) -> None:
    file = tmp_path / "operator.yaml"
    file.write_text(OPERATOR)

    assert load_operator(file).production


def test_the_users_example_loads(tmp_path: Path) -> None:
    file = tmp_path / "orqo-vault" / "config.yaml"
    file.parent.mkdir()
    file.write_text(USER)

    assert "vault.corp.example" in load_user_config({"XDG_CONFIG_HOME": str(tmp_path)}).allowed_hosts


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_in_a_table(model: type[OperatorFile]) -> None:
    rows = "\n".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("|"))
    prose = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    missing = [name for name in model.model_fields if name not in rows and f"`{name}`" not in prose]
    assert not missing
