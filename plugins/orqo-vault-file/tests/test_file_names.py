"""Paths and file names: one name a path, and only paths that every file system keeps apart."""

from __future__ import annotations

from itertools import product

import pytest
from orqo_vault_file.backend import FileReference
from orqo_vault_file.format.names import file_name, path_of


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a\\b"),
        *("A", "mail.x", "é", "a b", "a\n", "a\0", "con:", "-a", "_a", "a/-b", "\N{LATIN SMALL LIGATURE FI}le"),
        *("a" * 65, "/".join(["a" * 60] * 4), "\N{FULLWIDTH DIGIT ONE}"),
    ],
)
def test_a_path_outside_of_the_grammar_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path must"):
        FileReference(path=path)


@pytest.mark.parametrize("path", ["a", "0", "con", "nul/aux", "a-b_c/d", "a" * 64, "/".join(["a" * 63] * 3)])
def test_a_path_inside_of_the_grammar_has_a_name_that_leads_back(path: str) -> None:
    name = file_name(FileReference(path=path).path)

    assert path_of(name) == path
    assert len(name) <= 200
    assert name == name.lower()


def test_no_two_paths_share_a_name() -> None:
    ids = ["a", "b", "a-b", "a_b", "ab", "c-a", "sealed"]
    paths = ["/".join(parts) for length in (1, 2, 3) for parts in product(ids, repeat=length)]

    assert len({file_name(path) for path in paths}) == len(paths)


@pytest.mark.parametrize(
    "name", ["a.sealed", "c-a", "c-.sealed", "c-A.sealed", "c-a..b.sealed", ".tmp-c-a.sealed", ".lock"]
)
def test_a_file_that_is_no_credential_has_no_path(name: str) -> None:
    assert path_of(name) is None
