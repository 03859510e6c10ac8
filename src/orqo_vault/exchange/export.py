"""Writes variables in a format: all of them or none, each byte for byte, and never a word of a value in an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orqo_vault.errors import DeliveryError, without_frames
from orqo_vault.exchange.formats import Format, Plain, all_formats, get_format
from orqo_vault.exchange.variable import Variable
from orqo_vault.secret import SecretValue


class Exported(NamedTuple):
    """What a consumer reads; both hold plain values, so both are silent until the last line."""

    text: SecretValue
    masks: SecretValue
    """To be printed before the text is where the consumer finds it; empty for most formats."""


@without_frames
def export(format_name: str, variables: Iterable[Variable], *, name: str = "orqo-vault") -> Exported:
    """Return the document. ``name`` is what it calls itself, where the format has a place for that.

    Raises :class:`~orqo_vault.errors.DeliveryError` that names every variable the format cannot hold, with the
    formats that can hold all of them as the hint.
    """
    wanted = tuple(variables)
    plain = [Plain(each.name, each.value.reveal(), each.secret) for each in wanted]
    _refuse_unfit_anywhere(wanted, plain)
    chosen = get_format(format_name)
    problems = _problems(chosen, wanted, plain)
    if problems:
        raise DeliveryError(f"{format_name} cannot hold {'; '.join(problems)}", hint=_those_that_can(wanted, plain))
    return Exported(SecretValue(chosen.text(plain, name=name)), SecretValue(chosen.masks(plain)))


def _problems(chosen: Format, variables: Sequence[Variable], plain: Sequence[Plain]) -> list[str]:
    found = [
        f"{_said(variable)}, which {reason}"
        for variable, each in zip(variables, plain, strict=True)
        if (reason := chosen.unfit(each.name, each.value)) is not None
    ]
    if found:
        return found
    too_much = chosen.too_much(plain)
    return [f"all {len(plain)} variables together, which {too_much}"] if too_much is not None else []


def _those_that_can(variables: Sequence[Variable], plain: Sequence[Plain]) -> str:
    able = [name for name, each in all_formats().items() if not _problems(each, variables, plain)]
    return f"these formats can: {', '.join(able)}; or select fewer credentials with --only"


def _refuse_unfit_anywhere(variables: Sequence[Variable], plain: Sequence[Plain]) -> None:
    for variable, each in zip(variables, plain, strict=True):
        if "\0" in each.value or not _is_text(each.value):
            raise DeliveryError(
                f"{_said(variable)} has a NUL character or is not valid text (UTF-8), which no format can hold",
                hint="for bytes declare encoding: base64",
            )


def _said(variable: Variable) -> str:
    return f"{variable.credential}.{variable.field} ({variable.name})"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
