"""What a form says: names and texts, read from the JSON that the page's script makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, RootModel

from orqo_vault.errors import InvalidFieldError
from orqo_vault.secret import SecretValue
from orqo_vault.settings.schema import ID
from orqo_vault.web.bodies import read_body
from orqo_vault.web.site import Visit

VALUE, SECRET = "value.", "secret."
"""What stands before a field's name: it goes to the settings file, or to the backend."""
NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class Answers(RootModel[dict[str, str | list[str]]]):
    """A form's fields by name. A name that is not there was not asked, or nobody touched it: it is kept."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    def text(self, name: str) -> str:
        """Return what was typed there, without spaces around it; empty when nothing was."""
        found = self.root.get(name, "")
        return found.strip() if isinstance(found, str) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Return everything that was chosen there."""
        found = self.root.get(name, [])
        return (found,) if isinstance(found, str) else tuple(found)

    @property
    def secrets(self) -> dict[str, SecretValue]:
        """Return the fields for the backend, exactly as typed."""
        return {name: SecretValue(text) for name, text in self._below(SECRET).items() if text}

    @property
    def values(self) -> dict[str, str]:
        """Return the fields for the settings file; an empty one is there too."""
        return {name: text.strip() for name, text in self._below(VALUE).items()}

    def _below(self, start: str) -> dict[str, str]:
        return {
            name.removeprefix(start): text
            for name, text in self.root.items()
            if name.startswith(start) and isinstance(text, str)
        }


async def answers_of(visit: Visit) -> Answers:
    """Return what the form says."""
    return await read_body(visit.request, Answers)


def new_id(answers: Answers) -> str:
    """Return the id that was typed, else one made of the name."""
    return answers.text("id") or NOT_A_WORD.sub("-", answers.text("name").casefold()).strip("-")[:64]


def checked_id(text: str) -> str:
    """Return the id, or refuse what is none: it becomes a part of addresses."""
    if not re.fullmatch(ID, text):
        raise InvalidFieldError(
            "the id must be lower-case letters, digits, - and _", hint="give it one: it names the entry in the file"
        )
    return text


def listed_names(text: str) -> list[str]:
    """Return the field names of a custom credential, as somebody separates them."""
    return [each for each in re.split(r"[\s,]+", text) if each]


def entry_of(answers: Answers, defaults: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the new entry that a form describes; ``defaults`` are those of the type's fields."""
    platform = answers.text("mode") == "platform"
    values = {name: text for name, text in answers.values.items() if text and text != defaults.get(name)}
    entry: dict[str, Any] = {
        "name": answers.text("name") or new_id(answers),
        "description": answers.text("description") or None,
        "key": answers.text("key"),
        "category": answers.text("category"),
        "type": answers.text("type"),
        "provider": answers.text("provider") or None,
        "mode": "platform" if platform else None,
        "backend": None if platform else answers.text("backend") or None,
        "fields": listed_names(answers.text("fields")) or None,
        "expires_at": answers.text("expires_at") or None,
        "optional": True if answers.text("optional") else None,
        "values": values if values and not platform else None,
    }
    return {name: value for name, value in entry.items() if value is not None}
