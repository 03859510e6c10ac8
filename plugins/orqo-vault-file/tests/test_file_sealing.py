"""The cipher: the construction we say it is, and nothing comes out of a seal that was touched."""

from __future__ import annotations

import random

import pytest
from orqo_vault_file.format import sealing

from . import cobblestone

KEY = bytes(range(32))
CONTEXT = b"what it is bound to"
SIZES = [0, 1, 128, 16383, 16384, 16385, 32768, 70000]


@pytest.mark.parametrize("size", SIZES)
def test_what_we_seal_opens_by_the_specification(size: int) -> None:
    message = random.Random(size).randbytes(size)

    assert cobblestone.unseal(KEY, CONTEXT, sealing.seal(KEY, CONTEXT, message)) == message


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_by_the_specification_opens_here(size: int) -> None:
    message = random.Random(size).randbytes(size)

    assert sealing.unseal(KEY, CONTEXT, cobblestone.seal(KEY, CONTEXT, message, bytes(24))) == message


@pytest.mark.parametrize("size", [0, 1, 300])
def test_no_single_bit_can_be_changed(size: int) -> None:
    sealed = sealing.seal(KEY, CONTEXT, bytes(size))

    for position in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        assert sealing.unseal(KEY, CONTEXT, bytes(changed)) is None


@pytest.mark.parametrize("size", [0, 128, 16384, 40000])
def test_no_length_but_the_whole_opens(size: int) -> None:
    sealed = sealing.seal(KEY, CONTEXT, bytes(size))
    boundaries = [0, 1, 24, 56, 57, 71, 72, 56 + 16400, 56 + 2 * 16400, len(sealed) - 16, len(sealed) - 1]

    for length in {at for at in boundaries if 0 <= at < len(sealed)}:
        assert sealing.unseal(KEY, CONTEXT, sealed[:length]) is None
    for more in (b"\0", bytes(16), sealed):
        assert sealing.unseal(KEY, CONTEXT, sealed + more) is None


def test_chunks_cannot_change_places() -> None:
    sealed = sealing.seal(KEY, CONTEXT, random.Random(1).randbytes(40000))
    head, first, second, rest = sealed[:56], sealed[56:16456], sealed[16456:32856], sealed[32856:]

    assert sealing.unseal(KEY, CONTEXT, head + second + first + rest) is None
    assert sealing.unseal(KEY, CONTEXT, head + first + first + rest) is None
    assert sealing.unseal(KEY, CONTEXT, head + first + rest) is None


def test_another_key_or_context_does_not_open() -> None:
    sealed = sealing.seal(KEY, CONTEXT, b"message")

    assert sealing.unseal(bytes(32), CONTEXT, sealed) is None
    assert sealing.unseal(KEY, b"", sealed) is None
    assert sealing.unseal(KEY, CONTEXT + b"\0", sealed) is None


def test_sealing_twice_shows_nothing_in_common() -> None:
    assert sealing.seal(KEY, CONTEXT, b"message")[:56] != sealing.seal(KEY, CONTEXT, b"message")[:56]


def test_each_purpose_has_its_own_key() -> None:
    labels = ["slot", "epoch", "credential", "key-id", "master-key-id"]
    derived = {sealing.expand(KEY, label) for label in labels}

    assert len(derived) == len(labels)
    assert all(
        sealing.expand(KEY, label) == cobblestone.expand(KEY, b"orqo-vault/v1/" + label.encode(), 32)
        for label in labels
    )


def test_a_context_can_be_read_in_one_way_only() -> None:
    contexts = [
        sealing.context("slot", "ab", "c", b"line"),
        sealing.context("slot", "a", "bc", b"line"),
        sealing.context("slot", "ab", "c", b"lin"),
        sealing.context("epoch", "ab", "c", b"line"),
    ]

    assert len(set(contexts)) == len(contexts)
