"""docs/testing-credentials.md says what there is, and its example is one that runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault import Vault
from orqo_vault.plugins import credential_type
from orqo_vault.probes import Outcome
from orqo_vault.providers import PRESETS
from orqo_vault.settings.schema import ProbeEntry
from orqo_vault.vault.probing import SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing-credentials.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]


def test_the_settings_on_the_page_load(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "orqo-vault.yaml").write_text(example)
    with Vault.open(tmp_path / "orqo-vault.yaml") as vault:
        assert vault.settings.warnings == ()


def test_the_page_names_every_provider_key_and_outcome() -> None:
    assert re.findall(r"`([a-z-]+)`", PAGE.partition("`provider:` is one of ")[2].partition(", in upper")[0]) == [
        *PRESETS
    ]
    assert {name for name in ProbeEntry.model_fields if f"`{name}`" not in PAGE} == set()
    assert {each for each in Outcome if f"`{each.value.replace('_', ' ')}`" not in PAGE} == set()
    assert f"`--timeout SECONDS` ({SECONDS:g})" in PAGE


@pytest.mark.parametrize(
    "name",
    ["api_token", "username_password", "api_key_pair", "custom", "email_smtp", "oauth2", "aws_ses", "ssh_key"],
)
def test_the_page_names_the_keys_of_every_type(name: str) -> None:
    (row,) = [row for row in ROWS if f"`{name}`" in row.split("|")[1]]
    said = re.findall(r"`([a-z_]+)`", row.split("|")[3].partition(";")[0])
    assert set(said) == set(credential_type(name).test_keys)


def test_the_example_runs_and_shows_no_secret() -> None:
    demo = ROOT / "examples" / "test_credential" / "demo.py"
    done = subprocess.run([sys.executable, demo], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("openai  ok", "old     failing", "trap    refused", "untested"):
        assert line in done.stdout
