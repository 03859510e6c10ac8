"""One key more or less in a YAML text, in all the layouts people use; the rest keeps its bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orqo_vault.edit.layer import Layer
from orqo_vault.errors import SettingsError
from orqo_vault.settings.document import parse

FILE = """\
# the top
version: 1

backends:
    local: {type: encrypted-file, path: .orqo}   # home
    corp: { type: x }

credentials:   # all of them
    # the mail
    mail:
        name:   "Outgoing"     # aligned
        # about path
        path: team/mail
        # about fields
        fields: { a: b }
        env:
            username: [A, B]   # two
            # not injected
            password: C
        description: |
            two
            lines

    crm: {name: CRM,
          key: CRM, # why
          fields: [a,b]
    }

# about llm
llm:
runs: {}   # none
x-text: >-
   folded

   text
# the end
"""

REMOVE = object()
MAIL = ("credentials", "mail")

CASES: dict[str, tuple[tuple[str, ...], Any, str, str]] = {
    # what: (path, value, the piece of the file, what it becomes)
    "a value beside an aligned comment": ((*MAIL, "name"), "Neu", '"Outgoing"     # aligned', '"Neu"     # aligned'),
    "a plain value": ((*MAIL, "path"), "team/post", "path: team/mail\n", "path: team/post\n"),
    "a value that needs quotes": ((*MAIL, "path"), "a: b", "path: team/mail\n", "path: 'a: b'\n"),
    "a text that looks like a number": ((*MAIL, "path"), "8200", "path: team/mail\n", "path: '8200'\n"),
    "a key in brackets": ((*MAIL, "fields", "c"), "d", "{ a: b }", "{ a: b, c: d }"),
    "a value in brackets": ((*MAIL, "fields", "a"), "z", "{ a: b }", "{ a: z }"),
    "a list by one text": ((*MAIL, "env", "username"), "Z", "[A, B]   # two", "Z   # two"),
    "a text by a list": ((*MAIL, "env", "password"), ["C", "D"], "password: C\n", "password: [C, D]\n"),
    "many lines by one": (
        (*MAIL, "description"),
        "one",
        "|\n            two\n            lines\n",
        "one\n",
    ),
    "many lines by many": (
        (*MAIL, "description"),
        "a\nb\n",
        "|\n            two\n            lines\n",
        '"a\\nb\\n"\n',
    ),
    "a new key": (
        (*MAIL, "mode"),
        "platform",
        "            lines\n",
        "            lines\n        mode: platform\n",
    ),
    "a new mapping": (
        (*MAIL, "values", "host"),
        "h",
        "            lines\n",
        "            lines\n        values: {host: h}\n",
    ),
    "a new key in brackets of many lines": (("credentials", "crm", "mode"), "own", "[a,b]\n", "[a,b], mode: own\n"),
    "no key": ((*MAIL, "path"), REMOVE, "        path: team/mail\n", ""),
    "no key with its comment": ((*MAIL, "name"), REMOVE, '        name:   "Outgoing"     # aligned\n', ""),
    "no mapping": (
        (*MAIL, "env"),
        REMOVE,
        "        env:\n            username: [A, B]   # two\n            # not injected\n            password: C\n",
        "",
    ),
    "no text of many lines": (
        (*MAIL, "description"),
        REMOVE,
        "        description: |\n            two\n            lines\n",
        "",
    ),
    "the last key in brackets": ((*MAIL, "fields", "a"), REMOVE, "{ a: b }", "{  }"),
    "a first key in brackets of many lines": (("credentials", "crm", "name"), REMOVE, "{name: CRM,\n", "{\n"),
    "a middle key keeps its neighbour's comment": (("credentials", "crm", "key"), REMOVE, "key: CRM, # why", "# why"),
    "a last key keeps its neighbour's comment": (("credentials", "crm", "fields"), REMOVE, "fields: [a,b]\n", "\n"),
    "an entry as its neighbours are": (
        ("backends", "aws"),
        {"type": "aws", "region": "eu"},
        "    corp: { type: x }\n",
        "    corp: { type: x }\n    aws: {type: aws, region: eu}\n",
    ),
    "an entry of a section that says nothing": (
        ("llm", "default"),
        {"model": "openai:gpt-4o", "credential": "openai"},
        "llm:\n",
        "llm:\n    default:\n        model: openai:gpt-4o\n        credential: openai\n",
    ),
    "an entry of a section that says {}": (
        ("runs", "default"),
        {"credentials": ["mail"]},
        "runs: {}   # none\n",
        "runs:   # none\n    default:\n        credentials: [mail]\n",
    ),
    "a section": (
        ("x-new", "default"),
        {"a": "b"},
        "# the end\n",
        "# the end\n\nx-new:\n    default:\n        a: b\n",
    ),
    "no entry": (("credentials", "crm"), REMOVE, FILE[FILE.index("\n    crm:") : FILE.index("\n# about llm")], ""),
}


def layer(text: str) -> Layer:
    content = text.encode()
    return Layer(Path("orqo-vault.yaml"), content, text, parse(content, "orqo-vault.yaml").data)


def edited(text: str, path: tuple[str, ...], value: Any) -> str:
    before = layer(text)
    return (before.drop(path) if value is REMOVE else before.put(path, value)).text


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("path", "value", "piece", "becomes"), CASES.values(), ids=CASES)
def test_only_the_edited_piece_changes(
    path: tuple[str, ...], value: Any, piece: str, becomes: str, newline: str
) -> None:
    assert FILE.count(piece) == 1, "the case names one piece of the file"
    expected = FILE.replace(piece, becomes).replace("\n", newline)

    assert edited(FILE.replace("\n", newline), path, value) == expected


def test_a_mapping_that_loses_its_last_key_keeps_the_comments_in_it() -> None:
    text = "backends:\n  # ours\n  local: {type: x} # here\n  # theirs\n\nruns: {}\n"

    assert edited(text, ("backends", "local"), REMOVE) == "backends: {}\n  # ours\n  # theirs\n\nruns: {}\n"


def test_a_new_entry_keeps_the_distance_of_its_neighbours() -> None:
    text = "credentials:\n  a:\n    name: A\n\n  b:\n    name: B\n\n# next\nruns: {}\n"

    expected = text.replace("name: B\n", "name: B\n\n  c:\n    name: C\n")
    assert edited(text, ("credentials", "c"), {"name": "C"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "runs:\n  a:\n    b: c\n"),
        ("# only a comment", "# only a comment\n\nruns:\n  a:\n    b: c\n"),
        ("---\n", "---\n\nruns:\n  a:\n    b: c\n"),
        ("version: 1\n...\n", "version: 1\n\nruns:\n  a:\n    b: c\n...\n"),
        ("version: 1", "version: 1\n\nruns:\n  a:\n    b: c\n"),
        ("{version: 1}\n", "{version: 1, runs: {a: {b: c}}}\n"),
        ('{"version": 1,\n "runs": {"z": {"b": 1}}}\n', '{"version": 1,\n "runs": {"z": {"b": 1}, a: {b: c}}}\n'),
        ("runs: ~ # none\n", "runs: # none\n  a:\n    b: c\n"),
        ("runs: # none", "runs: # none\n  a:\n    b: c\n"),
        ("runs: &all\n  z: {b: c}\n", "runs: &all\n  z: {b: c}\n  a: {b: c}\n"),
    ],
)
def test_an_entry_finds_its_place_in_any_file(text: str, expected: str) -> None:
    assert edited(text, ("runs", "a"), {"b": "c"}) == expected


def test_a_comment_of_nothing_but_signs_takes_no_time() -> None:
    text = "version: 1\n" + "# " * 10_000 + "\n...\n"

    assert edited(text, ("runs", "a"), {"b": "c"}).startswith("version: 1\n\nruns:\n")


def test_blank_lines_that_are_content_are_not_touched() -> None:
    text = "credentials:\n  a:\n    description: |+\n      text\n\n\nruns: {}\n"

    after = edited(text, ("credentials", "a", "name"), "A")

    assert after == "credentials:\n  a:\n    description: |+\n      text\n\n\n    name: A\nruns: {}\n"


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        pytest.param("a: &x {k: 1}\nb: *x\n", ("a", "k"), 2, id="an anchored value changes its aliases"),
        pytest.param("a: &x {k: 1}\nb: *x\n", ("a", "k"), REMOVE, id="an anchored key is seen through its aliases"),
        pytest.param("s: {a: &x {k: 1}, b: *x}\n", ("s", "a"), REMOVE, id="an alias needs its anchor"),
        pytest.param("a: &x {k: 1}\nb: *x\n", ("b", "k"), 2, id="an alias is not edited in place"),
        pytest.param("? a\n: {k: 1}\n", ("a",), REMOVE, id="a key with a question mark"),
        pytest.param("{a, b: 1}\n", ("a",), 2, id="a key without a colon"),
        pytest.param("a: 1\rb: 2\r", ("a",), REMOVE, id="the line breaks of another age"),
    ],
)
def test_what_cannot_be_edited_alone_is_refused(text: str, path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(SettingsError, match=r"cannot be edited|an alias"):
        edited(text, path, value)


def test_an_alias_is_removed_and_its_anchor_stays() -> None:
    assert edited("s:\n  a: &x {k: 1}\n  b: *x\n", ("s", "b"), REMOVE) == "s:\n  a: &x {k: 1}\n"


def test_entries_that_come_and_go_leave_no_gap() -> None:
    text = "credentials:\n  a: {name: A}\n\n  b:\n    name: B\n\nruns: {}\n"

    assert edited(edited(text, ("credentials", "c"), {"name": "C"}), ("credentials", "c"), REMOVE) == text
    assert edited(text, ("credentials", "b"), REMOVE) == "credentials:\n  a: {name: A}\n\nruns: {}\n"
    assert edited(text, ("credentials", "a"), REMOVE) == "credentials:\n\n  b:\n    name: B\n\nruns: {}\n"
