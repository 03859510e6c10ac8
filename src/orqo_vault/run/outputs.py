"""The pipes and terminals between a supervised child and what our stdout and stderr are."""

from __future__ import annotations

import os
from contextlib import ExitStack

from orqo_vault.run.descriptors import pipe
from orqo_vault.run.masking import Masking
from orqo_vault.run.pty import Copy, Terminal
from orqo_vault.run.relay import Relay
from orqo_vault.run.streams import STDERR, STDOUT, same_file


class Outputs:
    """Made before the child; ``for_child`` are its ends, closed on our side when it has them."""

    def __init__(self, masking: Masking | None, closing: ExitStack) -> None:
        self.relays: list[Relay] = []
        self.for_child: dict[int, int] = {}
        self.terminal: Terminal | None = None
        """Where the child has a terminal of its own."""
        self.copy: Copy | None = None
        """Where only its stderr looks like one."""
        self._closing = closing
        if masking is not None:
            self._pipes(masking)
            self._terminals(masking)

    def close_childs_ends(self) -> None:
        """Close what the child has now: it must hear when a reader leaves, and we when it is done."""
        for descriptor in set(self.for_child.values()):
            os.close(descriptor)

    def follow_size(self) -> None:
        """Tell the child's terminal that the window changed."""
        for each in (self.terminal, self.copy):
            if each is not None:
                each.follow_size()

    def _pipes(self, masking: Masking) -> None:
        piped = masking.streams.piped
        if piped == (STDOUT, STDERR) and same_file(STDOUT, STDERR):
            self._pipe(masking, STDOUT)
            self.for_child[STDERR] = self.for_child[STDOUT]  # one pipe keeps the order of the two
            return
        for each in piped:
            self._pipe(masking, each)

    def _pipe(self, masking: Masking, stream: int) -> None:
        read, self.for_child[stream] = pipe()
        self._relay(Relay(read, stream, masking.redactor()))

    def _terminals(self, masking: Masking) -> None:
        shown = masking.streams.terminal
        if STDOUT in shown:
            self.terminal = Terminal(masking.redactor(), self._closing)
            with_input = (0, *shown) if os.isatty(0) else shown
            self.for_child.update(dict.fromkeys(with_input, self.terminal.inner))
            self._relay(self.terminal.output)
            self._closing.callback(self.terminal.keyboard.give_up)
        elif shown:  # the keys belong to somebody else in the pipeline
            self.copy = Copy(STDERR)
            self.for_child[STDERR] = self.copy.inner
            self._relay(Relay(self.copy.outer_end, STDERR, masking.redactor()))

    def _relay(self, relay: Relay) -> None:
        self.relays.append(relay)
        self._closing.callback(relay.give_up)
