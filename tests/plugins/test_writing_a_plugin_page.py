"""The page for plugin authors shows code that runs: every block is cut from the examples."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from orqo_vault import errors
from orqo_vault.backend import Backend, BackendContext
from orqo_vault.testing import BackendContract

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "writing-a-plugin.md").read_text(encoding="utf-8")
EXAMPLES = "\n\f\n".join(
    path.read_text(encoding="utf-8")
    for pattern in ("*_plugin/**/*.py", "*_plugin/*.toml")
    for path in sorted((ROOT / "examples").glob(pattern))
)
BLOCKS = re.findall(r"```(?:python|toml)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_is_cut_from_the_examples(number: int) -> None:
    for piece in re.split(r"(?m)^\s*\.\.\.\n", BLOCKS[number]):
        assert piece.strip("\n") in EXAMPLES, dedent(piece)


def test_the_page_has_all_its_blocks() -> None:
    """So that a change of the fences does not make the test above empty."""
    assert len(BLOCKS) == PAGE.count("\n```\n") > 5


def test_the_links_lead_somewhere() -> None:
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"\s+", " ", PAGE)) if "://" not in target]

    assert targets
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []


def test_every_error_a_backend_may_raise_is_on_the_page_with_its_exit_code() -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("| `") and row.count("|") == 4]
    shown = {name: int(row.split("|")[3]) for row in rows for name in re.findall(r"`(\w+Error)`", row.split("|")[1])}

    raised_by_the_core = {"ReadOnlyBackendError", "LedgerUnavailableError"}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BackendError)]
    assert shown == {kind.__name__: kind.exit_code for kind in kinds if kind.__name__ not in raised_by_the_core}


def test_what_the_page_names_exists() -> None:
    for name in ("read", "read_many", "write", "delete", "list_paths", "check", "close", "bootstrap_variables"):
        assert f"`{name}`" in PAGE
        assert hasattr(Backend, name)
    for name in ("make_backend", "reference", "denied_references", "deviations"):
        assert f"`{name}`" in PAGE
        assert hasattr(BackendContract, name)
    for name in ("many", "largest", "patience"):
        assert f"`{name} = {getattr(BackendContract, name)}`" in PAGE
    assert hasattr(BackendContext, "may_send_ambient_login_to")
