"""docs/environment.md says what the types declare and what the policy refuses: no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from orqo_vault import variables
from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.credential_types.naming import bind
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed
from orqo_vault.variables import refusal

PAGE = (Path(__file__).parents[2] / "docs" / "environment.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def kind(field: Field, type: CredentialType) -> str:
    if field.derived:
        return "derived when stored"
    need = "required" if field.required else f"default {field.default}" if field.default else "optional"
    choices = f": {', '.join(field.choices)}" if field.choices else ""
    words = ["secret"] * field.secret + [need + choices] + ["primary"] * (field.name == type.primary)
    return ", ".join(words)


def test_the_table_is_what_the_types_declare() -> None:
    page = rows("What each type sets")
    examples = dict(re.fullmatch(r"`(\w+)`, key `(\w+)`", first).groups() for first, *_ in page if first)  # type: ignore[union-attr, misc]  # the pattern fits every row, or the test fails
    declared = []
    for name, key in examples.items():
        type = credential_type(name)
        values = {field.name: "" for field in type.fields if not field.secret}
        credential = Credential(id="x", name="x", key=key, category=Category.CUSTOM, type=name, values=values)
        fields = zip(type.fields, bind(credential, type), strict=True)
        for number, (field, bound) in enumerate(fields):
            first = "" if number else f"`{name}`, key `{key}`"
            sets = " ".join(f"`{variable}`" for variable in bound.variables)
            declared.append([first, f"`{field.name}`", kind(field, type), sets])
    assert page == declared
    assert {*examples, "custom"} == {name for name in installed(CREDENTIAL_TYPES) if _is_built_in(name)}


def _is_built_in(name: str) -> bool:
    return credential_type(name).__class__.__module__.startswith("orqo_vault.")


def test_the_example_of_a_custom_credential_is_true() -> None:
    fields = re.search(r"key `CRM` with `fields: \[tenant, api-key\]` sets `(\w+)` and `(\w+)`", PAGE)
    assert fields is not None
    credential = Credential(
        id="crm",
        name="CRM",
        key="CRM",
        category=Category.CUSTOM,
        type="custom",
        custom_fields=("tenant", "api-key"),
    )
    assert [field.variables for field in bind(credential, credential_type("custom"))] == [(v,) for v in fields.groups()]


def test_the_refused_names_are_the_policy() -> None:
    policy = [
        [
            reason,
            " ".join(
                f"`{name}`"
                for name in (
                    *variables.NAMES[reason],
                    *(f"{prefix}*" for prefix in variables.PREFIXES.get(reason, ())),
                    *(f"*{suffix}" for suffix in variables.SUFFIXES.get(reason, ())),
                )
            ),
        ]
        for reason in variables.NAMES
    ]
    assert rows("Names that are refused") == policy
    assert {*variables.PREFIXES, *variables.SUFFIXES} <= set(variables.NAMES)


def test_every_name_on_the_page_that_a_credential_sets_may_be_set() -> None:
    names = [name for *_, cell in rows("What each type sets") for name in re.findall(r"`(\w+)`", cell)]
    assert len(names) > 25
    assert not [name for name in names if refusal(name)]
