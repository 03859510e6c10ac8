"""Reads and rewrites a source whose text is silent: the last lines before and after it is plain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from orqo_vault.errors import SourceError, without_frames
from orqo_vault.exchange.proposals import Proposed, propose
from orqo_vault.exchange.sources import Moved, Place, get_source
from orqo_vault.secret import SecretValue


@without_frames
def read_source(kind: str, content: SecretValue, *, only: Collection[str] = (), skip: Collection[str] = ()) -> Proposed:
    """Return what a file of that kind proposes; see :func:`~orqo_vault.exchange.proposals.propose`.

    Raises :class:`~orqo_vault.errors.SourceError` for a file that is not of that kind, and for a name in ``only``
    that cannot be imported or is not there.
    """
    source = get_source(kind)
    try:
        reading = source.read(content.reveal())
    except ValueError as error:
        reason = str(error)
    else:
        proposed = propose(reading, source.category, only=only, skip=skip)
        _refuse_what_is_wanted_and_missing(proposed, only)
        return proposed
    raise SourceError(f"this is not {source.about}: {reason}")


@without_frames
def replaced_source(kind: str, content: SecretValue, moved: Mapping[Place, Moved], run: Sequence[str]) -> SecretValue:
    """Return the text without the values that moved, with references in their place; the rest keeps its bytes."""
    return SecretValue(get_source(kind).replaced(content.reveal(), moved, run))


def _refuse_what_is_wanted_and_missing(proposed: Proposed, only: Collection[str]) -> None:
    taken = {name for each in proposed.proposals for name in each.names}
    missing = [name for name in dict.fromkeys(only) if name not in taken]
    reasons = {each.place.rpartition(": ")[2]: each.reason for each in proposed.left_out}
    said = [f"{name} {reasons[name]}" for name in missing if name in reasons]
    strangers = len(missing) - len(said)
    if strangers:  # not quoted: what stands where a name belongs may be a value
        said.append(f"not in the file: {strangers} of the names given")
    if said:
        raise SourceError(f"cannot be imported: {'; '.join(said)}")
