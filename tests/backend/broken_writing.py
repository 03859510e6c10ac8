"""Backends that lose writes, versions or deletes."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from functools import cached_property
from itertools import count
from threading import Barrier, Event, current_thread, main_thread
from typing import Any

from orqo_vault.backend import Deadline, Expected, Stored
from orqo_vault.errors import ConflictError
from orqo_vault.secret import Secret
from orqo_vault.testing.memory import Shelf
from tests.backend.judge import Refusing, caught_by

LONG_ENOUGH = 10.0  # for another thread to come by


class Meeting:
    """Holds the first thread until the second is here too; the others and the main thread pass."""

    def __init__(self) -> None:
        self.arrivals = count()
        self.both = Barrier(2, timeout=LONG_ENOUGH)

    def attend(self) -> None:
        if current_thread() is not main_thread() and next(self.arrivals) < 2:
            self.both.wait()


def _meet_another_thread(shelf: Shelf) -> None:
    vars(shelf).setdefault("meeting", Meeting()).attend()


@caught_by(
    "test_a_stale_version_is_a_conflict_and_changes_nothing",
    "test_expecting_absence_of_what_is_there_is_a_conflict_and_changes_nothing",
    "test_no_conditional_write_is_lost_in_a_race",
    "test_one_of_many_creates",
)
class IgnoresTheExpectedVersion(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        return super().write(reference, secret, if_version=Expected.ANY, deadline=deadline)


@caught_by("test_expecting_absence_of_what_is_there_is_a_conflict_and_changes_nothing")
class OverwritesWhatShouldBeAbsent(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        expected = Expected.ANY if if_version is Expected.ABSENT else if_version
        return super().write(reference, secret, if_version=expected, deadline=deadline)


@caught_by("test_a_version_of_what_is_gone_is_a_conflict")
class CreatesWhateverVersionIsExpected(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        expected = if_version if reference.path in self.shelf.held else Expected.ANY
        return super().write(reference, secret, if_version=expected, deadline=deadline)


@caught_by("test_a_version_of_another_secret_is_a_conflict")
class AcceptsAnyNewerVersion(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        present = self.shelf.held.get(reference.path)
        if present and present.version and isinstance(if_version, str) and if_version > present.version:
            if_version = present.version
        return super().write(reference, secret, if_version=if_version, deadline=deadline)


@caught_by("test_a_version_that_never_was_is_a_conflict")
class TakesEveryVersionForANumber(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        expected = str(int(if_version)) if isinstance(if_version, str) else if_version
        return super().write(reference, secret, if_version=expected, deadline=deadline)


@caught_by("test_a_stale_version_is_a_conflict_and_changes_nothing")
class WritesBeforeItLooks(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        before = self.shelf.held.get(reference.path)
        version = super().write(reference, secret, if_version=Expected.ANY, deadline=deadline)
        if if_version is not Expected.ANY and if_version != (before.version if before else Expected.ABSENT):
            raise ConflictError(f"{reference.path!r} changed since it was read")
        return version


@caught_by("test_a_conflict_names_the_path")
class DoesNotNameTheConflict(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        try:
            return super().write(reference, secret, if_version=if_version, deadline=deadline)
        except ConflictError:
            raise ConflictError("something changed") from None


@caught_by("test_a_read_gives_the_version_that_the_write_returned", "test_the_present_version_may_be_replaced")
class ReturnsTheVersionBefore(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        version = super().write(reference, secret, if_version=if_version, deadline=deadline)
        return str(int(version) - 1)


class Renaming(Refusing):
    """Gives versions of its own making."""

    @abstractmethod
    def version_of(self, secret: Secret) -> str:
        """Return the version of what is written."""

    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        super().write(reference, secret, if_version=if_version, deadline=deadline)
        version = self.version_of(secret)
        self.shelf.held[reference.path] = Stored(secret, version)
        return version


@caught_by("test_every_write_has_another_version", "test_a_stale_version_is_a_conflict_and_changes_nothing")
class HasOneVersionForAll(Renaming):
    def version_of(self, secret: Secret) -> str:
        return "1"


@caught_by("test_writing_the_same_again_is_a_new_version")
class TakesTheContentForTheVersion(Renaming):
    def version_of(self, secret: Secret) -> str:
        return hashlib.sha256(json.dumps(secret.reveal()).encode()).hexdigest()


@caught_by("test_a_version_from_before_a_delete_stays_stale")
class StartsCountingAgain(Refusing):
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        deleted = super().delete(reference, permanently=permanently, deadline=deadline)
        self.shelf.writes = 0
        return deleted


@caught_by("test_expecting_absence_creates")
class NeverFindsAbsence(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        if if_version is Expected.ABSENT:
            raise ConflictError(f"{reference.path!r} changed since it was read", paths=[reference.path])
        return super().write(reference, secret, if_version=if_version, deadline=deadline)


@caught_by("test_a_write_changes_no_other_secret")
class MakesAFileOfAFolder(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        for below in super().list_paths(f"{reference.path}/", deadline=deadline):
            self.shelf.held.pop(below)
        return super().write(reference, secret, if_version=if_version, deadline=deadline)


@caught_by("test_no_conditional_write_is_lost_in_a_race", "test_one_of_many_creates")
class LooksAndWritesInTwoSteps(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        present = self.shelf.held.get(reference.path)
        if if_version is not Expected.ANY and if_version != (present.version if present else Expected.ABSENT):
            raise ConflictError(f"{reference.path!r} changed since it was read", paths=[reference.path])
        _meet_another_thread(self.shelf)
        return super().write(reference, secret, if_version=Expected.ANY, deadline=deadline)


@caught_by("test_threads_that_use_one_instance_do_not_disturb_each_other")
class SharesOneBufferAmongThreads(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        self.buffer = secret
        _meet_another_thread(self.shelf)
        return super().write(reference, self.buffer, if_version=if_version, deadline=deadline)


@caught_by("test_a_reader_sees_the_old_or_the_new_secret_and_never_half")
class WritesFieldByField(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        before = self.shelf.held.get(reference.path)
        version = super().write(reference, secret, if_version=if_version, deadline=deadline)
        if before and before.secret != secret and not self.has_been_read.is_set():
            half = secret.replace({"a": before.secret["a"]})
            self.shelf.held[reference.path] = Stored(half, version)
            self.has_been_read.wait(LONG_ENOUGH)
            self.shelf.held[reference.path] = Stored(secret, version)
        return version

    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        stored = super().read(reference, deadline=deadline)
        if stored and len({stored.secret[name].reveal() for name in stored.secret}) > 1:
            self.has_been_read.set()
        return stored

    @cached_property
    def has_been_read(self) -> Event:
        return Event()


@caught_by("test_another_instance_sees_what_was_written", "test_instances_see_each_others_changes")
class RemembersWhatItRead(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        self.remembered: dict[Any, Stored | None] = getattr(self, "remembered", {})
        if reference not in self.remembered:
            self.remembered[reference] = super().read(reference, deadline=deadline)
        return self.remembered[reference]


@caught_by("test_deleting_twice_tells_that_there_was_none")
class AlwaysDeletes(Refusing):
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        super().delete(reference, permanently=permanently, deadline=deadline)
        return True


@caught_by("test_deleting_what_never_was_tells_that_there_was_none")
class RaisesWhenThereIsNothingToDelete(Refusing):
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        if reference.path not in self.shelf.held:
            raise KeyError(reference.path)
        return super().delete(reference, permanently=permanently, deadline=deadline)


@caught_by("test_deleting_one_leaves_the_others")
class DeletesTheWholeFolder(Refusing):
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        for below in super().list_paths(f"{reference.path}/", deadline=deadline):
            self.shelf.held.pop(below)
        return super().delete(reference, permanently=permanently, deadline=deadline)


@caught_by("test_a_deleted_secret_is_absent", "test_expecting_absence_after_a_delete_creates")
class DeletesOnlyPermanently(Refusing):
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        if not permanently:
            return reference.path in self.shelf.held
        return super().delete(reference, permanently=permanently, deadline=deadline)


@caught_by("test_a_deleted_secret_can_be_written_again")
class HidesWhatWasOnceDeleted(Refusing):
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        self.hidden: set[str] = {*getattr(self, "hidden", set()), reference.path}
        return super().delete(reference, permanently=permanently, deadline=deadline)

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        listed = super().list_paths(prefix, deadline=deadline)
        return [path for path in listed if path not in getattr(self, "hidden", set())]


@caught_by("test_deleted_paths_are_not_listed", "test_instances_see_each_others_changes")
class StillListsWhatIsDeleted(Refusing):
    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        self.names: set[str] = {*getattr(self, "names", set()), reference.path}
        return super().write(reference, secret, if_version=if_version, deadline=deadline)

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        listed = super().list_paths(prefix, deadline=deadline)
        return sorted({*listed, *(name for name in getattr(self, "names", ()) if name.startswith(prefix))})
