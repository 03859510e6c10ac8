"""What is delivered otherwise than in a variable leaves its plain variable unset and says who it is."""

from __future__ import annotations

import pytest

from orqo_vault.credential import BoundField, Category, Credential
from orqo_vault.errors import EnvironmentConflictError, InvalidFieldError, UnsafeNameError
from orqo_vault.injector import Selected, build_environment, claims, content
from orqo_vault.secret import Secret, SecretValue


def field(name: str, *variables: str, deliver: str = "file", **more: object) -> BoundField:
    base: dict[str, object] = {"stored_as": name, "secret": True, "required": True, "default": None}
    return BoundField(name=name, variables=variables, deliver=deliver, **{**base, **more})  # type: ignore[arg-type]  # tests name what they are about


def selected(fields: tuple[BoundField, ...], values: dict[str, str], id: str = "ssh", **more: object) -> Selected:
    credential = Credential(id=id, name=id, key="K", category=Category.SSH_KEY, type="ssh_key", **more)  # type: ignore[arg-type]  # tests name what they are about
    return Selected(credential, fields, Secret(values))


KEY = field("private_key", "K_FILE")


def test_a_file_is_handed_on_and_its_variable_waits_for_the_place() -> None:
    environment = build_environment([selected((KEY,), {"private_key": "canary"})])
    assert environment.reveal() == {}
    (delivery,) = environment.deliveries
    assert (delivery.credential, delivery.field, delivery.how) == ("ssh", "private_key", "file")
    assert (delivery.variables, delivery.file_name) == (("K_FILE",), "ssh.private_key")
    assert "canary" not in repr(delivery)
    placed = environment.delivered({"K_FILE": "/run/x"})
    assert placed.reveal() == {"K_FILE": "/run/x"}
    assert placed.origins == {"K_FILE": ("ssh", "private_key")}
    assert placed.deliveries == ()


def test_an_agent_gets_the_key_and_what_opens_it() -> None:
    fields = (field("private_key", "SSH_AUTH_SOCK", deliver="agent"), field("passphrase", deliver="env"))
    (delivery,) = build_environment([selected(fields, {"private_key": "k", "passphrase": "open"})]).deliveries
    assert delivery.passphrase == SecretValue("open")


def test_the_keys_of_one_agent_share_its_variable() -> None:
    keys = {id: (field("private_key", "SSH_AUTH_SOCK", deliver="agent"),) for id in ("a", "b")}
    assert claims(keys) == {"SSH_AUTH_SOCK": ("a", "private_key")}


def test_only_an_agent_sets_the_agents_variable() -> None:
    stranger = {"a": (field("token", "SSH_AUTH_SOCK", deliver="env"),)}
    with pytest.raises(UnsafeNameError, match="SSH_AUTH_SOCK"):
        claims(stranger)
    agent = {"b": (field("private_key", "SSH_AUTH_SOCK", deliver="agent"),)}
    with pytest.raises(EnvironmentConflictError, match=r"SSH_AUTH_SOCK would be set by 'a' .token. and 'b'"):
        claims({**stranger, **agent}, allow=["SSH_AUTH_SOCK"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (field("a", "X_FILE"), field("b", "X_FILE", deliver="env")),
        (field("a", file_name="id"), field("b", file_name="id")),
        (field("private_key"), field("b", file_name="ssh.private_key")),
        (field("a", link="~/.key"), field("b", link="~/.key")),
    ],
)
def test_two_fields_for_one_variable_file_or_path_are_refused_by_both_names(one: BoundField, other: BoundField) -> None:
    with pytest.raises(EnvironmentConflictError, match=r"'ssh' \(\w+\) and 'other' \(b\)"):
        claims({"ssh": (one,), "other": (other,)})


@pytest.mark.parametrize(
    ("value", "encoding", "expected"),
    [
        ("kanari ä\r\n", {}, "kanari ä\r\n".encode()),
        ("nul\0is fine in a file", {}, b"nul\0is fine in a file"),
        ("AP8QCg==", {"private_key": "base64"}, b"\x00\xff\x10\n"),
        ("x" * 200_000, {}, b"x" * 200_000),
    ],
)
def test_a_file_holds_the_bytes_that_were_stored(value: str, encoding: dict[str, str], expected: bytes) -> None:
    (delivery,) = build_environment([selected((KEY,), {"private_key": value}, encoding=encoding)]).deliveries
    assert content(delivery.value, base64=delivery.base64) == expected


@pytest.mark.parametrize(("value", "encoding"), [("\ud800", {}), ("no base64", {"private_key": "base64"})])
def test_what_stands_for_no_bytes_is_refused_by_name(value: str, encoding: dict[str, str]) -> None:
    with pytest.raises(InvalidFieldError, match="credential 'ssh', field 'private_key'"):
        build_environment([selected((KEY,), {"private_key": value}, encoding=encoding)])


def test_everything_secret_is_known_for_masking_and_nothing_else() -> None:
    shown = (field("token", "T", deliver="env"), field("host", "H", deliver="env", secret=False))
    fields = (KEY, *shown, field("gone", deliver="env"))
    values = {"private_key": "aGVsbG8=", "token": "t", "host": "h", "gone": "never injected"}
    secrets = build_environment([selected(fields, values, encoding={"private_key": "base64"})]).secrets
    assert [each.reveal() for each in secrets] == ["aGVsbG8=", "hello", "t"]
