"""Foreign values and names: what becomes of each, and what a change leaves as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline, Expected
from orqo_vault.secret import Secret

MakeBackend = Callable[..., HashicorpBackend]
MAIL = HashicorpReference(path="mail")


def soon() -> Deadline:
    return Deadline(30)


def put(server: LocalServer, mount: str, text: str, path: str = "mail") -> None:
    """Store a JSON text as another program would, digit by digit."""
    server.api("POST", f"{mount}/data/{path}", text=f'{{"data": {text}}}')


def raw(server: LocalServer, mount: str, path: str = "mail") -> Any:
    return server.api("GET", f"{mount}/data/{path}")["data"]["data"]


class TestForeignValues:
    @pytest.mark.parametrize(
        ("stored", "text"),
        [
            ('"text"', "text"),
            ('""', ""),
            ('"null"', "null"),
            ("587", "587"),
            ("-1", "-1"),
            ("1.5", "1.5"),
            ("1234567890", "1234567890"),
            ("true", "true"),
            ("false", "false"),
            ("[]", "[]"),
            ('["a", 1, null]', '["a",1,null]'),
            ('{"a": {"b": [1.5, "ä"]}}', '{"a":{"b":[1.5,"ä"]}}'),
        ],
    )
    def test_a_value_becomes_text_by_rule(
        self, server: LocalServer, mount: str, open_backend: MakeBackend, stored: str, text: str
    ) -> None:
        put(server, mount, f'{{"field": {stored}}}')

        found = open_backend().read(MAIL, deadline=soon())

        assert found is not None
        assert found.secret.reveal() == {"field": text}

    def test_null_is_no_value(self, server: LocalServer, mount: str, open_backend: MakeBackend) -> None:
        put(server, mount, '{"password": null, "username": "ana"}')

        found = open_backend().read(MAIL, deadline=soon())

        assert found is not None
        assert found.secret.reveal() == {"username": "ana"}

    def test_a_change_keeps_the_type_of_what_it_does_not_change(
        self, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        put(server, mount, '{"password": "old", "port": 587, "ratio": 1.5, "tags": {"a": [1]}, "none": null}')
        backend = open_backend()
        found = backend.read(MAIL, deadline=soon())
        assert found is not None
        assert found.version is not None

        changed = found.secret.replace({"password": "new"})
        backend.write(MAIL, changed, if_version=found.version, deadline=soon())

        after = raw(server, mount)
        assert after == {"password": "new", "port": 587, "ratio": 1.5, "tags": {"a": [1]}, "none": None}
        assert isinstance(after["port"], int)

    def test_a_field_that_is_changed_or_dropped_is_that(
        self, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        put(server, mount, '{"port": 587, "password": "old"}')

        open_backend().write(MAIL, Secret({"port": "465"}), if_version="1", deadline=soon())

        assert raw(server, mount) == {"port": "465"}

    @pytest.mark.parametrize("path", ["with space", "ünï/cödé", "50%25", "a+b", "q?x=1", "hash#tag", "dot.ted/p:q@r"])
    def test_any_printable_path_is_that_path(
        self, server: LocalServer, mount: str, open_backend: MakeBackend, path: str
    ) -> None:
        backend = open_backend()
        reference = HashicorpReference(path=path)

        version = backend.write(reference, Secret({"a": "b"}), if_version=Expected.ABSENT, deadline=soon())

        found = backend.read(reference, deadline=soon())
        assert found is not None
        assert (found.version, found.secret.reveal()) == (version, {"a": "b"})
        assert backend.list_paths(deadline=soon()) == [path]
        assert backend.delete(reference, permanently=True, deadline=soon())

    def test_another_mount_is_named_in_the_reference(
        self, server: LocalServer, open_backend: MakeBackend, mount_v1: str
    ) -> None:
        server.api("POST", f"{mount_v1}/mail", {"password": "of version 1"})
        reference = HashicorpReference(path="mail", mount=mount_v1, kv_version=1)

        found = open_backend().read(reference, deadline=soon())

        assert found is not None
        assert found.secret.reveal() == {"password": "of version 1"}
