"""Listing: every path that holds a secret, no other, sorted; and batches without an end."""

from __future__ import annotations

from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place


class Listing(ContractFixtures):
    """``list_paths``, and ``read_many`` of more than one page."""

    def test_an_empty_place_lists_nothing(self, place: Place) -> None:
        assert place.paths() == []

    def test_paths_are_listed_sorted(self, place: Place) -> None:
        for path in ("b", "a/2", "c", "a-1", "a", "a/10", "a1"):
            place.write(path, {"token": "x"})

        assert place.paths() == place.named("a", "a-1", "a/10", "a/2", "a1", "b", "c")

    def test_a_prefix_is_the_beginning_of_a_path(self, place: Place) -> None:
        for path in ("team/crm", "team/mail", "team/mailbox", "teams", "other"):
            place.write(path, {"token": "x"})
        (mail,) = place.named("team/mail")

        assert place.paths(mail) == place.named("team/mail", "team/mailbox")
        assert place.paths(mail.removesuffix("mail")) == place.named("team/crm", "team/mail", "team/mailbox")
        assert place.paths(mail.removesuffix("m/mail")) == place.named("team/crm", "team/mail", "team/mailbox", "teams")

    def test_a_prefix_that_nothing_has_lists_nothing(self, place: Place) -> None:
        place.write("team/mail", {"token": "x"})

        assert place.paths("zzz/") == []

    def test_a_prefix_is_text_and_not_a_pattern(self, place: Place) -> None:
        place.write("team/mail", {"token": "x"})

        for pattern in ("*", "t%", "t_am", ".*", "team/[a-z]"):
            assert place.paths(pattern) == []

    def test_deleted_paths_are_not_listed(self, place: Place) -> None:
        for path in ("a", "b", "c"):
            place.write(path, {"token": "x"})
        place.delete("b")

        assert place.paths() == place.named("a", "c")

    def test_writing_again_lists_a_path_once(self, place: Place) -> None:
        place.write("a", {"token": "x"})
        place.write("a", {"token": "y"})

        assert place.paths() == place.named("a")

    def test_more_than_one_page_is_listed_and_read(self, place: Place) -> None:
        paths = [f"page/entry-{number:04}" for number in range(self.many)]
        for path in paths:
            place.write(path, {"token": f"value of {path}"})
        references = {path: place.reference(path) for path in paths}

        listed = place.paths()
        found = place.backend.read_many(references.values(), deadline=place.soon())

        assert listed == place.named(*paths)
        values = {path: found[ref].secret.reveal() for path, ref in references.items() if ref in found}
        assert values == {path: {"token": f"value of {path}"} for path in paths}
