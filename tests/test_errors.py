"""The tree of errors: its drawing, its exit codes, and what an error carries."""

from __future__ import annotations

import pickle
import re

import pytest

from orqo_vault import errors
from orqo_vault.errors import ConflictError, Location, OrqoVaultError, SettingsError

EXIT_CODES = {
    "failed": 1,
    "settings": 4,
    "plugin": 4,
    "credential": 3,
    "unknown_credential": 3,
    "invalid_field": 3,
    "missing_secrets": 3,
    "environment_conflict": 3,
    "unsafe_name": 3,
    "expired": 3,
    "platform_key_refused": 3,
    "no_platform_provider": 3,
    "in_use": 3,
    "credits": 7,
    "insufficient_credits": 7,
    "held_by_runs_in_flight": 7,
    "budget_exceeded": 7,
    "hold_ended": 7,
    "reference_reused": 7,
    "unknown_price": 7,
    "ledger": 7,
    "ledger_differs": 8,
    "delivery": 1,
    "source": 1,
    "audit": 1,
    "audit_tampered": 8,
    "backend": 6,
    "unavailable": 6,
    "timed_out": 6,
    "sealed": 6,
    "throttled": 6,
    "ledger_unavailable": 6,
    "access_denied": 5,
    "token_expired": 5,
    "store_locked": 5,
    "read_only": 5,
    "conflict": 9,
    "pending_deletion": 3,
    "corrupt": 8,
    "tampered": 8,
    "rolled_back": 8,
}


def tree(root: type[OrqoVaultError] = OrqoVaultError) -> list[type[OrqoVaultError]]:
    """Return the class and all below it."""
    return [root, *(found for child in root.__subclasses__() if _ours(child) for found in tree(child))]


def _ours(kind: type[OrqoVaultError]) -> bool:
    return kind.__module__.startswith("orqo_vault.errors.")  # a test or a plugin may have made more


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Return class → (parent, exit code) as the module's docstring draws them."""
    found: dict[str, tuple[str | None, int | None]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        row = re.match(r"([\s│├└─]*)(\w+Error)(?:\s+(\d)\b)?", line)
        if row:
            depth, name = len(row[1]), row[2]
            while above and above[-1][0] >= depth:
                above.pop()
            found[name] = (above[-1][1] if above else None, int(row[3]) if row[3] else None)
            above.append((depth, name))
    return found


def test_the_drawing_is_the_tree() -> None:
    actual = {kind.__name__: kind.__base__.__name__ for kind in tree() if kind is not OrqoVaultError and kind.__base__}

    assert {name: parent for name, (parent, _) in drawn().items() if parent} == actual


def test_the_drawn_exit_codes_are_the_real_ones() -> None:
    wrong = [
        name for name, (_, exit_code) in drawn().items() if exit_code and getattr(errors, name).exit_code != exit_code
    ]

    assert wrong == []


def test_every_code_has_its_exit_code() -> None:
    """Scripts depend on both: a change here is a change for every user."""
    assert {kind.code: kind.exit_code for kind in tree()} == EXIT_CODES


def test_no_two_classes_share_a_code() -> None:
    assert len({kind.code for kind in tree()}) == len(tree())


def test_no_exit_code_is_taken_by_the_shell_or_by_usage() -> None:
    assert {kind.exit_code for kind in tree()} & {0, 2, *range(125, 256)} == set()


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_an_error_survives_the_way_to_another_process(kind: type[OrqoVaultError]) -> None:
    error = kind("it failed", hint="do this", paths=["a", "b"], location=Location("f.yaml", 3, 7))

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is kind
    assert vars(again) == vars(error)
    assert str(again) == str(error)


def test_an_error_says_where_and_what() -> None:
    assert str(SettingsError("unknown key", location=Location("f.yaml", 3, 7))) == "f.yaml:3:7: unknown key"
    assert str(SettingsError("unknown key", location=Location("f.yaml", 3))) == "f.yaml:3: unknown key"
    assert str(SettingsError("not there", location=Location("f.yaml"))) == "f.yaml: not there"
    assert str(SettingsError("no file")) == "no file"


def test_an_error_keeps_its_parts() -> None:
    error = ConflictError("'mail' changed", hint="read it again", paths=(path for path in ("mail",)))

    assert (error.message, error.hint, error.paths, error.location) == (
        "'mail' changed",
        "read it again",
        ("mail",),
        None,
    )
