"""The Python API: errors, their tracebacks with the locals of every frame, reprs, pickles, logs.

Crash reporters send the locals of all frames. A caller who holds plain values has them in frames of its own; ours
must not add any: secrets are given as ``SecretValue`` here, as the command line does it.
"""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pydantic
import pydantic_core
import pytest
from orqo_vault_file import reading
from orqo_vault_file.backend import EncryptedFileBackend
from orqo_vault_file.disk import patience
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys.passphrases import Derivation
from orqo_vault_file.keys.slots import ENVIRONMENT, Opener

from orqo_vault import Surroundings, Vault
from orqo_vault.backend import Deadline, Stored
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import Secret, SecretValue

from .stage import STATES, Stage


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("api"))


@pytest.fixture
def stage(built: Stage) -> Stage:
    """The stage as it was built, whatever the test before has left of it."""
    built.restore()
    return built


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0)


READS: dict[str, Callable[[Vault], object]] = {
    "environment": lambda vault: vault.environment(),
    "prepare": lambda vault: vault.prepare(only=["openai", "crm"]),
    "read": lambda vault: vault.read("mail"),
    "value": lambda vault: vault.value("openai", "token"),
    "a value that is not there": lambda vault: vault.value("oauth", "expires_at"),
    "an unknown one": lambda vault: vault.environment(only=["nobody"]),
    "a platform key": lambda vault: vault.environment(only=["hosted"]),
    "a model": lambda vault: vault.llm("default"),
    "plan": lambda vault: vault.plan(),
    "delete what is used": lambda vault: vault.delete("openai"),
}


def writes(stage: Stage) -> dict[str, tuple[str, dict[str, str]]]:
    """Return values that are refused, each for another reason."""
    value = stage.canaries.hard("refused")
    key = stage.canaries.fields["deploy"]["private_key"]
    return {
        "no host": ("mail", {"host": f"no host {value}", "username": value}),
        "no port": ("mail", {"host": "smtp.example", "port": value}),
        "NUL": ("openai", {"token": f"{value}\0"}),
        "an unknown field": ("openai", {"tokne": value}),
        "half a key": ("deploy", {"private_key": key[:200]}),
        "another passphrase": ("deploy", {"private_key": key, "passphrase": value}),
        "too large": ("crm", {"tenant": value * 40_000, "api_key": value}),
        "a platform key": ("hosted", {"token": value}),
        "one is missing": ("login", {"username": value}),
    }


def told(error: BaseException) -> str:
    """Return all that can be said about an error, with the locals of every frame, causes and contexts."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    chain = [error, error.__cause__, error.__context__]
    return "\n".join([*map(str, chain), *map(repr, chain), repr(vars(error)), *frames.format(), pickled(error)])


def public(thing: object) -> list[str]:
    """Return the names of its public attributes but the one that hands the plain values over."""
    return [each for each in dir(type(thing)) if not each.startswith("_") and each != "environment"]


def pickled(thing: object) -> str:
    try:
        return repr(pickle.dumps(thing))
    except Exception as error:
        return repr(error)


@pytest.mark.parametrize("state", STATES)
def test_errors_of_reads_tell_nothing(stage: Stage, state: str, caplog: pytest.LogCaptureFixture) -> None:
    stage.restore()
    STATES[state](stage)
    caplog.set_level(logging.DEBUG)
    found = []
    errors = 0
    for what, act in READS.items():
        try:
            with stage.vault() as vault:
                act(vault)
        except OrqoVaultError as error:
            errors += 1
            found += stage.scanner().hits(what, told(error))
    assert found == []
    assert errors >= 3
    assert stage.scanner().hits("the log", caplog.text) == []


@pytest.mark.parametrize("state", ["ok", "missing", "denied", "tampered"])
@pytest.mark.parametrize("verb", ["put", "update"])
def test_errors_of_writes_tell_nothing(stage: Stage, state: str, verb: str, caplog: pytest.LogCaptureFixture) -> None:
    stage.restore()
    STATES[state](stage)
    caplog.set_level(logging.DEBUG)
    found = []
    refused = 0
    for what, (credential_id, plain) in writes(stage).items():
        fields = {name: SecretValue(value) for name, value in plain.items()}
        del plain
        try:
            with stage.vault() as vault:
                getattr(vault, verb)(credential_id, fields)
        except OrqoVaultError as error:
            refused += 1
            found += stage.scanner().hits(what, told(error))
    assert found == []
    assert refused >= 6
    assert stage.scanner().hits("the log", caplog.text) == []


@pytest.fixture
def things(stage: Stage) -> list[object]:
    """Everything public, and everything a plugin or a debugger comes across, that holds or held a secret."""
    stage.restore()
    vault = stage.vault()
    prepared = vault.prepare()
    backend = vault.backends.get("local")
    assert isinstance(backend, EncryptedFileBackend)
    found = reading.read(backend.store, "openai", Deadline(10))
    assert found is not None
    key = keys.parse(stage.key_file.read_text())
    assert isinstance(key, keys.Key)
    with backend.store.visit() as visit:
        assert visit is not None
        epoch, session, keyring = visit.keyring.active, visit.session, visit.keyring
    secret = vault.read("deploy")
    assert secret is not None
    return [
        *(vault, vault.settings, vault.surroundings, vault.backends, vault.plan(), prepared, prepared._environment),
        *(backend, backend.settings, backend.store, session, keyring, epoch, key, found, found.line, secret),
        *(secret["private_key"], Stored(secret, "1"), Opener(ENVIRONMENT, key, "me"), [secret], {"x": secret}),
        *(vault.credentials, vault.llm("default"), Derivation(b"s" * 16)),
    ]  # fmt: skip


SHOWN: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "str": str,
    "format": lambda thing: f"{thing} {thing!r} {thing!s}",
    "percent": lambda thing: "%s %r" % (thing, thing),  # noqa: UP031  # the old way is a way too
    "ascii": ascii,
    "vars": lambda thing: repr(getattr(thing, "__dict__", None)),
    "attributes": lambda thing: [repr(getattr(thing, each, None)) for each in public(thing)],
    "pickle": pickled,
    "copy": lambda thing: repr(copy.copy(thing)),
    "deep copy": lambda thing: repr(copy.deepcopy(thing)),
    "JSON": lambda thing: json.dumps(thing, default=str),
    "pydantic": lambda thing: pydantic_core.to_json(thing),
    "a model": lambda thing: pydantic.TypeAdapter(int).validate_python(thing),
}


@pytest.mark.parametrize("way", SHOWN)
def test_nothing_that_holds_a_secret_shows_it(stage: Stage, things: list[object], way: str) -> None:
    scanner = stage.scanner()
    found = []
    for thing in things:
        try:
            shown = repr(SHOWN[way](thing))
        except Exception as error:
            shown = f"{error!r} {error} {vars(error)}"
        found += scanner.hits(type(thing).__name__, shown)
    assert found == []


def test_the_environment_of_the_process_is_not_part_of_a_repr(stage: Stage) -> None:
    around = Surroundings(environ={"X": stage.canaries.fields["openai"]["token"]})
    with Vault.open(stage.settings, surroundings=around) as vault:
        context = around.context(vault.settings, "local")
        assert stage.scanner().hits("around", f"{around!r} {vault.surroundings!r} {context!r} {vault!r}") == []


def test_a_secret_in_the_hands_of_a_formatter_of_its_own_is_found(stage: Stage) -> None:
    """The control: what reveals on purpose is seen by the same scanner."""
    with stage.vault() as vault:
        secret = vault.read("openai")
    assert isinstance(secret, Secret)
    assert stage.scanner().hits("revealed", repr(secret.reveal()))
