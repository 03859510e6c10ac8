"""Charges one attempt at a provider: started on the disk before its first byte, then settled or cancelled once."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import partial

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import LedgerUnavailableError, OrqoVaultError
from orqo_vault.gateway.adapters import Adapter, Asked
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.run_tokens import Lending, RunTokens
from orqo_vault.ledger import Ledger, Settlement
from orqo_vault.prices import PriceBook

log = logging.getLogger("orqo_vault.gateway")

_PAUSES = (0.5, 1, 2, 4, 8, 15, 30, 60)
"""Seconds between tries to reach a ledger that was there a moment ago."""


class Attempt:
    """One attempt, by a reference that the gateway made for it alone."""

    def __init__(self, lending: Lending, model: str, reference: str, held: Cost) -> None:
        self.lending = lending
        self.model = model
        """``provider:model``, as prices have it."""
        self.reference = reference
        self.held = held


class Charging:
    """The ledger and the prices, as the gateway uses them: in threads, so that no stream waits for a disk."""

    def __init__(self, ledger: Ledger, prices: PriceBook, run_tokens: RunTokens, name: str, limits: Limits) -> None:
        self._ledger = ledger
        self._prices = prices
        self._run_tokens = run_tokens
        self._name = name
        self._limits = limits
        self._later: set[asyncio.Task[None]] = set()

    async def start(self, lending: Lending, adapter: Adapter, asked: Asked, size: int) -> Attempt:
        """Draw on the run's hold. When this returns, the row ``started`` is on the disk."""
        return await asyncio.to_thread(self._start, lending, adapter, asked, size)

    def _start(self, lending: Lending, adapter: Adapter, asked: Asked, size: int) -> Attempt:
        model = f"{lending.provider}:{asked.model}"
        estimate = self._prices.estimate(
            model,
            input_bytes=size + 2 * asked.media * adapter.media_tokens,  # an estimate takes two bytes for a token
            max_tokens=asked.most_output,
            cap=self._limits.most_output,
            answers=asked.answers,
        )
        attempt = Attempt(lending, model, f"{self._name}-{secrets.token_hex(16)}", estimate)
        self._ledger.start(
            lending.organization,
            lending.hold,
            reference=attempt.reference,
            model=asked.model,
            estimate=max(1, estimate.amount),
            gateway=self._name,
        )
        return attempt

    async def settle(self, attempt: Attempt, tokens: Tokens | None) -> None:
        """Charge what was used; None: nobody knows, so what was held is charged, and marked as ``estimated``."""
        await self._surely(attempt, partial(self._settle, attempt, tokens))

    def _settle(self, attempt: Attempt, tokens: Tokens | None) -> None:
        lending = attempt.lending
        settled: Settlement = self._ledger.settle(
            lending.organization,
            attempt.reference,
            tokens=tokens or Tokens(),
            cost=attempt.held if tokens is None else self._prices.cost(attempt.model, tokens),
            metered="estimated" if tokens is None else "gateway",
        )
        if settled.over:
            self._run_tokens.stop(lending.organization, lending.hold)
        log.info(
            "%s organization=%s run=%s model=%s %s charged=%d%s",
            attempt.reference,
            lending.organization,
            lending.run,
            attempt.model,
            settled.request.metered,
            settled.request.charged,
            " over: the run is stopped" if settled.over else "",
        )

    async def cancel(self, attempt: Attempt) -> None:
        """End an attempt that the provider refused before it worked."""
        await self._surely(attempt, partial(self._cancel, attempt))

    def _cancel(self, attempt: Attempt) -> None:
        self._ledger.cancel(attempt.lending.organization, attempt.reference)
        log.info("%s cancelled", attempt.reference)

    async def _surely(self, attempt: Attempt, act: Callable[[], None]) -> None:
        """Do it now; if the ledger cannot be reached, keep trying without the caller."""
        try:
            await asyncio.to_thread(act)
        except LedgerUnavailableError:
            task = asyncio.create_task(self._persist(attempt, act))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        except OrqoVaultError as error:
            log.error("%s is not settled: %s", attempt.reference, error.code)

    async def _persist(self, attempt: Attempt, act: Callable[[], None]) -> None:
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            try:
                return await asyncio.to_thread(act)
            except OrqoVaultError as error:
                log.warning("%s is not settled yet: %s", attempt.reference, error.code)
        log.error("%s is not settled: the next start of this gateway marks it", attempt.reference)
        return None

    async def finish(self, seconds: float) -> None:
        """Wait so long for what is still to be settled. What is not then stays ``started``, and its hold is kept."""
        if self._later:
            await asyncio.wait(self._later, timeout=seconds)
