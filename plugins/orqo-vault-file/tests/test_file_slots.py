"""Slots: each of the three ways to open a store opens it, and none opens a store it was not made for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import passphrases, slot_changes, slots
from orqo_vault_file.keys.first_opener import by_passphrase
from orqo_vault_file.keys.slots import Opener

from orqo_vault.errors import (
    BackendError,
    ConflictError,
    CorruptSecretError,
    InvalidFieldError,
    StoreLockedError,
    TamperedError,
)
from orqo_vault.secret import SecretValue

from .machines import Machine, altered, soon

PHRASE = "correct horse battery staple"


def add(machine: Machine, opener: Opener) -> slots.Slot:
    return slot_changes.add_slot(machine.store, opener, soon())


def test_a_key_in_the_environment_opens_the_store(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail", token="x")
    key = keys.new_key()
    slot = add(machine, Opener(slots.ENVIRONMENT, key, "ci"))

    runner = new_machine(environ={"ORQO_VAULT_KEY": key.compose()})

    assert runner.read("mail") == {"token": "x"}
    assert str(slot) == f"environment variable {slot.id[:4]} 'ci'"


def test_a_key_file_named_in_the_environment_or_the_settings_opens_the_store(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.write("mail", token="x")
    file = machine.key_file()
    named = new_machine(environ={"ORQO_VAULT_KEY_FILE": str(file)})
    settled = new_machine(settings=machine.settings.__class__(key_file=str(file)))
    at_home = new_machine(
        settings=machine.settings.__class__(key_file=f"~/{file.name}"), environ={"HOME": str(file.parent)}
    )

    for other in (named, settled, at_home):
        assert other.read("mail") == {"token": "x"}


def test_a_passphrase_from_a_file_opens_the_store(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail", token="x")
    add(machine, by_passphrase(SecretValue(PHRASE), "ops"))
    file = machine.home / "phrase"
    file.write_text(PHRASE + "\n")
    file.chmod(0o600)

    assert new_machine(environ={"ORQO_VAULT_PASSPHRASE_FILE": str(file)}).read("mail") == {"token": "x"}


def test_a_person_is_asked_for_the_passphrase_once_and_only_if_no_key_is_at_hand(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.passphrase = PHRASE
    machine.write("mail", token="x")
    machine.write("crm", token="y")
    add(machine, by_passphrase(SecretValue(PHRASE), "ops"))
    other = new_machine(passphrase=PHRASE)
    backend = other.backend()

    found = backend.read_many([backend.Reference(path=path) for path in ("mail", "crm", "mail")], deadline=soon())

    assert len(found) == 2
    assert len(other.asked) == 1
    assert other.asked[0].startswith("passphrase of store ")
    assert machine.asked == []


def test_a_new_passphrase_slot_is_as_expensive_as_ours_are(machine: Machine) -> None:
    machine.write("mail")
    first = add(machine, by_passphrase(SecretValue(PHRASE), "ops"))
    second = add(machine, by_passphrase(SecretValue(PHRASE), "ops2"))

    for slot in (first, second):
        assert slot.derivation is not None
        assert slot.derivation[1:] == (64 * 1024, 3, 4)
    assert first.derivation != second.derivation


@pytest.mark.usefixtures("cheap_passphrases")
def test_a_passphrase_is_the_same_composed_and_decomposed(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    machine.write("mail", token="x")
    add(machine, by_passphrase(SecretValue("caf\u00e9 au lait sucr\u00e9"), ""))

    assert new_machine(passphrase="cafe\u0301 au lait sucre\u0301").read("mail") == {"token": "x"}


@pytest.mark.usefixtures("cheap_passphrases")
@pytest.mark.parametrize("wrong", ["correct horse battery stapl", PHRASE + " ", PHRASE.upper(), "", "\ud800" * 20])
def test_a_wrong_passphrase_does_not_open(machine: Machine, new_machine: Callable[..., Machine], wrong: str) -> None:
    machine.write("mail", token="x")
    add(machine, by_passphrase(SecretValue(PHRASE), "ops"))

    with pytest.raises(StoreLockedError, match=r"the terminal \(holds another passphrase\)"):
        new_machine(passphrase=wrong).read("mail")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(InvalidFieldError, match="at least 12 characters"):
        by_passphrase(SecretValue("hunter2"), "")


BOMBS = {
    "memory below the floor": ("memory=65536", f"memory={passphrases.LEAST_MEMORY - 1}"),
    "memory above the ceiling": ("memory=65536", f"memory={passphrases.MOST_MEMORY + 1}"),
    "endless memory": ("memory=65536", "memory=99999999999999999999"),
    "no pass": ("passes=3", "passes=0"),
    "too many passes": ("passes=3", f"passes={passphrases.MOST_PASSES + 1}"),
    "no lane": ("lanes=4", "lanes=0"),
    "too many lanes": ("lanes=4", f"lanes={passphrases.MOST_LANES + 1}"),
    "a short salt": ("salt=", "salt=00 label=x salt="),
}


@pytest.mark.parametrize(("old", "new"), BOMBS.values(), ids=BOMBS)
def test_a_slot_that_asks_for_too_much_or_too_little_work_is_refused_before_any_is_done(
    machine: Machine, new_machine: Callable[..., Machine], old: str, new: str
) -> None:
    machine.write("mail", token="x")
    slot = add(machine, by_passphrase(SecretValue(PHRASE), "ops"))
    altered(machine.folder / "slots" / slot.id, old, new)
    other = new_machine(passphrase=PHRASE)

    with pytest.raises(CorruptSecretError):
        other.read("mail")

    assert other.asked == []


def test_a_weaker_derivation_than_the_one_sealed_does_not_open(
    machine: Machine, new_machine: Callable[..., Machine]
) -> None:
    """Whoever changes the numbers changes the key: nothing can be learnt from a cheaper one."""
    machine.write("mail", token="x")
    slot = add(machine, by_passphrase(SecretValue(PHRASE), "ops"))
    altered(machine.folder / "slots" / slot.id, "memory=65536 passes=3", "memory=19456 passes=1")

    with pytest.raises(StoreLockedError):
        new_machine(passphrase=PHRASE).read("mail")


@pytest.mark.usefixtures("cheap_passphrases")
def test_all_passphrase_slots_together_may_cost_only_so_much(
    machine: Machine, new_machine: Callable[..., Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write("mail", token="x")
    for label in ("a", "b", "c"):
        add(machine, by_passphrase(SecretValue(f"{PHRASE} {label}"), label))
    monkeypatch.setattr(passphrases, "BUDGET", 2 * passphrases.LEAST_MEMORY)

    with pytest.raises(TamperedError, match="too much work"):
        new_machine(passphrase="not one of them, sorry").read("mail")


def test_a_slot_of_a_newer_version_is_kept_skipped_and_counted(machine: Machine) -> None:
    machine.write("mail", token="x")
    kept = machine.folder / "slots" / "00000000000000aa"
    newer = machine.folder / "slots" / "ff000000000000aa"
    kept.write_bytes(b"orqo-vault-slot/1 store=? id=? kind=age-recipient anything=at all\n!!!\n")
    newer.write_bytes(b"orqo-vault-slot/2 whatever\n")
    before = kept.read_bytes()

    assert machine.read("mail") == {"token": "x"}
    machine.write("mail", token="y")
    add(machine, Opener(slots.ENVIRONMENT, keys.new_key(), "ci"))
    known, unknown = slot_changes.list_slots(machine.store)
    assert (len(known), unknown) == (2, ["00000000000000aa", "ff000000000000aa"])
    assert kept.read_bytes() == before


@pytest.mark.parametrize("word", ["kind", "label", "mk", "key", "store", "id"])
def test_no_word_of_a_slot_can_be_changed(machine: Machine, word: str) -> None:
    machine.write("mail", token="x")
    (file,) = (machine.folder / "slots").iterdir()
    changed = {"kind": b"environment", "label": b"eve"}.get(word, b"0123456789abcdef" * (2 if word == "store" else 1))
    file.write_bytes(re.sub(rb"\b" + word.encode() + rb"=\S*", word.encode() + b"=" + changed, file.read_bytes()))

    with pytest.raises((CorruptSecretError, StoreLockedError)):
        machine.read("mail")


@pytest.mark.parametrize("label", ["a b", "<b>", "x" * 65])
def test_a_label_that_is_no_plain_word_is_not_shown(machine: Machine, label: str) -> None:
    machine.write("mail", token="x")
    (file,) = (machine.folder / "slots").iterdir()
    altered(file, "label=ana", f"label={label}")

    with pytest.raises(CorruptSecretError) as caught:
        machine.read("mail")

    assert label not in str(caught.value)


def test_a_slot_under_another_name_is_noticed(machine: Machine) -> None:
    machine.write("mail", token="x")
    (file,) = (machine.folder / "slots").iterdir()
    file.rename(file.with_name("0123456789abcdef"))

    with pytest.raises(CorruptSecretError):
        machine.read("mail")


def test_a_slot_of_another_store_is_noticed(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    machine.write("mail", token="x")
    other = new_machine(settings=machine.settings.__class__(path="other"))
    other.write("mail", token="y")
    (foreign,) = (other.folder / "slots").iterdir()
    (machine.folder / "slots" / foreign.name).write_bytes(foreign.read_bytes())

    with pytest.raises(TamperedError, match="belongs to another store"):
        machine.read("mail")


def test_a_slot_made_for_our_key_by_somebody_without_it_is_noticed(machine: Machine) -> None:
    machine.write("mail", token="x")
    (file,) = (machine.folder / "slots").iterdir()
    line, _, sealed = file.read_bytes().partition(b"\n")
    file.write_bytes(line + b"\n" + b"QUFB" * 34 + b"QUE=\n")

    with pytest.raises(TamperedError, match="does not open with the key it names"):
        machine.read("mail")
    assert sealed


def test_a_slot_that_holds_another_master_key_than_it_says_is_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write("mail", token="x")
    (file,) = (machine.folder / "slots").iterdir()
    key = keys.parse(machine.key_file().read_text())
    assert isinstance(key, keys.Key)
    claimed = file.read_text().split(" mk=")[1][:16]
    with monkeypatch.context() as patched:
        patched.setattr(slots, "master_id", lambda master: claimed)
        slot_id, data = slots.compose(Opener(slots.KEY_FILE, key, "ana"), machine.key_file().stem, bytes(32))
    file.unlink()
    (machine.folder / "slots" / slot_id).write_bytes(data)

    with pytest.raises(TamperedError, match="holds another master key than it says"):
        machine.read("mail")


def test_the_same_key_gets_one_slot(machine: Machine) -> None:
    machine.write("mail")
    key = keys.new_key()
    add(machine, Opener(slots.KEY_FILE, key, "a"))

    with pytest.raises(ConflictError, match="opens the store already"):
        add(machine, Opener(slots.ENVIRONMENT, key, "b"))


def test_the_number_of_slots_is_bounded(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.write("mail")
    monkeypatch.setattr(slots, "MOST_SLOTS", 2)
    add(machine, Opener(slots.KEY_FILE, keys.new_key(), "a"))

    with pytest.raises(BackendError, match="at most 2 slots"):
        add(machine, Opener(slots.KEY_FILE, keys.new_key(), "b"))


@pytest.mark.parametrize("label", ["a b", "a\n", "ü", "'", "x" * 65, "a=b/c"])
def test_a_label_is_a_plain_word(machine: Machine, label: str) -> None:
    machine.write("mail")

    with pytest.raises(BackendError, match="cannot label a slot"):
        add(machine, Opener(slots.KEY_FILE, keys.new_key(), label))


def test_a_slot_names_no_place_of_anybodys_machine(machine: Machine) -> None:
    machine.write("mail")
    (file,) = (machine.folder / "slots").iterdir()

    assert str(machine.home) not in file.read_text()
    assert "ORQO_VAULT" not in file.read_text()
