"""The lines of a log, chained: each holds the hash of the line before it, and its own over all that stands before it.

    {"v":1,"seq":7,"prev":"<hash of line 6>", … ,"hash":"<SHA-256 of the bytes up to the comma before hash>"}

The bytes are hashed as they stand, so nothing depends on how a reader spells JSON. There is no key in it: whoever may
write the file can make the rest of the chain anew. That is seen against a head that was remembered elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

VERSION = 1
_SEAL, _END = b',"hash":"', b'"}'
_SEALED = len(_SEAL) + 64 + len(_END)


class Link(NamedTuple):
    """A place in the chain: the number of a record and its hash."""

    seq: int
    hash: str


START = Link(0, "0" * 64)
"""What the first record follows."""


class Entry(NamedTuple):
    """A line that is a record, whether or not it is still the one that was written."""

    link: Link
    prev: str
    record: dict[str, Any]
    intact: bool
    """Whether its hash fits its bytes."""


def sealed(record: Mapping[str, Any], after: Link, torn: bytes = b"") -> tuple[bytes, Link]:
    """Return the line for a record that follows ``after``, and its own link.

    ``torn`` is what an interrupted writer left in front of it: the record vouches for that, too.
    """
    about_torn = {"torn": described(torn)} if torn else {}
    content = {"v": VERSION, "seq": after.seq + 1, "prev": after.hash, **record, **about_torn}
    body = json.dumps(content, separators=(",", ":"))[:-1].encode()
    digest = hashlib.sha256(body).hexdigest()
    return b"".join((body, _SEAL, digest.encode(), _END, b"\n")), Link(after.seq + 1, digest)


def described(torn: bytes) -> dict[str, Any]:
    """Return what a record says about an unfinished line in front of it."""
    return {"bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}


def entry(line: bytes) -> Entry | None:
    """Return what a line (without its end) holds, None where that is no record."""
    body, seal = line[:-_SEALED], line[-_SEALED:]
    if not (seal.startswith(_SEAL) and seal.endswith(_END)):
        return None
    try:
        record = json.loads(line)
        seq, prev, digest = record["seq"], record["prev"], record["hash"]
    except (ValueError, KeyError, RecursionError):
        return None
    if not (type(seq) is int and isinstance(prev, str) and isinstance(digest, str)):
        return None
    intact = record.get("v") == VERSION and hashlib.sha256(body).hexdigest().encode() == seal[len(_SEAL) : -len(_END)]
    return Entry(Link(seq, digest), prev, record, intact)
