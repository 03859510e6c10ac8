"""What a stream shows with its secrets masked, and when it shows it."""

from __future__ import annotations

import base64
import json
import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orqo_vault.redaction import MASK, Patterns, Redactor, masked, patterns
from orqo_vault.secret import SecretValue
from tests.redaction.texts import colored, cut, masking, one_by_one, passed, private_key, service_account

TOKEN = "sk-proj-Qm9yZWQgbXVjaD8"


@pytest.fixture
def made() -> Patterns:
    return masking(TOKEN)


def test_a_secret_is_masked_and_the_rest_stays(made: Patterns) -> None:
    assert masked(made, f"key {TOKEN}, done\n".encode()) == b"key ********, done\n"


def test_the_mask_says_nothing_of_the_length() -> None:
    for value in ("sixsix", "x" * 500):
        assert masked(masking(value), f"<{value}>".encode()) == b"<" + MASK + b">"


def test_a_secret_that_comes_byte_by_byte_is_masked(made: Patterns) -> None:
    assert passed(made, one_by_one(f"key {TOKEN}, done\n".encode())) == b"key ********, done\n"


def test_a_character_that_is_cut_in_two_does_not_hide_a_secret() -> None:
    assert passed(masking("pässwörd€"), one_by_one("<pässwörd€>".encode())) == b"<********>"


def test_text_that_cannot_become_a_secret_is_passed_on_at_once(made: Patterns) -> None:
    redactor = Redactor(made)
    for prompt in (b"Password: ", b"login> ", b"[y/N] ", b"\x1b[1m\x1b]0;shell\x07$ "):
        assert redactor.feed(prompt) == prompt


def test_only_the_possible_beginning_of_a_secret_is_held_back(made: Patterns) -> None:
    redactor = Redactor(made)
    assert redactor.feed(b"your key: sk-pr") == b"your key: "
    assert redactor.feed(b"ivate\n") == b"sk-private\n"


def test_a_secret_that_is_the_beginning_of_another_is_masked_at_once() -> None:
    redactor = Redactor(masking("abcdefgh", "abcdefghijkl"))
    assert redactor.feed(b"<abcdefgh") == b"<" + MASK
    assert redactor.feed(b"ijkl>") == b">"
    assert redactor.feed(b"<abcdefgh") + redactor.feed(b"ij>") == b"<" + MASK + b"ij>"


def test_what_was_held_back_comes_at_the_end(made: Patterns) -> None:
    redactor = Redactor(made)
    assert redactor.feed(b"sk-proj-") == b""
    assert redactor.finish() == b"sk-proj-"
    assert redactor.finish() == b""


def test_in_a_pause_a_few_held_bytes_are_shown_and_a_longer_beginning_is_not(made: Patterns) -> None:
    redactor = Redactor(made)
    assert redactor.feed(b"sk-") == b""
    assert redactor.idle() == b"sk-"
    assert redactor.idle() == b""
    assert redactor.feed(b"proj") == b""
    assert redactor.idle() == b""
    assert redactor.feed(TOKEN.removeprefix("sk-proj").encode() + b"!") == MASK + b"!"


def test_an_echo_is_shown_in_a_pause_and_only_once(made: Patterns) -> None:
    redactor = Redactor(made)
    shown = b"".join(redactor.feed(key) + redactor.idle() for key in one_by_one(b"ls sk 2s"))
    assert shown + redactor.finish() == b"ls sk 2s"


def test_overlapping_and_touching_secrets_have_one_mask() -> None:
    made = masking("abcdefgh", "efghijkl", "mnopqr")
    for pieces in ([b"<abcdefghijklmnopqr>"], one_by_one(b"<abcdefghijklmnopqr>")):
        assert passed(made, pieces) == b"<" + MASK + b">"


def test_the_count_is_of_masks(made: Patterns) -> None:
    redactor = Redactor(made)
    redactor.feed(f"{TOKEN}{TOKEN} {TOKEN}".encode())
    redactor.finish()
    assert redactor.count == 2


def test_a_color_in_a_secret_does_not_hide_it_and_is_kept(made: Patterns) -> None:
    text = f"\x1b[1mkey \x1b[32m{TOKEN[:7]}\x1b[0;31m{TOKEN[7:]}\x1b[0m done".encode()
    assert passed(made, [text]) == b"\x1b[1mkey \x1b[32m********\x1b[0;31m\x1b[0m done"
    assert passed(made, one_by_one(text)) == b"\x1b[1mkey \x1b[32m********\x1b[0;31m\x1b[0m done"


def test_escape_sequences_between_all_bytes_of_a_secret_leave_one_mask(made: Patterns) -> None:
    text = b"\x1b[7m".join(one_by_one(TOKEN.encode()))
    out = passed(made, one_by_one(text))
    assert out.replace(b"\x1b[7m", b"") == MASK


def test_a_secret_in_a_link_or_a_title_is_masked(made: Patterns) -> None:
    for begin, end in (("\x1b]8;;https://api/?key=", "\x1b\\link\x1b]8;;\x1b\\"), ("\x1b]0;", "\x07")):
        text = f"{begin}{TOKEN}{end}".encode()
        assert passed(made, one_by_one(text)) == begin.encode() + MASK + end.encode()


def test_a_sequence_that_is_never_ended_hides_nothing(made: Patterns) -> None:
    text = b"\x1b]0;no end" + b"." * 100 + TOKEN.encode() + b"\x1b[0m" + TOKEN[:5].encode()
    assert TOKEN.encode() not in passed(made, one_by_one(text + b"\x1b[1m" + TOKEN[5:].encode() + b"\n"))
    assert passed(made, one_by_one(text)).count(MASK) == 1


def test_two_secrets_across_a_sequence_that_overlap_are_masked_when_cut_anywhere() -> None:
    made = masking("abcdef", "cdefghij", "bcdefX1234567890123456789")
    text = b"<ab\x1b[1mcd\x1b[2mef\x1b[3mgh\x1b[4mij>"
    for at in range(len(text) + 1):
        out = passed(made, [text[:at], text[at:]])
        assert out == b"<********\x1b[1m\x1b[2m\x1b[3m\x1b[4m>", at


def test_a_private_key_is_masked_whole_in_both_kinds_of_line_ends_and_line_by_line() -> None:
    key = private_key(random.Random(1))
    made = masking(key)
    body = key.strip().split("\n")[1:-1]
    assert masked(made, key.encode()) == MASK + b"\n"
    assert masked(made, key.replace("\n", "\r\n").encode()) == MASK + b"\r\n"
    indented = "".join(f"  | {line}\n" for line in key.split("\n")).encode()
    assert not [line for line in body if len(line) >= 8 and line.encode() in masked(made, indented)]


def test_the_frame_of_a_private_key_alone_is_no_secret() -> None:
    text = b"-----BEGIN OPENSSH PRIVATE KEY-----\n(not shown)\n-----END OPENSSH PRIVATE KEY-----\n"
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n"
    assert masked(masking(key), text) == text


def test_base64_that_is_broken_into_lines_is_masked() -> None:
    key = private_key(random.Random(2))
    *lines, last = masked(masking(key), base64.encodebytes(key.encode())).splitlines()
    assert set(lines) == {MASK}
    assert len(last.removeprefix(MASK)) <= 4  # the newline at the end of the key


def test_the_strings_of_a_service_account_file_are_masked_wherever_they_stand() -> None:
    text = service_account(random.Random(3))
    account = json.loads(text)
    made = masking(text)
    assert masked(made, text.encode()) == MASK
    key_line = account["private_key"].split("\n")[1]
    for part in (account["private_key_id"], account["nested"][0]["token"], account["private_key"].strip(), key_line):
        assert masked(made, f"[{part}]".encode()) == b"[********]"
    assert masked(made, json.dumps(account).encode()).count(account["private_key_id"].encode()) == 0
    assert masked(made, b"abc") == b"abc"


def test_values_shorter_than_six_are_counted_and_not_masked() -> None:
    made = masking("abcde", "", "      ", " abc\n\n\n", "abcdef")
    assert made.too_short == 3
    assert masked(made, b"abcde abcdef           ") == b"abcde ********           "


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a/b+c d~e", "a%2Fb%2Bc%20d~e"),
        ("a/b+c d~e", "a/b%2Bc%20d~e"),
        ("a/b+c d~e", "a%2Fb%2Bc+d~e"),
        ("a/b+c d~e", "a%2fb%2bc%20d~e"),
        ("a/b+c d~e", "a%2Fb%2Bc+d%7Ee"),
        ("it's(50%)!", "it's(50%25)!"),
        ("p=1&q=<2>é", r"p=1\u0026q=\u003c2\u003eé"),
        ("p=1&q=<2>é", r"p=1&q=<2>\u00e9"),
        ("a/b/c/d", r"a\/b\/c\/d"),
        ('say "\\"\t!', r"say \"\\\"\t!"),
    ],
)
def test_what_other_languages_make_of_a_value_is_masked(value: str, written: str) -> None:
    assert masked(masking(value), f"<{written}>".encode()) == b"<********>"


@given(value=st.text(min_size=1, max_size=40), around=st.binary(max_size=30), seed=st.integers(0, 2**32))
def test_cuts_change_nothing(value: str, around: bytes, seed: int) -> None:
    chance = random.Random(seed)
    made = masking(value, value[::-1], value + value)
    text = around + colored(value.encode("utf-8", "surrogatepass") * 2, chance) + around
    assert passed(made, cut(text, chance)) == passed(made, [text])


def test_without_a_secret_everything_passes_at_once() -> None:
    redactor = Redactor(patterns([]))
    assert redactor.feed(b"anything") == b"anything"
    assert not patterns([SecretValue("short")])


def test_patterns_show_nothing_and_go_nowhere(made: Patterns) -> None:
    assert TOKEN not in repr(made)
    assert not hasattr(made, "__dict__")
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(made)
