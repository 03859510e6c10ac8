"""Masks secrets in a stream of bytes, however it is cut into pieces.

A byte is passed on as soon as no secret can begin at it any more: a prompt is not delayed. What is held back is
looked at again with the next piece, so nothing depends on where the pieces end.
"""

from __future__ import annotations

from operator import itemgetter

from orqo_vault.redaction.escapes import ESC, Plain
from orqo_vault.redaction.patterns import Patterns
from orqo_vault.secret import MASK as _MASK

MASK = _MASK.encode()
"""What stands for a secret, whatever its length; secrets that touch or overlap have one mask."""

TELLING = 4
"""Bytes: a beginning of a secret that is this long is held back for as long as it takes."""

Hidden = tuple[int, bool, int]
"""Where a hidden run of bytes starts, whether it opens a mask of its own (or goes on under the one before), its end."""


class Redactor:
    """The state of one stream; not for several threads. ``Patterns`` may be shared."""

    def __init__(self, patterns: Patterns) -> None:
        self.count = 0
        """The places masked so far."""
        self._patterns = patterns
        self._held = b""
        self._done = 0  # so many bytes of what is held have gone out already, under a mask or in a pause
        self._masked_last = False  # nothing has followed the last mask yet
        self._begun = b""  # the escape sequence that what is held stands in

    def feed(self, data: bytes) -> bytes:
        """Return what may be passed on now. Held back is only what may be the beginning of a secret."""
        text = self._held + data
        hidden, live, split, plain = self._look(text)
        out, at = self._pass_on(text, hidden, live)
        # A secret with escape sequences in it is seen again whole, until the last of it is passed on.
        keep = min([live, *(start for start, end in split if start < live < end)])
        self._held = text[keep:]
        self._done = at - keep
        self._begun = plain.begun_at(keep) if plain is not None else b""
        return out

    def idle(self) -> bytes:
        """Return what may be passed on because nothing has followed for a moment: up to three bytes held back.

        A letter that somebody typed begins some form of some secret, and its echo should not wait for the next one.
        When a secret does follow, all of it but these bytes is masked.
        """
        if len(self._held) >= TELLING:
            return b""
        out, self._done = self._held[self._done :], len(self._held)
        self._masked_last = self._masked_last and not out
        return out

    def finish(self) -> bytes:
        """Return the rest: the stream has ended, and what was held back has not become a secret."""
        text, self._held = self._held, b""
        hidden, _, _, _ = self._look(text)
        out, _ = self._pass_on(text, hidden, len(text))
        self._done, self._begun = 0, b""
        return out

    def _look(self, text: bytes) -> tuple[list[Hidden], int, list[tuple[int, int]], Plain | None]:
        """Return what to hide, what may be a beginning, the secrets with sequences in them, and the text without."""
        spans, live = self._patterns.search(text)
        hidden = [(start, True, end) for start, end in spans]
        if not self._begun and ESC not in text:
            return hidden, live, [], None
        plain = Plain(text, self._begun)
        split = []
        spans, begun = self._patterns.search(plain.text)
        for start, end in spans:
            runs = list(plain.runs(start, end))
            hidden += [(first, place == 0, last) for place, (first, last) in enumerate(runs)]
            if len(runs) > 1:
                split.append((runs[0][0], runs[-1][1]))
        return hidden, min(live, plain.place(begun)), split, plain

    def _pass_on(self, text: bytes, hidden: list[Hidden], live: int) -> tuple[bytes, int]:
        """Return what goes out of ``text`` now, and up to where: all before ``live``, and masks that reach beyond."""
        out = []
        at = self._done
        for start, opens, end in sorted(hidden, key=itemgetter(0, 1)):
            if end <= at:
                continue
            if start > at:
                if start > live:
                    break
                out.append(text[at:start])
                self._masked_last = False
            if opens and not self._masked_last:
                out.append(MASK)
                self.count += 1
            self._masked_last = True
            at = end
        if at < live:
            out.append(text[at:live])
            self._masked_last = False
            at = live
        return b"".join(out), at


def masked(patterns: Patterns, text: bytes) -> bytes:
    """Return a whole text with its secrets masked."""
    redactor = Redactor(patterns)
    return redactor.feed(text) + redactor.finish()
