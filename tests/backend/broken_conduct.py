"""Backends that ignore the clock, talk about values, or are not what their class declares."""

from __future__ import annotations

import logging
import pickle
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from orqo_vault.backend import BackendContext, Deadline, Expected, Stored
from orqo_vault.errors import ConflictError, TimedOutError
from orqo_vault.secret import Secret
from orqo_vault.testing.memory import Shelf
from tests.backend.judge import Refusing, caught_by

NO_IO = "test_creating_one_does_no_io"
NEVER = Event()


@caught_by("test_no_read_begins_after_its_deadline", "test_no_change_begins_after_its_deadline")
class IgnoresTheDeadline(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        return super().read(reference, deadline=Deadline(60))

    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        return super().write(reference, secret, if_version=if_version, deadline=Deadline(60))


@caught_by("test_no_read_begins_after_its_deadline")
class TakesALateReadForAbsence(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        return None if deadline.passed else super().read(reference, deadline=deadline)


@caught_by("test_no_read_begins_after_its_deadline")
class WaitsForEverWhenItIsLate(Refusing):
    patience = 0.5  # what the suite gives it before it calls it hung

    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        if deadline.passed:
            NEVER.wait()
        return super().read(reference, deadline=deadline)


@caught_by("test_no_change_begins_after_its_deadline")
class WritesAndThenLooksAtTheClock(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        version = super().write(reference, secret, if_version=if_version, deadline=Deadline(60))
        deadline.check(f"writing {reference.path!r}")
        return version


@caught_by("test_check_says_that_its_deadline_passed")
class CallsItselfHealthyWhenItIsLate(Refusing):
    def check(self, references: Any = (), *, deadline: Deadline) -> Any:
        return super().check(references, deadline=Deadline(60))


@caught_by("test_an_error_shows_no_value")
class QuotesTheValueInAConflict(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        try:
            return super().write(reference, secret, if_version=if_version, deadline=deadline)
        except ConflictError:
            raise ConflictError(f"cannot write {secret.reveal()} to {reference.path!r}") from None


@caught_by("test_an_error_shows_no_value")
class ChainsAnErrorThatQuotesTheValue(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        try:
            if deadline.passed:
                raise OSError(f"could not send {secret.reveal()}")
        except OSError as error:
            raise TimedOutError(f"writing {reference.path!r}") from error
        return super().write(reference, secret, if_version=if_version, deadline=deadline)


@caught_by("test_an_error_shows_no_value")
class CarriesTheValueInItsError(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        try:
            return super().write(reference, secret, if_version=if_version, deadline=deadline)
        except ConflictError as error:
            error.request = secret.reveal()  # type: ignore[attr-defined]  # SDK errors do this
            raise


def talking(say: Callable[[str], object]) -> Callable[..., str]:
    """Return a ``write`` that says what it writes."""

    def write(self: Refusing, reference: Any, secret: Secret, *, if_version: Any, deadline: Deadline) -> str:
        say(f"writing {secret.reveal()}")
        return Refusing.write(self, reference, secret, if_version=if_version, deadline=deadline)

    return write


SILENT_WORK = "test_work_is_done_without_a_word_about_values"


@caught_by(SILENT_WORK)
class PrintsTheValue(Refusing):
    write = talking(lambda text: sys.stdout.write(text))


@caught_by(SILENT_WORK)
class WritesTheValueToStandardError(Refusing):
    write = talking(lambda text: sys.stderr.write(text))


@caught_by(SILENT_WORK)
class LogsTheValueWhenDebugging(Refusing):
    write = talking(lambda text: logging.getLogger("some.sdk").debug("%s", text))


@caught_by(SILENT_WORK)
class LogsTheValueBesideTheMessage(Refusing):
    write = talking(lambda text: logging.getLogger("some.sdk").debug("sent", extra={"body": text}))


@caught_by("test_objects_show_no_value_when_printed")
class KeepsThePlainText(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        self.last = secret.reveal()
        return super().write(reference, secret, if_version=if_version, deadline=deadline)


@caught_by("test_pickling_carries_no_value")
class PicklesThePlainText(Refusing):
    def __reduce__(self) -> tuple[Any, ...]:
        plain = {path: stored.secret.reveal() for path, stored in self.shelf.held.items()}
        return pickle.loads, (pickle.dumps(plain),)


@caught_by(NO_IO)
class MakesAFolderWhenCreated(Refusing):
    def __init__(self, settings: Any, context: BackendContext, shelf: Shelf | None = None) -> None:
        super().__init__(settings, context, shelf)
        context.state_dir.mkdir(parents=True, exist_ok=True)


@caught_by(NO_IO)
class ReadsAFileWhenCreated(Refusing):
    def __init__(self, settings: Any, context: BackendContext, shelf: Shelf | None = None) -> None:
        super().__init__(settings, context, shelf)
        self.token = Path(__file__).read_text(encoding="utf-8")[:0]


@caught_by(NO_IO)
class ConnectsWhenCreated(Refusing):
    def __init__(self, settings: Any, context: BackendContext, shelf: Shelf | None = None) -> None:
        super().__init__(settings, context, shelf)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect_ex(str(context.base_dir / "no.sock"))


@caught_by("test_closing_twice_is_fine")
class ClosesOnce(Refusing):
    def close(self) -> None:
        del self.shelf


@caught_by("test_closing_one_instance_leaves_the_others_open")
class ClosesWhatOthersUse(Refusing):
    def close(self) -> None:
        self.shelf.held.clear()
