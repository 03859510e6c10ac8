"""A project folder to write settings files in, and the answers they get."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings

LOCAL = "backends: {local: {type: nowhere}}\n"


def with_api(lines: str = "") -> str:
    """Return a settings text with one API token and these lines added to its entry, from line 8 on."""
    more = "".join(f"    {line}\n" for line in lines.splitlines())
    entry = "    name: API\n    key: API_TOKEN\n    category: runtime\n    type: api_token\n"
    return f"{LOCAL}credentials:\n  api:\n{entry}{more}"


class Project:
    """A folder with settings files, and the answers they get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = folder / "orqo-vault.yaml"

    def write(self, text: str, layer: str | None = None) -> Path:
        """Write the base file, or the layer of that name."""
        file = self.base if layer is None else self.base.with_name(f"orqo-vault.{layer}.yaml")
        file.write_text(text)
        return file

    def load(self, text: str | None = None, **how: Any) -> Settings:
        """Return what the settings say."""
        if text is not None:
            self.write(text)
        return load_settings(self.base, environ=dict(os.environ), cwd=self.folder, **how)

    def refused(self, text: str | None = None, **how: Any) -> Refusal:
        """Return the error the settings get; its place is relative to the folder."""
        with pytest.raises(SettingsError) as caught:
            self.load(text, **how)
        return Refusal(caught.value, self.folder)


class Refusal:
    """An error, taken apart for tests."""

    def __init__(self, error: SettingsError, folder: Path) -> None:
        self.error = error
        self.message = error.message
        self.hint = error.hint or ""
        self.place = str(error.location).removeprefix(f"{folder}/") if error.location else None
