"""Any secret, any covered encoding, any cuts: nothing leaks; and ordinary output is left alone."""

from __future__ import annotations

import json
import random
import re
import sysconfig
from pathlib import Path

import pytest

from orqo_vault.redaction import MASK
from tests.redaction import texts

ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-~])")
KINDS = (texts.token, texts.token, texts.password, texts.password, texts.private_key)
FAMILIAR = 8


@pytest.mark.parametrize("cases", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_no_covered_form_of_a_secret_leaks_however_the_stream_is_cut(cases: int) -> None:
    for seed in range(cases):
        chance = random.Random(seed)
        value = chance.choice(KINDS)(chance)
        made = texts.masking(value, *(texts.token(chance) for _ in range(3)))
        written, expected = _written(value, chance)
        out = texts.passed(made, texts.cut(written, chance))
        assert re.fullmatch(expected, ESCAPES.sub(b"", out), re.DOTALL), f"seed {seed}"


def _written(value: str, chance: random.Random) -> tuple[bytes, bytes]:
    """Return what a program writes, and a pattern of what may be seen of it, escape sequences aside."""
    before, after = b"value=<", b">\nnext line\n"
    if chance.random() < 0.3:
        head, tail = chance.randbytes(chance.randint(0, 9)), chance.randbytes(chance.randint(0, 9))
        encoded = chance.choice(texts.BASE64_ENCODERS)(head + value.strip().encode() + tail)
        seen = rb"[\w+/=-]{0,%d}" % (4 * (len(head) + 2) // 3), rb"[\w+/=-]{0,%d}" % (4 * (len(tail) + 4) // 3)
    else:
        encoded = chance.choice(texts.TEXT_ENCODERS)(value.strip()).encode()
        seen = b"", b""
    if chance.random() < 0.4:
        encoded = texts.colored(encoded, chance)
    pattern = re.escape(before) + seen[0] + re.escape(MASK) + seen[1] + re.escape(after)
    return before + encoded + after, pattern


def test_a_thousand_ordinary_texts_pass_byte_for_byte() -> None:
    chance = random.Random(4)
    values = [chance.choice(KINDS)(chance) for _ in range(50)]
    made = texts.masking(*values)
    sources = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    for number in range(1_000):
        text = _ordinary(number, sources, values, random.Random(number))
        assert texts.passed(made, texts.cut(text, chance)) == text, f"text {number}"


def _ordinary(number: int, sources: list[Path], values: list[str], chance: random.Random) -> bytes:
    """Return a program, logs, colours, other people's tokens, hashes, bytes, or the familiar beginning of a secret."""
    source = sources[number % len(sources)].read_bytes()
    start = chance.randrange(max(1, len(source) - 2_000))
    strangers = "\n".join(kind(chance) for kind in KINDS)
    kinds = (
        source[start : start + 2_000],
        "\n".join(json.dumps({"level": "info", "id": chance.randbytes(16).hex()}) for _ in range(20)).encode(),
        texts.colored(source[start : start + 500] + b".", chance),
        strangers.encode(),
        chance.randbytes(1_000),
        b"".join(chance.choice(values).encode()[:FAMILIAR] + b" " for _ in range(50)),
    )
    return kinds[number % len(kinds)]
