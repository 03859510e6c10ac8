"""Writes a file that holds secrets: nobody else can read it at any moment, and it is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from orqo_vault.errors import OrqoVaultError


def write_private_file(path: str, content: bytes) -> None:
    """Put ``content`` in place as one step, readable and writable by the owner only, whatever was there before.

    A symlink stays and what it leads to is replaced. What is no regular file (a pipe, a device) is refused.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise OrqoVaultError(f"{path}: is not a regular file", hint="leave -o out to print to standard output")
        try:
            _write(temporary, content)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            raise
    except OSError as error:
        raise OrqoVaultError(f"{path}: cannot be written: {error.strerror}") from None


def append_to_file(path: str, content: bytes) -> None:
    """Add ``content`` to a file that is there, beginning on a line of its own."""
    try:
        with open(path, "r+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(end - 1, 0))
            unfinished = file.read(1) not in (b"", b"\n")
            file.write(b"\n" + content if unfinished else content)
    except OSError as error:
        raise OrqoVaultError(f"{path}: cannot be written: {error.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
