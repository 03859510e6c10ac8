"""From a file or a pipe through ``set``, the sealed file and ``run`` into a real process: not one byte is changed."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orqo_vault.cli.main import main

PEM = b"-----BEGIN PRIVATE KEY-----\n" + b"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 50 + b"-----END PRIVATE KEY-----\n"
VALUES = [
    *(b"", b" ", b"  two  ", b"\t", b"\n", b"\n\n", b"\r\n", b"a\nb", b"a\nb\n", b"a\r\nb\r\n", b"a\n\n", b"one\n"),
    *(b"$HOME", b"${HOME}", b"$(id)", b"`id`", b"%PATH%", b"!x", b"#x", b"~", b"*", b"a=b", b"=", b"\\n", b"\\"),
    *(b'"', b"'", b"''", b'"quoted"', b"it's", b"\\'", b"a;b&&c|d", b"<>", b"{}", b"-", b"--", b"-n", b"@file"),
    *("naïve", "Straße", "日本語", "🔑🇩🇪👩\u200d💻", "e\u0301", "\u00e9", "\ufeffbom", "\u2028", "\U0010ffff"),
    *(b"\x01\x1b[31m\x7f", b"null", b"yes", b"0x10", b"1e5", b"2020-01-01", b'{"json": "\\u0000"}', b"x" * 65_536),
    *("é" * 32_768, PEM, PEM.replace(b"\n", b"\r\n")),
]
CASES = [value.encode() if isinstance(value, str) else value for value in VALUES]
DUMP = "import os, sys; [sys.stdout.buffer.write(b'%d:%s=%s' % (len(v), k, v)) for k, v in os.environb.items()]"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A project with one credential that has a field for every case, and two with a field of a type of its own."""
    fields = ", ".join(f"v{number}" for number in range(len(CASES)))
    file = tmp_path / "orqo-vault.yaml"
    file.write_text(
        "version: 1\ndefault_backend: local\nbackends: {local: {type: encrypted-file}}\ncredentials:\n"
        f"  all: {{name: All, key: ALL, category: custom, type: custom, fields: [{fields}]}}\n"
        "  login: {name: Login, key: LOGIN, category: runtime, type: username_password, values: {username: me}}\n"
        "  token: {name: Token, key: TOKEN, category: runtime, type: api_token}\n"
    )
    return file


@pytest.fixture
def type_in(settings: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Obeys a command line in this process, with these bytes on standard input."""

    def obey(*words: str, stdin: bytes = b"") -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        assert main(["-q", "-c", str(settings), *words]) == 0

    return obey


def seen_by_a_child(settings: Path, only: str) -> dict[bytes, bytes]:
    """Return the environment that a command finds, as its kernel keeps it."""
    run = [sys.executable, "-m", "orqo_vault", "-c", str(settings), "run", "--mask", "never", "--only", only, "--"]
    done = subprocess.run([*run, sys.executable, "-I", "-S", "-c", DUMP], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    found = {}
    rest = done.stdout
    while rest:
        length, _, rest = rest.partition(b":")
        name, _, rest = rest.partition(b"=")
        found[name], rest = rest[: int(length)], rest[int(length) :]
    return found


@pytest.mark.parametrize("source", ["stdin", "file"])
def test_every_value_arrives_byte_for_byte(
    settings: Path, type_in: Callable[..., None], tmp_path: Path, source: str
) -> None:
    for number, value in enumerate(CASES):
        file = tmp_path / "value"
        file.write_bytes(value)
        given = ["--from-file", str(file)] if source == "file" else []
        type_in("set", f"all.v{number}", "--exact", *given, stdin=value if source == "stdin" else b"")

    found = seen_by_a_child(settings, "all")

    assert {number: found[b"ALL_V%d" % number] for number in range(len(CASES))} == dict(enumerate(CASES))


def test_without_exact_only_the_newline_that_editors_add_to_one_line_is_dropped(
    settings: Path, type_in: Callable[..., None]
) -> None:
    lines = {number: value for number, value in enumerate(CASES) if value.strip(b"\r\n")}
    for number, value in enumerate(CASES):
        meant = () if number in lines else ("--exact",)  # nothing but a newline is an accident unless it is said
        type_in("set", "all", f"v{number}", *meant, stdin=value)

    found = seen_by_a_child(settings, "all")

    one_line = {
        n: value.removesuffix(b"\n").removesuffix(b"\r") if value.endswith(b"\n") else value
        for n, value in lines.items()
    }
    wanted = {number: line if b"\n" not in line else lines[number] for number, line in one_line.items()}
    assert {number: found[b"ALL_V%d" % number] for number in lines} == wanted


@pytest.mark.parametrize("target", ["token", "login.password"])
def test_values_of_other_types_arrive_byte_for_byte(settings: Path, type_in: Callable[..., None], target: str) -> None:
    variables = {"token": b"TOKEN", "login.password": b"LOGIN_PASSWORD"}
    for value in (b"$(id) 'x' \"y\"", "🔑 é".encode(), b"x" * 65_536):
        type_in("set", target, stdin=value)
        assert seen_by_a_child(settings, target.partition(".")[0])[variables[target]] == value


def test_get_gives_the_same_bytes_to_a_pipe(settings: Path, type_in: Callable[..., None], seed: int) -> None:
    chance = random.Random(seed)
    for value in chance.sample(CASES, 4):
        type_in("set", "all.v0", "--exact", stdin=value)
        done = subprocess.run(
            [sys.executable, "-m", "orqo_vault", "-c", str(settings), "get", "all.v0"], capture_output=True, check=True
        )
        assert done.stdout == value


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("ORQO_TEST_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"ORQO_TEST_SEED={chosen}")  # noqa: T201  # pytest shows it when the test fails
    return chosen
