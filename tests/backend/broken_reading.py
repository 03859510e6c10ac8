"""Backends that answer wrongly when they are asked what they keep."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

from orqo_vault.backend import Deadline, Health, Stored
from orqo_vault.errors import AccessDeniedError, BackendError, OrqoVaultError
from tests.backend.judge import Refusing, caught_by


@caught_by("test_an_absent_secret_is_none", "test_a_batch_leaves_out_what_is_absent")
class RaisesOnAbsence(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        stored = super().read(reference, deadline=deadline)
        if stored is None:
            raise BackendError(f"{reference.path!r} is not there")
        return stored


@caught_by("test_a_neighbour_is_not_found_instead")
class FindsTheNearest(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        exact = super().read(reference, deadline=deadline)
        near = [stored for path, stored in self.shelf.held.items() if path.startswith(reference.path)]
        return exact or next(iter(near), None)


@caught_by(
    "test_reading_what_is_denied_is_an_error",
    "test_a_batch_with_something_denied_is_an_error_that_names_all_of_it",
    "test_check_calls_what_is_denied_a_problem",
)
class TakesDeniedForAbsent(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        try:
            return super().read(reference, deadline=deadline)
        except AccessDeniedError:
            return None


@caught_by("test_check_calls_what_is_denied_a_problem")
class ChecksByListing(Refusing):
    def check(self, references: Sequence[Any] = (), *, deadline: Deadline) -> Health:
        listed = self.list_paths(deadline=deadline)
        return Health(absent=tuple(str(ref) for ref in references if ref.path not in listed))


@caught_by("test_check_tells_absent_from_present")
class CallsAbsenceAProblem(Refusing):
    def check(self, references: Sequence[Any] = (), *, deadline: Deadline) -> Health:
        health = super().check(references, deadline=deadline)
        return Health(problems=health.problems + health.absent, absent=health.absent)


class Batching(Refusing):
    """Reads a batch in its own way."""

    def each(self, references: Iterable[Any], deadline: Deadline) -> Iterable[tuple[Any, Stored | None]]:
        for reference in dict.fromkeys(references):
            yield reference, self.read(reference, deadline=deadline)

    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        return {reference: stored for reference, stored in self.each(references, deadline) if stored is not None}


@caught_by("test_a_batch_leaves_out_what_is_absent", "test_a_deleted_secret_is_absent")
class GivesNoneForAbsent(Batching):
    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        return dict(self.each(references, deadline))


@caught_by("test_a_batch_with_something_denied_is_an_error_that_names_all_of_it")
class NamesTheFirstRefusalOnly(Batching):
    pass


@caught_by("test_a_batch_with_something_denied_is_an_error_that_names_all_of_it")
class LeavesOutWhatIsDenied(Batching):
    def each(self, references: Iterable[Any], deadline: Deadline) -> Iterable[tuple[Any, Stored | None]]:
        for reference in dict.fromkeys(references):
            try:
                yield reference, self.read(reference, deadline=deadline)
            except AccessDeniedError:
                continue


@caught_by("test_a_batch_takes_any_iterable_once")
class GoesOverABatchTwice(Refusing):
    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        wanted = sum(1 for _ in references)
        return super().read_many(islice(references, wanted), deadline=deadline)


@caught_by("test_a_batch_takes_a_reference_twice")
class RefusesABatchWithDoubles(Refusing):
    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        wanted = list(references)
        if len(set(wanted)) < len(wanted):
            raise BackendError("the request names one secret twice")
        return super().read_many(wanted, deadline=deadline)


@caught_by("test_an_empty_batch_is_an_empty_mapping", "test_check_finds_nothing_wrong_with_a_usable_backend")
class RefusesAnEmptyBatch(Refusing):
    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        wanted = list(references)
        if not wanted:
            raise BackendError("the request names no secret")
        return super().read_many(wanted, deadline=deadline)


@caught_by("test_reading_twice_gives_the_same")
class GivesEveryReadAnotherVersion(Refusing):
    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        stored = super().read(reference, deadline=deadline)
        return Stored(stored.secret, f"{stored.version}-{uuid4()}") if stored else None


@caught_by("test_a_batch_agrees_with_single_reads")
class ForgetsVersionsInABatch(Refusing):
    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        found = super().read_many(references, deadline=deadline)
        return {reference: Stored(stored.secret, None) for reference, stored in found.items()}


@caught_by("test_more_than_one_page_is_listed_and_read")
class ReadsTheFirstBatchOnly(Refusing):
    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        return super().read_many(islice(references, 20), deadline=deadline)


@caught_by("test_a_batch_whose_deadline_passes_on_the_way_is_whole_or_an_error")
class ReturnsWhatItGotInTime(Batching):
    def each(self, references: Iterable[Any], deadline: Deadline) -> Iterable[tuple[Any, Stored | None]]:
        for reference in dict.fromkeys(references):
            try:
                yield reference, self.read(reference, deadline=deadline)
            except OrqoVaultError:
                return


@caught_by("test_more_than_one_page_is_listed_and_read")
class ListsTheFirstPageOnly(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return super().list_paths(prefix, deadline=deadline)[:100]


@caught_by("test_an_empty_place_lists_nothing", "test_a_prefix_that_nothing_has_lists_nothing")
class CallsAnEmptyListingAnError(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        listed = super().list_paths(prefix, deadline=deadline)
        if not listed:
            raise BackendError(f"nothing below {prefix!r}")
        return listed


@caught_by("test_writing_again_lists_a_path_once")
class ListsEveryVersion(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        listed = super().list_paths(prefix, deadline=deadline)
        return sorted(listed + listed) if self.shelf.writes > len(self.shelf.held) else listed


@caught_by("test_paths_are_listed_sorted")
class ListsInOrderOfWriting(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        super().list_paths(prefix, deadline=deadline)
        return [path for path in self.shelf.held if path.startswith(prefix)]


@caught_by("test_a_prefix_is_the_beginning_of_a_path")
class TakesAPrefixForAFolder(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        listed = super().list_paths(deadline=deadline)
        folder = prefix.rstrip("/")
        return [path for path in listed if not folder or path == folder or path.startswith(f"{folder}/")]


@caught_by("test_a_prefix_is_text_and_not_a_pattern")
class TakesAPrefixForAPattern(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return fnmatch.filter(super().list_paths(deadline=deadline), f"{prefix}*")


@caught_by("test_a_prefix_that_nothing_has_lists_nothing", "test_a_prefix_is_the_beginning_of_a_path")
class IgnoresThePrefix(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return super().list_paths(deadline=deadline)


@caught_by("test_a_listing_whose_deadline_passes_on_the_way_is_whole_or_an_error")
class ListsWhatItGotInTime(Refusing):
    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        listed = super().list_paths(prefix, deadline=deadline)
        return [path for path in listed if not deadline.passed]
