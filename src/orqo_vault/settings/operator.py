"""Finds the operator's file, ``/etc/orqo-vault/operator.yaml``: who may spend what, what is trusted.

Whoever runs the platform writes it. It is looked for in that one place or where the program's author says, never
where a project, a working directory or a variable says. Most machines have none, and a run on those pays for looking.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings.trust import read_trusted

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Operator

DEFAULT_PATH = Path("/etc/orqo-vault/operator.yaml")


def load_operator(path: Path | None = None) -> Operator | None:
    """Return what the operator's file says, None where this machine has no operator.

    ``path`` None means ``/etc/orqo-vault/operator.yaml``, which need not exist; a file that is named must, and its
    path is absolute, so that no working directory chooses it. Raises
    :class:`~orqo_vault.errors.SettingsError` when it is wrong, or when others could have written it.
    """
    place = DEFAULT_PATH if path is None else path
    if not place.is_absolute():
        raise SettingsError(
            "the operator's file is named without its folder",
            hint="name it with an absolute path",
            location=Location(str(place)),
        )
    content = read_trusted(place)
    if content is not None:
        from orqo_vault.settings.operator_reading import operator_of

        return operator_of(content, place)
    if path is not None:
        raise SettingsError("no such operator file", location=Location(str(place)))
    return None
