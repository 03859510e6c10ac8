"""The bytes of a credential's file: what is written, and that nothing else is read as it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from orqo_vault_file.format import sealed_file

from orqo_vault.errors import BackendError, CorruptSecretError, TamperedError
from orqo_vault.secret import Secret

from .machines import Machine, altered

LINE = re.compile(
    rb"orqo-vault-cred/1 store=[0-9a-f]{32} path=team/mail generation=(\d+) epoch=[0-9a-f]{16} height=1 "
    rb"type=(secret|deleted) time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
)


def test_a_file_is_one_plain_line_and_one_line_of_base64(machine: Machine) -> None:
    machine.write("team/mail", password="hunter2-canary")

    line, sealed, rest = machine.file("team/mail").read_bytes().split(b"\n")

    assert LINE.fullmatch(line)
    assert rest == b""
    assert len(base64.b64decode(sealed, validate=True)) == 72 + 128
    assert b"hunter2" not in machine.file("team/mail").read_bytes()


@pytest.mark.parametrize(("length", "blocks"), [(0, 1), (100, 1), (120, 2), (128, 2), (300, 3)])
def test_the_length_of_a_value_is_hidden_in_blocks(machine: Machine, length: int, blocks: int) -> None:
    machine.write("team/mail", password="x" * length)

    sealed = machine.file("team/mail").read_bytes().split(b"\n")[1]

    assert len(base64.b64decode(sealed)) == 72 + 128 * blocks


def test_a_deleted_secret_leaves_a_sealed_tombstone_in_the_same_file(machine: Machine) -> None:
    machine.write("team/mail", password="x")
    assert machine.delete("team/mail") is True

    found = LINE.fullmatch(machine.file("team/mail").read_bytes().split(b"\n")[0])

    assert found
    assert found.groups() == (b"2", b"deleted")
    assert machine.read("team/mail") is None
    assert machine.paths() == []
    assert machine.delete("team/mail") is False


def test_what_is_written_after_a_tombstone_goes_on_counting(machine: Machine) -> None:
    machine.write("team/mail", password="x")
    machine.delete("team/mail")

    assert machine.write("team/mail", password="y").startswith("3:")
    assert machine.read("team/mail") == {"password": "y"}


def test_a_tombstone_cannot_be_made_of_a_secret_nor_a_secret_of_a_tombstone(machine: Machine) -> None:
    machine.write("a", token="x")
    machine.write("b", token="x")
    machine.delete("b")
    altered(machine.file("a"), "type=secret", "type=deleted")
    altered(machine.file("b"), "type=deleted", "type=secret")

    for path in ("a", "b"):
        with pytest.raises(TamperedError):
            machine.read(path)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "no final newline": lambda data: data[:-1],
    "two final newlines": lambda data: data + b"\n",
    "a third line": lambda data: data + b"x\n",
    "only the first line": lambda data: data.partition(b"\n")[0] + b"\n",
    "no plain line": lambda data: data.partition(b"\n")[2],
    "a space before the base64": lambda data: data.replace(b"\n", b"\n ", 1),
    "padding dropped": lambda data: data.rstrip(b"=\n") + b"\n",
    "url-safe base64": lambda data: data.partition(b"\n")[0] + b"\n" + b"-_-_" * 80 + b"\n",
    "stray bits in the last group": lambda data: data[:-3] + bytes([data[-3] + 1]) + b"=\n",
    "cut in the middle": lambda data: data[: len(data) // 2] + b"\n",
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "a NUL": lambda data: b"\0" + data,
    "two spaces": lambda data: data.replace(b" ", b"  ", 1),
    "a leading zero": lambda data: data.replace(b"generation=1 ", b"generation=01 "),
    "generation zero": lambda data: data.replace(b"generation=1 ", b"generation=0 "),
    "a generation too great": lambda data: data.replace(b"generation=1 ", b"generation=9007199254740992 "),
    "an endless generation": lambda data: data.replace(b"generation=1 ", b"generation=" + b"9" * 5000 + b" "),
    "another generation": lambda data: data.replace(b"generation=1 ", b"generation=2 "),
    "another height": lambda data: data.replace(b"height=1 ", b"height=2 "),
    "an arabic digit": lambda data: data.replace(b"generation=1 ", "generation=\u0661 ".encode()),
    "another type": lambda data: data.replace(b"type=secret", b"type=other"),
    "another time": lambda data: re.sub(rb"time=\d", b"time=1", data),
    "another version": lambda data: data.replace(b"cred/1", b"cred/2"),
    "another store": lambda data: re.sub(rb"store=..", b"store=00", data),
    "another path": lambda data: data.replace(b"path=mail", b"path=liam"),
    "a field twice": lambda data: data.replace(b" type=", b" type=secret type=", 1),
    "a field missing": lambda data: data.replace(b" height=1", b""),
    "git's conflict marks": lambda data: b"<<<<<<< HEAD\n" + data + b"=======\n" + data + b">>>>>>> other\n",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_other_bytes_are_corrupt_and_never_absent(machine: Machine, change: Callable[[bytes], bytes]) -> None:
    machine.write("mail", token="x")
    machine.forget_marks()
    data = machine.file("mail").read_bytes()
    machine.file("mail").write_bytes(change(data))
    assert machine.file("mail").read_bytes() != data

    with pytest.raises(CorruptSecretError) as caught:
        machine.read("mail")

    assert "mail" in str(caught.value)
    assert "x" not in machine.paths()


@pytest.mark.parametrize("name", ["c/c-mail.sealed", "header", "slots/*", "epochs/*"])
def test_changed_line_endings_are_named_as_what_they_are(machine: Machine, name: str) -> None:
    machine.write("mail", token="x")
    (file,) = machine.folder.glob(name)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    with pytest.raises(CorruptSecretError, match="carriage returns") as caught:
        machine.read("mail")

    assert caught.value.hint is not None
    assert "git changed its line endings" in caught.value.hint


def test_the_store_tells_git_to_leave_its_bytes_alone(machine: Machine) -> None:
    machine.write("mail", token="x")

    assert (machine.folder / ".gitattributes").read_text() == "* -text -merge -diff\n"
    assert (machine.folder / ".gitignore").read_text() == ".lock\n.tmp-*\n"


@pytest.mark.parametrize("other", ["team/mail", "mai", "mail2"])
def test_a_file_under_another_name_does_not_open(machine: Machine, other: str) -> None:
    machine.write("mail", token="x")
    machine.file("mail").rename(machine.file(other))

    with pytest.raises(TamperedError, match=f"holds the secret of 'mail', not of '{other}'"):
        machine.read(other)


def test_a_renamed_file_does_not_open_when_its_plain_line_is_renamed_too(machine: Machine) -> None:
    machine.write("prod", token="x")
    machine.file("dev").write_bytes(machine.file("prod").read_bytes().replace(b"path=prod", b"path=dev"))

    with pytest.raises(TamperedError, match="seal does not open"):
        machine.read("dev")


def test_a_secret_larger_than_a_file_may_be_is_refused_before_anything_is_written(machine: Machine) -> None:
    machine.write("mail", token="old")

    with pytest.raises(BackendError, match="mail: the secret is larger than 1024 KiB"):
        machine.write("mail", token="x" * sealed_file.MOST_PLAIN)

    assert machine.read("mail") == {"token": "old"}


def test_the_largest_secret_fits_the_largest_file(machine: Machine) -> None:
    value = "x" * (sealed_file.MOST_PLAIN - 200)
    machine.write("/".join(["a" * 63] * 3), token=value)

    assert machine.read("/".join(["a" * 63] * 3)) == {"token": value}
    assert machine.file("/".join(["a" * 63] * 3)).stat().st_size < sealed_file.CAP


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb", "\x01", "é\u2028\U0001f511"])
def test_any_text_comes_back_as_it_was(machine: Machine, value: str) -> None:
    machine.write("mail", token=value)

    assert machine.read("mail") == {"token": value}


SEALED_BY_A_HOLDER_OF_THE_KEY = [
    b"",
    b"[]",
    b"null",
    b'"text"',
    b'{"a": 1}',
    b'{"a": null}',
    b'{"a": {"b": "c"}}',
    b'{"a": ["b"]}',
    b'[["a", "b"]]',
    b'{"a": "b", "a": "c"}',
    b'{"a": "b"} {}',
    b'{"a": "b"',
    b'{"a": "\xff"}',
    '{"a": "é"}'.encode(),
    b"[" * 100_000,
    b'{"a":' * 100_000,
]


@pytest.mark.parametrize("plain", SEALED_BY_A_HOLDER_OF_THE_KEY, ids=range(len(SEALED_BY_A_HOLDER_OF_THE_KEY)))
def test_what_is_sealed_must_be_a_flat_object_of_texts(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, plain: bytes
) -> None:
    machine.write("mail", token="x")
    store = machine.store
    with store.visit() as visit:
        assert visit is not None
        monkeypatch.setattr(sealed_file, "_packed", lambda path, values: plain)
        data = sealed_file.compose(visit.store_id, "mail", 2, visit.keyring.active, Secret({}))
    machine.file("mail").write_bytes(data)

    with pytest.raises(CorruptSecretError, match="not a secret") as caught:
        machine.read("mail")

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def forged(machine: Machine, **changed: object) -> bytes:
    """Return a file for ``mail`` that a holder of the key made outside of our rules."""
    with machine.store.visit() as visit:
        assert visit is not None
        epoch = visit.keyring.active._replace(**changed)
        return sealed_file.compose(visit.store_id, "mail", 2, epoch, Secret({"token": "y"}))


def test_a_file_that_claims_another_height_for_its_epoch_is_refused_even_if_it_opens(machine: Machine) -> None:
    """A greater height would pass the minimum that a rotation sets."""
    machine.write("mail", token="x")
    machine.file("mail").write_bytes(forged(machine, height=9))

    with pytest.raises(TamperedError, match="says height 9 for an epoch of height 1"):
        machine.read("mail")


def test_a_tombstone_that_holds_values_is_refused_even_if_it_opens(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write("mail", token="x")
    with monkeypatch.context() as patched:
        patched.setattr(sealed_file, "_SECRET", "deleted")
        data = forged(machine)
    machine.file("mail").write_bytes(data)

    with pytest.raises(CorruptSecretError, match="not a secret"):
        machine.read("mail")
