"""What a run pays for: reading a secret imports nothing it does not need."""

from __future__ import annotations

import subprocess
import sys

from .machines import Machine

READ = """
import sys
from pathlib import Path
from orqo_vault.backend import BackendContext, Deadline
from orqo_vault_file.backend import EncryptedFileBackend, FileReference, FileSettings

project, home = map(Path, sys.argv[1:])
context = BackendContext(name="local", base_dir=project, state_dir=home / "state", config_dir=home / "config")
stored = EncryptedFileBackend(FileSettings(), context).read(FileReference(path="mail"), deadline=Deadline(60))
assert stored.secret["token"].reveal() == "x"
print(*sys.modules)
"""
HEAVY = {
    *("pluggy", "pydantic", "click", "logging", "tempfile", "argparse", "asyncio", "importlib.metadata", "yaml"),
    *("shutil", "subprocess", "threading", "unicodedata", "secrets", "random", "base64", "uuid"),
    *("cryptography.hazmat.primitives.kdf.argon2", "orqo_vault_file.writing", "orqo_vault_file.creation"),
    *("orqo_vault_file.upkeep.rotation", "orqo_vault_file.commands", "orqo_vault_file.plugin"),
}


def test_reading_a_secret_imports_nothing_heavy(machine: Machine) -> None:
    machine.write("mail", token="x")

    output = subprocess.run(
        [sys.executable, "-c", READ, str(machine.project), str(machine.home)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout

    loaded = set(output.split())
    assert "orqo_vault_file.reading" in loaded
    assert loaded & HEAVY == set()
