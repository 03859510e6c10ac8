"""Asks git what it knows about a project's files. It starts git, with fixed words, and no program of a repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

# As in every place where a repository that somebody else made is looked at: its configuration can name programs.
SAFE = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
SECONDS = 20.0


class Git:
    """The checkout that holds a folder."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = {
            name: value for name, value in environ.items() if not name.startswith(("GIT_", "ORQO_VAULT_"))
        } | {"LC_ALL": "C"}

    def tracked(self) -> list[str] | None:
        """Return the files below the folder that are in git, relative to it; None where git cannot tell."""
        said = self._said("ls-files", "-z", "--", ".")
        return None if said is None else [os.fsdecode(name) for name in said.split(b"\0")[:-1]]

    def ignores(self, name: str) -> bool:
        """Tell whether git is told to ignore a file; False where it cannot tell."""
        return self._said("check-ignore", "--quiet", "--no-index", "--", name) is not None

    def _said(self, *words: str) -> bytes | None:
        try:
            done = subprocess.run(  # noqa: S603  # fixed words, and names of files after the "--"
                ["git", *SAFE, *words],  # noqa: S607  # the git that the user's PATH names
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):  # not installed, or too slow: then nobody can tell
            return None
        return done.stdout if done.returncode == 0 else None
