"""Thousands of wrong settings files: each is refused with its place, shows nothing, runs nothing, and stays small."""

from __future__ import annotations

import resource
import sys
import traceback
from pathlib import Path

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.load import load_settings
from tests.settings.hostile import CANARY, RICH, hostile_file

MEGABYTE = 1024  # getrusage counts kilobytes
AT_MOST = 256 * MEGABYTE


def outcome(content: bytes, folder: Path, as_layer: bool) -> SettingsError | None:
    """Return the error the file gets, None when it is right after all."""
    base = folder / "orqo-vault.yaml"
    local = folder / "orqo-vault.local.yaml"
    replaced = {base: RICH.encode(), local: content} if as_layer else {base: content}
    try:
        settings = load_settings(base, replaced=replaced, environ={}, cwd=folder)
    except SettingsError as error:
        return error
    assert CANARY not in "".join(settings.warnings)
    return None


def check(error: SettingsError, content: bytes, name: str) -> None:
    """Fail unless the error has a place in the file and tells nothing that stands there."""
    text = "\n".join((*traceback.format_exception(error), str(error), error.hint or "", repr(error)))
    assert CANARY not in text, name
    assert error.location is not None, name
    assert error.location.line is not None, name
    assert error.location.column is not None, name
    assert 1 <= error.location.line <= content.count(b"\n") + 1 or error.location.file.endswith("vault.yaml"), name
    assert error.location.column >= 1, name
    assert error.__cause__ is None, name
    assert len(error.message) < 1000, name


@pytest.mark.parametrize("files", [1_500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_only_settings_errors_with_a_place_and_without_a_value(
    files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    number = bad = 0
    while bad < files:
        content = hostile_file(number)
        error = outcome(content, tmp_path, as_layer=number % 8 == 0)
        if error is not None:
            bad += 1
            check(error, content, f"hostile_file({number})")
        number += 1
    assert number < files * 1.5, "most of the files must be wrong"
    assert list(tmp_path.iterdir()) == [], "no code was run"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < AT_MOST


def test_the_parser_without_libyaml_refuses_them_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    refused = 0
    for number in range(150):
        content = hostile_file(number)
        error = outcome(content, tmp_path, as_layer=False)
        if error is not None:
            refused += 1
            check(error, content, f"hostile_file({number})")
    assert refused > 100


def test_the_untouched_file_is_right(tmp_path: Path) -> None:
    assert outcome(RICH.encode(), tmp_path, as_layer=False) is None


def test_a_planted_leak_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="hostile"):
        check(SettingsError(f"the password is {CANARY}"), b"", "hostile")


def test_the_same_number_gives_the_same_file() -> None:
    assert [hostile_file(number) for number in range(50)] == [hostile_file(number) for number in range(50)]
