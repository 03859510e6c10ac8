"""Validates one entry with its pydantic model; a complaint becomes an error with a place and without a value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from orqo_vault.errors import SettingsError
from orqo_vault.settings import schema
from orqo_vault.settings.document import MISSING, KeyPath, below
from orqo_vault.settings.draft import Draft
from orqo_vault.settings.nearest import did_you_mean, nearest

Model = TypeVar("Model", bound=BaseModel)

UNKNOWN_KEY = "extra_forbidden"
ABSENT = "missing"
# One is shown; comparing all of them with all takes long when somebody's file is wrong everywhere.
MOST = 500
# Shorter texts are part of any sentence.
SHORTEST_QUOTE = 4

_KINDS = {
    "missing_argument": ABSENT,
    "missing_keyword_only_argument": ABSENT,
    "unexpected_keyword_argument": UNKNOWN_KEY,
}
_REASONS = {
    UNKNOWN_KEY: "unknown key",
    ABSENT: "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be a mapping",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be a mapping",
    "dataclass_type": "must be a mapping",
    "string_type": "must be text",
    "string_too_long": "is too long",
    "too_long": "has too many entries",
    "string_pattern_mismatch": "has characters that are not allowed here, or too many",
}
_PATTERNS = {
    schema.VARIABLE: "must be a variable name: A-Z, 0-9 and _, at most 128 of them and no digit first",
    schema.FILE_NAME: "must be a file's name: letters, digits and _.@+-, at most 100 of them and no dot first",
    schema.LINK: "must be a path that begins with / or ~/ and ends in a file's name",
    schema.FIELD: "must be the name of a field: letters, digits, _ and -, at most 64 of them and a letter or _ first",
}


class Complaint(NamedTuple):
    """What pydantic found at one place of an entry."""

    path: KeyPath
    kind: str
    reason: str
    written: Any
    """What stands there; never to be quoted."""
    expected: tuple[str, ...] = ()
    """The words that may stand there, where only some may."""
    about_key: bool = False
    hint: str | None = None


def validated(model: type[Model], entry: Any, draft: Draft, at: KeyPath) -> Model:
    """Return the entry that stands at ``at`` as its model, or raise for what is wrong with it."""
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        raise explained(complaints(error, entry), draft, at, known=model.model_fields) from None


def explained(found: Sequence[Complaint], draft: Draft, at: KeyPath, *, known: Collection[str] = ()) -> SettingsError:
    """Return the error for the most telling complaint; ``known`` are the keys the entry may have."""
    first = most_telling(found)
    hint = first.hint
    if first.kind == UNKNOWN_KEY and len(first.path) == 1 and known:
        hint = did_you_mean(first.path[0], known, "keys")
    return draft.error((*at, *first.path), first.reason, hint=hint, key=first.about_key)


def most_telling(found: Sequence[Complaint]) -> Complaint:
    """Return the complaint to show.

    An unknown key comes first: it explains why another one is missing. A value that may be of several shapes is
    complained about for each; the complaint that gets furthest into it is about the shape that was meant.
    """
    deepest = [each for each in found if not any(_is_within(other.path, each.path) for other in found)]
    first = next((each for each in deepest if each.kind == UNKNOWN_KEY), deepest[0])
    if first.kind == UNKNOWN_KEY:
        return first
    same_place = [each for each in deepest if each.path == first.path]
    reasons = list(dict.fromkeys(each.reason for each in same_place))
    alternatives = [reasons[0], *(reason.removeprefix("must be ") for reason in reasons[1:])]
    return first._replace(reason=" or ".join(alternatives), hint=_hint(same_place))


def complaints(error: ValidationError, entry: Any) -> list[Complaint]:
    """Return what pydantic found, each at its place in ``entry``."""
    found = error.errors(include_url=False, include_input=False)[:MOST]
    return [
        _complaint(details["loc"], details["type"], details["msg"], details.get("ctx", {}), entry) for details in found
    ]


def _complaint(loc: KeyPath, kind: str, message: str, context: dict[str, Any], entry: Any) -> Complaint:
    kind = _KINDS.get(kind, kind)
    path, written = _place(loc, entry)
    if kind == ABSENT:
        path, written = (*path, loc[-1]), None
    elif written is None and kind != UNKNOWN_KEY:
        kind = ABSENT  # a key whose value is null is as good as left out
    expected: tuple[str, ...] = ()
    reason = _REASONS.get(kind)
    if kind == "literal_error":
        said = context["expected"].replace("'", "")
        expected = tuple(said.replace(" or ", ", ").split(", "))
        reason = f"must be {said}"
    if kind == "string_pattern_mismatch":
        reason = _PATTERNS.get(context["pattern"], reason)
    if reason is None:
        reason = _own_words(message, written)
    return Complaint(path, kind, reason, written, expected, about_key=kind == UNKNOWN_KEY or loc[-1:] == ("[key]",))


def _place(loc: KeyPath, entry: Any) -> tuple[KeyPath, Any]:
    """Return the path without what pydantic adds to it (the branch of a union), and what stands there."""
    path: list[str | int] = []
    for part in loc:
        found = below(entry, part)
        if found is not MISSING:
            path.append(part)
            entry = found
    return tuple(path), entry


def _own_words(message: str, written: Any) -> str:
    """Return a validator's own reason, unless it quotes what it was given."""
    said = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    said = said.replace("Input should be", "must be", 1).rstrip(".")
    said = said[:1].lower() + said[1:] if said[:2] != said[:2].upper() else said
    return "is not valid" if any(text in said for text in _texts(written)) else said


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif value is not None and not isinstance(value, bool) and len(str(value)) >= SHORTEST_QUOTE:
        yield str(value)


def _is_within(path: KeyPath, other: KeyPath) -> bool:
    return len(path) > len(other) and path[: len(other)] == other


def _hint(found: Sequence[Complaint]) -> str | None:
    written = found[0].written
    words = [word for each in found for word in each.expected]
    near = nearest(written, words)
    if near:
        return f"did you mean {near!r}?"
    if any(each.kind == "string_type" for each in found) and isinstance(written, bool | int | float):
        return "quote it"
    return None
