"""Records who is given which secret: between the moment it was read and the moment it is handed over."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from orqo_vault.backend import Stored
from orqo_vault.credential import Credential
from orqo_vault.errors import AuditError, OrqoVaultError
from orqo_vault.settings.model import Settings
from orqo_vault.state import project_state, state_root
from orqo_vault.vault.surroundings import Surroundings

if TYPE_CHECKING:
    from orqo_vault.audit import AuditSink, Journal, SinkContext, Use
    from orqo_vault.audit.file_sink import FileSink
    from orqo_vault.injector import Environment
    from orqo_vault.settings.operator_model import AuditSink as SinkDeclaration

FILES_KEPT = 8
"""How many full files of a log that nobody set up stay: with the growing one, less than 150 MB."""


class Purpose(NamedTuple):
    """What a caller says about why it asks."""

    event: str | None = None
    actor: str | None = None
    reason: str | None = None
    target: str | None = None

    def said(self, **texts: str | None) -> Purpose:
        """Return it with the texts that are given; the others stay. Raises AuditError for one that is no one-liner."""
        given = {what: text for what, text in texts.items() if text}
        if not given:
            return self
        from orqo_vault.audit.record import note  # few callers say anything

        return self._replace(**{what: note(text, what) for what, text in given.items()})


class Auditor:
    """What one vault writes its records with. The sinks are made when there is a first record. Safe for threads."""

    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self._journal: Journal | None = None
        self._lock = threading.Lock()

    @property
    def journal(self) -> Journal:
        """Where the records go."""
        with self._lock:
            if self._journal is None:
                self._journal = self._opened()
            return self._journal

    def asking(self, event: str, credentials: Iterable[Credential], purpose: Purpose, **more: str | None) -> Asking:
        """Return the block within which secrets of these credentials are read."""
        return Asking(self, tuple(credentials), purpose._replace(event=purpose.event or event), more)

    def close(self) -> None:
        """Close the sinks; a later record opens them again."""
        with self._lock:
            journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()

    def write(self, outcome: str | None, uses: Iterable[Use], purpose: Purpose, more: Mapping[str, str | None]) -> None:
        """Write a record; ``outcome`` None is the one that may stop what was about to happen."""
        from orqo_vault.audit.actor import this_process
        from orqo_vault.audit.record import GRANTED, AuditRecord, now

        record = AuditRecord(
            time=now(),
            event=purpose.event or "read",
            outcome=outcome or GRANTED,
            run_id=more.get("run_id"),
            run=more.get("run"),
            project=project_state(self._surroundings.environ, self._settings.base_dir).name,
            folder=str(self._settings.base_dir),
            organization=self._surroundings.organization or self._settings.organization,
            credentials=tuple(uses),
            actor=this_process(purpose.actor),
            reason=purpose.reason,
            target=purpose.target,
        )
        if outcome is None:
            self.journal.record(record)
        else:
            self.journal.record_refusal(record)

    def _opened(self) -> Journal:
        from orqo_vault.audit import Journal, SinkContext

        around, audit = self._surroundings, self._surroundings.audit
        context = SinkContext(state_dir=state_root(around.environ), environ=around.environ)
        notify = around.context(self._settings, "audit").notify
        sinks: list[AuditSink]
        if audit is None or audit.sinks is None:
            sinks = [_local_log(around, self._settings, context)]
        else:
            sinks = [_sink(each, context) for each in audit.sinks]
        return Journal(sinks, fail_closed=audit is not None and audit.fail_mode == "closed", notify=notify)


class Asking:
    """The block in which secrets are read and handed over; an error that leaves it is recorded as a refusal."""

    def __init__(
        self, auditor: Auditor, credentials: tuple[Credential, ...], purpose: Purpose, more: Mapping[str, str | None]
    ) -> None:
        self._auditor = auditor
        self._credentials = credentials
        self._purpose = purpose
        self._more = more

    def granted(self, uses: Iterable[Use], **more: str | None) -> None:
        """Record what is about to be handed over.

        Raises :class:`~orqo_vault.errors.AuditError` when it must not be, because it cannot be recorded.
        """
        self._more = {**self._more, **more}  # what goes wrong from here on is about the same run
        self._auditor.write(None, uses, self._purpose, self._more)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OrqoVaultError) and not isinstance(error, AuditError):
            asked = [use(credential, None, ()) for credential in self._credentials]
            self._auditor.write(error.code, asked, self._purpose, self._more)


def use(credential: Credential, stored: Stored | None, fields: Iterable[str]) -> Use:
    """Return how a record speaks of a credential of which these fields are handed over."""
    from orqo_vault.audit import Use

    return Use(
        credential=credential.id,
        fields=tuple(fields),
        mode=credential.mode.value,
        backend=credential.backend,
        version=stored.version if stored is not None else None,
        lease=stored.lease.id if stored is not None and stored.lease is not None else None,
    )


def uses_of_run(
    credentials: Iterable[Credential], stored: Mapping[str, Stored], environment: Environment
) -> tuple[Use, ...]:
    """Return what a run gets of each of its credentials. What stands in the settings file itself is no secret."""
    carried = {*environment.origins.values(), *((each.credential, each.field) for each in environment.deliveries)}
    return tuple(
        use(each, found, [name for name in found.secret if (each.id, name) in carried] if found is not None else ())
        for each in credentials
        for found in [stored.get(each.id)]
    )


def _local_log(around: Surroundings, settings: Settings, context: SinkContext) -> FileSink:
    """Return the log of a project where nobody names another. An operator who asks for one gets all of it, synced."""
    from orqo_vault.audit.file_sink import FileSink, Kept

    path = str(project_state(around.environ, settings.base_dir) / "audit" / "audit.jsonl")
    if around.audit is not None:
        return FileSink(Kept(path=path), context)
    return FileSink(Kept(path=path, keep=FILES_KEPT, sync=False), context)


def _sink(declared: SinkDeclaration, context: SinkContext) -> AuditSink:
    from orqo_vault.plugins import audit_sink
    from orqo_vault.settings.backend_options import validated_by_plugin

    cls = audit_sink(declared.type)
    return cls(validated_by_plugin(cls.Settings, dict(declared.options)), context)
