"""The KV engines: versions, deletes, the wrong declaration, and listing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import AccessDeniedError, BackendError, ConflictError
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


class TestVersions:
    @pytest.fixture
    def two(self, server: LocalServer, mount: str) -> HashicorpReference:
        put(server, mount, '{"password": "first"}')
        put(server, mount, '{"password": "second"}')
        return MAIL

    def test_a_pinned_version_is_read(self, two: HashicorpReference, open_backend: MakeBackend) -> None:
        found = open_backend().read(HashicorpReference(path="mail", version=1), deadline=soon())

        assert found is not None
        assert found.secret.reveal() == {"password": "first"}

    def test_a_pinned_version_is_neither_written_nor_deleted(
        self, two: HashicorpReference, open_backend: MakeBackend
    ) -> None:
        pinned = HashicorpReference(path="mail", version=1)

        with pytest.raises(BackendError, match="a pinned version never changes"):
            open_backend().write(pinned, Secret({"a": "b"}), if_version=Expected.ANY, deadline=soon())
        with pytest.raises(BackendError, match="a pinned version never changes"):
            open_backend().delete(pinned, deadline=soon())

    def test_deleted_destroyed_and_never_written_are_three_answers(
        self, two: HashicorpReference, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        backend = open_backend()
        notes = []
        backend.delete(MAIL, deadline=soon())
        notes.append(backend.check([MAIL], deadline=soon()))
        server.api("PUT", f"{mount}/destroy/mail", {"versions": [2]})
        notes.append(backend.check([MAIL], deadline=soon()))
        backend.delete(MAIL, permanently=True, deadline=soon())
        notes.append(backend.check([MAIL], deadline=soon()))

        assert [health.absent for health in notes] == [("mail",)] * 3
        assert "version 2 was deleted on" in notes[0].notes[-1]
        assert "version 2 was destroyed" in notes[1].notes[-1]
        assert "never written" in notes[2].notes[-1]
        assert all(health.usable for health in notes)

    def test_a_delete_can_be_undone_and_a_permanent_one_leaves_nothing(
        self, two: HashicorpReference, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        backend = open_backend()
        assert backend.delete(MAIL, deadline=soon())
        server.api("POST", f"{mount}/undelete/mail", {"versions": [2]})
        assert raw(server, mount) == {"password": "second"}

        assert backend.delete(MAIL, permanently=True, deadline=soon())

        with pytest.raises(RuntimeError, match="404"):
            server.api("GET", f"{mount}/metadata/mail")
        assert not backend.delete(MAIL, permanently=True, deadline=soon())

    def test_what_was_deleted_can_still_be_removed_for_good(
        self, two: HashicorpReference, open_backend: MakeBackend
    ) -> None:
        backend = open_backend()
        backend.delete(MAIL, deadline=soon())

        assert backend.delete(MAIL, permanently=True, deadline=soon())

    def test_a_destroyed_version_is_followed_by_a_new_one(
        self, two: HashicorpReference, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        server.api("PUT", f"{mount}/destroy/mail", {"versions": [1, 2]})

        version = open_backend().write(MAIL, Secret({"a": "b"}), if_version=Expected.ABSENT, deadline=soon())

        assert version == "3"

    def test_a_version_that_will_delete_itself_is_there_until_then(
        self, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        server.api("POST", f"{mount}/metadata/mail", {"delete_version_after": "1h"})
        put(server, mount, '{"password": "for an hour"}')
        backend = open_backend()

        found = backend.read(MAIL, deadline=soon())

        assert found is not None
        assert found.expires_at is not None
        assert found.expires_at > datetime.now(UTC)
        assert backend.list_paths(deadline=soon()) == ["mail"]

    def test_a_mount_that_wants_check_and_set_gets_it(
        self, two: HashicorpReference, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        server.api("POST", f"{mount}/config", {"cas_required": True})

        assert open_backend().write(MAIL, Secret({"a": "b"}), if_version=Expected.ANY, deadline=soon()) == "3"

    @pytest.mark.parametrize("increments", [20, pytest.param(200, marks=pytest.mark.slow)])
    def test_no_update_is_lost_between_eight_writers(
        self, server: LocalServer, mount: str, open_backend: MakeBackend, increments: int
    ) -> None:
        put(server, mount, '{"count": 0}')
        backends = [open_backend() for _ in range(8)]
        crashed: list[BaseException] = []

        def count_up(backend: HashicorpBackend) -> None:
            try:
                for _ in range(increments):
                    while not self.counted(backend):
                        pass
            except BaseException as error:
                crashed.append(error)

        threads = [Thread(target=count_up, args=(backend,)) for backend in backends]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert crashed == []
        assert raw(server, mount) == {"count": str(8 * increments)}

    def counted(self, backend: HashicorpBackend) -> bool:
        found = backend.read(MAIL, deadline=soon())
        assert found is not None
        assert found.version is not None
        count = int(found.secret["count"].reveal()) + 1
        try:
            backend.write(MAIL, Secret({"count": str(count)}), if_version=found.version, deadline=soon())
        except ConflictError:
            return False
        return True


class TestDeclaration:
    def test_version_1_refuses_writes_that_it_cannot_check(
        self, server: LocalServer, mount_v1: str, open_backend: MakeBackend
    ) -> None:
        backend = open_backend({"mount": mount_v1, "kv_version": 1})

        for expected in (Expected.ANY, Expected.ABSENT, "unversioned"):
            with pytest.raises(BackendError, match="cannot tell whether somebody else wrote") as caught:
                backend.write(MAIL, Secret({"a": "b"}), if_version=expected, deadline=soon())

        assert "allow_unchecked_writes" in str(caught.value.hint)
        assert backend.read(MAIL, deadline=soon()) is None

    def test_version_2_declared_as_1_is_said(self, mount: str, open_backend: MakeBackend) -> None:
        with pytest.raises(BackendError, match="is KV version 2, not 1") as caught:
            open_backend({"kv_version": 1}).read(MAIL, deadline=soon())

        assert caught.value.hint == "set kv_version: 2"

    def test_version_1_declared_as_2_is_said_by_a_write_that_leaves_nothing(
        self, server: LocalServer, mount_v1: str, open_backend: MakeBackend
    ) -> None:
        backend = open_backend({"mount": mount_v1})

        with pytest.raises(BackendError, match="is not a KV version 2 mount") as caught:
            backend.write(MAIL, Secret({"a": "b"}), if_version=Expected.ABSENT, deadline=soon())

        assert caught.value.hint == "set kv_version: 1"
        with pytest.raises(RuntimeError, match="404"):
            server.api("GET", f"{mount_v1}/data/mail")

    def test_check_says_which_version_a_mount_is(self, mount: str, mount_v1: str, open_backend: MakeBackend) -> None:
        one = open_backend({"mount": mount_v1}).check([MAIL], deadline=soon())
        two = open_backend({"kv_version": 1}).check([MAIL], deadline=soon())

        assert "is KV version 1, not 2" in " ".join(one.problems)
        assert "is KV version 2, not 1" in " ".join(two.problems)

    def test_a_mount_that_is_not_there_is_said(self, open_backend: MakeBackend) -> None:
        backend = open_backend({"mount": "no-such-mount"})

        with pytest.raises(BackendError, match="no engine there answers this"):
            backend.read(MAIL, deadline=soon())
        assert "no engine" in " ".join(backend.check([MAIL], deadline=soon()).problems)

    def test_a_namespace_that_is_not_there_is_said(self, open_backend: MakeBackend) -> None:
        backend = open_backend({"namespace": "nowhere"})

        with pytest.raises(BackendError) as caught:
            backend.read(MAIL, deadline=soon())
        assert "namespace" in str(caught.value.hint)


class TestListing:
    def test_names_are_listed_where_their_metadata_is_denied(
        self, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        put(server, mount, '{"a": 1}', "team/mail")
        policy = f'path "{mount}/metadata" {{ capabilities = ["list"] }}\n'
        policy += f'path "{mount}/metadata/*" {{ capabilities = ["list"] }}'
        server.api("PUT", f"sys/policies/acl/{mount}", {"policy": policy})
        token = server.api("POST", "auth/token/create", {"policies": [mount]})["auth"]["client_token"]
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": token}

        assert open_backend(environ=environ).list_paths(deadline=soon()) == ["team/mail"]

    def test_a_listing_that_is_denied_is_an_error(
        self, server: LocalServer, mount: str, open_backend: MakeBackend
    ) -> None:
        token = server.api("POST", "auth/token/create", {"policies": ["default"]})["auth"]["client_token"]
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": token}

        with pytest.raises(AccessDeniedError) as caught:
            open_backend(environ=environ).list_paths("team/", deadline=soon())

        assert json.dumps("list") in str(caught.value.hint)
