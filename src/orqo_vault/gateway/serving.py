"""Runs the gateway: reads the keys, marks what a predecessor left behind, serves until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import uvicorn

from orqo_vault.errors import OrqoVaultError, SettingsError
from orqo_vault.gateway.adapters import ADAPTERS
from orqo_vault.gateway.app import App, all_over
from orqo_vault.gateway.authorizing import Callers
from orqo_vault.gateway.charging import Charging
from orqo_vault.gateway.control import Control
from orqo_vault.gateway.enrolments import Enrolments
from orqo_vault.gateway.exchange import Line
from orqo_vault.gateway.fitness import Listening, only_for_development
from orqo_vault.gateway.lending import Lender
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.opening import opened_ledger, served_providers
from orqo_vault.gateway.provider_keys import ProviderKeys
from orqo_vault.gateway.relaying import Relay
from orqo_vault.gateway.run_tokens import RunTokens
from orqo_vault.gateway.strict_h11 import connections
from orqo_vault.gateway.upstream import upstream_client
from orqo_vault.ledger import Ledger
from orqo_vault.ledger.database import Database
from orqo_vault.prices import PriceBook
from orqo_vault.secret import SecretValue
from orqo_vault.settings.operator_model import Operator
from orqo_vault.vault.operator_keys import operator_key
from orqo_vault.vault.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What a gateway is started with."""

    operator: Operator
    listening: Listening
    name: str
    """Rows in the ledger say which gateway started them; two that run at one time have two names."""
    surroundings: Surroundings
    say: Callable[[str], None]
    production: bool = False
    limits: Limits = field(default_factory=Limits)


def serve(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT, then let what is on its way end, for a while."""
    reasons = list(only_for_development(serving.operator, serving.listening))
    if reasons and (serving.production or serving.operator.production):
        raise SettingsError(f"this is no gateway for production: {'; '.join(reasons)}")
    for reason in reasons:
        serving.say(f"development only: {reason}")
    _require_addresses(serving)
    with opened_ledger(serving.operator) as (ledger, database), _listening(serving.listening) as listener:
        unsettled = ledger.mark_unsettled(serving.name)
        if unsettled:
            serving.say(
                f"{unsettled} requests of an earlier gateway '{serving.name}' are unsettled; their holds are kept"
            )
        RunTokens(database).forget()
        asyncio.run(_serve(serving, ledger, database, listener))


def _require_addresses(serving: Serving) -> None:
    """Raise SettingsError where runs would be told to go to 0.0.0.0, which is no place."""
    if serving.listening.host not in ("0.0.0.0", "::"):  # noqa: S104  # nothing is bound here
        return
    for name, provider in served_providers(serving.operator).items():
        if provider.address is None:
            raise SettingsError(
                f"platform_providers.{name}: says no address, and this gateway listens on all of them",
                hint="address: https://gateway.example:8700, as its certificate names it",
            )


async def _serve(serving: Serving, ledger: Ledger, database: Database, listener: socket.socket) -> None:
    limits, run_tokens = serving.limits, RunTokens(database)
    providers = served_providers(serving.operator)
    read_key = partial(_read_key, serving)
    keys = ProviderKeys(read_key, providers)
    charging = Charging(ledger, PriceBook(serving.operator.prices), run_tokens, serving.name, limits)
    callers = Callers(run_tokens, Enrolments(database))
    on_their_way: set[asyncio.Task[None]] = set()
    origin = _origin(serving.listening, listener)
    async with upstream_client(limits) as client:
        lines = {
            name: Line(
                adapter=ADAPTERS[name],
                url=str(provider.upstream).rstrip("/") + ADAPTERS[name].upstream_path,
                client=client,
                keys=keys,
                charging=charging,
                limits=limits,
            )
            for name, provider in providers.items()
        }
        bases = {name: (each.address or origin).rstrip("/") + ADAPTERS[name].base for name, each in providers.items()}
        control = Control(callers, Lender(ledger, run_tokens, providers, limits), ledger, bases, limits)
        relays = {line.adapter.path: Relay(line, callers, on_their_way) for line in lines.values()}
        serving.say(f"gateway '{serving.name}' listens on {origin} for {', '.join(providers)}")
        await _Server(_config(serving, App(control, relays))).serve(sockets=[listener])
        await all_over(on_their_way, limits.shutdown_seconds)
        await charging.finish(limits.shutdown_seconds)


class _Server(uvicorn.Server):
    """Stops on SIGTERM and SIGINT and then returns; a second one does not wait for callers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._stop)
        try:
            yield
        finally:
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(each)

    def _stop(self) -> None:
        self.force_exit, self.should_exit = self.should_exit, True


def _config(serving: Serving, app: App) -> uvicorn.Config:
    listening = serving.listening
    return uvicorn.Config(
        app,
        http=connections(stall_seconds=serving.limits.stall_seconds),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=serving.limits.head_bytes,
        timeout_graceful_shutdown=serving.limits.shutdown_seconds,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
    )


@contextmanager
def _listening(listening: Listening) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    try:
        listener = socket.create_server((listening.host, listening.port), family=family, backlog=512)
    except OSError as error:
        raise OrqoVaultError(f"{listening.host}:{listening.port}: cannot listen: {error.strerror}") from None
    # asyncio does it only for sockets that were made with the protocol's number; without it, the first piece of a
    # stream waits 40 ms behind the head for the other side's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listener:
        yield listener


def _origin(listening: Listening, listener: socket.socket) -> str:
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    return f"{listening.scheme}://{host}:{listener.getsockname()[1]}"


def _read_key(serving: Serving, provider: str) -> SecretValue:
    return operator_key(serving.operator, provider, serving.surroundings)
