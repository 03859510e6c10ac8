"""A process that adds credentials until it has added them all or is killed; it says which ones it was told are safe."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orqo_vault.edit.editor import SettingsEditor


def main(path: str, prefix: str, count: int) -> None:
    editor = SettingsEditor(Path(path), environ=os.environ)
    for number in range(count):
        name = f"{prefix}{number}"
        key = name.upper()
        editor.add("credentials", name, {"name": name, "key": key, "category": "custom", "type": "api_token"})
        os.write(1, f"{name}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
