"""Makes settings files that are wrong: a right one, with values nobody may ever see, and then something done to it.

The same number always gives the same file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

CANARY = "C4nary"
RICH = Path(__file__).with_name("rich.yaml").read_text()

Attack = Callable[[str, Random], str]


def canary(random: Random) -> str:
    """Return a value that no message may show: what a password or token looks like."""
    return f"sk-{CANARY}/{random.getrandbits(40):x}+"


def hostile_file(number: int) -> bytes:
    """Return the file of that number."""
    random = Random(number)
    text = RICH
    for _ in range(random.randint(0, 3)):
        text = plant(text, random)
    for _ in range(random.choice((1, 1, 1, 1, 2, 3))):
        text = random.choice(ATTACKS)(text, random)
    content = text.encode("utf-8", "surrogatepass")
    for _ in range(random.choice((0, 0, 0, 0, 1, 4))):
        content = random.choice(MUTATIONS)(content, random)
    return content


def plant(text: str, random: Random) -> str:
    """Put a canary in the place of some value."""
    lines = text.splitlines()
    places = [number for number, line in enumerate(lines) if ": " in line]
    if not places:
        return text
    number = random.choice(places)
    key, _, value = lines[number].partition(": ")
    if value.startswith("{"):
        head, _, tail = value.rpartition(": ")
        value = f"{head}: {canary(random)}{tail[tail.find('}') :]}"
    else:
        value = canary(random)
    lines[number] = f"{key}: {value}"
    return "\n".join(lines) + "\n"


def _line(text: str, random: Random, what: Callable[[str], str]) -> str:
    """Do something to one line."""
    lines = text.splitlines() or [""]
    number = random.randrange(len(lines))
    lines[number] = what(lines[number])
    return "\n".join(lines) + "\n"


def _below(text: str, random: Random, *added: str) -> str:
    """Add lines below some line, as deep as that one."""
    lines = text.splitlines() or [""]
    number = random.randrange(len(lines))
    indent = " " * (len(lines[number]) - len(lines[number].lstrip()))
    lines[number + 1 : number + 1] = [indent + line for line in added]
    return "\n".join(lines) + "\n"


def _value(text: str, random: Random, value: str) -> str:
    """Put something in the place of one value."""
    return _line(text, random, lambda line: f"{line.partition(': ')[0]}: {value}" if ": " in line else f"x: {value}")


def duplicate_key(text: str, random: Random) -> str:
    return _line(text, random, lambda line: f"{line}\n{line}")


def anchor_bomb(text: str, random: Random) -> str:
    width, height = random.randint(2, 12), random.randint(2, 40)
    bomb = [f"x-a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, height)]
    return "\n".join(["x-a0: &a0 [x]", *bomb, text])


def recursive_alias(text: str, random: Random) -> str:
    return _value(text, random, random.choice(("&r [*r]", "&r {a: *r}", "&r {*r : 1}", "[&r [[*r]]]", "*nowhere")))


def tag(text: str, random: Random) -> str:
    tags = (
        "!!python/object/apply:os.system ['touch code-was-run']",
        "!!python/name:os.system",
        "!!binary aGk=",
        "!x y",
        "! z",
    )
    return _value(text, random, random.choice(tags))


def huge_number(text: str, random: Random) -> str:
    digits = "9" * random.choice((20, 65, 400, 5000, 100_000))
    return _value(text, random, random.choice((digits, f"-{digits}", f"0x{digits}", f"1e{digits}", f"0.{digits}")))


def not_a_number(text: str, random: Random) -> str:
    return _value(text, random, random.choice((".nan", ".inf", "-.Inf", "1e999")))


def deep(text: str, random: Random) -> str:
    depth = random.choice((30, 41, 100, 2000, 50_000))
    return _value(text, random, random.choice(("[" * depth + "]" * depth, "[" * depth, "{a: " * depth)))


def deep_block(text: str, random: Random) -> str:
    depth = random.choice((39, 45, 500))
    return text + "".join(f"{' ' * n}k:\n" for n in range(depth))


def byte_order_mark(text: str, random: Random) -> str:
    return "\ufeff" + text


def control_character(text: str, random: Random) -> str:
    sign = random.choice("\0\x01\x07\x1b\x7f\x85\u2028\ufffe\ufeff\ud800\t\r")
    place = random.randrange(len(text) or 1)
    return text[:place] + sign + text[place:]


def dangerous_word(text: str, random: Random) -> str:
    words = (
        *(
            "../../../etc/passwd",
            "'../x'",
            "/etc/shadow",
            "LD_PRELOAD",
            "ORQO_VAULT_KEY",
            "PATH",
            "BASH_ENV",
            "'${'",
            "'${A'",
        ),
        *(
            "${HOME}",
            "yes",
            "012",
            "2027-13-01",
            "2027-01-01",
            "null",
            "''",
            "{}",
            "[]",
            "[{}]",
            "{a: {b: c}}",
            "'\\0'",
            '"\\0"',
        ),
        *('"\\e[31m"', '"\\uD800"', '"\\UFFFFFFFF"', "|\n   x", "- a", "a: b", "<<", "'a\\nb'", "é", "😀", "x" * 5000),
    )
    return _value(text, random, random.choice(words))


def secret_literal(text: str, random: Random) -> str:
    name = random.choice(("password", "token", "secret", "api_key", "private_key", "tenant", "value", "pass word"))
    value = canary(random)
    places = (
        ("values: {", f"values: {{{name}: {value}, "),
        ("    name: Outgoing mail\n", f"    name: Outgoing mail\n    {name}: {value}\n"),
        ("key: CRM,", f"key: CRM, {name}: {value},"),
        ("key: BLOB,", f"key: BLOB, values: {{{name}: {value}}},"),
        ("key: BLOB,", f"key: {value},"),
        ("at: {path", f"at: {{{name}: {value}, path"),
        ("{method: token,", f"{{method: {value}, token: '${{{value}}}',"),
        ("env: {", f"env: {{{name}: {value}, "),
        ("credentials: [mail]", f"credentials: [mail, {value}]"),
        ("fields: {", f"fields: {{{name}: {value}, "),
        ("type: encrypted-file", f"type: encrypted-file, {name}: {value}"),
        ("path: .orqo-vault", f"path: {{{name}: {value}}}"),
    )
    before, after = random.choice(places)
    return text.replace(before, after, 1)


def unknown_key(text: str, random: Random) -> str:
    key = random.choice(("tpye", "nmae", "x", "1", "''", "a.b", "credentails", canary(random), f"'{canary(random)}'"))
    value = canary(random)
    line = random.choice(
        ("version: 1\n", "    category: communication\n", "    mask: always\n", "    type: elsewhere\n")
    )
    indent = " " * (len(line) - len(line.lstrip()))
    flow = random.choice(("name: CRM", "model: ", "type: encrypted-file"))
    if random.random() < 0.5:
        return text.replace(line, f"{line}{indent}{key}: {value}\n", 1)
    return text.replace(flow, f"{key}: {value}, {flow}", 1)


def swapped_value(text: str, random: Random) -> str:
    """Put one line's value in the place of another's."""
    lines = [line for line in text.splitlines() if ": " in line]
    return _value(text, random, random.choice(lines or ["x: y"]).partition(": ")[2])


def other_shape(text: str, random: Random) -> str:
    value = canary(random)
    shapes = (
        f"[{value}]",
        f"{{a: {value}}}",
        f"[[{value}]]",
        f"[{{{value}: a}}]",
        "true",
        "7",
        "1.5",
        f"'{value}'",
        "[]",
    )
    return _value(text, random, random.choice(shapes))


def merge_key(text: str, random: Random) -> str:
    return _below(text, random, random.choice(("<<: *names", "<<: {a: b}", "<<: [*names]")))


def lost_line(text: str, random: Random) -> str:
    return _line(text, random, lambda line: "")


def moved_line(text: str, random: Random) -> str:
    return _line(text, random, lambda line: " " * random.randrange(9) + line.lstrip())


def lost_rest(text: str, random: Random) -> str:
    return text[: random.randrange(len(text) or 1)]


def second_document(text: str, random: Random) -> str:
    return random.choice((f"{text}---\n{text}", f"{text}...\n{text}", f"%YAML 1.1\n---\n{text}", f"%TAG ! x\n{text}"))


def lost_sign(text: str, random: Random) -> str:
    sign = random.choice(":{}[],\"'&*#\n ")
    places = [place for place, found in enumerate(text) if found == sign]
    place = random.choice(places or [0])
    return text[:place] + random.choice(("", sign * 2, random.choice(":{}[],\"'&*#@`|>!%-?\n "))) + text[place + 1 :]


ATTACKS: tuple[Attack, ...] = (
    *(duplicate_key, anchor_bomb, recursive_alias, tag, huge_number, not_a_number, deep, deep_block, byte_order_mark),
    *(control_character, merge_key, lost_line, moved_line, lost_rest, second_document, lost_sign, lost_sign, plant),
    *(dangerous_word, secret_literal, unknown_key, swapped_value, other_shape) * 5,
)


def flip(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) or 1)
    byte = random.randrange(256) if random.random() < 0.1 else random.choice(b" \n:{}[],&*'\"#-?|>!%@`az09AZ")
    return content[:place] + bytes([byte]) + content[place + 1 :]


def cut(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) or 1)
    return content[:place] + content[place + random.randint(1, 40) :]


def repeat(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) or 1)
    part = content[place : place + random.randint(1, 200)]
    return content[:place] + part * random.randint(2, 5) + content[place:]


def insert(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) or 1)
    return content[:place] + random.choice((b": ", b", ", b"- ", b"\xff", random.randbytes(3))) + content[place:]


def swap(content: bytes, random: Random) -> bytes:
    first, second = sorted(random.randrange(len(content) or 1) for _ in range(2))
    middle = (first + second) // 2
    return content[:first] + content[middle:second] + content[first:middle] + content[second:]


MUTATIONS = (flip, cut, repeat, insert, swap)
