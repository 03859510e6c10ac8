"""The scanner finds what it is there to find: otherwise its silence would mean nothing."""

from __future__ import annotations

import base64
import html
import json
import os
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

from .scanner import Scanner

SECRET = 'C3f9a\\"/+&=é 71bd0c2e'
LEAKS: dict[str, Callable[[str], str | bytes]] = {
    "plain": str,
    "in a sentence": "could not log in with {}!".format,
    "JSON": lambda secret: json.dumps({"token": secret}),
    "JSON in UTF-8": lambda secret: json.dumps([secret], ensure_ascii=False),
    "a query": lambda secret: urllib.parse.urlencode({"token": secret}),
    "a path": lambda secret: urllib.parse.quote(secret, safe=""),
    "repr": lambda secret: f"{[secret]}",
    "bytes": lambda secret: f"{secret.encode()!r}",
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    **{
        f"base64 after {length} bytes": lambda secret, length=length: base64.b64encode(
            b"u" * length + secret.encode() + b"!!"
        )
        for length in range(6)
    },
    **{
        f"base64url before {length} bytes": lambda secret, length=length: base64.urlsafe_b64encode(
            secret.encode() + b":" * length
        )
        for length in range(3)
    },
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_leak_is_found(leak: Callable[[str], str | bytes]) -> None:
    assert Scanner({"token": SECRET.encode()}).hits("here", leak(SECRET))


@pytest.mark.parametrize("leak", [base64.b64encode, bytes.hex, lambda key: key, lambda key: urllib.parse.quote(key)])
def test_a_leaked_binary_key_is_found(leak: Callable[[bytes], str | bytes]) -> None:
    key = os.urandom(32)
    assert Scanner({"key": key}).hits("here", leak(key))


def test_files_and_their_names_are_searched(tmp_path: Path) -> None:
    scanner = Scanner({"token": b"aaaabbbbccccdddd"})
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "content").write_bytes(b"\0\xffaaaabbbbccccdddd\0")
    (tmp_path / "aaaabbbbccccdddd").touch()
    assert len(list(scanner.hits_below([tmp_path]))) >= 2


def test_a_text_without_secrets_is_silent() -> None:
    scanner = Scanner({"token": SECRET.encode(), "key": os.urandom(32)})
    assert scanner.hits("here", html.escape("orqo-vault: 4c3f9a openai: not stored\n" * 1000)) == []
