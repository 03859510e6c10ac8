"""Borrows the platform keys of a run, before anything is read: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from orqo_vault.backend import Deadline, Stored
from orqo_vault.chore import Chore, Outcome
from orqo_vault.credential import Credential
from orqo_vault.credits import micro_credits
from orqo_vault.errors import LedgerUnavailableError, PlatformKeyRefusedError
from orqo_vault.ledger import Ledger, open_ledger
from orqo_vault.planner import Plan
from orqo_vault.planner.platform import BASE_URL
from orqo_vault.platform_keys import KeyContext, Lent, PlatformKeys, Wanted
from orqo_vault.plugins import credential_type, platform_provider
from orqo_vault.secret import Secret
from orqo_vault.settings.operator_model import Operator, PlatformProvider
from orqo_vault.state import config_root
from orqo_vault.vault.operator_keys import operator_key

if TYPE_CHECKING:
    from orqo_vault.vault.vault import Vault


class LentKeys:
    """The platform keys of one run. Closing gives every one back, also when giving another back fails."""

    def __init__(self, by_credential: Mapping[str, Lent], primaries: Mapping[str, str]) -> None:
        self.by_credential = by_credential
        self._primaries = primaries

    @property
    def masked(self) -> bool:
        """Whether the run's output is masked wherever it can be."""
        return any(each.masked for each in self.by_credential.values())

    def stored(self) -> dict[str, Stored]:
        """Return them in the form of what a backend would have stored for their credentials."""
        return {
            credential_id: Stored(
                Secret(
                    {
                        self._primaries[credential_id]: lent.key,
                        **({BASE_URL: lent.base_url} if lent.base_url is not None else {}),
                    }
                ),
                None,
            )
            for credential_id, lent in self.by_credential.items()
        }

    def chores(self, at_end: Outcome, tell: Callable[[str], None]) -> tuple[Chore, ...]:
        """Return what keeps them alive."""
        made = (lent.chore(at_end, tell) for lent in self.by_credential.values())
        return tuple(each for each in made if each is not None)

    def close(self) -> None:
        """The run has ended."""
        with ExitStack() as undo:
            for lent in self.by_credential.values():
                undo.callback(lent.close)

    def cancel(self) -> None:
        """The run has not begun: what was reserved is released."""
        with ExitStack() as undo:
            for lent in self.by_credential.values():
                undo.callback(lent.cancel)


def borrow(vault: Vault, plan: Plan, run_id: str) -> LentKeys:
    """Return the platform keys of a plan; on failure what was lent already is given back."""
    operator = vault.surroundings.operator
    if not plan.platform:
        return LentKeys({}, {})
    assert operator is not None  # a plan without one has been refused
    credentials = [vault.credentials[each.id] for each in plan.platform]
    wanted = list(_wanted(vault, plan, credentials, run_id))
    suppliers = [_supplier(vault, operator, each.provider) for each in wanted]
    for each in wanted:
        _refuse_what_the_operator_does(operator.platform_providers[each.provider], each)
    primaries = {each.id: _primary(each) for each in credentials}
    deadline, lent = Deadline(vault.surroundings.seconds), dict[str, Lent]()
    try:
        for each, supplier in zip(wanted, suppliers, strict=True):
            lent[each.credential] = supplier.lend(each, deadline=deadline)
    except BaseException:
        LentKeys(lent, primaries).cancel()
        raise
    return LentKeys(lent, primaries)


def _wanted(vault: Vault, plan: Plan, credentials: Sequence[Credential], run_id: str) -> Iterator[Wanted]:
    budget = micro_credits(plan.run.budget) if plan.run.budget is not None else None
    for place, credential in enumerate(credentials):
        assert credential.provider is not None  # its supplier was found by it
        yield Wanted(
            run=run_id,
            run_name=plan.run.name,
            credential=credential.id,
            provider=credential.provider,
            models=_models(vault, plan, credential),
            budget=None if budget is None else _share(budget, place, len(credentials)),
        )


def _share(budget: int, place: int, count: int) -> int:
    """Return one key's part of the run's budget: the parts are alike, and together no more than it."""
    share = budget // count + (place < budget % count)
    if share < 1:
        raise PlatformKeyRefusedError(f"a budget of {budget} micro-credits is too small for {count} platform keys")
    return share


def _models(vault: Vault, plan: Plan, credential: Credential) -> tuple[str, ...]:
    configs = (vault.settings.llm[name] for name in plan.run.llm)
    models = (each.model.partition(":")[2] or each.model for each in configs if each.credential == credential.id)
    return tuple(dict.fromkeys(models))


def _refuse_what_the_operator_does(provider: PlatformProvider, wanted: Wanted) -> None:
    if provider.runs and wanted.run_name not in provider.runs:
        raise PlatformKeyRefusedError(
            f"the platform's key for {provider.name} is lent to runs that the operator names, which this is not",
            hint=f"named: {', '.join(provider.runs)}; use --run NAME",
        )
    others = [model for model in wanted.models if provider.models and model not in provider.models]
    if others:
        raise PlatformKeyRefusedError(
            f"the platform's key for {provider.name} is not for {', '.join(others)}",
            hint=f"the operator offers: {', '.join(provider.models)}",
        )


def _primary(credential: Credential) -> str:
    primary = credential_type(credential.type).primary_of(credential)
    if primary is None:
        raise PlatformKeyRefusedError(
            f"credential {credential.id!r} of type {credential.type} has no single secret that a key could stand for",
            hint="a platform credential is of type api_token",
        )
    return primary


def _supplier(vault: Vault, operator: Operator, name: str) -> PlatformKeys:
    around = vault.surroundings
    provider = operator.platform_providers[name]
    return platform_provider(provider.type)(
        KeyContext(
            provider=name,
            address=provider.address,
            runs=provider.runs,
            production=operator.production,
            organization=around.organization,
            config_dir=Path(config_root(around.environ)),
            key=lambda: operator_key(operator, name, around),
            ledger=lambda: operators_ledger(operator),
            notify=around.context(vault.settings, "platform keys").notify,
        )
    )


def operators_ledger(operator: Operator | None) -> Ledger:
    """Return the operator's ledger, opened now; close it."""
    if operator is None or operator.ledger is None:
        raise LedgerUnavailableError(
            "the operator's file names no ledger, and without one nothing is charged",
            hint="ledger: {address: sqlite:///…}",
        )
    return open_ledger(operator.ledger.address, operator.ledger.password_file)
