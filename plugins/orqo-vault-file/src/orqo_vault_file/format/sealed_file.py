"""One credential's file: the plain line, what is sealed below it, and the check that both are what was asked for."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import BackendError, CorruptSecretError, TamperedError, without_frames
from orqo_vault.secret import Secret
from orqo_vault_file.format.sealing import context, seal, unseal
from orqo_vault_file.format.two_lines import fields, is_hex, join, number, parse

if TYPE_CHECKING:
    from orqo_vault_file.format.epochs import Epoch

FOLDER = "c"
MOST_PLAIN = 1024 * 1024
CAP = 1_500_000
"""More than the base64 of the largest plain text with its line."""
MOST_GENERATION = 2**53 - 1
"""What every JSON reader keeps exact."""

_LABEL = "credential"
_MAGIC = "orqo-vault-cred/1"
_NAMES = ("store", "path", "generation", "epoch", "height", "type", "time")
_SECRET = "secret"  # noqa: S105  # a word of the format, not a password
_DELETED = "deleted"
_BLOCK = 128


# Named tuples all over this package, not dataclasses: making the classes is a tenth of the cost, and a run pays it.
class Line(NamedTuple):
    """What the plain line says. Believed only after the seal below it opened."""

    store: str
    path: str
    generation: int
    epoch: str
    height: int
    live: bool
    time: str
    raw: bytes


class Found(NamedTuple):
    """A credential's file whose seal opened: everything here is what a holder of the key wrote."""

    line: Line
    digest: str
    """SHA-256 of the whole file."""
    secret: Secret | None
    """None when this is a tombstone."""

    @property
    def version(self) -> str:
        return version(self.line.generation, self.digest)


def version(generation: int, digest: str) -> str:
    """Return the version string a conditional write compares."""
    return f"{generation}:{digest}"


@without_frames
def compose(
    store_id: str, path: str, generation: int, epoch: Epoch, secret: Secret | None, *, now: float | None = None
) -> bytes:
    """Return the bytes of a file that holds ``secret``, or of a tombstone when that is None."""
    if generation > MOST_GENERATION:
        raise BackendError(f"{path}: its generation cannot grow any more")
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    line = (
        f"{_MAGIC} store={store_id} path={path} generation={generation} epoch={epoch.id} height={epoch.height} "
        f"type={_DELETED if secret is None else _SECRET} time={stamp}"
    ).encode("ascii")
    plain = _packed(path, {} if secret is None else secret.reveal())
    return join(line, seal(epoch.key, context(_LABEL, store_id, path, line), plain))


def read_line(data: bytes, store_id: str, path: str, shown: str) -> tuple[Line, bytes]:
    """Return the plain line and the sealed bytes. Raises unless they are this store's and this path's."""
    raw, sealed = parse(data, shown)
    line = _parsed(raw)
    if line is None:
        raise CorruptSecretError(f"{shown}: its first line is not one this version writes")
    if line.store != store_id:
        raise TamperedError(f"{shown} belongs to another store")
    if line.path != path:
        raise TamperedError(f"{shown} holds the secret of {line.path!r}, not of {path!r}")
    return line, sealed


def open_sealed(line: Line, sealed: bytes, data: bytes, epoch: Epoch, asked: str, shown: str) -> Found:
    """Return what is sealed, or raise :class:`TamperedError`. ``asked`` is the path that was asked for."""
    if line.height != epoch.height:
        raise TamperedError(f"{shown} says height {line.height} for an epoch of height {epoch.height}")
    plain = unseal(epoch.key, context(_LABEL, line.store, asked, line.raw), sealed)
    if plain is None:
        raise TamperedError(f"{shown} was changed: its seal does not open", hint="restore it from git or a backup")
    values = _unpacked(plain)
    if values is None or (values and not line.live):
        raise CorruptSecretError(f"{shown}: what is sealed in it is not a secret")
    return Found(line, hashlib.sha256(data).hexdigest(), Secret(values) if line.live else None)


def is_tombstone(start: bytes) -> bool:
    """Tell from the first bytes of a file, for listings only, whether it says that the secret was deleted."""
    return f" type={_DELETED} ".encode("ascii") in start.partition(b"\n")[0]


def _parsed(raw: bytes) -> Line | None:
    values = fields(raw, _MAGIC, _NAMES)
    if values is None:
        return None
    generation = number(values["generation"], least=1, most=MOST_GENERATION)
    height = number(values["height"], least=1, most=MOST_GENERATION)
    kind = values["type"]
    if generation is None or height is None or kind not in (_SECRET, _DELETED) or not is_hex(values["epoch"], 16):
        return None
    return Line(
        values["store"], values["path"], generation, values["epoch"], height, kind == _SECRET, values["time"], raw
    )


def _packed(path: str, values: dict[str, str]) -> bytes:
    import json

    plain = json.dumps(values, separators=(",", ":")).encode("ascii")
    if len(plain) > MOST_PLAIN - _BLOCK:
        raise BackendError(f"{path}: the secret is larger than {MOST_PLAIN // 1024} KiB")
    return plain + b" " * (-len(plain) % _BLOCK)


def _unpacked(plain: bytes) -> dict[str, str] | None:
    import json

    try:
        pairs = json.loads(plain.decode("ascii"), object_pairs_hook=lambda pairs: pairs)
        values = dict(pairs)
    except (ValueError, TypeError, RecursionError):
        return None
    whole = len(values) == len(pairs) and all(isinstance(value, str) for value in values.values())
    return values if whole and plain.startswith(b"{") else None
