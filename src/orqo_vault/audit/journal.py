"""Writes each record to every sink before a secret is handed over, and decides what happens when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from orqo_vault.audit.record import AuditRecord
from orqo_vault.audit.sink import AuditSink
from orqo_vault.errors import AuditError


class Journal:
    """The sinks of one vault. Safe for several threads."""

    def __init__(self, sinks: Sequence[AuditSink], *, fail_closed: bool, notify: Callable[[str], None]) -> None:
        self.sinks = tuple(sinks)
        self._fail_closed = fail_closed
        self._notify = notify

    def record(self, record: AuditRecord) -> None:
        """Write the record to every sink, also when one of them fails.

        Raises :class:`~orqo_vault.errors.AuditError` when one failed and what cannot be recorded must not happen:
        the caller then hands nothing over. Where it may happen, one line says that it was not recorded.
        """
        failures = self._write(record)
        if failures and self._fail_closed:
            raise AuditError(
                f"nothing was handed over, because it cannot be recorded: {'; '.join(failures)}",
                hint="the operator's file says audit.fail_mode: closed",
            )
        self._tell(failures)

    def record_refusal(self, record: AuditRecord) -> None:
        """Write down what was asked for and refused. Nothing leaves, so a failure is only said."""
        self._tell(self._write(record))

    def close(self) -> None:
        """Close the sinks."""
        for sink in self.sinks:
            sink.close()

    def _write(self, record: AuditRecord) -> list[str]:
        return [said for sink in self.sinks if (said := _written(sink, record)) is not None]

    def _tell(self, failures: Iterable[str]) -> None:
        for said in failures:
            self._notify(f"not recorded in the audit log: {said}")


def _written(sink: AuditSink, record: AuditRecord) -> str | None:
    """Return what went wrong, None when the record is kept."""
    try:
        sink.write(record)
    except AuditError as error:
        return error.message
    except Exception as error:  # a plugin may raise anything; its text is not ours to vouch for
        return f"audit sink {sink.type_name!r}: {type(error).__name__} in the plugin's own code"
    return None
