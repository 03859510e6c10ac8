"""Key files and key texts: a slip of the pen, a loose permission and a strange file each get their own words."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import key_files

from orqo_vault.errors import StoreLockedError

from .machines import Machine


def test_a_key_comes_back_from_its_text() -> None:
    key = keys.new_key()

    again = keys.parse(f"# a comment\n\n  {key.compose()}\r\n")

    assert isinstance(again, keys.Key)
    assert again.slot_key() == key.slot_key()
    assert again.fingerprint == key.fingerprint


def test_a_key_never_shows() -> None:
    key = keys.new_key()

    assert key.compose() not in repr(key)
    assert str(key) == "Key(********)"
    with pytest.raises(TypeError, match="cannot be pickled"):
        key.__reduce_ex__(4)


def test_every_mistyped_character_is_noticed() -> None:
    text = keys.Key(bytes(32)).compose()

    for at in range(len(text)):
        assert isinstance(keys.parse(text[:at] + "x" + text[at + 1 :]), str)
        assert isinstance(keys.parse(text[:at] + text[at + 1 :]), str)
        assert isinstance(keys.parse(text[:at]), str)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no key"),
        ("# only a comment\n", "holds no key"),
        ("a\nb\n", "holds more than one line"),
        ("hunter2", "is not an ORQO-VAULT-KEY-1 line"),
        ("ORQO-VAULT-KEY-2:x:y", "is not an ORQO-VAULT-KEY-1 line"),
        ("ORQO-VAULT-KEY-1:AAAA", "was mistyped or cut: its checksum does not match"),
        ("ORQO-VAULT-KEY-1:\ud800:é", "was mistyped or cut: its checksum does not match"),
    ],
)
def test_the_reason_says_what_is_wrong_with_the_text_and_does_not_quote_it(text: str, reason: str) -> None:
    assert keys.parse(text) == reason


def test_a_key_file_is_readable_by_its_owner_only_from_the_first_byte(machine: Machine) -> None:
    machine.write("mail")

    assert machine.key_file().stat().st_mode & 0o777 == 0o600
    assert machine.key_file().parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o666, 0o610, 0o601])
def test_a_key_file_that_others_can_reach_is_refused_and_named(machine: Machine, mode: int) -> None:
    machine.write("mail")
    machine.key_file().chmod(mode)

    with pytest.raises(StoreLockedError, match="can be read or changed by others") as caught:
        machine.read("mail")

    assert caught.value.hint == f"chmod 600 {machine.key_file()}"


def _link(file: Path) -> None:
    target = file.rename(file.with_suffix(".moved"))
    file.symlink_to(target)


def _fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir(0o700)


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (_link, "is a symbolic link"),
    "a fifo": (_fifo, "is not a regular file"),
    "a folder": (_folder, "is not a regular file"),
    "not text": (lambda file: file.write_bytes(b"\xff\xfe"), "is not a text file"),
    "empty": (lambda file: file.write_bytes(b""), "holds no key"),
    "cut": (lambda file: file.write_bytes(file.read_bytes()[:-4]), "was mistyped or cut"),
    "missing": (lambda file: file.unlink(), "no such file"),
}


@pytest.mark.parametrize(("change", "words"), STRANGE.values(), ids=STRANGE)
def test_the_default_key_file_must_be_a_plain_file_with_a_key(
    machine: Machine, change: Callable[[Path], object], words: str
) -> None:
    machine.write("mail")
    file = machine.key_file()
    change(file)

    with pytest.raises(StoreLockedError) as caught:
        machine.read("mail")

    assert f"{file} ({words}" in str(caught.value)


def test_a_key_file_that_somebody_named_may_be_a_link(machine: Machine) -> None:
    machine.write("mail", token="x")
    link = machine.home / "mounted"
    link.symlink_to(machine.key_file().rename(machine.home / "..data"))
    machine.environ["ORQO_VAULT_KEY_FILE"] = str(link)

    assert machine.read("mail") == {"token": "x"}


@pytest.mark.parametrize(("mode", "accepted"), [(0o400, True), (0o440, True), (0o444, False), (0o460, False)])
def test_a_key_file_that_kubernetes_mounts_may_be_readable_by_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, accepted: bool
) -> None:
    """Such a file is root's; the process is not."""
    file = tmp_path / "key"
    file.write_text(keys.new_key().compose())
    file.chmod(mode)
    monkeypatch.setattr(os, "fstat", lambda fd: os.stat_result((0o100000 | mode, 0, 0, 1, 0, 0, 0, 0, 0, 0)))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert isinstance(key_files.read(str(file), chosen=True), str) is accepted
    assert isinstance(key_files.read(str(file), chosen=False), str) is (mode == 0o400)


def test_a_key_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text(keys.new_key().compose())
    monkeypatch.setattr(os, "fstat", lambda fd: os.stat_result((0o100600, 0, 0, 1, 1001, 0, 0, 0, 0, 0)))

    refusal = key_files.read(str(file), chosen=True)

    assert isinstance(refusal, key_files.Refusal)
    assert refusal.reason == "belongs to another user"
