"""The contract that every backend keeps, against the real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import BackendContext
from orqo_vault.testing import BackendContract


class TestKV2(BackendContract):
    """KV version 2, logged in with a policy that allows one mount and denies two paths in it."""

    @pytest.fixture
    def backend(
        self, server: LocalServer, mount: str, make_context: Callable[..., BackendContext]
    ) -> Iterator[HashicorpBackend]:
        allow = '{ capabilities = ["create", "read", "update", "delete", "list"] }'
        deny = '{ capabilities = ["deny"] }'
        policy = f'path "{mount}/*" {allow}\npath "{mount}/data/denied/*" {deny}'
        server.api("PUT", f"sys/policies/acl/{mount}", {"policy": policy})
        made = server.api("POST", "auth/token/create", {"policies": [mount], "ttl": "10m"})
        token = made["auth"]["client_token"]
        context = make_context(environ={"VAULT_ADDR": server.address, "VAULT_TOKEN": token})
        with HashicorpBackend(HashicorpSettings(address=server.address, mount=mount), context) as backend:
            yield backend

    @pytest.fixture
    def denied_references(self) -> Sequence[HashicorpReference]:
        return [HashicorpReference(path="denied/one"), HashicorpReference(path="denied/two")]


class TestKV1(BackendContract):
    """KV version 1 has no versions: what the contract says about them is what this engine cannot do."""

    deviations: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "test_the_present_version_may_be_replaced",
            "test_a_stale_version_is_a_conflict_and_changes_nothing",
            "test_a_version_from_before_a_delete_stays_stale",
            "test_no_conditional_write_is_lost_in_a_race",
            "test_one_of_many_creates",
            "test_instances_see_each_others_changes",
            "test_every_write_has_another_version",
            "test_writing_the_same_again_is_a_new_version",
        ),
        "KV version 1 keeps no versions and ignores check-and-set; writes are refused unless the settings allow them",
    )
    test_the_present_version_may_be_replaced = None
    test_a_stale_version_is_a_conflict_and_changes_nothing = None
    test_a_version_from_before_a_delete_stays_stale = None
    test_no_conditional_write_is_lost_in_a_race = None
    test_one_of_many_creates = None
    test_instances_see_each_others_changes = None
    test_every_write_has_another_version = None
    test_writing_the_same_again_is_a_new_version = None

    @pytest.fixture
    def backend(
        self, server: LocalServer, mount_v1: str, make_context: Callable[..., BackendContext]
    ) -> Iterator[HashicorpBackend]:
        settings = HashicorpSettings(address=server.address, mount=mount_v1, kv_version=1, allow_unchecked_writes=True)
        with HashicorpBackend(settings, make_context()) as backend:
            yield backend
