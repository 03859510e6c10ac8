"""The plan of a run: what it sets, reads and removes, by name. Two plans of one state are equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.errors import CredentialError, ExpiredCredentialError
from orqo_vault.injector import claims, expired
from orqo_vault.planner.selection import Selection
from orqo_vault.settings.model import Run, Settings

if TYPE_CHECKING:
    from orqo_vault.planner.delivery import PlannedDelivery
    from orqo_vault.settings.operator_model import Operator

OURS = "ORQO_VAULT_*"


@dataclass(frozen=True, slots=True)
class PlannedVariable:
    """A variable the run will get; ``sure`` is False where it depends on whether an optional field is stored."""

    name: str
    credential: str
    field: str
    deliver: str
    sure: bool


@dataclass(frozen=True, slots=True)
class PlannedCredential:
    """A credential the run uses. ``backend`` is None where nothing has to be read for it."""

    id: str
    mode: Mode
    backend: str | None
    path: str | None
    optional: bool
    provider: str | None = None
    """Who issued it, as the settings say; in platform mode whoever supplies its key goes by that."""
    supplied: str | None = None
    """How the operator supplies its platform key: ``gateway``, ``direct`` …; None where nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a run will do, without one secret read."""

    run: Run
    credentials: tuple[PlannedCredential, ...]
    variables: tuple[PlannedVariable, ...]
    removed: tuple[str, ...]
    """Variables, or patterns of them, that the child does not inherit because they open the backends."""
    deliveries: tuple[PlannedDelivery, ...] = ()

    unknown_logins: tuple[str, ...] = ()
    """Backends of which nobody can tell what opens them: their plugins cannot be loaded."""

    @property
    def needs_supervision(self) -> bool:
        """Whether something has to be taken away when the child ends, so that it cannot simply take our place."""
        return bool(self.deliveries or self.platform)

    @property
    def platform(self) -> tuple[PlannedCredential, ...]:
        """The credentials whose keys the platform supplies, against credits."""
        return tuple(each for each in self.credentials if each.mode is Mode.PLATFORM)

    @property
    def needs_dumpable(self) -> bool:
        """Whether the child opens descriptors of this process, which only root may do where it is not dumpable."""
        return any(each.how == "memfd" for each in self.deliveries)

    @property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """Backend → the paths read from it, each once."""
        by_backend: dict[str, dict[str, None]] = {}
        for planned in self.credentials:
            if planned.backend is not None and planned.path is not None:
                by_backend.setdefault(planned.backend, {})[planned.path] = None
        return {backend: tuple(paths) for backend, paths in by_backend.items()}


def make_plan(settings: Settings, selection: Selection, *, now: datetime, operator: Operator | None = None) -> Plan:
    """Return the plan, or raise what would stop the run before it reads anything.

    ``operator`` says who supplies platform keys; without one nobody does.
    """
    ids = [credential_id for credential_id in selection.credentials if _usable(settings, credential_id, now)]
    contracts = {each: contract_in_run(settings, settings.credentials[each], operator) for each in ids}
    sources = claims(contracts, allow=selection.run.allow_variables)
    return Plan(
        run=selection.run,
        credentials=tuple(_planned(settings.credentials[each], contracts[each], operator) for each in ids),
        variables=tuple(
            _variable(settings.credentials[credential_id], contracts[credential_id], name, field)
            for name, (credential_id, field) in sources.items()
        ),
        removed=removed_variables(settings, operator),
        deliveries=_deliveries(contracts),
        unknown_logins=tuple(each.name for each in settings.backends.values() if not each.logins_known),
    )


def _deliveries(contracts: Mapping[str, tuple[BoundField, ...]]) -> tuple[PlannedDelivery, ...]:
    found = [(id, bound) for id, contract in contracts.items() for bound in contract if bound.deliver != "env"]
    if not found:
        return ()
    from orqo_vault.planner.delivery import PlannedDelivery

    return tuple(PlannedDelivery(id, bound.name, bound.deliver, bound.link, bound.secret) for id, bound in found)


def contract_in_run(settings: Settings, credential: Credential, operator: Operator | None) -> tuple[BoundField, ...]:
    """Return the fields of a credential with all that they set in a run, what the platform adds included."""
    contract = settings.contracts[credential.id]
    if credential.mode is Mode.OWN or operator is None:
        return contract
    from orqo_vault.planner.platform import supplied_contract  # few runs have a platform key

    return supplied_contract(contract, credential, operator)


def removed_variables(settings: Settings, operator: Operator | None = None) -> tuple[str, ...]:
    """Return the names and patterns no child of this project inherits: ours, and every declared backend's login.

    The operator's backends are among them: what opens those opens the platform's keys.
    """
    backends = [*settings.backends.values(), *(operator.backends.values() if operator is not None else ())]
    names = {name for backend in backends for name in backend.bootstrap_variables}
    return tuple(sorted(names | {OURS}))


def _usable(settings: Settings, credential_id: str, now: datetime) -> bool:
    credential = settings.credentials[credential_id]
    if not credential.enabled:
        if credential.optional:
            return False
        raise CredentialError(
            f"credential {credential_id!r} is disabled", hint=f"orqo-vault edit {credential_id} --enable"
        )
    if expired(credential, now):
        raise ExpiredCredentialError(
            f"credential {credential_id!r} expired at {credential.expires_at}",
            hint=f"store a new one (orqo-vault set {credential_id}) and change its expires_at",
        )
    return True


def _planned(credential: Credential, contract: tuple[BoundField, ...], operator: Operator | None) -> PlannedCredential:
    stored = credential.mode is Mode.OWN and any(
        (bound.variables or bound.deliver != "env") and bound.name not in credential.values for bound in contract
    )
    return PlannedCredential(
        id=credential.id,
        mode=credential.mode,
        backend=credential.backend if stored else None,
        path=str(credential.at.get("path", "")) if stored else None,
        optional=credential.optional,
        provider=credential.provider,
        supplied=_supplied(credential, operator),
    )


def _supplied(credential: Credential, operator: Operator | None) -> str | None:
    if credential.mode is Mode.OWN or operator is None or credential.provider is None:
        return None
    supplier = operator.platform_providers.get(credential.provider)
    return supplier.type if supplier is not None else None


def _variable(credential: Credential, contract: tuple[BoundField, ...], name: str, field: str) -> PlannedVariable:
    bound = next(each for each in contract if each.name == field)
    has_value = bound.required or bound.default is not None or field in credential.values
    return PlannedVariable(
        name=name,
        credential=credential.id,
        field=field,
        deliver=bound.deliver,
        sure=has_value and not credential.optional,
    )
