"""Links at fixed paths, for tools that look for a file in one place only. What stands there is never touched."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

from orqo_vault.delivery.folder import NAME, RunFolder
from orqo_vault.delivery.memory import known_places
from orqo_vault.errors import DeliveryError


def expanded(link: str, environ: Mapping[str, str]) -> str:
    """Return the path with ``~/`` as the user's home."""
    if not link.startswith("~/"):
        return link
    return os.path.join(environ.get("HOME") or os.path.expanduser("~"), link[2:])


def make_link(path: str, target: str, folder: RunFolder, environ: Mapping[str, str]) -> None:
    """Let ``path`` lead to ``target`` in the run's folder.

    Raises :class:`~orqo_vault.errors.DeliveryError` when something is there, but for a link of a run that was killed.
    """
    folder.remember_link(path)
    if _is_abandoned(path, environ):
        with contextlib.suppress(FileNotFoundError):  # another run saw it, too
            os.unlink(path)
    try:
        os.symlink(target, path)
    except FileExistsError:
        reason, hint = "there is something already, and it stays as it is", "move it away, or choose another path"
    except OSError as error:
        reason, hint = error.strerror or type(error).__name__, "its folder must be there and writable"
    else:
        return
    raise DeliveryError(f"{path}: cannot be made a link to a delivered file: {reason}", hint=hint)


def remove_link(path: str, target: str) -> None:
    """Remove the link if it still leads to ``target``."""
    if leads_to(path) == target:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def leads_to(path: str) -> str | None:
    """Return where the link leads, None when it is no link."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def _is_abandoned(path: str, environ: Mapping[str, str]) -> bool:
    """Tell whether this is a link of ours into a folder that is gone, with the machine's memory for example."""
    folder = os.path.dirname(leads_to(path) or "")
    parent, name = os.path.split(folder)
    is_ours = NAME.fullmatch(name) is not None and parent in known_places(environ)
    return is_ours and not os.path.lexists(folder)
