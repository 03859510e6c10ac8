"""Waits until one of several descriptors can be used, or for a time."""

from __future__ import annotations

import select
import sys
from collections.abc import Collection


class Ready:
    """What can be used now."""

    def __init__(self, readers: Collection[int], writers: Collection[int]) -> None:
        self.readers = readers
        self.writers = writers


def wait(readers: Collection[int], writers: Collection[int] = (), seconds: float | None = None) -> Ready:
    """Return the descriptors that can be read or written; None as ``seconds`` waits for as long as it takes."""
    if sys.platform != "linux":  # poll() of macOS knows no terminals
        can_read, can_write, _ = select.select(readers, writers, (), seconds)
        return Ready(can_read, can_write)
    poll = select.poll()
    for descriptor in readers:
        poll.register(descriptor, select.POLLIN)
    for descriptor in writers:
        poll.register(descriptor, select.POLLOUT | (select.POLLIN if descriptor in readers else 0))
    found = poll.poll(None if seconds is None else max(0.0, seconds) * 1000)
    broken = select.POLLHUP | select.POLLERR  # reading or writing says what happened
    return Ready(
        {each for each, events in found if each in readers and events & (select.POLLIN | broken)},
        {each for each, events in found if each in writers and events & (select.POLLOUT | broken)},
    )


def readable(descriptor: int) -> bool:
    """Tell whether reading gives something now, or the end."""
    return bool(wait([descriptor], seconds=0).readers)
