"""What ``orqo-vault init`` puts into a project: a commented settings file, and what git is told to ignore."""

from __future__ import annotations

import json
from pathlib import Path

from orqo_vault.edit.replacing import replace_content
from orqo_vault.errors import ConflictError, Location, SettingsError
from orqo_vault.settings.events import MAX_BYTES
from orqo_vault.settings.find import layers_of, read_layer

SCHEMA_NAME = "orqo-vault.schema.json"

STARTER = f"""\
# yaml-language-server: $schema=./{SCHEMA_NAME}
# Which credentials this project needs, and where their secrets are kept.
# Safe to commit: it holds names, never secret values.
version: 1
default_backend: local

backends:
  local:
    type: encrypted-file
    path: .orqo-vault # relative to this file; made with the first secret, safe to commit

credentials:
  # openai:
  #   name: OpenAI key
  #   key: OPENAI_API_KEY # the variable in which a run finds it
  #   category: llm_provider
  #   type: api_token
  #   provider: openai

# llm:
#   default: {{model: "openai:gpt-4o", credential: openai}}

# runs:
#   default: {{credentials: [openai], llm: [default]}}
"""


def write_starter(path: Path, text: str = STARTER) -> Path:
    """Write the starter settings file and return its path; a file that is there already is refused, never touched."""
    if not _made(path, text):
        raise SettingsError("there is a settings file already", location=Location(str(path)))
    return path


def write_schema(settings_file: Path) -> Path | None:
    """Write the JSON Schema that editors look for beside the settings file; None when there is one."""
    from orqo_vault.settings.json_schema import json_schema

    path = settings_file.with_name(SCHEMA_NAME)
    return path if _made(path, json.dumps(json_schema(), indent=2) + "\n") else None


def gitignore_lines(settings_file: Path) -> tuple[str, ...]:
    """Return what must not be committed: the layer of this machine."""
    return (layers_of(settings_file, None)[-1].name,)


def extend_gitignore(settings_file: Path) -> Path | None:
    """Add the missing lines to the ``.gitignore`` beside the settings file; None when it has them all."""
    path = settings_file.with_name(".gitignore")
    if path.is_symlink():  # git ignores such a file, and what it leads to is not ours to change
        raise SettingsError("is a symlink", hint="list what it ignores in a file", location=Location(str(path)))
    found = read_layer(path, limit=MAX_BYTES)
    text = found or b""
    present = {line.strip().removeprefix(b"/") for line in text.split(b"\n")}
    missing = [line.encode() for line in gitignore_lines(settings_file) if line.encode() not in present]
    if not missing:
        return None
    unfinished = b"\n" if text and not text.endswith(b"\n") else b""
    if not replace_content(path, found, text + unfinished + b"\n".join(missing) + b"\n"):
        raise ConflictError(f"{path.name} changed while it was edited", hint="try again")
    return path


def _made(path: Path, text: str) -> bool:
    """Make a file and return True, or return False when there is one."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise SettingsError(f"cannot be written: {error.strerror}", location=Location(str(path))) from None
    return True
