"""What a backend gets for nothing: batches, checks, references, contexts, attributes imported on use."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from orqo_vault.backend import (
    BackendContext,
    BackendReference,
    BackendSettings,
    Deadline,
    Health,
    ImportedOnUse,
    Stored,
)
from orqo_vault.errors import (
    AccessDeniedError,
    OrqoVaultError,
    SealedError,
    TimedOutError,
)
from orqo_vault.secret import Secret
from orqo_vault.testing import MemoryBackend, MemorySettings


class Failing(MemoryBackend):
    """Fails on the paths it is told to fail on."""

    failures: Mapping[str, OrqoVaultError] = {}

    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        if reference.path in self.failures:
            raise self.failures[reference.path]
        return Stored(Secret({"token": reference.path}), "1")


@pytest.fixture
def context(tmp_path: Path) -> BackendContext:
    return BackendContext(name="corp", base_dir=tmp_path, state_dir=tmp_path / "state", config_dir=tmp_path / "config")


def failing(context: BackendContext, failures: Mapping[str, OrqoVaultError]) -> Failing:
    backend = Failing(MemorySettings(), context)
    backend.failures = failures
    return backend


def refs(*paths: str) -> list[BackendReference]:
    return [BackendReference(path=path) for path in paths]


# --- a batch


def test_one_failure_in_a_batch_is_that_failure(context: BackendContext) -> None:
    refused = AccessDeniedError("'b' is refused", hint="ask for it")

    with pytest.raises(AccessDeniedError) as caught:
        failing(context, {"b": refused}).read_many(refs("a", "b", "c"), deadline=Deadline(60))

    assert caught.value is refused


def test_failures_in_a_batch_name_every_path_and_keep_their_class(context: BackendContext) -> None:
    refused = {path: AccessDeniedError(f"{path!r} is refused", hint="ask for it") for path in ("a", "c")}

    with pytest.raises(AccessDeniedError) as caught:
        failing(context, refused).read_many(refs("a", "b", "c"), deadline=Deadline(60))

    assert str(caught.value) == "'a' is refused; 'c' is refused"
    assert caught.value.paths == ("a", "c")
    assert caught.value.hint == "ask for it"


def test_one_reason_for_many_paths_is_said_once(context: BackendContext) -> None:
    sealed = {path: SealedError("corp is sealed") for path in ("a", "b")}

    with pytest.raises(SealedError) as caught:
        failing(context, sealed).read_many(refs("a", "b"), deadline=Deadline(60))

    assert str(caught.value) == "corp is sealed"
    assert caught.value.paths == ("a", "b")


def test_a_refusal_among_time_outs_is_a_refusal(context: BackendContext) -> None:
    """Only what is unavailable may be retried or served stale."""
    mixed = {"a": TimedOutError("reading 'a' took too long"), "b": AccessDeniedError("'b' is refused")}

    with pytest.raises(AccessDeniedError) as caught:
        failing(context, mixed).read_many(refs("a", "b"), deadline=Deadline(60))

    assert caught.value.paths == ("a", "b")


def test_a_check_turns_a_failure_into_a_problem(context: BackendContext) -> None:
    health = failing(context, {"a": SealedError("corp is sealed")}).check(refs("a", "b"), deadline=Deadline(60))

    assert health.problems == ("corp is sealed",)
    assert [type(each) for each in health.errors] == [SealedError]
    assert not health.usable


def test_a_backend_is_usable_exactly_when_it_has_no_problems() -> None:
    assert Health(notes=("old server",), absent=("mail",)).usable
    assert not Health(problems=("sealed",)).usable


# --- references


@pytest.mark.parametrize("path", ["mail", "team/mail", "Team Mail", "a.b_c-d", "…/ü", "a:b@c", ".hidden", "...", "~"])
def test_a_path_may_be_any_printable_text(path: str) -> None:
    assert str(BackendReference(path=path)) == path


CLIMBING = ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a/..", "./a", "a/./b"]


@pytest.mark.parametrize("path", [*CLIMBING, "a\nb", "a\0b", "a\x1b[31m", "\u202ea"])
def test_a_path_cannot_climb_hide_or_be_empty(path: str) -> None:
    with pytest.raises(ValueError, match="path must"):
        BackendReference(path=path)
    with pytest.raises(ValidationError):
        TypeAdapter(BackendReference).validate_python({"path": path})


def test_equal_references_are_one_key() -> None:
    assert len({*refs("mail", "mail", "other")}) == 2


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(BackendSettings).validate_python({"read_only": True, "adress": "x"})


# --- what the program lends


def test_an_ambient_login_goes_home_and_to_allowed_hosts_only(context: BackendContext) -> None:
    lent = BackendContext(
        name="corp",
        base_dir=context.base_dir,
        state_dir=context.state_dir,
        config_dir=context.config_dir,
        allowed_hosts=frozenset({"second.example:8200"}),
    )

    assert lent.may_send_ambient_login_to("vault.example:8200", home="vault.example:8200")
    assert lent.may_send_ambient_login_to("second.example:8200", home="vault.example:8200")
    assert lent.may_send_ambient_login_to("second.example:8200", home=None)
    assert not lent.may_send_ambient_login_to("evil.example:8200", home="vault.example:8200")
    assert not lent.may_send_ambient_login_to("evil.example:8200", home=None)
    assert not lent.may_send_ambient_login_to("vault.example", home="vault.example:8200")


def test_a_context_does_not_show_the_environment(context: BackendContext) -> None:
    lent = BackendContext(
        name="corp",
        base_dir=context.base_dir,
        state_dir=context.state_dir,
        config_dir=context.config_dir,
        environ={"VAULT_TOKEN": "hvs.canary"},
    )

    assert "canary" not in repr(lent)


def test_a_notice_is_logged_where_nobody_else_takes_it(
    context: BackendContext, caplog: pytest.LogCaptureFixture
) -> None:
    context.notify("a key file was made: 100% yours")

    assert caplog.record_tuples == [("orqo_vault", logging.WARNING, "a key file was made: 100% yours")]


# --- attributes imported on use


class Lazy:
    Settings: ImportedOnUse[type[MemorySettings]] = ImportedOnUse("orqo_vault.testing.memory", "MemorySettings")


def test_an_attribute_is_imported_when_it_is_asked_for() -> None:
    assert Lazy.Settings is MemorySettings
    assert Lazy().Settings is MemorySettings


def test_declaring_such_an_attribute_imports_nothing() -> None:
    code = (
        "import sys; from orqo_vault.backend import ImportedOnUse\n"
        "class Lazy: Settings = ImportedOnUse('xml.dom.minidom', 'Document')\n"
        "assert 'xml.dom.minidom' not in sys.modules\n"
        "Lazy.Settings\n"
        "assert 'xml.dom.minidom' in sys.modules\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_contract_is_light_to_import() -> None:
    """The run path imports it before it knows which backend it needs."""
    heavy = {"pydantic", "yaml", "pluggy", "logging", "asyncio", "importlib.metadata", "tempfile"}
    code = f"import sys, orqo_vault.backend; print(*sorted({heavy!r} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split() == []
