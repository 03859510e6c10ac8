"""Ways to damage a store, each drawn by chance: bytes, whole files, what is no file, and the plain lines."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .museum import Museum


class Mutant(NamedTuple):
    """What was done, to which files."""

    what: str
    names: tuple[str, ...]


Mutation = Callable[[Museum, str, random.Random], tuple[str, ...] | None]
"""Damages a store at one file and returns the names of all it changed; None where it would change nothing."""


def mutate(museum: Museum, chance: random.Random) -> Mutant:
    """Damage the store in one way."""
    while True:
        kind = chance.choices(list(KINDS), weights=list(KINDS.values()))[0]
        name = chance.choice([name for name in museum.whole if re.match(kind, name)])
        mutation = chance.choice(MUTATIONS)
        changed = mutation(museum, name, chance)
        if changed is not None:
            return Mutant(mutation.__name__.strip("_"), changed)


def _change(museum: Museum, name: str, content: bytes) -> tuple[str, ...] | None:
    if content == museum.whole[name]:
        return None
    (museum.folder / name).write_bytes(content)
    return (name,)


def _flip(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    data = bytearray(museum.whole[name])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return _change(museum, name, bytes(data))


def _truncate(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    data = museum.whole[name]
    line = data.find(b"\n") + 1
    return _change(
        museum, name, data[: chance.choice((0, 1, line - 1, line, len(data) - 1, chance.randrange(len(data))))]
    )


def _delete_bytes(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    data = museum.whole[name]
    start = chance.randrange(len(data))
    return _change(museum, name, data[:start] + data[start + chance.choice((1, 2, 4, 64)) :])


def _insert(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    data = museum.whole[name]
    start = chance.choice((0, data.find(b"\n"), len(data) - 1, chance.randrange(len(data) + 1)))
    new = chance.choice((b"\n", b"\r", b"\0", b" ", b"=", b"A", b"\xff", b"AAAA", chance.randbytes(8)))
    return _change(museum, name, data[:start] + new + data[start:])


def _append(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    data = museum.whole[name]
    return _change(museum, name, data + chance.choice((b"\n", b" ", b"\0", data, b"x" * 2_000_000)))


def _carriage_returns(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    return _change(museum, name, museum.whole[name].replace(b"\n", b"\r\n"))


def _other_base64(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    """The same bytes, spelled in another way."""
    line, _, text = museum.whole[name].partition(b"\n")
    spelled = (text.rstrip(b"=\n") + b"\n", text.replace(b"+", b"-").replace(b"/", b"_"), text[:76] + b"\n" + text[76:])
    return _change(museum, name, line + b"\n" + chance.choice(spelled))


def _line(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    """One field of the plain line becomes another valid one."""
    line, _, rest = museum.whole[name].partition(b"\n")
    words = line.split(b" ")
    place = chance.randrange(len(words))
    key, equals, value = words[place].partition(b"=")
    epochs = [file.removeprefix("epochs/").encode() for file in museum.whole if file.startswith("epochs/")]
    others = [value + b"0", b"", b"0", b"1", b"2", b"999999999", b"secret", b"deleted", b"a", b"team/a", *epochs]
    words[place] = key + equals + chance.choice(others)
    return _change(museum, name, b" ".join(words) + b"\n" + rest)


def _line_of_another(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    """The plain line of another version or file above this one's sealed text."""
    neighbours = [each for each in museum.whole if Path(each).parent == Path(name).parent]
    lines = [*museum.older.get(name, []), museum.whole[chance.choice(neighbours)]]
    line = chance.choice(lines).partition(b"\n")[0]
    return _change(museum, name, line + b"\n" + museum.whole[name].partition(b"\n")[2])


def _replay(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    older = museum.older.get(name)
    return _change(museum, name, chance.choice(older)) if older else None


def _substitute(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    found = museum.substitute.get(name)
    return _change(museum, name, found) if found else None


def _swap(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    other = chance.choice(list(museum.whole))
    if museum.whole[other] == museum.whole[name]:
        return None
    (museum.folder / name).write_bytes(museum.whole[other])
    (museum.folder / other).write_bytes(museum.whole[name])
    return (name, other)


def _copy_over(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    return _change(museum, name, museum.whole[chance.choice(list(museum.whole))])


def _rename(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    names = [*museum.whole, "c/c-never.sealed", "slots/0123456789abcdef", "epochs/ffffffffffffffff", "c/c-A.sealed"]
    other = chance.choice(names)
    if other == name:
        return None
    (museum.folder / name).rename(museum.folder / other)
    return (name, other)


def _remove(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    (museum.folder / name).unlink()
    return (name,)


def _link(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    """A link: to a file of the store, to a copy of what stood here, to nothing, to endless nothing, to itself."""
    file = museum.folder / name
    copy = museum.place / "copy"
    copy.write_bytes(museum.whole[name])
    file.unlink()
    file.symlink_to(
        chance.choice((museum.folder / chance.choice(list(museum.whole)), copy, "nowhere", "/dev/zero", file))
    )
    return (name,)


def _no_file(museum: Museum, name: str, chance: random.Random) -> tuple[str, ...] | None:
    """A pipe, a folder, a terabyte of nothing."""
    file = museum.folder / name
    file.unlink()
    chance.choice((os.mkfifo, os.mkdir, _sparse))(file)
    return (name,)


def _sparse(file: Path) -> None:
    with file.open("wb") as written:
        written.truncate(1 << 40)


KINDS = {r"c/": 10, r"epochs/": 4, r"slots/": 4, r"header$": 2, r"\.git": 1}
"""Which files are damaged, and how often."""
MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _flip, _flip, _truncate, _delete_bytes, _insert, _append, _carriage_returns, _other_base64),
    *(
        _line,
        _line,
        _line_of_another,
        _replay,
        _replay,
        _substitute,
        _swap,
        _copy_over,
        _rename,
        _remove,
        _link,
        _no_file,
    ),
)
