"""A credential type brings its own test, in one place; what it does wrong shows no value."""

from __future__ import annotations

from pathlib import Path

import pytest

from orqo_vault.backend import Deadline
from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.errors import PluginError
from orqo_vault.probes import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.running import answer_of
from orqo_vault.secret import SecretValue

HERE = "tests.probes.test_probe_plugins"


class Door(CredentialType):
    name = "door"
    label = "A door"
    fields = (Field(name="code", label="Code", secret=True, required=True),)
    primary = "code"


class DoorOfAPlugin(Door):
    probe = f"{HERE}:knock"
    test_keys = ("host",)


class DoorThatCrashes(Door):
    probe = f"{HERE}:crash"


class DoorWithoutIt(Door):
    probe = f"{HERE}:nothing_there"


def knock(subject: Subject) -> Answer:
    if subject.plain("code") != "4711":
        raise StoppedError(Answer(Outcome.FAILING, "stays shut"))
    return Answer(Outcome.OK, subject.credential.test["host"])


def crash(subject: Subject) -> Answer:
    raise ValueError(f"what is {subject.plain('code')}?")


def subject(code: str) -> Subject:
    credential = Credential(
        id="door", name="D", key="D", category=Category.CUSTOM, type="door", test={"host": "door.example"}
    )
    return Subject(
        credential=credential,
        values={"code": SecretValue(code)},
        secret_fields=frozenset(["code"]),
        deadline=Deadline(5),
        base_dir=Path(),
    )


def test_a_type_brings_its_own_test() -> None:
    answer, milliseconds, _ = answer_of(subject("4711"), DoorOfAPlugin())
    assert answer == Answer(Outcome.OK, "door.example")
    assert milliseconds >= 0
    assert answer_of(subject("0815"), DoorOfAPlugin())[0] == Answer(Outcome.FAILING, "stays shut")


def test_a_type_without_a_test_is_not_testable() -> None:
    assert answer_of(subject("4711"), Door())[0].outcome is Outcome.NOT_TESTABLE


@pytest.mark.parametrize("type", [DoorThatCrashes(), DoorWithoutIt()])
def test_a_test_that_is_broken_is_the_plugins_error_and_shows_no_value(type: CredentialType) -> None:
    with pytest.raises(PluginError) as caught:
        answer_of(subject("4711"), type)
    assert "door" in str(caught.value)
    assert "4711" not in str(caught.value)
    assert caught.value.__context__ is None or "4711" not in str(caught.value.__context__)


def test_what_a_probe_is_given_shows_no_value() -> None:
    assert "4711" not in repr(subject("4711"))
