"""A terminal between the child and ours, so that what it shows can be masked and still looks as it would.

The child gets the inner terminal, with the size and the modes of the outer one; the outer one is raw, so that every
key, Ctrl-C and Ctrl-Z too, means in the child what it would mean there.
"""

from __future__ import annotations

import os
import termios
import tty
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from orqo_vault.run.descriptors import above_standard
from orqo_vault.run.group import controlling_terminal, in_foreground
from orqo_vault.run.relay import Relay

if TYPE_CHECKING:
    from orqo_vault.redaction import Redactor


class Terminal:
    """The inner terminal, the way to it and from it."""

    def __init__(self, redactor: Redactor, closing: ExitStack) -> None:
        self._outer = _outer()
        closing.callback(os.close, self._outer)
        self._modes = termios.tcgetattr(self._outer)
        self._is_raw = False
        # In the background they are those of the shell's own line editor: a new terminal's are better.
        master, self.inner = _pair(self._outer, self._modes if in_foreground(self._outer) else None)
        self.output = Relay(master, self._outer, redactor)
        self.keyboard = Relay(os.dup(self._outer), os.dup(master), _AsItIs())
        closing.callback(os.close, self.keyboard.target)
        self._master = self.keyboard.target
        closing.callback(self.detach)

    def attach(self) -> None:
        """Take the keys, if they are this job's to have; otherwise another job would lose them."""
        if not self._is_raw and in_foreground(self._outer):
            self._modes = termios.tcgetattr(self._outer)
            tty.setraw(self._outer, termios.TCSADRAIN)
            self._is_raw = True

    def detach(self) -> None:
        """Leave the outer terminal as it was found."""
        if self._is_raw:
            self._is_raw = False
            with suppress(termios.error):  # it hung up
                termios.tcsetattr(self._outer, termios.TCSADRAIN, self._modes)

    @property
    def has_keys(self) -> bool:
        return self._is_raw

    def follow_size(self) -> None:
        """Give the inner terminal the size of the outer one; the child hears of it as it would there."""
        _copy_size(self._outer, self._master)


class Copy:
    """A terminal for stderr alone: it looks like ours, and its keys stay where they are."""

    def __init__(self, stream: int) -> None:
        self._stream = stream
        modes = termios.tcgetattr(stream)
        modes[1] &= ~termios.OPOST  # the real one does that
        self.outer_end, self.inner = _pair(stream, modes)

    def follow_size(self) -> None:
        """Give it the size of the real one."""
        with suppress(OSError):  # closed: its reader left
            _copy_size(self._stream, self.outer_end)


class _AsItIs:
    """What is typed is nobody's secret yet."""

    def feed(self, data: bytes) -> bytes:
        return data

    def idle(self) -> bytes:
        return b""

    def finish(self) -> bytes:
        return b""


def _outer() -> int:
    terminal = controlling_terminal()
    if terminal is None:
        return above_standard(os.dup(1))
    os.set_blocking(terminal, False)  # opened by us: nobody shares this
    return terminal


def _pair(outer: int, modes: list[int | list[bytes | int]] | None) -> tuple[int, int]:
    master, inner = (above_standard(each) for each in os.openpty())
    if modes is not None:
        termios.tcsetattr(inner, termios.TCSANOW, modes)
    _copy_size(outer, inner)
    return master, inner


def _copy_size(outer: int, inner: int) -> None:
    with suppress(termios.error):  # it hung up
        termios.tcsetwinsize(inner, termios.tcgetwinsize(outer))
