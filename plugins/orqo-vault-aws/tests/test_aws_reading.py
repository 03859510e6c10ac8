"""How often the service is asked, and what its answers mean."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from orqo_vault_aws.reference import AwsReference

from orqo_vault.errors import (
    AccessDeniedError,
    CorruptSecretError,
    OrqoVaultError,
    PendingDeletionError,
    ReadOnlyBackendError,
)


def _filled(account: Any, count: int) -> list[str]:
    paths = [f"team/{number:03}" for number in range(count)]
    for path in paths:
        account.raw("CreateSecret", Name=path, SecretString=f'{{"token": "of {path}"}}')
    return paths


def test_a_hundred_secrets_are_five_calls_and_a_second_run_is_five_more(account: Any) -> None:
    paths = _filled(account, 100)

    first = account.get_all(*paths)
    connections = account.wire.connections
    second = account.get_all(*paths)

    assert first == second == {path: {"token": f"of {path}"} for path in paths}
    assert account.wire.counted() == {"BatchGetSecretValue": 10}
    assert account.wire.connections == connections, "a second run opens nothing"


@pytest.mark.parametrize("count", [1, 2, 20, 21, 45])
@pytest.mark.parametrize("settings", [{}, {"batch": False}])
def test_what_is_said_beforehand_is_what_the_service_counts(
    open_account: Callable[..., Any], count: int, settings: dict[str, Any]
) -> None:
    account = open_account(**settings)
    paths = _filled(account, count)
    said = account.backend.calls([AwsReference(path=path) for path in paths])
    assert account.wire.counted() == {}

    account.get_all(*paths)

    assert said == (0, sum(account.wire.counted().values()), 0)


def test_roles_that_the_settings_name_are_counted_as_logins(open_account: Callable[..., Any]) -> None:
    roles = [{"role_arn": "arn:aws:iam::1:role/a"}, {"role_arn": "arn:aws:iam::1:role/b"}]
    assert open_account(assume_role=roles).backend.calls([AwsReference(path="a")]).login == 2


def test_the_batches_of_a_hundred_secrets_are_on_their_way_together(account: Any) -> None:
    """Latency is then paid once and not five times."""
    paths = _filled(account, 100)
    all_are_here = threading.Barrier(5, timeout=20)

    def wait_for_the_others(handler: Any, call: Any) -> bool:
        all_are_here.wait()
        return True

    account.wire.disturb("BatchGetSecretValue", wait_for_the_others, times=5)

    assert len(account.get_all(*paths)) == 100
    assert not all_are_here.broken
    assert account.wire.counted() == {"BatchGetSecretValue": 5}


def test_no_batch_asks_for_more_than_twenty(account: Any) -> None:
    account.get_all(*_filled(account, 41))

    assert sorted(len(call.parameters["SecretIdList"]) for call in account.wire.calls) == [1, 20, 20]


def test_one_secret_is_read_by_itself(account: Any) -> None:
    account.get_all(*_filled(account, 1))

    assert account.wire.counted() == {"GetSecretValue": 1}


def test_a_missing_item_does_not_make_the_batch_read_again(account: Any) -> None:
    paths = _filled(account, 19)

    found = account.get_all(*paths, "never/written")

    assert set(found) == set(paths)
    assert account.wire.counted() == {"BatchGetSecretValue": 1}


def test_references_that_differ_only_in_how_they_are_read_are_one_question(account: Any) -> None:
    account.raw("CreateSecret", Name="shared", SecretString='{"a": "1"}')
    text = AwsReference(path="shared", format="text")

    found = account.backend.read_many([AwsReference(path="shared"), text], deadline=account.soon())

    assert found[AwsReference(path="shared")].secret.reveal() == {"a": "1"}
    assert found[text].secret.reveal() == {"value": '{"a": "1"}'}
    assert account.wire.counted() == {"GetSecretValue": 1}


def test_a_secret_is_read_by_its_arn_whole_or_without_its_end(account: Any) -> None:
    arn = account.raw("CreateSecret", Name="by/arn", SecretString='{"a": "1"}')["ARN"]
    _filled(account, 1)

    assert account.get_all(arn, "team/000")[arn] == {"a": "1"}
    assert account.get_all(arn.rpartition("-")[0], "team/000")[arn.rpartition("-")[0]] == {"a": "1"}


def test_the_prefix_stands_before_names_and_not_before_arns(open_account: Callable[..., Any]) -> None:
    account = open_account(prefix="orqo/prod/")
    arn = account.raw("CreateSecret", Name="elsewhere", SecretString="x")["ARN"]
    account.put("mail", {"password": "y"})

    assert account.raw("GetSecretValue", SecretId="orqo/prod/mail")["SecretString"] == '{"password":"y"}'
    assert account.get_all("mail", arn) == {"mail": {"password": "y"}, arn: {"value": "x"}}
    assert account.backend.list_paths(deadline=account.soon()) == ["mail"]


def test_a_version_and_a_stage_can_be_pinned(account: Any) -> None:
    old = account.put("mail", {"password": "old"})
    account.put("mail", {"password": "new"})

    assert account.get("mail", version_id=old) == {"password": "old"}
    assert account.get("mail", version_stage="AWSPREVIOUS") == {"password": "old"}
    assert account.get("mail", version_stage="NO_SUCH_STAGE") is None
    pinned = AwsReference(path="mail", version_id=old)
    found = account.backend.read_many([pinned, AwsReference(path="mail")], deadline=account.soon())
    assert [stored.secret.reveal()["password"] for stored in found.values()] == ["old", "new"]
    with pytest.raises(ReadOnlyBackendError, match=old):
        account.put("mail", {"password": "x"}, version_id=old)
    with pytest.raises(ReadOnlyBackendError, match=old):
        account.backend.delete(pinned, deadline=account.soon())


def test_a_secret_without_a_value_is_absent(account: Any) -> None:
    account.raw("CreateSecret", Name="shell")

    assert account.get("shell") is None
    assert account.backend.list_paths(deadline=account.soon()) == []


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("AccessDeniedException", "not authorized to perform secretsmanager:GetSecretValue", AccessDeniedError),
        ("AccessDeniedException", "Access to KMS is not allowed", AccessDeniedError),
        ("DecryptionFailure", "cannot decrypt", AccessDeniedError),
        ("InvalidRequestException", "currently marked deleted", PendingDeletionError),
        ("SomethingNew", "canary-not-shown", OrqoVaultError),
    ],
)
def test_an_error_of_one_item_fails_the_batch_and_names_it(
    account: Any, code: str, message: str, kind: type[OrqoVaultError]
) -> None:
    paths = _filled(account, 2)
    answer = account.raw("BatchGetSecretValue", SecretIdList=paths[:1])
    answer["Errors"] = [{"SecretId": paths[1], "ErrorCode": code, "Message": message}]
    account.wire.reply("BatchGetSecretValue", answer)

    with pytest.raises(kind, match="team/001") as caught:
        account.get_all(*paths)

    assert "team/000" not in str(caught.value)
    assert "PATH" not in str(caught.value.hint)
    assert "canary" not in f"{caught.value}{caught.value.hint}"


def test_every_refused_item_is_named(account: Any) -> None:
    denied = ["a", "b", "c"]
    errors = [{"SecretId": path, "ErrorCode": "AccessDeniedException", "Message": "no"} for path in denied]
    account.wire.reply("BatchGetSecretValue", {"SecretValues": [], "Errors": errors})

    with pytest.raises(AccessDeniedError) as caught:
        account.get_all(*denied)

    assert caught.value.paths == tuple(denied)
    assert all(f"'{path}'" in str(caught.value) for path in denied)


def test_an_item_the_batch_is_silent_about_or_fails_on_is_asked_for_alone(account: Any) -> None:
    paths = _filled(account, 3)
    answer = account.raw("BatchGetSecretValue", SecretIdList=paths[:1])
    answer["Errors"] = [{"SecretId": paths[1], "ErrorCode": "InternalServiceError", "Message": "oops"}]
    account.wire.reply("BatchGetSecretValue", answer)

    found = account.get_all(*paths)

    assert set(found) == set(paths)
    assert account.wire.counted() == {"BatchGetSecretValue": 1, "GetSecretValue": 2}


def test_a_batch_answered_in_pages_is_read_to_its_end(account: Any) -> None:
    paths = _filled(account, 3)
    first = account.raw("BatchGetSecretValue", SecretIdList=paths[:1])
    account.wire.reply("BatchGetSecretValue", {**first, "NextToken": "1"})

    assert set(account.get_all(*paths)) == set(paths)
    assert [call.parameters.get("NextToken") for call in account.wire.calls] == [None, "1"]


def test_a_batch_denied_by_iam_is_read_one_by_one_remembered_and_said_once(account: Any) -> None:
    paths = _filled(account, 30)
    account.wire.refuse("BatchGetSecretValue", 400, "AccessDeniedException", times=99)

    first = account.get_all(*paths)
    asked = account.wire.counted()["BatchGetSecretValue"]
    second = account.get_all(*paths)

    assert set(first) == set(second) == set(paths)
    assert account.wire.counted() == {"BatchGetSecretValue": asked, "GetSecretValue": 60}
    (said,) = account.around.said
    assert "secretsmanager:BatchGetSecretValue" in said
    assert "batch: false" in said
    notes = account.backend.check([AwsReference(path=path) for path in paths], deadline=account.soon()).notes
    assert "BatchGetSecretValue" in notes[0]


def test_batch_false_never_asks_for_a_batch(open_account: Callable[..., Any]) -> None:
    account = open_account(batch=False)

    account.get_all(*_filled(account, 3))

    assert account.wire.counted() == {"GetSecretValue": 3}


def test_after_a_denied_batch_a_denied_secret_is_still_an_error(account: Any) -> None:
    paths = _filled(account, 2)
    account.wire.refuse("BatchGetSecretValue", 400, "AccessDeniedException")
    account.wire.refuse("GetSecretValue", 400, "AccessDeniedException", times=9)

    with pytest.raises(AccessDeniedError) as caught:
        account.get_all(*paths)

    assert set(caught.value.paths) == set(paths)


def test_bytes_are_base64_text_and_are_not_read_as_text(account: Any) -> None:
    account.raw("CreateSecret", Name="bytes", SecretBinary="AP8Q")

    assert account.get("bytes") == {"value": "AP8Q"}
    assert account.get("bytes", format="binary") == {"value": "AP8Q"}
    with pytest.raises(CorruptSecretError, match="bytes"):
        account.get("bytes", format="text")


def test_what_was_just_written_is_waited_for(account: Any) -> None:
    """The service may answer a read right after a write with what was there before."""
    account.wire.refuse("GetSecretValue", 400, "ResourceNotFoundException", times=3)
    version = account.put("new", {"token": "x"})

    assert account.get("new") == {"token": "x"}
    assert account.wire.counted()["GetSecretValue"] == 4

    stale = account.raw("GetSecretValue", SecretId="new")
    account.put("new", {"token": "y"}, if_version=version)
    account.wire.reply("GetSecretValue", stale, times=2)
    assert account.get("new") == {"token": "y"}


def test_what_somebody_else_did_not_write_is_not_waited_for(account: Any) -> None:
    assert account.get("never/written") is None

    assert account.wire.counted() == {"GetSecretValue": 1}


def test_a_batch_that_answers_another_version_than_the_current_one_is_not_believed(
    open_account: Callable[..., Any],
) -> None:
    writer, reader = open_account(), open_account()
    for path in ("mail", "crm"):
        writer.put(path, {"token": "old"})
    old = writer.raw("BatchGetSecretValue", SecretIdList=["mail", "crm"])
    old["SecretValues"][0]["VersionStages"] = ["AWSPREVIOUS"]
    writer.put("mail", {"token": "new"})
    reader.wire.reply("BatchGetSecretValue", old)

    assert reader.get_all("mail", "crm") == {"mail": {"token": "new"}, "crm": {"token": "old"}}


def test_a_listing_has_only_what_begins_as_asked(account: Any) -> None:
    entry = {"SecretVersionsToStages": {"v": ["AWSCURRENT"]}}
    names = ["team/mail", "other/team/mail", "TEAM/mail"]
    account.wire.reply("ListSecrets", {"SecretList": [{**entry, "Name": name} for name in names]})

    assert account.backend.list_paths("team/", deadline=account.soon()) == ["team/mail"]
