"""The format as it is documented: its example is a store that opens, and every byte of it follows from the text."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from orqo_vault_file.backend import FileSettings
from orqo_vault_file.format import sealed_file, two_lines
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import passphrases, slots

from orqo_vault.secret import SecretValue

from . import cobblestone
from .machines import Machine

PAGE = (Path(__file__).parents[3] / "docs" / "store-format.md").read_text(encoding="utf-8")
FILES = {name: text.encode() for name, text in re.findall(r"^`([^`\n]+)`:\n\n```\n(.*?)```$", PAGE, re.M | re.S)}
DERIVED = dict(re.findall(r"^\| (.+) \| `([0-9a-f]{64})` \|$", PAGE, re.M))
KEY, MASTER, ROOT = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
STORE = "00112233445566778899aabbccddeeff"


def expanded(key: bytes, label: str) -> bytes:
    return cobblestone.expand(key, b"orqo-vault/v1/" + label.encode(), 32)


def test_the_documented_store_opens_with_the_documented_key(tmp_path: Path) -> None:
    for name, data in FILES.items():
        if name != "key line":
            (tmp_path / "store" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "store" / name).write_bytes(data)
    key = FILES["key line"].decode()
    machine = Machine(tmp_path, tmp_path / "home", {"ORQO_VAULT_KEY": key}, FileSettings(path="store"))

    assert machine.read("team/mail") == {"password": "hunter2"}
    assert machine.write("team/mail", password="hunter3").startswith("2:")
    assert machine.read("team/mail") == {"password": "hunter3"}


@pytest.mark.parametrize(
    ("file", "purpose", "name", "key", "plain", "salt"),
    [
        ("slots/0123456789abcdef", "slot", "0123456789abcdef", expanded(KEY, "slot"), MASTER, 0),
        ("epochs/fedcba9876543210", "epoch", "fedcba9876543210", expanded(MASTER, "epoch"), ROOT, 1),
        (
            "c/c-team.mail.sealed",
            "credential",
            "team/mail",
            expanded(ROOT, "credential"),
            b'{"password":"hunter2"}'.ljust(128),
            2,
        ),
    ],
)
def test_every_sealed_byte_follows_from_the_text(
    file: str, purpose: str, name: str, key: bytes, plain: bytes, salt: int
) -> None:
    line = FILES[file].partition(b"\n")[0]
    context = b"orqo-vault/v1/" + purpose.encode() + b"\0" + STORE.encode() + b"\0" + name.encode() + b"\0" + line

    sealed = cobblestone.seal(key, context, plain, bytes(range(salt, salt + 24)))

    assert two_lines.join(line, sealed) == FILES[file]
    assert DERIVED[f"{purpose} key"] == key.hex()
    assert DERIVED[f"SHA-256 of the {purpose}"] == hashlib.sha256(FILES[file]).hexdigest()


def test_the_names_of_keys_are_those_of_the_example() -> None:
    line = FILES["slots/0123456789abcdef"].decode()

    assert f" key={expanded(KEY, 'key-id')[:8].hex()} " in line
    assert f" mk={expanded(MASTER, 'master-key-id')[:8].hex()} " in line
    assert keys.Key(KEY).compose() + "\n" == FILES["key line"].decode()
    checksum = hashlib.sha256(FILES["key line"].rpartition(b":")[0]).hexdigest()[:8]
    assert FILES["key line"].decode().endswith(f":{checksum}\n")


def test_the_passphrase_of_the_example_gives_the_documented_key() -> None:
    phrase, salt = "correct horse battery staple", bytes(range(16))
    ours = passphrases.Derivation(salt).key(SecretValue(phrase))

    derived = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=65536).derive(phrase.encode())

    (documented,) = [value for text, value in DERIVED.items() if phrase in text]
    assert derived.hex() == documented
    assert ours.slot_key() == expanded(derived, "slot")


@pytest.mark.parametrize(
    "limit",
    [
        f"one credential's secret, or the mark that it was deleted | {sealed_file.CAP:,} |",
        f"{passphrases.LEAST_MEMORY // 1024} MiB ≤ memory ≤ {passphrases.MOST_MEMORY // 1024 // 1024} GiB",
        f"1 to {passphrases.MOST_PASSES} passes, 1 to {passphrases.MOST_LANES} lanes",
        f"at most {slots.MOST_PASSPHRASES} such",
        f"at most {passphrases.BUDGET // 1024 // 1024} GiB times passes",
        f"at most {slots.MOST_SLOTS} slots",
        "at most 1 MiB",
    ],
)
def test_the_documented_limits_are_the_real_ones(limit: str) -> None:
    assert limit in PAGE.replace("\n", " ")
