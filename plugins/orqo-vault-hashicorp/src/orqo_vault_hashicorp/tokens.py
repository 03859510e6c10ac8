"""A token's life: when to renew it, when to log in anew, and whether it is ours to give back."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

from orqo_vault.secret import SecretValue

MARGIN = 5.0
"""A token is not used in its last seconds: it would end on the way to the server."""


@dataclass(slots=True)
class Token:
    """One login. Guarded by the lock of the session that holds it."""

    value: SecretValue
    ours: bool = False
    """We created it, so we renew it and revoke it on close; a token we were given is its owner's."""
    duration: float = 0.0
    """Seconds from the login or the last renewal; 0 = it does not end by itself, or nobody told us."""
    renewable: bool = False
    revocable: bool = True
    """False for batch tokens: the server keeps nothing of them that could be revoked."""
    uses: int | None = None
    """Requests that are left; None = unlimited."""
    granted: float = field(init=False)
    """The duration the login gave: a renewal that gives much less is about to reach max_ttl."""
    _born: tuple[float, float] = field(init=False, repr=False)
    _renew_after: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.granted = self.duration
        self.restart()

    @classmethod
    def of_login(cls, auth: Any) -> Token:
        """Return the token of a login's ``auth`` object; KeyError or ValueError when it is none."""
        batch = auth.get("token_type") == "batch"
        return cls(
            value=SecretValue(auth["client_token"]),
            ours=True,
            duration=float(auth.get("lease_duration") or 0),
            renewable=bool(auth.get("renewable")) and not batch,
            revocable=not batch,
            uses=int(auth.get("num_uses") or 0) or None,
        )

    def restart(self) -> None:
        """Count from now."""
        self._born = (time.monotonic(), time.time())
        # Around two thirds: many processes that logged in together must not renew together.
        self._renew_after = self.duration * random.uniform(0.6, 0.7)  # noqa: S311  # spreads load, guards nothing

    @property
    def age(self) -> float:
        """Seconds since it was granted, by the clock that went further: one stops in suspend, one can be set back."""
        monotonic, wall = self._born
        return max(time.monotonic() - monotonic, time.time() - wall)

    @property
    def used_up(self) -> bool:
        return self.uses is not None and self.uses < 0

    @property
    def ended(self) -> bool:
        """Whether a request with it would, or soon will, be refused."""
        if self.uses is not None and self.uses < 1:
            return True
        return bool(self.duration) and self.age >= self.duration - min(MARGIN, self.duration * 0.1)

    @property
    def renewal_due(self) -> bool:
        return self.renewable and bool(self.duration) and self.age >= self._renew_after

    def spend(self) -> None:
        """Count one request."""
        if self.uses is not None:
            self.uses -= 1

    def postpone_renewal(self) -> None:
        """Try again a little later: the server could not be asked now."""
        self._renew_after = self.age + min(MARGIN, self.duration * 0.05)

    def renewed(self, duration: float) -> None:
        """Count the renewal in; near max_ttl, or when it was refused (0), the token is used to its end and replaced."""
        self.renewable = duration >= self.granted / 2
        if duration:
            self.duration = duration
            self.restart()
