"""Writes: whose secret it is, what it is made with, and one new version however often a request is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings

from orqo_vault.backend import BackendContext, Deadline, Expected
from orqo_vault.errors import AccessDeniedError, BackendError, ConflictError, TimedOutError
from orqo_vault.secret import Secret


def _lost(handler: Any, call: Any) -> bool:
    """The service does it; the answer never arrives."""
    body = json.dumps(call.parameters).encode()
    handler.ask_upstream(body)
    handler.close_connection = True
    handler.connection.shutdown(2)
    return False


def _versions(account: Any, path: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = account.raw("DescribeSecret", SecretId=path)["VersionIdsToStages"]
    return found


def test_a_secret_that_others_made_is_not_written_before_it_is_adopted(account: Any) -> None:
    account.raw("CreateSecret", Name="theirs", SecretString='{"password": "theirs", "port": 25}')
    before = _versions(account, "theirs")

    with pytest.raises(AccessDeniedError, match=r"'theirs'.*not made by orqo-vault") as caught:
        account.put("theirs", {"password": "ours"})
    assert "orqo-vault adopt theirs" in str(caught.value.hint)
    assert _versions(account, "theirs") == before

    assert account.backend.adopt(AwsReference(path="theirs"), deadline=account.soon()) is True
    account.put("theirs", {"password": "ours", "port": "25"})
    assert account.raw("GetSecretValue", SecretId="theirs", VersionStage="AWSCURRENT")["SecretString"] == (
        '{"password":"ours","port":25}'
    )


def test_adopting_what_is_not_there_says_so(account: Any) -> None:
    assert account.backend.adopt(AwsReference(path="nothing"), deadline=account.soon()) is False


def test_a_secret_is_made_with_what_the_settings_say(open_account: Callable[..., Any]) -> None:
    account = open_account(
        kms_key_id="alias/secrets",
        description="made by a run",
        tags={"team": "mail"},
        replica_regions=("eu-west-1", "eu-north-1"),
    )
    account.put("mail", {"password": "x"})

    made = account.raw("DescribeSecret", SecretId="mail")
    assert made["KmsKeyId"] == "alias/secrets"
    assert made["Description"] == "made by a run"
    assert {tag["Key"]: tag["Value"] for tag in made["Tags"]} == {"team": "mail", "orqo-vault": "managed"}
    assert {replica["Region"] for replica in made["ReplicationStatus"]} == {"eu-west-1", "eu-north-1"}


def test_a_replica_is_written_where_its_original_is(open_account: Callable[..., Any]) -> None:
    open_account(replica_regions=("eu-west-1",)).put("mail", {"password": "x"})
    replica = open_account(region="eu-west-1")

    assert replica.get("mail") == {"password": "x"}
    with pytest.raises(AccessDeniedError, match="replica of the secret in eu-central-1"):
        replica.put("mail", {"password": "y"})


def test_a_secret_of_another_service_is_only_read(account: Any) -> None:
    tags = [{"Key": "aws:secretsmanager:owningService", "Value": "rds"}, {"Key": "orqo-vault", "Value": "managed"}]
    account.raw("CreateSecret", Name="rds/db", SecretString='{"password": "x"}', Tags=tags)

    assert account.get("rds/db") == {"password": "x"}
    with pytest.raises(AccessDeniedError, match="managed by rds"):
        account.put("rds/db", {"password": "y"})
    with pytest.raises(AccessDeniedError, match="managed by rds"):
        account.backend.adopt(AwsReference(path="rds/db"), deadline=account.soon())


def test_a_write_that_was_not_answered_in_time_is_to_be_looked_at(account: Any) -> None:
    account.put("mail", {"password": "old"})

    def silent(handler: Any, call: Any) -> bool:
        account.wire.closed.wait()
        return False

    account.wire.disturb("PutSecretValue", silent, times=9)

    with pytest.raises(TimedOutError) as caught:
        account.backend.write(
            AwsReference(path="mail"), Secret({"password": "x"}), if_version=Expected.ANY, deadline=Deadline(1)
        )
    assert "may have been done" in str(caught.value.hint)


def test_a_secret_made_without_a_value_gets_its_first_one(account: Any) -> None:
    account.raw("CreateSecret", Name="shell", Tags=[{"Key": "orqo-vault", "Value": "managed"}])

    version = account.put("shell", {"password": "x"}, if_version=Expected.ABSENT)

    assert account.get("shell") == {"password": "x"}
    assert list(_versions(account, "shell")) == [version]


def test_the_old_value_stays_as_the_previous_one(account: Any) -> None:
    old = account.put("mail", {"password": "old"})
    new = account.put("mail", {"password": "new"})

    versions = _versions(account, "mail")
    assert "AWSCURRENT" in versions[new]
    assert versions[old] == ["AWSPREVIOUS"]


@pytest.mark.parametrize("operation", ["CreateSecret", "PutSecretValue", "UpdateSecretVersionStage"])
def test_a_lost_answer_makes_no_second_version(account: Any, operation: str) -> None:
    count = 1
    if operation != "CreateSecret":
        account.put("mail", {"password": "old"})
        count = 2
    account.wire.disturb(operation, _lost)

    version = account.put("mail", {"password": "new"})

    versions = _versions(account, "mail")
    assert len(versions) == count
    assert "AWSCURRENT" in versions[version]
    assert account.get("mail") == {"password": "new"}
    assert len(account.wire.to(operation)) == count + (operation == "CreateSecret")


def test_a_lost_answer_to_a_creation_that_the_service_then_calls_a_repetition_is_none(account: Any) -> None:
    account.wire.disturb("CreateSecret", _lost)
    account.wire.refuse("CreateSecret", 400, "ResourceExistsException")

    version = account.put("mail", {"password": "x"}, if_version=Expected.ABSENT)

    assert list(_versions(account, "mail")) == [version]


def test_a_secret_made_by_others_in_between_is_a_conflict(account: Any) -> None:
    def overtaken(handler: Any, call: Any) -> bool:
        account.raw("CreateSecret", Name="mail", SecretString="theirs")
        return True

    account.wire.disturb("CreateSecret", overtaken)

    with pytest.raises(ConflictError, match="'mail'"):
        account.put("mail", {"password": "ours"}, if_version=Expected.ABSENT)
    assert account.get("mail") == {"value": "theirs"}


@pytest.mark.parametrize("when", ["PutSecretValue", "UpdateSecretVersionStage"])
def test_a_value_put_by_others_in_between_is_a_conflict_and_stays(account: Any, when: str) -> None:
    """Also a writer that never looks, like the console: the label has moved, so ours does not go there."""
    version = account.put("mail", {"password": "old"})

    def overtaken(handler: Any, call: Any) -> bool:
        account.raw("PutSecretValue", SecretId="mail", SecretString="theirs", ClientRequestToken="t" * 32)
        return True

    account.wire.disturb(when, overtaken)

    with pytest.raises(ConflictError, match="'mail'"):
        account.put("mail", {"password": "ours"}, if_version=version)
    assert account.raw("GetSecretValue", SecretId="mail", VersionStage="AWSCURRENT")["SecretString"] == "theirs"


def test_a_write_without_a_condition_comes_after_what_others_wrote(account: Any) -> None:
    account.put("mail", {"password": "old"})

    def overtaken(handler: Any, call: Any) -> bool:
        account.raw("PutSecretValue", SecretId="mail", SecretString='{"theirs": "1"}', ClientRequestToken="t" * 32)
        return True

    account.wire.disturb("PutSecretValue", overtaken)
    account.put("mail", {"password": "ours"})

    current = account.raw("GetSecretValue", SecretId="mail", VersionStage="AWSCURRENT")
    assert current["SecretString"] == '{"password":"ours"}'


def test_nothing_is_made_by_its_arn(account: Any) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gone-AbCdEf"

    with pytest.raises(BackendError, match="cannot be made by its ARN"):
        account.put(arn, {"a": "x"})


def test_a_value_that_is_too_large_is_refused_before_it_is_sent(account: Any) -> None:
    with pytest.raises(BackendError, match="'big'"):
        account.put("big", {"a": "x" * 70_000})

    assert account.wire.to("CreateSecret") == []


def test_text_and_bytes_are_made_where_the_reference_says_so(account: Any) -> None:
    account.put("text", {"value": '{"type": "service_account"}'}, format="text")
    account.put("bytes", {"value": "AP8Q"}, format="binary")

    assert account.raw("GetSecretValue", SecretId="text")["SecretString"] == '{"type": "service_account"}'
    assert account.raw("GetSecretValue", SecretId="bytes")["SecretBinary"] == "AP8Q"
    assert account.get("text", format="text") == {"value": '{"type": "service_account"}'}


def test_a_new_secret_is_two_calls_and_a_changed_one_four(account: Any) -> None:
    account.put("mail", {"password": "old"})
    assert account.wire.counted() == {"DescribeSecret": 1, "CreateSecret": 1}
    account.wire.calls.clear()

    account.put("mail", {"password": "new"})

    assert [call.operation for call in account.wire.calls] == [
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ]


@pytest.mark.parametrize("rounds", [1, pytest.param(8, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_no_update_is_lost_between_instances(aws_context: Callable[..., BackendContext], rounds: int) -> None:
    """Rounds, because moto keeps every version of a secret and gets slower with each."""
    with AwsBackend(AwsSettings(), aws_context()) as one, AwsBackend(AwsSettings(), aws_context()) as other:
        for number in range(rounds):
            counter = AwsReference(path=f"counter-{number}")
            one.write(counter, Secret({"count": "0"}), if_version=Expected.ABSENT, deadline=Deadline(60))

            threads, increments = (4, 4) if rounds == 1 else (8, 25)
            assert _race([one, other], counter, threads, increments) == []

            stored = one.read(counter, deadline=Deadline(60))
            assert stored is not None
            assert stored.secret["count"].reveal() == str(threads * increments)


def _race(backends: list[AwsBackend], counter: AwsReference, threads: int, increments: int) -> list[BaseException]:
    failed: list[BaseException] = []

    def count_up(backend: AwsBackend) -> None:
        done = 0
        while done < increments:
            stored = backend.read(counter, deadline=Deadline(60))
            assert stored is not None
            assert stored.version is not None
            more = Secret({"count": str(int(stored.secret["count"].reveal()) + 1)})
            with suppress(ConflictError):
                backend.write(counter, more, if_version=stored.version, deadline=Deadline(60))
                done += 1

    def work(backend: AwsBackend) -> None:
        try:
            count_up(backend)
        except BaseException as error:  # shown by the test's own thread
            failed.append(error)

    running = [threading.Thread(target=work, args=(backends[number % 2],)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return failed
