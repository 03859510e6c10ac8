"""A private SSH key, its passphrase, and the public key that is derived when it is stored.

Keys are kept as ``ssh-keygen`` writes them (rsa, ecdsa, ed25519; OpenSSH, PEM, PKCS8), sealed or not. Only the line
ends are normalised. The public key has no comment: that part is a person's or a machine's name as often as not.
Known hosts are no secret: the settings file may say which servers the key is for, and by which keys they are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types.checks.known_hosts import check_known_hosts
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.credential_types.ssh_text import OPENSSH, USUAL_KINDS, normalised, refuse_other_texts
from orqo_vault.markers import hookimpl

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.hazmat.primitives.serialization import SSHPrivateKeyTypes

SMALLEST_RSA = 1024
"""ssh refuses shorter ones."""


class SshKey(CredentialType):
    name = "ssh_key"
    label = "SSH key"
    categories = (Category.SSH_KEY,)
    fields = (
        Field(name="private_key", label="Private key", secret=True, required=True, multiline=True, agent=True),
        Field(name="passphrase", label="Passphrase", secret=True, suffixes=("_PASSPHRASE",)),
        Field(name="public_key", label="Public key", suffixes=("_PUBLIC",), derived=True),
        Field(name="known_hosts", label="Known hosts", suffixes=("_KNOWN_HOSTS",), check=check_known_hosts),
    )
    primary = "private_key"
    probe = "orqo_vault.probes.ssh:probe_key"
    test_keys = ("host", "port", "user")

    def fields_of(self, credential: Credential) -> tuple[Field, ...]:
        """Return the fields: known hosts only where the settings declare them, as they stand nowhere else.

        A key in an agent keeps its passphrase to itself. Known hosts are a file beside a key that is not in a variable.
        """
        deliver = credential.deliver.get("private_key", "env")
        fields = {field.name: field for field in self.fields}
        if "known_hosts" not in credential.values:
            del fields["known_hosts"]
        elif deliver != "env":
            fields["known_hosts"] = replace(fields["known_hosts"], deliver="file")
        if deliver == "agent":
            fields["passphrase"] = replace(fields["passphrase"], suffixes=())
        return tuple(fields.values())

    def prepare(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the key normalised, its passphrase if it has one, and its public key."""
        private_key = normalised(values["private_key"])
        passphrase = values.get("passphrase", "")
        try:
            prepared = {"private_key": private_key, "public_key": public_key(private_key, passphrase)}
        except ValueError as error:
            raise ValueError(f"private_key {error}") from None
        return {**prepared, "passphrase": passphrase} if passphrase else prepared


def public_key(private_key: str, passphrase: str = "") -> str:
    """Return ``type base64`` of a normalised private key, as ``ssh-keygen -y`` prints it before any comment.

    Raises ``ValueError`` with the reason when the key cannot be used: no key, sealed and no passphrase, a wrong
    passphrase, a kind that is not supported.
    """
    refuse_other_texts(private_key)
    return _public_line(_load(private_key, passphrase))


def opened(private_key: str, passphrase: str = "") -> str:
    """Return the key without a passphrase, as an agent takes it. Raises ``ValueError`` as :func:`public_key` does."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    text = normalised(private_key)
    refuse_other_texts(text)
    key = _load(text, passphrase)
    _public_line(key)  # refuses what ssh does
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode("ascii")


def _load(private_key: str, passphrase: str) -> PrivateKeyTypes | SSHPrivateKeyTypes:
    from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    password = passphrase.encode() or None
    data = private_key.encode()
    try:
        if private_key.startswith(OPENSSH):
            return load_ssh_private_key(data, password)
        return load_pem_private_key(data, password)
    except TypeError:
        # The library's way to say that key and passphrase do not go together; nothing else here has a type to err in.
        reason = "has no passphrase, and one was given" if password else "is sealed with a passphrase, which is missing"
    except UnsupportedAlgorithm:
        reason = "is sealed with a cipher that is not supported; ssh-keygen -p -Z aes256-ctr -f KEY changes that"
    except (ValueError, InvalidTag):
        reason = "does not open with this passphrase, or is damaged" if password else "is damaged: it cannot be read"
    raise ValueError(reason)


def _public_line(key: PrivateKeyTypes | SSHPrivateKeyTypes) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SMALLEST_RSA:
        raise ValueError(f"is an rsa key of {key.key_size} bits; ssh refuses those below {SMALLEST_RSA}")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError(f"is of a kind that is not supported; {USUAL_KINDS}")
    try:
        return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    except ValueError:
        reason = "is on a curve that ssh does not use; use nistp256, nistp384, nistp521 or ed25519"
    raise ValueError(reason)


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return SshKey
