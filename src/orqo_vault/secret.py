"""Values that must not show. ``reveal()`` is the only verb that yields a plain one.

A value has no repr, no format, no pickle, no ``__dict__``, no hash and no order, so that it cannot slip into a
log line, a cache, a traceback or a set. Python cannot wipe memory: the plain text stays in this process until
it is reused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn

MASK = "********"


class SecretValue:
    """One secret text. Equal to another by constant-time comparison; never equal to a ``str``."""

    __slots__ = ("_value",)
    _value: str
    __hash__ = None  # type: ignore[assignment]  # a hash is a fingerprint, and sets and dict keys are caches

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"a secret value is text, not {type(value).__name__}")
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        """Return the plain text. Call it at the last line before the value is used."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretValue):
            return NotImplemented
        from hmac import compare_digest  # a run compares nothing

        return compare_digest(
            self._value.encode("utf-8", "surrogatepass"), other._value.encode("utf-8", "surrogatepass")
        )

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret value does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a secret value does not change")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret value cannot be pickled or copied into another process")

    def __copy__(self) -> SecretValue:
        return self

    def __deepcopy__(self, memo: object) -> SecretValue:
        return self


class Secret:
    """The values of one credential: field name → :class:`SecretValue`. Immutable, and as silent as its values."""

    __slots__ = ("_fields",)
    _fields: dict[str, SecretValue]
    __hash__ = None  # type: ignore[assignment]  # see SecretValue

    def __init__(self, fields: Mapping[str, str | SecretValue]) -> None:
        values = {
            name: value if isinstance(value, SecretValue) else SecretValue(value) for name, value in fields.items()
        }
        object.__setattr__(self, "_fields", values)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in the order they were given."""
        return tuple(self._fields)

    def __getitem__(self, name: str) -> SecretValue:
        return self._fields[name]

    def get(self, name: str) -> SecretValue | None:
        """Return the value of ``name``, or None when the secret has no such field."""
        return self._fields.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def replace(self, changed: Mapping[str, str | SecretValue], dropped: Iterable[str] = ()) -> Secret:
        """Return a secret with ``changed`` set and ``dropped`` left out; the other fields stay."""
        gone = set(dropped)
        kept = {name: value for name, value in self._fields.items() if name not in gone}
        return Secret({**kept, **changed})

    def reveal(self) -> dict[str, str]:
        """Return all plain values. For a backend's last line before it seals or sends them."""
        return {name: value.reveal() for name, value in self._fields.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return set(self) == set(other) and all(self[name] == other[name] for name in self)

    def __repr__(self) -> str:
        return f"Secret({', '.join(f'{name}={MASK}' for name in self._fields)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change; replace() makes a new one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a secret does not change; replace() makes a new one")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied into another process")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self
