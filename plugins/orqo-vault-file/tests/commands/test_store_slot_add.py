"""``store slot add`` and ``list``: every way to let somebody else in, and no key or passphrase on a screen."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .people import Person, ended

PHRASE = "correct horse battery"


@pytest.fixture
def with_secret(ana: Person) -> Person:
    ana.set("openai", "sk-1")
    return ana


def labels(person: Person) -> dict[str, str]:
    return {slot["label"]: slot["kind"] for slot in person("store", "slot", "list", "--json").json["slots"]}


def private(path: Path, text: str) -> str:
    path.touch(0o600)
    path.write_text(text)
    return str(path)


def test_a_new_key_file_opens_the_store_elsewhere(repository: Person, cloned: Callable[..., Person]) -> None:
    file = repository.home / "keys" / "ci.key"

    done = repository.process("store", "slot", "add", "--key-file", str(file), "--label", "ci")

    assert done.status == 0
    assert str(file) in done.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert labels(repository) == {"ana": "key-file", "ci": "key-file"}
    repository.commit("a slot for ci")
    ci = cloned("ci", key=None)
    ci.environ["ORQO_VAULT_KEY_FILE"] = str(file)
    assert ci.get("openai") == "sk-1"


def test_a_key_file_is_never_overwritten_and_never_made_where_git_sees_it(repository: Person) -> None:
    file = private(repository.home / "mine", "precious\n")

    taken = repository.try_("store", "slot", "add", "--key-file", file)
    inside = repository.try_("store", "slot", "add", "--key-file", "ci.key")

    assert (taken.status, inside.status) == (6, 6)
    assert "never overwritten" in taken.err
    assert Path(file).read_text() == "precious\n"
    assert "git checkout" in inside.err
    assert not (repository.project / "ci.key").exists()
    assert labels(repository) == {"ana": "key-file"}


def test_a_key_file_without_a_slot_is_not_left_behind(with_secret: Person) -> None:
    with_secret.environ["ORQO_VAULT_KEY_FILE"] = str(with_secret.home / "nowhere")
    with_secret.key_file.unlink()

    done = with_secret.try_("store", "slot", "add", "--key-file", "../home/ci.key")

    assert done.status == 5
    assert not (with_secret.home / "ci.key").exists()


def test_a_key_that_somebody_has_already_can_be_let_in(with_secret: Person, tmp_path: Path) -> None:
    other = Person("ben", tmp_path / "ben", with_secret.project)
    with_secret("store", "slot", "add", "--key-file", str(other.home / "ben.key"), "--label", "ben")
    with_secret("store", "slot", "remove", "ben", "--yes")
    assert other.try_("get", "openai", ORQO_VAULT_KEY_FILE=str(other.home / "ben.key")).status == 5

    with_secret("store", "slot", "add", "--key-file", str(other.home / "ben.key"), "--existing", "--label", "ben")

    assert other("get", "openai", ORQO_VAULT_KEY_FILE=str(other.home / "ben.key")).out == "sk-1"


def test_an_existing_file_must_hold_a_key(with_secret: Person) -> None:
    file = private(with_secret.home / "notes", "hunter2\n")
    done = with_secret.try_("store", "slot", "add", "--key-file", file, "--existing")
    assert done.status == 6
    assert "is not an ORQO-VAULT-KEY-1 line" in done.err
    assert "hunter2" not in done.err


def test_a_key_for_a_variable_goes_into_a_pipe(with_secret: Person, tmp_path: Path) -> None:
    done = with_secret.process("store", "slot", "add", "--env", "--label", "ci")

    assert done.out.startswith("ORQO-VAULT-KEY-1:")
    assert done.out.count("\n") == 1
    assert labels(with_secret)["ci"] == "environment"
    ci = Person("ci", tmp_path / "ci", with_secret.project)
    assert ci("get", "openai", ORQO_VAULT_KEY=done.out).out == "sk-1"
    everywhere = subprocess.run(["grep", "-rlF", done.out.strip(), tmp_path], capture_output=True, check=False)
    assert everywhere.stdout == b""


def test_a_key_is_not_shown_on_a_screen(with_secret: Person) -> None:
    session = with_secret.terminal("store", "slot", "add", "--env", "--label", "ci")
    session.expect("a key is not printed on a screen")
    assert ended(session) == 2
    assert labels(with_secret) == {"ana": "key-file"}


def test_a_passphrase_from_a_file_opens_the_store(with_secret: Person, tmp_path: Path) -> None:
    file = private(with_secret.home / "phrase", f"{PHRASE}\n")

    with_secret("store", "slot", "add", "--passphrase-file", file, "--label", "ops")

    ops = Person("ops", tmp_path / "ops", with_secret.project)
    assert ops("get", "openai", ORQO_VAULT_PASSPHRASE_FILE=file).out == "sk-1"
    assert labels(with_secret)["ops"] == "passphrase"


def test_a_passphrase_file_that_others_can_read_is_refused(with_secret: Person) -> None:
    file = Path(private(with_secret.home / "phrase", PHRASE))
    file.chmod(0o644)
    done = with_secret.try_("store", "slot", "add", "--passphrase-file", str(file))
    assert done.status == 6
    assert "chmod 600" in done.err


def test_a_passphrase_is_typed_twice_and_unseen(with_secret: Person, tmp_path: Path) -> None:
    session = with_secret.terminal("store", "slot", "add", "--passphrase", "--label", "ops")
    seen = []
    for expected, typed in [
        ("new passphrase", "short"),
        ("too short: at least 12 characters.*new passphrase", PHRASE),
        ("once more", "something else"),
        ("the two differ.*new passphrase", PHRASE),
        ("once more", PHRASE),
    ]:
        session.expect(f"(?s){expected}")
        seen.append(f"{session.before}{session.after}")
        session.sendline(typed)
    session.expect("added passphrase")
    seen.append(str(session.before))
    assert ended(session) == 0
    assert PHRASE not in "".join(seen)
    ops = Person("ops", tmp_path / "ops", with_secret.project)
    reader = ops.terminal("get", "openai", "--reveal")
    reader.expect("passphrase of store")
    reader.sendline(PHRASE)
    reader.expect("sk-1")
    assert ended(reader) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--passphrase", PHRASE),
        (f"--passphrase={PHRASE}",),
        ("--passphrase", "--label", "ops", PHRASE),
        ("ORQO-VAULT-KEY-1:AAAA:1234",),
    ],
)
def test_no_secret_is_taken_from_the_command_line_or_quoted(with_secret: Person, words: tuple[str, ...]) -> None:
    done = with_secret.try_("store", "slot", "add", *words)
    assert done.status == 2
    assert PHRASE not in done.err
    assert "AAAA" not in done.err
    assert labels(with_secret) == {"ana": "key-file"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "say one of"),
        (("--passphrase", "--env"), "say one of"),
        (("--passphrase",), "nobody is there to type"),
        (("--env", "--json"), "does not go with --json"),
        (("--env", "--existing"), "goes with --key-file"),
        (("--env", "--label", "two words"), "letters, digits"),
    ],
)
def test_what_cannot_be_meant_is_refused(with_secret: Person, words: tuple[str, ...], reason: str) -> None:
    done = with_secret.try_("store", "slot", "add", *words)
    assert done.status == 2
    assert reason in done.err
    assert labels(with_secret) == {"ana": "key-file"}


def test_the_list_needs_no_key(with_secret: Person, tmp_path: Path) -> None:
    stranger = Person("eve", tmp_path / "eve", with_secret.project)
    heading, row = stranger.process("store", "slot", "list").out.splitlines()
    assert heading.split() == ["ID", "OPENED", "BY", "LABEL"]
    assert row.split()[1:] == ["key", "file", "ana"]


def test_a_list_of_no_store_says_what_makes_one(ana: Person) -> None:
    done = ana("store", "slot", "list")
    assert done.out == ""
    assert "orqo-vault store init" in done.err
