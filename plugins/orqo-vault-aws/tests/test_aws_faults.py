"""What goes wrong on the way: told apart, retried where that may help, and over by the deadline."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orqo_vault_aws.asking import ATTEMPTS
from orqo_vault_aws.reference import AwsReference

from orqo_vault.backend import Deadline
from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    OrqoVaultError,
    PendingDeletionError,
    ThrottledError,
    TimedOutError,
    TokenExpiredError,
)

PASSING = {
    "throttled": (400, "ThrottlingException", ThrottledError),
    "throttled in other words": (400, "TooManyRequestsException", ThrottledError),
    "429 of a gateway": (429, "", ThrottledError),
    "500": (500, "InternalServiceError", BackendUnavailableError),
    "502": (502, "", BackendUnavailableError),
    "503": (503, "", BackendUnavailableError),
    "504": (504, "", BackendUnavailableError),
}
LASTING = {
    "denied": (400, "AccessDeniedException", AccessDeniedError),
    "unknown key": (400, "UnrecognizedClientException", AccessDeniedError),
    "wrong signature": (400, "InvalidSignatureException", AccessDeniedError),
    "kms": (400, "DecryptionFailure", AccessDeniedError),
    "quota": (400, "LimitExceededException", BackendError),
    "bad parameter": (400, "InvalidParameterException", BackendError),
    "unheard of": (418, "Teapot", BackendError),
    "strange code": (400, "canary code <b>", BackendError),
}


@pytest.mark.parametrize("times", [1, ATTEMPTS - 1])
@pytest.mark.parametrize(("status", "code", "kind"), PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(account: Any, status: int, code: str, kind: type[Exception], times: int) -> None:
    account.raw("CreateSecret", Name="mail", SecretString='{"a": "1"}')
    account.wire.refuse("GetSecretValue", status, code, times=times)

    assert account.get("mail") == {"a": "1"}
    assert len(account.wire.calls) == times + 1


@pytest.mark.parametrize(("status", "code", "kind"), PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_said(account: Any, status: int, code: str, kind: type[Exception]) -> None:
    account.wire.refuse("GetSecretValue", status, code, times=99)

    with pytest.raises(kind, match="'mail'"):
        account.get("mail")

    assert len(account.wire.calls) == ATTEMPTS


@pytest.mark.parametrize(("status", "code", "kind"), LASTING.values(), ids=LASTING)
def test_what_cannot_pass_is_said_at_once(account: Any, status: int, code: str, kind: type[Exception]) -> None:
    account.wire.refuse("GetSecretValue", status, code, times=99, message="canary-not-shown")

    with pytest.raises(OrqoVaultError, match="'mail'") as caught:
        account.get("mail")

    assert type(caught.value) is kind
    assert len(account.wire.calls) == 1
    assert "canary" not in f"{caught.value}{caught.value.hint}"


def test_a_throttled_run_does_not_outlast_its_deadline(account: Any) -> None:
    account.wire.refuse("GetSecretValue", 400, "ThrottlingException", times=10_000)

    with pytest.raises((ThrottledError, TimedOutError)):
        account.get("mail", seconds=0.3)


@pytest.mark.parametrize(
    ("code", "message", "kind", "said"),
    [
        ("AccessDeniedException", "Access to KMS is not allowed", AccessDeniedError, "KMS key"),
        ("AccessDeniedException", "not authorized to perform", AccessDeniedError, "denied by IAM"),
        ("InvalidRequestException", "it was marked for deletion", PendingDeletionError, "scheduled for deletion"),
        ("InvalidSignatureException", "Signature expired: 1 is now earlier than 2", AccessDeniedError, "time"),
        ("InvalidSignatureException", "Signature not yet current", AccessDeniedError, "time"),
        ("ExpiredTokenException", "expired", TokenExpiredError, "expired"),
    ],
)
def test_causes_are_told_apart(account: Any, code: str, message: str, kind: type[Exception], said: str) -> None:
    account.wire.refuse("GetSecretValue", 400, code, message=message, times=9)

    with pytest.raises(kind, match=said) as caught:
        account.get("mail")

    assert type(caught.value) is kind
    assert getattr(caught.value, "hint", None)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"SecretString": "canar', b"\x00\xff" * 100, b"[]", b"null"])
def test_a_garbled_answer_is_not_taken_for_one(account: Any, body: bytes) -> None:
    account.wire.reply("GetSecretValue", body, times=99)

    with pytest.raises(BackendError, match="'mail'") as caught:
        account.get("mail")

    assert "canar" not in str(caught.value)


def test_an_answer_cut_off_is_asked_for_again(account: Any) -> None:
    account.raw("CreateSecret", Name="mail", SecretString='{"a": "1"}')

    def cut(handler: Any, call: Any) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"SecretString": "{')
        handler.close_connection = True
        return False

    account.wire.disturb("GetSecretValue", cut)

    assert account.get("mail") == {"a": "1"}


def test_an_answer_without_end_is_left(account: Any) -> None:
    sent = 0

    def gush(handler: Any, call: Any) -> bool:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 30))
        handler.end_headers()
        handler.close_connection = True
        while sent < 1 << 30:
            sent += handler.wfile.write(b" " * (1 << 20))
        return False

    account.wire.disturb("GetSecretValue", gush)
    account.raw("CreateSecret", Name="mail", SecretString='{"a": "1"}')

    assert account.get("mail") == {"a": "1"}
    assert sent < 1 << 27


@pytest.mark.parametrize("headers_too", [False, True])
def test_a_server_that_drips_does_not_hold_us_past_the_deadline(account: Any, headers_too: bool) -> None:
    wire, dripping = account.wire, threading.Event()

    def drip(handler: Any, call: Any) -> bool:
        if not headers_too:
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
        dripping.set()
        while not wire.closed.wait(0.05):
            handler.wfile.write(b"H")
        return False

    account.get("mail")  # making the client is not what is waited for here
    wire.disturb("GetSecretValue", drip, times=99)

    with pytest.raises(TimedOutError, match="'mail'"):
        account.get("mail", seconds=1)

    assert dripping.is_set()


def test_a_redirect_is_not_followed(account: Any, around: Any) -> None:
    elsewhere = type(account.wire)(f"http://{account.wire.target}")

    def redirect(handler: Any, call: Any) -> bool:
        handler.send_response(307)
        handler.send_header("Location", elsewhere.address + "/")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return False

    account.wire.disturb("*", redirect, times=99)
    try:
        with pytest.raises(BackendError, match="elsewhere"):
            account.get("mail")
        assert elsewhere.calls == []
    finally:
        elsewhere.close()


def test_nobody_there_is_unavailable(open_account: Callable[..., Any]) -> None:
    account = open_account({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})

    with pytest.raises(BackendUnavailableError, match="not reached"):
        account.get("mail")


def test_fifty_threads_share_one_client(account: Any) -> None:
    paths = [f"p{number}" for number in range(50)]
    for path in paths:
        account.raw("CreateSecret", Name=path, SecretString=path)
    start, wrong = threading.Barrier(50), []

    def work(path: str) -> None:
        start.wait()
        for _ in range(3):
            if account.get(path) != {"value": path}:
                wrong.append(path)

    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert account.wire.counted() == {"GetSecretValue": 150}


FORKS = """
import os, pathlib, sys
from orqo_vault.backend import BackendContext, Deadline
from orqo_vault_aws.backend import AwsBackend, AwsReference, AwsSettings
here = pathlib.Path(".")
context = BackendContext(name="aws", base_dir=here, state_dir=here, config_dir=here, environ=dict(os.environ))
backend = AwsBackend(AwsSettings(), context)
def read():
    return backend.read(AwsReference(path="mail"), deadline=Deadline(30)).secret.reveal()
assert read() == {"value": "x"}
child = os.fork()
if child == 0:
    os._exit(0 if read() == {"value": "x"} else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert read() == {"value": "x"}
"""


def test_a_child_after_a_fork_has_a_client_of_its_own(account: Any) -> None:
    account.raw("CreateSecret", Name="mail", SecretString="x")

    subprocess.run([sys.executable, "-c", FORKS], env=dict(account.backend.context.environ), check=True)

    assert account.wire.counted() == {"GetSecretValue": 3}
    assert account.wire.connections == 2, "the parent's, kept, and the child's"


def test_a_backend_that_was_closed_opens_again(account: Any) -> None:
    account.raw("CreateSecret", Name="mail", SecretString="x")
    account.get("mail")
    account.backend.close()
    account.backend.close()

    assert account.get("mail") == {"value": "x"}


@pytest.mark.parametrize(
    ("code", "said"), [("ThrottlingException", "fewer requests"), ("ExpiredTokenException", "expired")]
)
@pytest.mark.parametrize("references", [[], [AwsReference(path="mail")]], ids=["reach", "read"])
def test_check_explains_with_a_hint(account: Any, code: str, said: str, references: list[AwsReference]) -> None:
    account.wire.refuse("*", 400, code, times=99)

    health = account.backend.check(references, deadline=Deadline(30))

    (problem,) = health.problems
    assert said in problem
    assert "(" in problem, "and what to do"


def test_a_login_that_may_not_list_is_usable(account: Any) -> None:
    account.wire.refuse("ListSecrets", 400, "AccessDeniedException", times=99)

    health = account.backend.check(deadline=Deadline(30))

    assert health.usable
    assert "listing is denied" in health.notes[0]


def test_a_clock_that_differs_from_the_services_is_a_concern(account: Any) -> None:
    def answer_of_long_ago(handler: Any, call: Any) -> bool:
        handler.date_time_string = lambda: "Mon, 01 Jan 2024 00:00:00 GMT"
        return True

    assert account.backend.check(deadline=Deadline(30)).concerns == ()
    account.wire.disturb("ListSecrets", answer_of_long_ago)
    (concern,) = account.backend.check(deadline=Deadline(30)).concerns

    assert "ahead of the service's" in concern.what


@pytest.mark.parametrize(("minutes", "concerns"), [(5, 1), (-5, 1), (60, 0)])
def test_a_session_near_its_end_is_a_concern(open_account: Callable[..., Any], minutes: int, concerns: int) -> None:
    ends = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    account = open_account(environ={"AWS_CREDENTIAL_EXPIRATION": ends})

    found = account.backend.check(deadline=Deadline(30)).concerns

    assert len(found) == concerns
    assert all("aws sso login" in each.fix for each in found)
