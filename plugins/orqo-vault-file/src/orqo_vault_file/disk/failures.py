"""What the kernel refuses, in our words. A failing disk is never mistaken for a changed secret."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from orqo_vault.errors import AccessDeniedError, BackendError, CorruptSecretError

_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NOT_A_FILE = frozenset({errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ENOTDIR})


@contextmanager
def translated_errors(doing: str) -> Iterator[None]:
    """Turn what the kernel refuses inside into our errors, which say what was being done."""
    try:
        yield
    except OSError as error:
        raise failure(error, doing) from None


def failure(error: OSError, doing: str) -> BackendError:
    """Return our error for one of the kernel's."""
    number = error.errno or errno.EIO
    message = f"{doing}: {os.strerror(number).lower()}"
    if number in _DENIED:
        return AccessDeniedError(message)
    if number in _NOT_A_FILE:
        return CorruptSecretError(message, hint="a link or a folder stands where a file of the store belongs")
    return BackendError(message)
