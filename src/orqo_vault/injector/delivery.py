"""What reaches a run otherwise than as the value of a variable: a file, or a key in an agent."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.secret import SecretValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One field on its way. Its variables will say where it is, once it is there."""

    credential: str
    field: str
    how: str
    """``file``, ``memfd`` or ``agent``."""
    variables: tuple[str, ...]
    value: SecretValue
    secret: bool
    """False for a field that may be seen, like the keys of known hosts."""
    base64: bool = False
    """The value stands for bytes, and they are delivered."""
    file_name: str
    """The name of its file; no other delivery of the run has it."""
    link: str | None = None
    """A path that shall lead to its file."""
    passphrase: SecretValue | None = None
    """What opens an agent's key, where that is sealed."""
