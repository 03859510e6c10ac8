"""Any edit of any file: the rest keeps its bytes, every comment outside of the entry stays, and the file loads."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.layer import Layer
from orqo_vault.edit.plain import with_key, without_key
from orqo_vault.errors import OrqoVaultError, SettingsError
from orqo_vault.settings.document import parse
from orqo_vault.settings.load import load_settings
from tests.edit.odd_files import NAMES, OddFile


def places(data: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the path of every entry and of what is in it."""
    found: list[tuple[str, ...]] = []
    for section in ("backends", "credentials", "runs"):
        for name, entry in data[section].items():
            found.append((section, name))
            for key, value in entry.items():
                found.append((section, name, key))
                found += [(section, name, key, inner) for inner in value] if isinstance(value, dict) else []
    return found


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=pytest.mark.slow)])
def test_one_key_of_any_file_is_changed_alone(count: int) -> None:
    refused = 0
    for seed in range(count):
        random = Random(seed)
        text = OddFile(random).text
        data = parse(text.encode(), "f").data
        before = Layer(Path("f"), text.encode(), text, data)
        path = random.choice(places(data))
        value = random.choice([*NAMES, None, 7, ["a", "b"], {"k": "v"}])
        try:
            if random.randrange(2):
                after, expected = before.drop(path), without_key(data, path)
            else:
                path = random.choice([path, (*path[:-1], "new"), (*path, "deeper")])
                after, expected = before.put(path, value), with_key(data, path, value)
        except SettingsError:
            refused += 1
            continue
        assert parse(after.text.encode(), "f").data == expected, f"seed {seed}: {path}"
        assert ("\r\n" in text) == ("\r\n" in after.text), f"seed {seed}: {path}"
        assert after.text.replace("\r\n", "").count("\r") == 0, f"seed {seed}: {path}"
    assert refused <= count // 50, f"{refused} of {count} ordinary files could not be edited"


def alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def difference(before: str, after: str) -> tuple[str, str]:
    """Return what was lost and what is new, as one stretch each."""
    start = alike(before, after)
    end = alike(before[start:][::-1], after[start:][::-1])
    return before[start : len(before) - end], after[start : len(after) - end]


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.slow)])
def test_nothing_outside_of_the_edited_key_is_lost_or_added(count: int) -> None:
    for seed in range(count):
        random = Random(seed)
        text = OddFile(random).text
        layer = Layer(Path("f"), text.encode(), text, parse(text.encode(), "f").data)
        names = list(layer.data["credentials"])
        if not names:
            continue
        place = ("credentials", random.choice(names))

        lost, new = difference(text, layer.put((*place, "provider"), "somebody").text)
        assert (lost, new.count("somebody"), new.count(":")) == ("", 1, 1), f"seed {seed}: {lost!r} {new!r}"

        lost, new = difference(text, layer.drop((*place, "category")).text)
        assert new == "", f"seed {seed}: {new!r}"
        assert "custom" in lost, f"seed {seed}: {lost!r}"
        assert lost.count(":") == 1 + lost.count("# a: b"), f"seed {seed}: {lost!r}"
        assert "# a note" not in lost, f"seed {seed}: {lost!r}"

        lost, new = difference(text, layer.put((*place, "category"), "runtime").text)
        assert lost in "custom", f"seed {seed}: {lost!r}"
        assert new in "runtime", f"seed {seed}: {new!r}"


def any_edit(random: Random, editor: SettingsEditor, data: dict[str, Any], number: int) -> None:
    """Make one edit of a kind that people make; some of them are refused."""
    names = list(data["credentials"])
    kind = random.randrange(4) if names else 0
    if kind == 0:
        entry = {"name": random.choice(NAMES[:8]), "key": f"NEW_{number}", "category": "custom", "type": "api_token"}
        editor.add("credentials", f"n{number}", entry)
    elif kind == 1:
        editor.remove("credentials", random.choice(names))
    elif kind == 2:
        changes = {"description": random.choice([None, *NAMES]), "env": {"primary": random.choice([None, ["P"]])}}
        editor.change("credentials", random.choice(names), changes)
    else:
        editor.add("runs", f"n{number}", {"credentials": random.sample(names, 1), "budget": 1})


@pytest.mark.parametrize("files", [12, pytest.param(400, marks=pytest.mark.slow)])
def test_any_edits_one_after_the_other_leave_a_file_that_loads(tmp_path: Path, home: Path, files: int) -> None:
    path, environ = tmp_path / "orqo-vault.yaml", {"HOME": str(home)}
    made = 0
    for seed in range(files):
        random = Random(seed)
        odd = OddFile(random)
        path.write_bytes(odd.text.encode())
        editor = SettingsEditor(path, environ=environ)
        for number in range(8):
            before = parse(path.read_bytes(), "f").data
            try:
                any_edit(random, editor, before, number)
                made += 1
            except OrqoVaultError:
                assert parse(path.read_bytes(), "f").data == before, f"seed {seed}: a refused edit wrote"
            load_settings(path, environ=environ)
            after = parse(path.read_bytes(), "f").data
            changed = [
                (section, name)
                for section in before
                if isinstance(before[section], dict)
                for name in {*before[section], *after[section]}
                if before[section].get(name) != after[section].get(name)
            ]
            assert len(changed) <= 1, f"seed {seed}: {changed}"
    assert made > files * 3
