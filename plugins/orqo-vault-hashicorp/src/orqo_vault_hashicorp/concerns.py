"""What stops nothing yet and soon may: a clock that is off, a certificate or a token near its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from orqo_vault.backend import Concern
from orqo_vault_hashicorp.call import Answer
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.tokens import Token

SKEW = 30.0
"""Seconds. Further apart, signed logins (JWT, Kubernetes, AWS) begin to be refused."""
DAY = 24 * 60 * 60
CERTIFICATE_DAYS, LAST_DAYS = 14, 2
TOKEN_SECONDS = 10 * 60
TOKEN_SHARE = 0.1
"""Of its life: an agent renews its token long before only so much is left."""


def about_clock(answer: Answer) -> Iterator[Concern]:
    """Compare this machine's clock with the ``Date`` of an answer that just came."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return
    apart = time.time() - theirs
    if abs(apart) >= SKEW:
        side = "ahead of" if apart > 0 else "behind"
        yield Concern(
            f"this machine's clock is {abs(apart):.0f} s {side} the server's", "set the clock: timedatectl set-ntp true"
        )


def about_certificate(life: tuple[float, float] | None) -> Iterator[Concern]:
    """Judge what is left of the certificate. One that lives for days only is renewed by a program, at two thirds."""
    if life is None:
        return
    begins, ends = life
    left, whole = ends - time.time(), ends - begins
    if left < min(CERTIFICATE_DAYS * DAY, whole / 4):
        what = f"the server's certificate ends in {left / DAY:.1f} days"
        yield Concern(what, "renew it on the server", grave=left < min(LAST_DAYS * DAY, whole / 10))


def about_token(token: Token | None, looked_up: Answer) -> Iterator[Concern]:
    """Judge the life that is left of a token that is not ours to renew."""
    if token is None or token.ours:
        return
    try:
        data = parse(looked_up.body)["data"]
        left, life = float(data["ttl"]), float(data.get("creation_ttl") or 0)
    except (KeyError, TypeError, ValueError):
        return
    # 0 is a token that does not end.
    if left and left < max(TOKEN_SECONDS, life * TOKEN_SHARE):
        yield Concern(f"the token ends in {left:.0f} s", "log in again (vault login, bao login), or renew the token")
