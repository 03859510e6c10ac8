"""Accepting an older state: afterwards every machine passes, also those that had seen the newer one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.history import acceptance
from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import CorruptSecretError, OrqoVaultError, RolledBackError

from .machines import Machine, altered, soon


def reads(machine: Machine, path: str) -> dict[str, str] | type[OrqoVaultError] | None:
    try:
        return machine.read(path)
    except OrqoVaultError as error:
        return type(error)


def test_the_older_value_is_sealed_again_above_every_mark(machine: Machine, colleague: Machine) -> None:
    machine.write("mail", token="old")
    old = machine.file("mail").read_bytes()
    machine.write("mail", token="newer")
    machine.write("mail", token="newest")
    assert colleague.read("mail") == {"token": "newest"}
    machine.file("mail").write_bytes(old)

    accepted = acceptance.accept(machine.store, ["mail"], soon())

    assert accepted == [acceptance.Accepted("mail", seen=3, found=1, live=True)]
    assert machine.read("mail") == {"token": "old"}
    assert colleague.read("mail") == {"token": "old"}


def test_a_missing_secret_is_accepted_as_deleted(machine: Machine, colleague: Machine) -> None:
    machine.write("mail")
    colleague.read("mail")
    machine.file("mail").unlink()

    assert acceptance.accept(machine.store, ["mail"], soon()) == [acceptance.Accepted("mail", 1, 0, live=False)]

    assert machine.read("mail") is None
    assert colleague.read("mail") is None
    assert machine.write("mail", token="x").startswith("3:")


def test_the_side_of_a_fork_that_is_there_is_accepted(machine: Machine, colleague: Machine) -> None:
    machine.write("mail", token="1")
    before = machine.file("mail").read_bytes()
    colleague.read("mail")
    colleague.write("mail", token="ben")
    machine.file("mail").write_bytes(before)
    machine.write("mail", token="ana")

    acceptance.accept(colleague.store, ["mail"], soon())

    assert colleague.read("mail") == {"token": "ana"}
    assert machine.read("mail") == {"token": "ana"}


def test_what_is_as_new_as_it_was_is_left_alone(machine: Machine) -> None:
    machine.write("mail")
    before = machine.file("mail").read_bytes()

    assert acceptance.accept(machine.store, ["mail", "never"], soon()) == []
    assert acceptance.accept_all(machine.store, soon()) == []
    assert machine.file("mail").read_bytes() == before


def test_what_was_changed_is_never_accepted(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.write("crm", token="old")
    old = machine.file("crm").read_bytes()
    machine.write("crm", token="new")
    machine.file("crm").write_bytes(old)
    altered(machine.file("mail"), "generation=1 ", "generation=7 ")

    for act in (
        lambda: acceptance.accept(machine.store, ["mail"], soon()),
        lambda: acceptance.accept_all(machine.store, soon()),
    ):
        with pytest.raises(CorruptSecretError, match=r"c-mail\.sealed"):
            act()

    assert reads(machine, "mail") is not None
    assert machine.read("crm") == {"token": "old"}


def test_a_whole_older_store_is_accepted_at_once(machine: Machine, colleague: Machine, tmp_path: Path) -> None:
    machine.write("mail", token="old")
    machine.write("crm", token="same")
    shutil.copytree(machine.folder, tmp_path / "before")
    machine.write("mail", token="new")
    machine.write("later", token="x")
    rotation.rotate_now(machine.store, soon())
    assert colleague.read("mail") == {"token": "new"}
    shutil.rmtree(machine.folder)
    shutil.copytree(tmp_path / "before", machine.folder)
    assert reads(machine, "crm") is RolledBackError

    accepted = acceptance.accept_all(machine.store, soon())

    assert {one.path for one in accepted} == {"mail", "crm", "later", "given"}
    for one in (machine, colleague):
        assert [reads(one, path) for path in ("mail", "crm", "later")] == [{"token": "old"}, {"token": "same"}, None]
    assert machine.write("mail", token="next")


def test_one_path_of_a_store_whose_epochs_are_older_needs_the_whole_to_be_accepted(machine: Machine) -> None:
    """Otherwise the secret would be sealed for whoever still has the old keys."""
    machine.write("mail")
    before = {path.name for path in (machine.folder / "epochs").iterdir()}
    rotation.rotate(machine.store, soon())
    for path in (machine.folder / "epochs").iterdir():
        if path.name not in before:
            path.unlink()

    with pytest.raises(RolledBackError) as caught:
        acceptance.accept(machine.store, ["mail"], soon())

    assert caught.value.hint is not None
    assert "store accept --all" in caught.value.hint
    acceptance.accept_all(machine.store, soon())
    assert machine.read("mail") == {"token": "t"}


def test_another_store_in_the_same_place_is_accepted_as_it_is(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.write("mail", token="prod")
    machine.environ["ORQO_VAULT_KEY"] = machine.key_file().read_text()
    other = new_machine(settings=machine.settings.__class__(path="other"), environ=dict(machine.environ))
    other.write("mail", token="new store")
    shutil.rmtree(machine.folder)
    (machine.project / "other").rename(machine.folder)
    assert reads(machine, "mail") is RolledBackError

    assert acceptance.accept_all(machine.store, soon()) == []

    assert machine.read("mail") == {"token": "new store"}
