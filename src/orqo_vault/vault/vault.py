"""Vault: what an engine holds. It finds the credentials a run needs, reads them, and gives its environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from orqo_vault.credential import BoundField, Credential
from orqo_vault.errors import DeliveryError
from orqo_vault.planner import Plan, make_plan, select
from orqo_vault.planner.availability import refuse_more_than_variables
from orqo_vault.planner.lookup import lookup
from orqo_vault.planner.plan import contract_in_run
from orqo_vault.secret import Secret, SecretValue
from orqo_vault.settings.model import Settings
from orqo_vault.vault.auditing import Asking, Auditor, Purpose, use
from orqo_vault.vault.backends import Backends
from orqo_vault.vault.preparing import prepare_run
from orqo_vault.vault.reading import read_secrets
from orqo_vault.vault.surroundings import Surroundings

if TYPE_CHECKING:
    from orqo_vault.audit import Journal
    from orqo_vault.llm import LinkedModel
    from orqo_vault.probes import ProbeResult
    from orqo_vault.vault.prepared import PreparedRun
    from orqo_vault.vault.reporting import Usage

T = TypeVar("T")


class Vault:
    """One project's credentials. Safe for several threads; close it, or use it in a ``with`` block.

    Secrets are not cached: every call reads what is stored now. Logins and open stores are kept until it is closed.
    """

    def __init__(self, settings: Settings, *, surroundings: Surroundings | None = None) -> None:
        self.settings = settings
        self.surroundings = surroundings or Surroundings()
        self.backends = Backends(settings, self.surroundings)
        self._auditor = Auditor(settings, self.surroundings)
        self._purpose = Purpose().said(actor=self.surroundings.actor, reason=self.surroundings.reason)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        profile: str | None = None,
        operator: str | os.PathLike[str] | None = None,
        surroundings: Surroundings | None = None,
    ) -> Self:
        """Read the settings file and return its vault; no backend is contacted yet.

        ``path`` None means ``ORQO_VAULT_CONFIG``, else the nearest ``orqo-vault.yaml`` up to the git root.
        ``operator`` names the operator's file where it is not ``/etc/orqo-vault/operator.yaml``.
        Raises :class:`~orqo_vault.errors.SettingsError`.
        """
        from orqo_vault.vault.opening import open_settings

        settings, around = open_settings(path, profile, operator, surroundings or Surroundings())
        return cls(settings, surroundings=around)

    @property
    def credentials(self) -> Mapping[str, Credential]:
        """Id → declaration. Declarations hold no secret."""
        return self.settings.credentials

    def plan(self, *, only: Iterable[str] | None = None, run: str | None = None) -> Plan:
        """Return what a run would do, without reading a secret; raises what would stop it before it reads one."""
        selection = select(self.settings, only=only, run=run)
        return make_plan(self.settings, selection, now=datetime.now(UTC), operator=self.surroundings.operator)

    def prepare(
        self,
        *,
        only: Iterable[str] | None = None,
        run: str | None = None,
        allow_disk: bool = False,
        keep_alive: bool = True,
    ) -> PreparedRun:
        """Read every secret of the selection and return the run, ready to start: all of it or an error.

        ``only`` names credentials, ``run`` an entry of ``runs:``; neither means ``runs.default``. ``allow_disk`` is
        the run's own ``allow_disk``: secret files may touch a disk where there is no folder in memory. A platform
        key is kept alive by a thread until the run is closed, unless ``keep_alive`` is False: then whoever runs the
        child does the run's :meth:`~orqo_vault.vault.prepared.PreparedRun.chores`.
        """
        return prepare_run(self, only=only, run=run, allow_disk=allow_disk, keep_alive=keep_alive)

    def environment(self, *, only: Iterable[str] | None = None, run: str | None = None) -> dict[str, str]:
        """Return the variables of a selection, in plain text: what :meth:`prepare` sets, for runs that only set some.

        A selection with more to it (a leased secret, a file) is refused: those end when the run does, and only
        :meth:`prepare` sees that.
        """
        only = only if only is None or isinstance(only, str) else tuple(only)  # it is looked at twice
        refuse_more_than_variables(self.plan(only=only, run=run))
        acting = self.acting(event=self._purpose.event or "environment")
        with acting.prepare(only=only, run=run) as prepared:
            if prepared.leases:
                raise DeliveryError(
                    "a leased secret is taken back when its run ends",
                    hint="use prepare(): its with block is the life of the lease",
                )
            return prepared.environment

    def acting(
        self,
        *,
        event: str | None = None,
        actor: str | None = None,
        reason: str | None = None,
        target: str | None = None,
    ) -> Self:
        """Return this vault with another purpose in the audit log: what is done, for whom, why, and where values go.

        What is not given stays. Logins are shared, and closing one closes both. Each is one line of at most 500
        characters, else :class:`~orqo_vault.errors.AuditError`.
        """
        acting = copy(self)
        acting._purpose = self._purpose.said(event=event, actor=actor, reason=reason, target=target)
        return acting

    @property
    def journal(self) -> Journal:
        """Where the audit records of this vault go."""
        return self._auditor.journal

    def asking(self, event: str, credentials: Iterable[Credential], **more: str | None) -> Asking:
        """Return the block within which secrets are read for ``event``; it is told what is handed over.

        ``more`` are further facts of the record: ``run_id``, ``run``.
        """
        return self._auditor.asking(event, credentials, self._purpose, **more)

    def settle(self, run: PreparedRun | str, usage: Iterable[Usage]) -> None:
        """Report what a run used, once for each reference; ``run`` may be the id of one that has ended.

        Usage of a platform key that nobody meters is charged and what else is held for it released; usage of an own
        key is recorded and costs no credits. For callers that the operator trusts with the ledger. Each request stands
        in the audit log before it is charged; AuditError where what cannot be recorded must not happen.
        """
        from orqo_vault.vault.reporting import report

        report(self, run, usage)

    def llm(self, name: str) -> LinkedModel:
        """Return the model of an LLM config, its credential, and the variables that credential sets."""
        from orqo_vault.llm import LinkedModel

        config = lookup(self.settings.llm, name, "llm config")
        credential, _ = self._declared(config.credential)
        contract = contract_in_run(self.settings, credential, self.surroundings.operator)
        return LinkedModel(config.model, credential, tuple(v for bound in contract for v in bound.variables))

    def read(self, credential_id: str) -> Secret | None:
        """Return the stored fields of a credential under our names, None when nothing is stored."""
        credential, _ = self._declared(credential_id)
        with self.asking("read", [credential]) as asked:
            found = read_secrets(self.backends, [credential], self.settings.contracts, self._seconds).get(credential_id)
            if found is None:
                return None
            asked.granted([use(credential, found, found.secret)])
            return found.secret

    def value(self, credential_id: str, field: str) -> SecretValue:
        """Return one field, from the settings file where it stands there, else from the backend, else its default.

        Raises :class:`~orqo_vault.errors.MissingSecretsError` when there is none.
        """
        from orqo_vault.vault.revealing import value_of

        credential, contract = self._declared(credential_id)
        bound = lookup({each.name: each for each in contract}, field, f"field of {credential_id!r}")
        return value_of(self, credential, bound)

    def put(self, credential_id: str, fields: Mapping[str, str | SecretValue]) -> str:
        """Store exactly these fields, replacing the ones that were there; return the new version.

        Values are checked and normalised by the credential's type. Fields in the backend that are not this
        credential's survive. Raises :class:`~orqo_vault.errors.InvalidFieldError`, or
        :class:`~orqo_vault.errors.ConflictError` when somebody wrote in between.
        """
        from orqo_vault.vault.writing import replace_secret

        credential, contract = self._declared(credential_id)
        return self._written(credential, replace_secret(self.backends, credential, contract, fields, self._seconds))

    def update(
        self,
        credential_id: str,
        set: Mapping[str, str | SecretValue] | None = None,  # the API's word, keyword in every call
        clear: Iterable[str] = (),
        *,
        if_version: str | None = None,
    ) -> str:
        """Set some fields, clear others, keep the rest; return the new version.

        Checked like :meth:`put`, but a required field may still be missing: it can be set next. ``if_version`` is
        the version the caller has seen; of another one nothing is changed.
        """
        from orqo_vault.vault.writing import edit_secret

        credential, contract = self._declared(credential_id)
        changed, cleared = dict(set or {}), tuple(clear)
        version = edit_secret(self.backends, credential, contract, changed, cleared, self._seconds, if_version)
        return self._written(credential, version)

    def test(self, credential_id: str, *, seconds: float | None = None) -> ProbeResult:
        """Ask the service of a credential whether it takes it, with the values a run would get; remember the result.

        Contacted is only what the saved declaration names, or the declared provider's own address. Raises what
        reading the secret raises; a service that refuses or does not answer is a result.
        """
        from orqo_vault.vault.probing import SECONDS, probe_one

        return probe_one(self, credential_id, seconds=SECONDS if seconds is None else seconds)

    def delete(self, credential_id: str, *, with_secret: bool = False, permanently: bool = False) -> bool:
        """Delete what is stored for a credential; its declaration stays. False when nothing was stored.

        A secret the settings only refer to (``path`` or ``at``) was there before us: it is deleted only
        ``with_secret``, and never while another credential uses the same place. Raises
        :class:`~orqo_vault.errors.InUseError` then, and while a run or an LLM config uses the credential.
        """
        from orqo_vault.vault.deleting import delete_secret

        credential, _ = self._declared(credential_id)
        deleted = delete_secret(
            self.settings, self.backends, credential, with_secret, permanently=permanently, seconds=self._seconds
        )
        return self._written(credential, deleted)

    def close(self) -> None:
        """Close the backends that were opened. The vault may be used again; it then opens them anew."""
        self.backends.close()
        self._auditor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _written(self, credential: Credential, outcome: T) -> T:
        """Return the outcome of a write, after which no earlier test of what was stored says anything."""
        from orqo_vault.vault.status import forget_results

        forget_results(self, credential)
        return outcome

    @property
    def _seconds(self) -> float:
        return self.surroundings.seconds

    def _declared(self, credential_id: str) -> tuple[Credential, tuple[BoundField, ...]]:
        credential = lookup(self.settings.credentials, credential_id, "credential")
        return credential, self.settings.contracts[credential_id]
