"""Making a store: with the first write, once, said once, and never over something that is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from orqo_vault_file import creation
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.first_opener import by_passphrase
from orqo_vault_file.keys.slots import Opener

from orqo_vault.backend import Expected
from orqo_vault.errors import AccessDeniedError, BackendError, ConflictError, CorruptSecretError, RolledBackError
from orqo_vault.secret import SecretValue

from .machines import Machine, soon


def test_reading_listing_and_deleting_make_no_store(machine: Machine) -> None:
    assert machine.read("mail") is None
    assert machine.paths() == []
    assert machine.delete("mail") is False
    assert machine.backend().check(deadline=soon()).usable

    assert list(machine.project.iterdir()) == []
    assert not machine.home.exists()


def test_the_first_write_makes_the_store_and_its_key_and_says_so_once(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.write("crm", token="y")

    (said,) = machine.said
    assert str(machine.folder) in said
    assert f"its key file {machine.key_file()}: back this file up; without it the store is lost" in said
    assert machine.key_file().name == f"{(machine.folder / 'header').read_text().split()[-1]}.key"
    assert machine.key_file().read_text().splitlines()[1] not in said


def test_a_store_is_closed_to_others_until_git_says_otherwise(machine: Machine) -> None:
    machine.write("mail")

    for path in [machine.folder, *machine.folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_conditional_first_write_that_expects_a_version_makes_nothing(machine: Machine) -> None:
    with pytest.raises(ConflictError):
        machine.write("mail", if_version="1:abc")

    assert not machine.folder.exists()
    assert machine.write("mail", if_version=Expected.ABSENT).startswith("1:")


def test_a_key_in_the_environment_becomes_the_first_slot(machine: Machine) -> None:
    machine.environ["ORQO_VAULT_KEY"] = keys.new_key().compose()

    machine.write("mail", token="x")

    assert machine.read("mail") == {"token": "x"}
    assert [slot.kind for slot in slot_changes.list_slots(machine.store)[0]] == ["environment"]
    assert not (machine.home / "config").exists()
    assert "opened by ORQO_VAULT_KEY: keep that safe" in machine.said[0]


def test_a_key_file_that_was_named_and_is_there_becomes_the_first_slot(machine: Machine) -> None:
    file = machine.home / "my.key"
    machine.home.mkdir()
    file.write_text(keys.new_key().compose())
    file.chmod(0o600)
    machine.environ["ORQO_VAULT_KEY_FILE"] = str(file)
    before = file.read_bytes()

    machine.write("mail", token="x")

    assert machine.read("mail") == {"token": "x"}
    assert file.read_bytes() == before
    assert f"opened by {file}" in machine.said[0]


def test_a_key_file_that_was_named_and_is_not_there_is_made_there(machine: Machine) -> None:
    file = machine.home / "keys" / "my.key"
    machine.environ["ORQO_VAULT_KEY_FILE"] = str(file)

    machine.write("mail", token="x")

    assert machine.read("mail") == {"token": "x"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert not (machine.home / "config").exists()


def test_a_passphrase_file_becomes_the_first_slot(machine: Machine) -> None:
    file = machine.home / "phrase"
    machine.home.mkdir()
    file.write_text("a long enough phrase")
    file.chmod(0o600)
    machine.environ["ORQO_VAULT_PASSPHRASE_FILE"] = str(file)

    machine.write("mail", token="x")

    assert machine.read("mail") == {"token": "x"}
    assert [slot.kind for slot in slot_changes.list_slots(machine.store)[0]] == ["passphrase"]


@pytest.mark.parametrize(
    ("variable", "text"),
    [("ORQO_VAULT_KEY", "nonsense"), ("ORQO_VAULT_KEY_FILE", "nonsense"), ("ORQO_VAULT_PASSPHRASE_FILE", "short")],
)
def test_what_cannot_open_a_store_makes_none(machine: Machine, variable: str, text: str) -> None:
    machine.home.mkdir()
    file = machine.home / "file"
    file.write_text(text)
    file.chmod(0o600)
    machine.environ[variable] = text if variable == "ORQO_VAULT_KEY" else str(file)

    with pytest.raises(Exception, match=r"not an ORQO-VAULT-KEY-1 line|too short"):
        machine.write("mail")

    assert not (machine.folder / "header").exists()


def test_no_key_file_is_made_where_git_would_take_it_along(machine: Machine) -> None:
    (machine.project / ".git").mkdir()
    machine.environ["ORQO_VAULT_KEY_FILE"] = str(machine.project / "keys" / "my.key")

    with pytest.raises(BackendError, match="no key file is made at"):
        machine.write("mail")

    assert not (machine.project / "keys").exists()


def test_no_key_file_is_made_in_the_store(machine: Machine) -> None:
    machine.environ["ORQO_VAULT_KEY_FILE"] = str(machine.folder / "my.key")

    with pytest.raises(BackendError, match="in the store itself"):
        machine.write("mail")


def test_a_folder_with_other_things_in_it_does_not_become_a_store(machine: Machine) -> None:
    settings = machine.settings.__class__(path=".")
    (machine.project / ".gitignore").write_text("mine\n")
    here = Machine(machine.project, machine.home, settings=settings)

    with pytest.raises(BackendError, match="is not empty"):
        here.write("mail")

    assert (machine.project / ".gitignore").read_text() == "mine\n"
    assert not (machine.project / "header").exists()


def test_an_empty_folder_becomes_a_store(machine: Machine) -> None:
    machine.folder.mkdir()

    machine.write("mail", token="x")

    assert machine.read("mail") == {"token": "x"}


def test_what_a_crashed_creation_left_does_not_stand_in_the_way(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.forget_marks()
    (machine.folder / "header").unlink()
    machine.file("mail").unlink()
    (machine.folder / ".tmp-header").write_text("half")

    machine.write("mail", token="y")

    assert machine.read("mail") == {"token": "y"}
    assert len(list((machine.folder / "slots").iterdir())) == 1
    assert len(list((machine.folder / "epochs").iterdir())) == 1


def test_a_store_that_lost_its_header_is_corrupt_and_not_made_anew(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.forget_marks()
    before = {path: path.read_bytes() for path in machine.folder.rglob("*") if path.is_file()}
    before.pop(machine.folder / "header")
    (machine.folder / "header").unlink()

    for act in (lambda: machine.write("mail"), lambda: machine.read("mail"), lambda: machine.delete("mail")):
        with pytest.raises(CorruptSecretError, match="header is missing"):
            act()

    assert {path: path.read_bytes() for path in machine.folder.rglob("*") if path.is_file()} == before


def test_a_store_that_this_machine_has_seen_is_not_silently_made_anew(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.folder.rename(machine.project / "gone")

    for act in (
        lambda: machine.write("mail"),
        lambda: machine.read("mail"),
        lambda: machine.delete("mail"),
        machine.paths,
    ):
        with pytest.raises(RolledBackError, match="and it is gone"):
            act()
    machine.rollback = "warn"
    with pytest.raises(RolledBackError, match="and it is gone"):
        machine.write("mail")
    assert machine.read("mail") is None


def test_a_new_store_is_made_when_somebody_asks_for_one(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.folder.rename(machine.project / "gone")

    created = creation.create(machine.store, soon())

    assert created.first.made
    assert machine.read("mail") is None
    machine.write("mail", token="y")
    assert machine.read("mail") == {"token": "y"}


def test_a_store_is_not_made_twice(machine: Machine) -> None:
    creation.create(machine.store, soon())

    with pytest.raises(BackendError, match="holds a store already"):
        creation.create(machine.store, soon())


def test_a_store_can_be_made_for_a_passphrase(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    phrase = "a long enough phrase"
    created = creation.create(machine.store, soon(), by_passphrase(SecretValue(phrase), "ops"))

    assert not created.first.made
    other = new_machine(passphrase=phrase)
    other.write("mail", token="x")
    assert other.read("mail") == {"token": "x"}


def test_a_key_file_is_never_overwritten(machine: Machine) -> None:
    file = machine.home / "my.key"
    machine.home.mkdir()
    file.touch(0o600)
    machine.environ["ORQO_VAULT_KEY_FILE"] = str(file)

    with pytest.raises(BackendError, match="holds no key"):
        machine.write("mail")

    assert file.read_bytes() == b""


def test_a_header_of_a_later_version_is_refused(machine: Machine) -> None:
    machine.write("mail")
    header = machine.folder / "header"
    header.write_text(header.read_text().replace("store/1", "store/2"))

    with pytest.raises(BackendError, match="the store has version 2") as caught:
        machine.read("mail")

    assert not isinstance(caught.value, CorruptSecretError)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: text.upper(),
        lambda text: text[:-2] + "\n",
        lambda text: text.replace("store ", "store  "),
        lambda text: text.replace("vault", "v\u00e4ult"),
        lambda text: text.replace("store/1", "store/01"),
        lambda text: "x" * 5000,
    ],
)
def test_a_changed_header_is_noticed(machine: Machine, change: Callable[[str], str]) -> None:
    machine.write("mail")
    header = machine.folder / "header"
    header.write_text(change(header.read_text()))

    with pytest.raises(BackendError):
        machine.read("mail")
    with pytest.raises(BackendError):
        machine.write("mail")


def test_a_header_of_another_store_opens_nothing(machine: Machine) -> None:
    machine.write("mail")
    header = machine.folder / "header"
    header.write_text(header.read_text()[:-9] + "00000000\n")

    with pytest.raises(BackendError):
        machine.read("mail")


def test_a_place_that_cannot_be_written_is_named(machine: Machine) -> None:
    settings = machine.settings.__class__(path="/proc/orqo-vault")

    with pytest.raises(BackendError, match="/proc/orqo-vault"):
        Machine(machine.project, machine.home, settings=settings).write("mail")


def test_a_missing_parent_is_made_too(machine: Machine) -> None:
    settings = machine.settings.__class__(path="deep/er/store")
    deep = Machine(machine.project, machine.home, settings=settings)

    deep.write("mail", token="x")

    assert deep.read("mail") == {"token": "x"}


def test_a_new_store_holds_what_it_needs_and_no_more(machine: Machine) -> None:
    creation.create(machine.store, soon(), Opener(slots.KEY_FILE, keys.new_key(), ""))

    assert {path.name for path in machine.folder.iterdir()} == {
        ".gitattributes",
        ".gitignore",
        ".lock",
        "epochs",
        "header",
        "slots",
    }
    with pytest.raises(AccessDeniedError):
        machine.read("mail")
