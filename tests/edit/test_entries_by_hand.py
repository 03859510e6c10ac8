"""What a person writes in the entry is what the file says afterwards, null and empty mappings included."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.cli.entry_editor import difference
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.settings.load import load_settings

ENTRY = "{name: Mail, key: SMTP, category: communication, type: email_smtp, env: {username: A}}"


@pytest.mark.parametrize(
    ("env", "means"),
    [
        ({"username": None}, {"username": ()}),
        ({"username": "A", "primary": None}, {"username": ("A",), "primary": ()}),
        ({"password": ["B", "C"]}, {"password": ("B", "C")}),
        ({}, {}),
    ],
)
def test_the_entry_says_what_was_written(tmp_path: Path, env: dict[str, Any], means: dict[str, Any]) -> None:
    path = tmp_path / "orqo-vault.yaml"
    path.write_text(f"backends: {{local: {{type: encrypted-file}}}}\ncredentials:\n  mail: {ENTRY}\n")
    before = {"name": "Mail", "env": {"username": "A"}}

    changes = difference(before, {"name": "Mail", "env": env})
    SettingsEditor(path, environ=os.environ).change("credentials", "mail", changes)

    assert load_settings(path, environ=os.environ).credentials["mail"].env == means
