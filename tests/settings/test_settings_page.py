"""docs/settings.md explains every key there is, and its examples are settings that load."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.settings import document, events, scalars
from orqo_vault.settings.find import MAX_BYTES
from orqo_vault.settings.json_schema import json_schema
from tests.settings.project import Project

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
SECTIONS = {"backends": "BackendEntry", "credentials": "CredentialEntry", "llm": "LLMEntry", "runs": "RunEntry"}


def documented(heading: str) -> list[str]:
    """Return the keys in the table under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)


def keys(schema: dict[str, Any]) -> list[str]:
    return list(schema["properties"])


def test_every_key_of_the_file_has_its_row() -> None:
    assert documented("Keys of the file") == keys(json_schema())


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_an_entry_has_its_row(section: str) -> None:
    expected = keys(json_schema()["$defs"][SECTIONS[section]])
    if section == "backends":
        expected.append("read_only")  # what every backend's settings have
    assert documented(f"`{section}`") == expected


@pytest.mark.parametrize("section", SECTIONS)
def test_every_word_that_a_key_may_have_is_named(section: str) -> None:
    properties = json_schema()["$defs"][SECTIONS[section]]["properties"]
    properties.pop("at", None)  # what backends know is on their own pages
    words = re.findall(r"'enum': \[(.*?)\]", str(properties))
    assert words or section in ("backends", "llm")
    for word in re.findall(r"'(\w+)'", " ".join(words)):
        assert f"`{word}`" in PAGE, word


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0][:30])
def test_an_example_loads(example: str, project: Project) -> None:
    assert project.load(example).warnings == ()


def test_the_limits_are_the_real_ones() -> None:
    assert events.MAX_BYTES == MAX_BYTES
    for limit in (
        f"at most {MAX_BYTES // 1024**2} MiB",
        f"more than {document.MAX_ALIASED:,} characters",
        f"nesting deeper than {document.MAX_DEPTH}",
        f"more than {document.MAX_VALUES:,} values",
        f"more than {document.MAX_ENTRIES:,} entries",
        f"more than {scalars.MAX_NUMBER} digits",
    ):
        assert limit in PAGE, limit
