"""What docs/delivery.md declares loads, and what it says of names and places is the code's."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from orqo_vault.delivery.agent import LIFETIME
from orqo_vault.delivery.folder import NAME
from orqo_vault.delivery.memory import SHARED_MEMORY
from orqo_vault.settings.load import load_settings

PAGE = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_loads(tmp_path: Path, number: int) -> None:
    file = tmp_path / "orqo-vault.yaml"
    file.write_text("backends: {local: {type: encrypted-file}}\n" + EXAMPLES[number])
    settings = load_settings(file, environ=dict(os.environ))
    assert settings.warnings == ()
    for contract in settings.contracts.values():
        for name in (name for bound in contract for name in bound.variables):
            assert name in PAGE or name == "CLIENT_P12_FILE" or name.endswith("_PUBLIC")


def test_the_facts_are_the_codes() -> None:
    assert f"after {LIFETIME // 3600} hours" in PAGE
    assert f"else in `{SHARED_MEMORY}`" in PAGE
    assert "`orqo-vault.<process>.<start>.<run>`" in PAGE
    assert NAME.fullmatch("orqo-vault.1.2.0123456789abcdef")
