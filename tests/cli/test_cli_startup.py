"""What a command imports is what its start costs: modules are counted, not milliseconds."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

NEVER = {"hvac", "boto3", "botocore", "requests", "rich", "starlette", "sqlalchemy", "asyncio"}
NOT_IN_A_RUN = NEVER | {
    "click", "pydantic", "yaml", "ruamel", "pluggy", "importlib.metadata", "logging", "difflib", "tempfile", "argparse",
    "subprocess", "sqlite3", "orqo_vault.backend.health", "orqo_vault.redaction", "orqo_vault.delivery",
    "orqo_vault.ledger", "orqo_vault.exchange", "orqo_vault.probes", "orqo_vault.doctor", "orqo_vault.explain",
    "orqo_vault.edit",
}  # fmt: skip
# Becoming the command is the last thing a run does: there the modules are written down instead.
SPY = """
import json, sys
from orqo_vault.run import execute

def note(command, environment):
    with open(sys.argv.pop(1), "w") as file:
        json.dump(sorted(sys.modules), file)
    sys.exit(0)

execute.replace_process = note
from orqo_vault.cli.main import main

file = sys.argv[1]
status = main(sys.argv[2:])
with open(file, "w") as out:
    json.dump(sorted(sys.modules), out)
sys.exit(status)
"""


def imported(cli: Cli, *words: str) -> set[str]:
    target = cli.folder / "modules.json"
    done = subprocess.run(
        [sys.executable, "-c", SPY, str(target), *words], cwd=cli.folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(target.read_text()))


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("list",), ("run", "--", "true"), ("run", "--only", "openai", "true"), ("plan",)],
)
def test_no_command_imports_a_library_it_does_not_use(filled: Cli, words: tuple[str, ...]) -> None:
    assert not NEVER & imported(filled, *words)


def test_help_imports_none_of_its_commands(cli: Cli) -> None:
    modules = imported(cli, "--help")
    assert not [name for name in modules if name.startswith("orqo_vault.cli.commands")]
    assert not {"pydantic", "yaml", "orqo_vault.vault", "orqo_vault_file", "pluggy"} & modules


def test_a_run_of_known_settings_imports_only_what_a_run_needs(filled: Cli) -> None:
    words = ("run", "--mask", "never", "--", "true")
    imported(filled, *words)
    assert not NOT_IN_A_RUN & imported(filled, *words)


def test_a_list_of_known_settings_imports_no_backend(filled: Cli) -> None:
    imported(filled, "list")
    assert not {"pydantic", "yaml", "orqo_vault_file", "cryptography"} & imported(filled, "list")
