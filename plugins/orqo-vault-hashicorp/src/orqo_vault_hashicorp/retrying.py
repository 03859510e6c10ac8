"""Sends a call until it is answered for good, within one deadline: full jitter, Retry-After, and no blind repeats."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendError, BackendUnavailableError, OrqoVaultError, TimedOutError
from orqo_vault_hashicorp.call import Answer, Call
from orqo_vault_hashicorp.connecting import NotConnectedError
from orqo_vault_hashicorp.errors import unreachable, was_sent, will_pass
from orqo_vault_hashicorp.json_text import dump
from orqo_vault_hashicorp.transport import NoConnectionFreeError, Transport

TRIES = 5
BASE = 0.1
CAP = 2.0

_never = threading.Event()
"""Waiting on it is a sleep that a test's fake clock and Ctrl-C both interrupt."""


def send(
    name: str,
    transport: Transport,
    call: Call,
    headers: Mapping[str, str],
    deadline: Deadline,
    *,
    once: bool = False,
) -> Answer:
    """Return the answer; a status worth retrying is returned only when the tries are used up, or ``once``."""
    body = None if call.body is None else _encoded(name, call)
    for tried in range(1, TRIES + 1):
        deadline.check(f"backend {name!r}: {call}")
        try:
            answer = transport.send(call.verb, call.target, headers, body, deadline)
        except (OSError, NotConnectedError, NoConnectionFreeError) as error:
            failed = unreachable(name, transport.address, error, deadline)
            sent = was_sent(error)
        else:
            if once or not will_pass(answer, repeatable=call.repeatable):
                return answer
            if tried == TRIES or not _waited(tried, answer, deadline):
                return answer
            continue
        if sent and not call.repeatable:
            raise _unknown_outcome(name, call, failed)
        if tried == TRIES or not isinstance(failed, BackendUnavailableError) or isinstance(failed, TimedOutError):
            raise failed
        if not _waited(tried, None, deadline):
            raise failed
    raise AssertionError("unreachable: the last try returns or raises")


def _encoded(name: str, call: Call) -> bytes:
    try:
        return dump(call.body).encode()
    except UnicodeEncodeError:
        pass  # raised below: this one holds the whole body
    raise BackendError(f"backend {name!r}: {call}: a value holds half a character (a lone surrogate)")


def _waited(tried: int, answer: Answer | None, deadline: Deadline) -> bool:
    """Wait before the next try; False, at once, when the wait would end after the deadline."""
    pause = random.uniform(0, min(CAP, BASE * 2**tried))  # noqa: S311  # spreads load, guards nothing
    pause = max(pause, _asked_for(answer))
    if pause >= deadline.remaining():
        return False
    _never.wait(pause)
    return True


def _asked_for(answer: Answer | None) -> float:
    """Return the seconds of ``Retry-After``; the date form, which Vault does not use, counts as one second."""
    asked = answer.headers.get("retry-after") if answer is not None else None
    if not asked:
        return 0.0
    return float(asked) if asked.isdecimal() and len(asked) < 7 else 1.0


def _unknown_outcome(name: str, call: Call, failed: OrqoVaultError) -> OrqoVaultError:
    return type(failed)(
        f"{failed.message}; whether {call.path} was changed is not known",
        hint="read it before you try again",
        paths=(call.path,),
    )
