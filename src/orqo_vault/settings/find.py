"""Where the settings files are: the one that was named, or the one above the working directory, and its layers."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from orqo_vault.errors import Location, SettingsError

FILE_NAME = "orqo-vault.yaml"
CONFIG_VARIABLE = "ORQO_VAULT_CONFIG"
PROFILE_VARIABLE = "ORQO_VAULT_PROFILE"
LOCAL = "local"
# 10,000 credentials are 2 MB.
MAX_BYTES = 32 * 1024 * 1024

_PROFILE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
_MAX_PROFILE = 64


def find_base(path: Path | None, *, environ: Mapping[str, str], cwd: Path | None = None) -> Path:
    """Return the absolute path of the base file: ``path``, else what ``ORQO_VAULT_CONFIG`` names, else what is found.

    It is looked for in ``cwd`` (None: the process's) and above it, up to the root of the git checkout; outside of
    one, in ``cwd`` alone. A named file need not exist yet; without a name, finding none is an error.
    """
    named = os.path.expanduser(path or environ.get(CONFIG_VARIABLE, ""))
    if os.path.isabs(named):
        return _file(named)
    start = os.path.abspath(cwd) if cwd is not None else _working_directory()
    return _file(os.path.join(start, named)) if named else _search(_folders_to_search(start))


def choose_profile(profile: str | None, *, environ: Mapping[str, str]) -> str | None:
    """Return the profile that was named, else the one in ``ORQO_VAULT_PROFILE``, else None."""
    chosen = profile or environ.get(PROFILE_VARIABLE) or None
    if chosen is None:
        return None
    # It becomes part of a file name: nothing in it may lead to another folder.
    if chosen == LOCAL or len(chosen) > _MAX_PROFILE or not _PROFILE_CHARACTERS.issuperset(chosen):
        raise SettingsError(
            "the profile's name is not allowed",
            hint=f"a profile is named with lower-case letters, digits, '-' and '_', and not {LOCAL!r}",
        )
    return chosen


def layers_of(base: Path, profile: str | None) -> tuple[Path, ...]:
    """Return the files that may be layers, lowest first: the base, its profile, its local one."""
    names = [LOCAL] if profile is None else [profile, LOCAL]
    return base, *(base.with_name(f"{base.stem}.{name}{base.suffix}") for name in names)


def read_layer(path: Path, *, limit: int) -> bytes | None:
    """Return the file's bytes, None when there is no such file; more than ``limit`` bytes are refused."""
    where = Location(str(path))
    try:
        # O_NONBLOCK: a FIFO of that name must not hang us before it is seen to be one.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", location=where) from None
    except ValueError:  # a NUL in it
        raise SettingsError("is not the name of a file") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SettingsError("is not a regular file", location=where)
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", location=where) from None
    finally:
        os.close(descriptor)
    if len(content) > limit:
        raise SettingsError(f"the file is larger than {limit // 1024**2} MiB", location=where)
    return content


def _file(path: str) -> Path:
    file = Path(os.path.normpath(path))
    if not file.name:
        raise SettingsError("is not a file", location=Location(path))
    return file


def _search(folders: list[str]) -> Path:
    for folder in folders:
        candidate = os.path.join(folder, FILE_NAME)
        if os.path.lexists(candidate):
            if folder != folders[0]:
                _refuse_a_strangers_file(candidate, folders[0])
            return Path(candidate)
    upwards = f" and up to {folders[-1]}" if len(folders) > 1 else ""
    raise SettingsError(
        f"no {FILE_NAME} in {folders[0]}{upwards}",
        hint=f"orqo-vault init makes one; --config FILE or {CONFIG_VARIABLE} names another",
        paths=folders,
    )


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        raise SettingsError(
            "the working directory does not exist any more", hint="change to another one, or name a file with --config"
        ) from None


def _folders_to_search(start: str) -> list[str]:
    folders = [start]
    while not os.path.lexists(os.path.join(folders[-1], ".git")):
        above = os.path.dirname(folders[-1])
        if above == folders[-1]:
            # Not in a checkout. What lies above (a world-writable /tmp) is nobody's choice, so it is not asked.
            return [start]
        folders.append(above)
    return folders


def _refuse_a_strangers_file(candidate: str, cwd: str) -> None:
    # Whoever can write above our folder (/tmp again, with a .git beside it) must not choose what a run gets.
    owner = os.lstat(candidate).st_uid
    if owner not in (0, os.geteuid(), os.lstat(cwd).st_uid):
        raise SettingsError(
            "the settings file found above the working directory belongs to another user",
            hint="name it with --config if it is meant",
            location=Location(candidate),
        )
