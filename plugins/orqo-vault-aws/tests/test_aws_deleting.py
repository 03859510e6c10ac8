"""Deletion with the service's own net: a state of its own, with a way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from orqo_vault_aws.reference import AwsReference

from orqo_vault.errors import AccessDeniedError, PendingDeletionError


def _restore(account: Any, path: str) -> bool:
    found: bool = account.backend.restore(AwsReference(path=path), deadline=account.soon())
    return found


def test_a_deleted_secret_waits_for_its_end_and_says_how_to_get_it_back(account: Any) -> None:
    account.put("mail", {"password": "x"})
    account.put("other", {"password": "y"})

    assert account.delete("mail") is True

    for act in (
        lambda: account.get("mail"),
        lambda: account.get_all("mail", "other"),
        lambda: account.put("mail", {"password": "z"}),
        lambda: account.backend.adopt(AwsReference(path="mail"), deadline=account.soon()),
    ):
        with pytest.raises(PendingDeletionError, match="'mail'") as caught:
            act()
        assert "orqo-vault restore" in str(caught.value.hint)
    assert account.backend.list_paths(deadline=account.soon()) == ["other"]
    assert account.delete("mail") is False, "it is on its way out already"
    assert account.wire.to("DeleteSecret")[0].parameters["RecoveryWindowInDays"] == 30


def test_restore_brings_it_back_as_it_was(account: Any) -> None:
    version = account.put("mail", {"password": "x"})
    account.delete("mail")

    assert _restore(account, "mail") is True

    assert account.get("mail") == {"password": "x"}
    account.put("mail", {"password": "y"}, if_version=version)
    assert _restore(account, "mail") is False, "there is nothing to bring back"
    assert _restore(account, "never/written") is False


def test_the_window_is_the_settings(open_account: Callable[..., Any]) -> None:
    account = open_account(recovery_window_days=7)
    account.put("mail", {"password": "x"})

    account.delete("mail")

    assert account.wire.to("DeleteSecret")[0].parameters["RecoveryWindowInDays"] == 7


def test_permanently_gives_up_the_net_also_for_what_is_waiting(account: Any) -> None:
    for path in ("now", "waiting"):
        account.put(path, {"password": "x"})
    account.delete("waiting")

    assert account.delete("now", permanently=True) is True
    assert account.delete("waiting", permanently=True) is True

    assert account.get("now") is None
    assert account.get("waiting") is None
    assert account.delete("waiting", permanently=True) is False


def test_deleting_for_good_what_never_was_says_that_there_was_none(account: Any) -> None:
    """The service calls it a success."""
    assert account.delete("never/written", permanently=True) is False
    assert account.wire.to("DeleteSecret") == []


@pytest.mark.parametrize("permanently", [False, True])
def test_a_secret_that_others_made_is_not_deleted(account: Any, permanently: bool) -> None:
    account.raw("CreateSecret", Name="theirs", SecretString="x")

    with pytest.raises(AccessDeniedError, match="not made by orqo-vault"):
        account.delete("theirs", permanently=permanently)

    assert account.get("theirs") == {"value": "x"}
