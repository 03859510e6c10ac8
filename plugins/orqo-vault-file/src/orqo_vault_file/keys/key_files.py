"""Files that hold a key or a passphrase: read only when nobody else can read them, made so from the first byte."""

from __future__ import annotations

import errno
import os
import stat
from typing import NamedTuple

from orqo_vault_file.disk.failures import failure
from orqo_vault_file.disk.files import Folder, read_path

_CAP = 16 * 1024
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})


class Refusal(NamedTuple):
    """Why a place gave no key, in words that follow its name, and what to do about it."""

    reason: str
    hint: str | None = None
    absent: bool = False


def read(path: str, *, chosen: bool) -> str | Refusal:
    """Return the text of a key file.

    One that the user ``chosen`` by name may be a link, and may be group-readable when root owns it: this is how
    Kubernetes hands over files. The default one may be neither.
    """
    try:
        data = read_path(path, _CAP, follow=chosen, refuse=lambda found: _too_open(found, path, chosen))
    except OSError as error:
        return _unreadable(error, path)
    if isinstance(data, Refusal):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Refusal("is not a text file")


def _unreadable(error: OSError, path: str) -> Refusal:
    if error.errno in _ABSENT:
        return Refusal("no such file", absent=True)
    if error.errno in (errno.EACCES, errno.EPERM):
        return Refusal("permission denied", f"make {path} readable for the user that runs this")
    if error.errno == errno.ELOOP:
        return Refusal("is a symbolic link", "name it in ORQO_VAULT_KEY_FILE or key_file if it is meant to be one")
    raise failure(error, f"cannot read {path}") from None


def _too_open(found: os.stat_result, path: str, chosen: bool) -> Refusal | None:
    if not stat.S_ISREG(found.st_mode):
        return Refusal("is not a regular file")
    if found.st_uid not in (os.geteuid(), 0):
        return Refusal("belongs to another user", f"chown it to the user that runs this: {path}")
    others = 0o037 if chosen and found.st_uid == 0 and os.geteuid() != 0 else 0o077
    if found.st_mode & others:
        return Refusal("can be read or changed by others", f"chmod 600 {path}")
    return None


def create(path: str, text: str) -> bool:
    """Make a key file, 0600 and durable; False, and nothing done, when the name is taken."""
    with Folder.make(os.path.dirname(path)) as folder:
        return folder.create(os.path.basename(path), text.encode("utf-8"))


def discard(path: str) -> None:
    """Remove a key file that was made a moment ago for nothing."""
    with Folder.make(os.path.dirname(path)) as folder:
        folder.remove(os.path.basename(path))
