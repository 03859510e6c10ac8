"""What git's index holds of a conflicted store: the one room that starts git, and only for ``store merge``.

Git is called with fixed words in the store's own directory. What would send it to another repository, or make it
run somebody's program, is taken out of its environment or switched off.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from orqo_vault.errors import BackendError, CorruptSecretError

BASE, OURS, THEIRS = 1, 2, 3
"""The stages of git's index: the common ancestor, the branch that is checked out, the one that is merged."""

_SAFE = ("--literal-pathspecs", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_REGULAR = ("100644", "100755")
_HINT = "git status shows what git makes of it"
_SECONDS = 60.0


class Unmerged(NamedTuple):
    """One conflicted file."""

    name: str
    """Relative to the store's directory."""
    stages: dict[int, str]
    """Stage → object id; a side that has no such file is left out."""


class GitIndex:
    """The index of the repository that holds a directory. Creating one starts nothing."""

    def __init__(self, directory: str, environ: Mapping[str, str]) -> None:
        self._directory = directory
        self._environ = {
            name: value for name, value in environ.items() if not name.startswith(("GIT_", "ORQO_VAULT_"))
        } | {"LC_ALL": "C"}

    def unmerged(self) -> list[Unmerged]:
        """Return the conflicted files in and below the directory, by name."""
        found: dict[str, Unmerged] = {}
        for entry in self._git("ls-files", "--unmerged", "-z", "--", ".").split(b"\0")[:-1]:
            described, _, raw = entry.partition(b"\t")
            mode, object_id, stage = described.decode("ascii").split(" ")
            name = raw.decode("utf-8", "backslashreplace")
            if mode not in _REGULAR:
                raise CorruptSecretError(f"{name}: in git it is no regular file")
            found.setdefault(name, Unmerged(name, {})).stages[int(stage)] = object_id
        return [found[name] for name in sorted(found)]

    def content(self, object_id: str, cap: int) -> bytes:
        """Return the bytes of an object exactly as git keeps them, no more than ``cap``."""
        if int(self._git("cat-file", "-s", object_id)) > cap:
            raise CorruptSecretError(f"git object {object_id[:12]} is larger than a file of the store can be")
        return self._git("cat-file", "blob", object_id)

    def add(self, name: str) -> None:
        """Mark a file as resolved with the content it has now."""
        self._git("add", "--", name)

    def _git(self, *words: str) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603  # fixed words, object ids and a name that git itself gave
                ["git", *_SAFE, *words],  # noqa: S607  # the git that the user's PATH names
                cwd=self._directory,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BackendError(f"git {words[0]} did not end within {_SECONDS:g} s") from None
        except FileNotFoundError:
            raise BackendError("git is not installed here, and store merge needs it", hint="install git") from None
        except OSError as error:
            raise BackendError(f"git cannot be started: {error.strerror}") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            raise BackendError(f"git {words[0]} failed in {self._directory}: {said}", hint=_HINT)
        return done.stdout
