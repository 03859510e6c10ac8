"""One provider and one gateway for all tests; each test has runs of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from anthropic import Anthropic
from openai import OpenAI

from tests.gateway.harness import Gateway, Upstream
from tests.ledger.conftest import postgresql, postgresql_address  # noqa: F401  # fixtures there, and here

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Lent:
    """A run with a token."""

    gateway: Gateway
    organization: str
    run: str
    token: str
    base_url: str
    budget: int
    undo: ExitStack

    def openai(self, **more: Any) -> OpenAI:
        client = OpenAI(api_key=self.token, base_url=self.base_url, **{"max_retries": 0, **more})
        return self.undo.enter_context(client)

    def anthropic(self, **more: Any) -> Anthropic:
        client = Anthropic(api_key=self.token, base_url=self.base_url, **{"max_retries": 0, **more})
        return self.undo.enter_context(client)

    def ended(self, count: int) -> Any:
        return self.gateway.all_ended(self.organization, self.run, count)


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    provider = Upstream()
    yield provider
    provider.process.stop()


@pytest.fixture(scope="session")
def gateway(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(tmp_path_factory.mktemp("gateway"), upstream).start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def enrolments(gateway: Gateway) -> dict[str, str]:
    return {name: gateway.enrol(name) for name in ("acme", "beta")}


Lend = Callable[..., Lent]


@pytest.fixture
def lend(gateway: Gateway, enrolments: dict[str, str]) -> Iterator[Lend]:
    """Gives a new run of an organization a token."""
    undo = ExitStack()

    def lent(provider: str = "openai", organization: str = "acme", **more: Any) -> Lent:
        run = f"run-{next(_numbers)}"
        said = gateway.run(enrolments[organization], run, provider=provider, **more)
        return Lent(gateway, organization, run, said["token"], said["base_url"], said["budget"], undo)

    with undo:
        yield lent


@pytest.fixture
def new_gateway(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Gateway]]:
    """Makes gateways that a test may stop, kill, or start anew."""
    made: list[Gateway] = []

    def make(address: str | None = None, provider: Upstream | None = None, extra: str = "") -> Gateway:
        made.append(Gateway(tmp_path_factory.mktemp("gateway"), provider or upstream, address, extra))
        return made[-1]

    yield make
    for each in made:
        each.close()
