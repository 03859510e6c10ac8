"""Settings that were validated once, kept on this machine so that a run needs neither YAML nor pydantic.

A cache and nothing more: it is found by everything that went into it (each layer's bytes, the plugins that could be
found, our version), it holds names only, and one that is missing, foreign or damaged is ignored and made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from orqo_vault.settings.compiled_form import FORMAT, decode, encode
from orqo_vault.settings.model import Settings
from orqo_vault.state import project_state, write_private
from orqo_vault.version import __version__

KEPT = 8
MAX_BYTES = 512 * 1024 * 1024
SUFFIX = ".json"

_METADATA = (".dist-info", ".egg-info")


def folder_of(environ: Mapping[str, str], base_dir: Path) -> str:
    """Return the folder of what is compiled for the project in ``base_dir``; it need not exist."""
    return os.path.join(project_state(environ, base_dir), "compiled")


def key_of(contents: Mapping[Path, bytes | None], profile: str | None) -> str:
    """Return the name under which the settings of these files are kept; any change of what went in changes it."""
    digest = hashlib.sha256()
    for part in _parts(contents, profile):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()


def find(folder: str, key: str) -> Settings | None:
    """Return what was kept under ``key``; None when nothing was, or when it is not wholly ours and whole."""
    content = _read(os.path.join(folder, key + SUFFIX))
    return None if content is None else decode(content, key)


def keep(folder: str, key: str, settings: Settings) -> None:
    """Keep the settings under ``key``. Where that is not possible nothing is lost: the next load is slower."""
    with contextlib.suppress(OSError):
        write_private(folder, key + SUFFIX, encode(settings, key))
        _sweep(folder)


def _parts(contents: Mapping[Path, bytes | None], profile: str | None) -> Iterator[bytes]:
    yield f"{FORMAT} {__version__}".encode()
    yield b"" if profile is None else b"=" + profile.encode()
    for file, content in contents.items():
        yield os.fsencode(file)
        yield b"" if content is None else b"=" + content
    for number, folder in enumerate(sys.path):
        yield os.fsencode(folder)
        yield _identity(folder, starts_program=number == 0)


def _identity(folder: str, *, starts_program: bool) -> bytes:
    """Return what changes when a distribution is installed in ``folder`` or removed from it."""
    try:
        if not starts_program:
            return str(os.stat(folder or ".").st_mtime_ns).encode()
        # The folder of the program (or the working directory) is written to by engines; only names of installed
        # distributions count there.
        names = sorted(name for name in os.listdir(folder or ".") if name.endswith(_METADATA))
    except OSError:
        return b""
    return os.fsencode("\0".join(names))


def _read(path: str) -> bytes | None:
    # O_NOFOLLOW and the checks below: what somebody else can put there must not choose what a run gets.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    try:
        if not _is_ours_alone(os.fstat(descriptor)):
            return None
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _is_ours_alone(found: os.stat_result) -> bool:
    others_may_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    is_ours = found.st_uid == os.geteuid() and not others_may_write
    return stat.S_ISREG(found.st_mode) and is_ours and found.st_size <= MAX_BYTES


def _sweep(folder: str) -> None:
    """Remove all but the newest ones, and what interrupted writers left."""
    with os.scandir(folder) as entries:
        newest_first = sorted(entries, key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns, reverse=True)
    for entry in newest_first[KEPT:]:
        with contextlib.suppress(OSError):
            os.unlink(entry.path)
