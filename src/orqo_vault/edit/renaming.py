"""Puts another name in the place of one, wherever a settings file uses what is called so."""

from __future__ import annotations

from orqo_vault.edit.layer import Layer

LISTS = {"credentials": ("runs", "credentials"), "llm": ("runs", "llm")}
"""Section → where lists name its entries."""


def renamed(file: Layer, section: str, name: str, other: str) -> Layer:
    """Return the file with ``other`` where its LLM configs and runs name an entry of the section."""
    if section == "credentials":
        for config, entry in _entries(file, "llm"):
            if entry.get("credential") == name:
                file = file.put(("llm", config, "credential"), other)
    users, key = LISTS.get(section, ("", ""))
    for user, entry in _entries(file, users):
        listed = entry.get(key)
        if isinstance(listed, list) and name in listed:
            names = dict.fromkeys(other if each == name else each for each in listed)
            file = file.put((users, user, key), list(names))
    return file


def _entries(file: Layer, section: str) -> list[tuple[str, dict[str, object]]]:
    found = file.get((section,)) if section else None
    return (
        [(name, entry) for name, entry in found.items() if isinstance(entry, dict)] if isinstance(found, dict) else []
    )
