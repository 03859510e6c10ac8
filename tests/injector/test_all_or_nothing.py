"""Whatever is stored and whatever is missing: the whole environment, or an error that names exactly what lacks."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from orqo_vault.credential import BoundField, Category, Credential
from orqo_vault.errors import MissingSecretsError
from orqo_vault.injector import Selected, build_environment
from orqo_vault.secret import Secret

FIELDS = ("one", "two", "three")


@st.composite
def selections(draw: st.DrawFn) -> list[Selected]:
    """Draw credentials with any mixture of required, defaulted, declared, stored, empty and absent fields."""
    selected = []
    for number in range(draw(st.integers(0, 4))):
        fields = tuple(
            BoundField(
                name=name,
                stored_as=name,
                secret=draw(st.booleans()),
                required=draw(st.booleans()),
                default=draw(st.sampled_from([None, "default"])),
                variables=tuple(f"C{number}_{name.upper()}_{alias}" for alias in range(draw(st.integers(0, 2)))),
            )
            for name in FIELDS
        )
        some = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["", "x", "a longer one"]))
        credential = Credential(
            id=f"c{number}",
            name="",
            key="K",
            category=Category.CUSTOM,
            type="custom",
            optional=draw(st.booleans()),
            values=draw(some),
        )
        stored = draw(st.none() | some)
        selected.append(Selected(credential, fields, Secret(stored) if stored is not None else None))
    return selected


def expected(selected: Selected) -> tuple[dict[str, str], list[str]]:
    """Say in the plainest words what one credential sets and what it lacks."""
    sets: dict[str, str] = {}
    lacks: list[str] = []
    stored = selected.secret.reveal() if selected.secret is not None else {}
    for field in selected.fields:
        found = {**stored, **selected.credential.values}.get(field.name)
        if found == "" and not field.required:
            found = None
        if found is None:
            found = field.default
        if found is not None:
            sets.update(dict.fromkeys(field.variables, found))
        elif field.required:
            lacks.append(f"{selected.credential.id}.{field.name}")
    return sets, lacks


@given(selections())
def test_a_run_gets_everything_or_an_error_that_names_everything(selected: list[Selected]) -> None:
    whole: dict[str, str] = {}
    lacking: list[str] = []
    for each in selected:
        sets, lacks = expected(each)
        if not lacks:
            whole |= sets
        elif not each.credential.optional:
            lacking += lacks
    if lacking:
        event("missing")
        with pytest.raises(MissingSecretsError) as caught:
            build_environment(selected)
        assert str(caught.value) == f"not stored: {', '.join(lacking)}"
    else:
        event("complete")
        assert build_environment(selected).reveal() == whole
