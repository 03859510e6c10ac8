"""Delivers files that have no name and no place: memory of this process, read through a path below /proc.

They end with this process, however it ends. The path is that of this process and not ``/proc/self``, because ssh
closes every descriptor it inherits before it reads a key. Linux only.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from contextlib import ExitStack

from orqo_vault.errors import DeliveryError
from orqo_vault.injector import content
from orqo_vault.injector.delivery import Delivery

SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def deliver_memfds(deliveries: Iterable[Delivery], undo: ExitStack) -> tuple[dict[str, str], tuple[int, ...]]:
    """Return variable → path, and the descriptors a child may inherit."""
    variables: dict[str, str] = {}
    descriptors: list[int] = []
    for each in deliveries:
        descriptor = _sealed(content(each.value, base64=each.base64), undo)
        descriptors.append(descriptor)
        variables.update(dict.fromkeys(each.variables, f"/proc/{os.getpid()}/fd/{descriptor}"))
    return variables, tuple(descriptors)


def _sealed(content: bytes, undo: ExitStack) -> int:
    try:
        descriptor = os.memfd_create("orqo-vault", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError as error:
        reason = error.strerror
    else:
        undo.callback(os.close, descriptor)
        os.fchmod(descriptor, 0o600)  # it is 0777 at first, and ssh refuses a key that others may read
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, SEALS)
        return descriptor
    raise DeliveryError(f"deliver: memfd: the kernel refuses: {reason}", hint="use deliver: file")
