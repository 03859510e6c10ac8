"""Keys are taken as the real ``ssh-keygen`` writes them, and what is derived equals what it prints."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types.checking import prepare, prepare_update
from orqo_vault.credential_types.fingerprint import fingerprint
from orqo_vault.credential_types.ssh_key import SshKey, opened, public_key
from orqo_vault.errors import InvalidFieldError
from orqo_vault.secret import Secret

DEPLOY = Credential(id="deploy", name="Deploy key", key="SSH_PRIVATE_KEY", category=Category.SSH_KEY, type="ssh_key")
PASSPHRASE = "päss 'phrase\" $x"
KINDS = ["rsa 2048", "rsa 3072", "ecdsa 256", "ecdsa 384", "ecdsa 521", "ed25519 256"]
Make = Callable[..., str]
FORMATS = {"openssh": "RFC4716", "pem": "PEM", "pkcs8": "PKCS8"}


def ssh_keygen(*args: str | Path) -> str:
    done = subprocess.run(["ssh-keygen", *map(str, args)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that gives the file of an open key of a kind, generated once: rsa takes its time."""
    place = tmp_path_factory.mktemp("generated")

    @cache
    def of_kind(kind: str) -> Path:
        type, bits = kind.split()
        file = place / kind.replace(" ", "-")
        ssh_keygen("-q", "-t", type, "-b", bits, "-N", "", "-C", "ana@laptop", "-f", file)
        return file

    return of_kind


@pytest.fixture
def make(tmp_path: Path, generated: Callable[[str], Path]) -> Make:
    """Return a function that lets ssh-keygen write ``tmp_path/key`` in a format, open or sealed, and gives its text."""

    def written(
        kind: str = "ed25519 256", format: str = "RFC4716", passphrase: str = "", cipher: str = "", rounds: int = 1
    ) -> str:
        file = tmp_path / "key"
        shutil.copy(generated(kind), file)
        shutil.copy(generated(kind).with_suffix(".pub"), tmp_path / "key.pub")
        sealed = ["-Z", cipher] if cipher else []
        ssh_keygen("-q", "-p", "-P", "", "-N", passphrase, "-m", format, *sealed, "-a", str(rounds), "-f", file)
        return file.read_bytes().decode()

    return written


def stored(private_key: str, passphrase: str | None = None) -> dict[str, str]:
    given = (
        {"private_key": private_key} if passphrase is None else {"private_key": private_key, "passphrase": passphrase}
    )
    return prepare(DEPLOY, SshKey(), given).reveal()


def refused(private_key: str, passphrase: str | None = None) -> str:
    with pytest.raises(InvalidFieldError) as caught:
        stored(private_key, passphrase)
    error = caught.value
    told = f"{error} {error.hint} {error.__context__!r} {error.__cause__!r}"
    assert not private_key.strip() or private_key.strip() not in told
    assert not passphrase or passphrase not in told
    return str(error)


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["open", "sealed"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_format_is_stored_as_it_is_with_the_public_key_ssh_keygen_prints(
    tmp_path: Path, make: Make, kind: str, format: str, passphrase: str
) -> None:
    text = make(kind, FORMATS[format], passphrase, rounds=16)
    values = stored(text, passphrase)
    printed = ssh_keygen("-y", "-P", passphrase, "-f", tmp_path / "key").split()
    assert values["private_key"] == text
    assert values["public_key"] == " ".join(printed[:2])
    assert values.get("passphrase", "") == passphrase
    (tmp_path / "derived.pub").write_text(values["public_key"] + "\n")
    assert fingerprint(values["public_key"]) == ssh_keygen("-lf", tmp_path / "derived.pub").split()[1]
    assert fingerprint(values["public_key"]) == ssh_keygen("-lf", tmp_path / "key.pub").split()[1]


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["open", "sealed"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ["rsa 2048", "ecdsa 384", "ed25519 256"])
def test_an_opened_key_is_the_same_key_without_its_passphrase(
    tmp_path: Path, make: Make, kind: str, format: str, passphrase: str
) -> None:
    text = make(kind, FORMATS[format], passphrase)
    file = tmp_path / "opened"
    file.touch(0o600)
    file.write_text(opened(text.replace("\n", "\r\n"), passphrase))
    assert ssh_keygen("-y", "-P", "", "-f", file).split()[:2] == public_key(text, passphrase).split()


@pytest.mark.parametrize("cipher", ["aes256-ctr", "aes256-cbc", "aes256-gcm@openssh.com"])
def test_other_ciphers_of_sealed_keys_open_too(make: Make, cipher: str) -> None:
    text = make(passphrase=PASSPHRASE, cipher=cipher)
    assert stored(text, PASSPHRASE)["private_key"] == text
    assert "does not open with this passphrase" in refused(text, "another")


@pytest.mark.parametrize("cipher", ["aes128-ctr", "chacha20-poly1305@openssh.com"])
def test_a_cipher_that_is_not_supported_is_told_with_the_way_out(tmp_path: Path, make: Make, cipher: str) -> None:
    text = make(passphrase=PASSPHRASE, cipher=cipher)
    assert "cipher that is not supported; ssh-keygen -p" in refused(text, PASSPHRASE)
    ssh_keygen("-p", "-Z", "aes256-ctr", "-P", PASSPHRASE, "-N", PASSPHRASE, "-f", tmp_path / "key")
    assert stored((tmp_path / "key").read_text(), PASSPHRASE)


@pytest.mark.parametrize("format", FORMATS)
def test_line_ends_and_what_surrounds_the_key_are_normalised_so_that_ssh_reads_it(make: Make, format: str) -> None:
    text = make("rsa 2048", FORMATS[format])
    for spoiled in (
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        text.rstrip("\n"),
        f"{text}\n\n \n",
        f"\n\n  {text}",
        f"\ufeff{text}",
        f"\ufeff\r\n{text.rstrip()}\r\n\r\n",
    ):
        assert stored(spoiled)["private_key"] == text


def test_storing_twice_changes_nothing(make: Make) -> None:
    once = stored(make(passphrase=PASSPHRASE).replace("\n", "\r\n"), PASSPHRASE)
    assert prepare(DEPLOY, SshKey(), once).reveal() == once


def test_a_new_key_gets_a_new_public_key_whatever_was_stored_before(tmp_path: Path, make: Make) -> None:
    before = Secret(stored(make()))
    new = make(kind="ecdsa 256")
    after = prepare_update(DEPLOY, SshKey(), before, {"private_key": new}).reveal()
    assert after["public_key"] == " ".join(ssh_keygen("-y", "-f", tmp_path / "key").split()[:2])


def test_a_key_can_be_sealed_later_and_opened_again(tmp_path: Path, make: Make) -> None:
    open_key = make()
    before = Secret(stored(open_key))
    ssh_keygen("-p", "-P", "", "-N", PASSPHRASE, "-f", tmp_path / "key")
    sealed = (tmp_path / "key").read_text()
    after = prepare_update(DEPLOY, SshKey(), before, {"private_key": sealed, "passphrase": PASSPHRASE})
    assert after.reveal() == {**before.reveal(), "private_key": sealed, "passphrase": PASSPHRASE}
    again = prepare_update(DEPLOY, SshKey(), after, {"private_key": open_key}, cleared=["passphrase"])
    assert again == before
    with pytest.raises(InvalidFieldError, match="sealed with a passphrase, which is missing"):
        prepare_update(DEPLOY, SshKey(), after, {}, cleared=["passphrase"])


def test_an_empty_passphrase_is_none(tmp_path: Path, make: Make) -> None:
    assert stored(make(), "") == stored((tmp_path / "key").read_text())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ["rsa 2048", "ecdsa 256", "ed25519 256"])
def test_a_wrong_a_missing_and_a_needless_passphrase_are_told_apart(
    tmp_path: Path, make: Make, kind: str, format: str
) -> None:
    sealed = make(kind=kind, format=FORMATS[format], passphrase=PASSPHRASE)
    begin = "credential 'deploy': private_key "
    assert refused(sealed) == begin + "is sealed with a passphrase, which is missing"
    assert refused(sealed, "") == refused(sealed)
    assert refused(sealed, PASSPHRASE + "\n") == begin + "does not open with this passphrase, or is damaged"
    ssh_keygen("-p", "-P", PASSPHRASE, "-N", "", "-m", FORMATS[format], "-f", tmp_path / "key")
    opened = (tmp_path / "key").read_text()
    assert refused(opened, PASSPHRASE) == begin + "has no passphrase, and one was given"


@pytest.mark.parametrize("format", FORMATS)
def test_a_damaged_key_is_refused(make: Make, format: str) -> None:
    text = make(kind="ecdsa 256", format=FORMATS[format])
    lines = text.splitlines(keepends=True)
    for broken in (
        "".join(lines[:-1]),
        "".join(lines[:1] + lines[2:]),
        "".join([*lines[:1], "!", *lines[1:]]),
        lines[0] + lines[-1],
        lines[0] + "AAAA\n" + lines[-1],
        lines[0],
    ):
        assert "private_key is damaged" in refused(broken)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("garbage", "does not start with -----BEGIN"),
        ("\n \n", "does not start with -----BEGIN"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK ana@laptop", "is a public key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is a public key"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", "is a public key"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "its first line says so"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "puttygen KEY -O private-openssh"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\\nAAAA\\n-----END OPENSSH PRIVATE KEY-----", "written out as \\n"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is damaged"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "is damaged"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nä\n-----END OPENSSH PRIVATE KEY-----\n", "is damaged"),
    ],
)
def test_what_is_no_private_key_is_refused_saying_what_it_is(text: str, reason: str) -> None:
    assert reason in refused(text)


def test_two_keys_in_one_text_are_refused(make: Make) -> None:
    text = make()
    assert "holds more than one key" in refused(text + text)


def test_an_empty_key_is_refused() -> None:
    assert refused("") == "credential 'deploy', field 'private_key': is required and empty"


UNSUPPORTED = "is of a kind that is not supported; use an ed25519, ecdsa or rsa key"


def test_dsa_in_its_own_container_is_refused() -> None:
    assert UNSUPPORTED in refused(container("ssh-dss"))


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (lambda: dsa.generate_private_key(1024), UNSUPPORTED),
        (x25519.X25519PrivateKey.generate, UNSUPPORTED),
        (ed448.Ed448PrivateKey.generate, UNSUPPORTED),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "is on a curve that ssh does not use"),
    ],
    ids=["dsa", "x25519", "ed448", "secp256k1"],
)
def test_keys_that_ssh_does_not_use_are_refused(key: Callable[[], PrivateKeyTypes], reason: str) -> None:
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert reason in refused(pem.decode())


def test_an_rsa_key_that_ssh_finds_too_short_is_refused() -> None:
    assert "is an rsa key of 768 bits; ssh refuses those below 1024" in refused(SHORT_RSA)


@pytest.mark.parametrize("kind", ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"])
def test_a_key_in_a_hardware_token_is_refused_as_such(kind: str) -> None:
    assert "belongs to a hardware token and is not supported" in refused(container(kind))


def test_the_hardware_key_of_these_tests_is_one_that_ssh_keygen_knows(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(container("sk-ssh-ed25519@openssh.com"))
    file.chmod(0o600)
    assert "ED25519-SK" in ssh_keygen("-lf", file)


@pytest.mark.parametrize("line", ["", "ssh-ed25519", "ssh-ed25519 !", "ssh-ed25519 é", "x\ny"])
def test_a_fingerprint_needs_a_public_key(line: str) -> None:
    with pytest.raises(ValueError, match="is not a public key"):
        fingerprint(line)


def container(kind: str) -> str:
    """Return an unsealed OpenSSH key file of that kind, laid out as PROTOCOL.key and PROTOCOL.u2f say."""

    def string(data: bytes) -> bytes:
        return len(data).to_bytes(4) + data

    public = string(kind.encode()) + string(bytes(range(32))) + string(b"ssh:")
    private = b"\1\2\3\4" * 2 + public + b"\1" + string(b"handle") + string(b"") + string(b"comment")
    private += bytes(range(1, 1 + -len(private) % 8))
    head = b"openssh-key-v1\0" + string(b"none") + string(b"none") + string(b"") + (1).to_bytes(4)
    body = base64.encodebytes(head + string(public) + string(private)).decode()
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}-----END OPENSSH PRIVATE KEY-----\n"


SHORT_RSA = """\
-----BEGIN PRIVATE KEY-----
MIIB5QIBADANBgkqhkiG9w0BAQEFAASCAc8wggHLAgEAAmEA2FwqcnUxjLBFqV7p
eu1MwfBJoKwmEXbPO8RkbZX/FMY1H/SW7IPHPZJEGiZQ9/n7LBoDi8YR7Ww2PkfR
oNTEabqo41Qvi5SWS5ZTxi27R6EnB1QQrtLzB6OZmJ80KynJAgMBAAECYQDEsn3Q
kuTaL8MVKPmAzU30Hv0A+qCdTfM3NePLkQtXGp9fjuDK4z72pgwN7fm8h+D6E6Ih
JgMsuAlIfDBM7uR4hyCI7EiMGvoE139eBCjpPhDBEni7rArTLIjSdnkN2IECMQD3
SAr2Q3nSD/s00WNG95GjMldIiLh+zuGspF9rs5HZJ5WG6P5LXPE3jSIoK9tJvFkC
MQDf/Qbvk4wlZpO1nYcDbm7Fvl7hlDUzpFvJuHfrazoXoXIfWMyGJiJVWyhPz9Fk
avECMH4VdcFrVkoNbADaYsxknxWfLXIGhEvkIJ1ukljQDqWy0UMgucijczrn82qY
Mg++wQIxAI9rKUS/me3ct1mDqw50aHMvSPtxdXtCkw8fkZFo0AKPek4+An8m7bbv
rmkkLPP6UQIwB79+ocxgF9J22aMJ34Me+EADQWP2nO0F327V0RIlSmbXiy87Ykrj
v78aHZitTX4u
-----END PRIVATE KEY-----
"""
