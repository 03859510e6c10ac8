"""What stops nothing yet and soon may: a clock that is off, a session of somebody else's that is near its end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from orqo_vault.backend import Concern

SKEW = 60.0
"""Seconds. AWS refuses requests that were signed five minutes off."""
SESSION_SECONDS = 10 * 60
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"


def about_clock(answer: Mapping[str, Any]) -> Iterator[Concern]:
    """Compare this machine's clock with the ``Date`` of an answer that just came."""
    try:
        theirs = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return
    apart = time.time() - theirs
    if abs(apart) >= SKEW:
        side = "ahead of" if apart > 0 else "behind"
        yield Concern(
            f"this machine's clock is {abs(apart):.0f} s {side} the service's",
            "set the clock: timedatectl set-ntp true",
        )


def about_session(environ: Mapping[str, str]) -> Iterator[Concern]:
    """Judge the life that is left of a session that somebody else began, as far as the environment tells it."""
    if "AWS_ACCESS_KEY_ID" not in environ:
        return  # the SDK finds a login that it renews by itself
    try:
        left = datetime.fromisoformat(environ[EXPIRATION]).timestamp() - time.time()
    except (KeyError, ValueError):
        return
    if left < SESSION_SECONDS:
        yield Concern(f"the session in the environment ends in {max(left, 0):.0f} s", "log in again: aws sso login")
