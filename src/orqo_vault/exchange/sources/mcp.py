"""The servers of an MCP client: ``mcpServers`` (Claude, Cursor and most others) or ``servers`` (VS Code).

A server whose values moved is started through ``orqo-vault run``, which puts them into its environment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from orqo_vault.credential import Category
from orqo_vault.exchange.json_text import Edit, Member, Node, edited, parse, without_members
from orqo_vault.exchange.sources import NO_NAME, LeftOut, Moved, Place, Reading, Source
from orqo_vault.secret import SecretValue
from orqo_vault.variables import malformed

SECTIONS = ("mcpServers", "servers")


class Mcp(Source):
    about = "mcp.json: mcpServers.*.env, servers.*.env"
    category = Category.MCP_SERVICE

    def read(self, text: str) -> Reading:
        """Return what stands in plain text under ``env`` of every server that is a command."""
        found: dict[Place, SecretValue] = {}
        left_out: list[LeftOut] = []
        for server in _servers(parse(text)):
            if server.value.get("headers") is not None:
                left_out.append(LeftOut(server.key, "its headers are not variables: look at them yourself"))
            names = [member.key for member in _env(server)]
            for number, member in enumerate(_env(server), 1):
                place = Place(server.key, member.key)
                reason = "stands there twice" if names.count(member.key) > 1 else _refusal(server.value, member.value)
                if malformed(member.key):
                    left_out.append(LeftOut(str(Place(server.key, f"member {number}")), NO_NAME))
                elif reason is not None:
                    left_out.append(LeftOut(str(place), reason))
                elif member.value.string is not None:
                    found[place] = SecretValue(member.value.string)
        return Reading(found, tuple(left_out))

    def replaced(self, text: str, moved: Mapping[Place, Moved], run: Sequence[str]) -> str:
        """Return the file with those variables taken out and their servers' commands wrapped."""
        edits: list[Edit] = []
        for server in _servers(parse(text)):
            own = {place.name: where for place, where in moved.items() if place.group == server.key}
            if own:
                ids = ",".join(dict.fromkeys(where.credential for where in own.values()))
                edits += [*_without(server.value, own), *_wrapped(text, server.value, ids, run)]
        return edited(text, edits)


def _servers(document: Node) -> Iterator[Member]:
    sections = [section for key in SECTIONS if (section := document.get(key)) is not None and section.members]
    for section in sections:
        yield from section.members or ()
    if not sections:
        raise ValueError(f"it has no {' and no '.join(SECTIONS)}")


def _env(server: Member) -> tuple[Member, ...]:
    env = server.value.get("env")
    return env.members or () if env is not None else ()


def _refusal(server: Node, value: Node) -> str | None:
    command, args = server.get("command"), server.get("args")
    if command is None or command.string is None or (args is not None and args.items is None):
        return "its server is no command that could be wrapped"
    if value.string is None:
        return "is no text"
    return "is a reference already" if "${" in value.string else None


def _without(server: Node, names: Mapping[str, Moved]) -> list[Edit]:
    env = server.get("env")
    if env is None or env.members is None:
        return []
    if all(member.key in names for member in env.members):
        return without_members(server, {"env"})
    return without_members(env, set(names))


def _wrapped(text: str, server: Node, ids: str, run: Sequence[str]) -> list[Edit]:
    command, args = server.get("command"), server.get("args")
    if command is None or command.string is None:
        return []
    verb = _verb(command.string, args)
    if verb is not None:
        return [Edit(verb.end, verb.end, f", {_joined(['--only', ids])}")]
    words = [*run[1:], "--only", ids, "--", command.string]
    program = Edit(command.start, command.end, json.dumps(run[0], ensure_ascii=False))
    if args is None:
        return [program._replace(text=f'{program.text}, "args": [{_joined(words)}]')]
    if not args.items:
        return [program, Edit(args.start + 1, args.start + 1, _joined(words))]
    first = args.items[0].start
    gap = text[args.start + 1 : first]
    between = gap if gap.isspace() else " "  # one word a line where that is how they stand
    return [program, Edit(first, first, f"{_joined(words, between)},{between}")]


def _verb(command: str, args: Node | None) -> Node | None:
    """Return the word ``run`` of a command that is wrapped already."""
    if PurePath(command).name != "orqo-vault" or args is None:
        return None
    return next((item for item in args.items or () if item.string in ("run", "exec")), None)


def _joined(words: Sequence[str], between: str = " ") -> str:
    return f",{between}".join(json.dumps(word, ensure_ascii=False) for word in words)


SOURCE = Mcp()
