"""Makes proposals real: stored, declared and read back, each on its own, so that a second run goes on where one ended.

Nothing is written until everything is known to be possible. What is declared already gets what it lacks; a value it
has is compared, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from orqo_vault.credential import Mode
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.replacing import replace_content
from orqo_vault.errors import ConflictError, CorruptSecretError, without_frames
from orqo_vault.exchange.importing import replaced_source
from orqo_vault.exchange.proposals import Proposal
from orqo_vault.exchange.sources import Moved, Place
from orqo_vault.secret import Secret, SecretValue
from orqo_vault.vault.declaring import add_credential, candidate
from orqo_vault.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Step:
    """One proposal, as this project can take it."""

    proposal: Proposal
    declared: bool
    """A credential that sets these variables is there already, under the proposal's id."""

    @property
    def moved(self) -> dict[Place, Moved]:
        """Each variable in the source → where its value is when the step is done."""
        return {place: Moved(self.proposal.id, field) for place, field in self.proposal.places.items()}


def import_steps(vault: Vault, proposals: Iterable[Proposal], backend: str | None = None) -> tuple[Step, ...]:
    """Return what is to be done, by names alone; ids that mean something else here get a number."""
    steps: list[Step] = []
    for proposal in proposals:
        taken = {step.proposal.id for step in steps}
        declared = _declared_as(vault, proposal)
        if declared is not None:
            steps.append(Step(declared, declared=True))
            continue
        credential_id, number = proposal.id, 1
        while credential_id in vault.credentials or credential_id in taken:
            number += 1
            credential_id = f"{proposal.id[:60]}-{number}"
        entry = proposal.entry if backend is None else {**proposal.entry, "backend": backend}
        steps.append(Step(replace(proposal, id=credential_id, entry=entry), declared=False))
    return tuple(steps)


def refuse_impossible(vault: Vault, editor: SettingsEditor, steps: Iterable[Step]) -> None:
    """Raise for the first step that cannot be done; nothing is written."""
    for step in steps:
        if step.declared:
            _refuse_another_value(step.proposal, _held(vault, step.proposal))
            vault.backends.writable(str(vault.credentials[step.proposal.id].backend))
        else:
            with candidate(vault, editor, step.proposal.id, step.proposal.entry) as wanted:
                stored = wanted.read(step.proposal.id)
                # An import that was interrupted before it declared what it had stored left it as it should be.
                if stored is not None and stored != step.proposal.secret:
                    raise _occupied(step.proposal)
                wanted.backends.writable(str(wanted.credentials[step.proposal.id].backend))


def take_steps(vault: Vault, editor: SettingsEditor, steps: Iterable[Step]) -> Iterator[tuple[Step, str]]:
    """Do the steps, and yield each, with what was done, when its values were read back as they are in the source."""
    for step in steps:
        yield step, (_complete(vault, step.proposal) if step.declared else _import(vault, editor, step.proposal))


@without_frames
def replace_plain_text(
    path: Path, kind: str, content: SecretValue, steps: Iterable[Step], run: tuple[str, ...]
) -> None:
    """Take the values out of the source as one step. No copy of it is kept: it would be the plain text again.

    Raises :class:`~orqo_vault.errors.ConflictError`, and leaves it alone, when it is not ``content`` any more.
    """
    moved = {place: where for step in steps for place, where in step.moved.items()}
    text = replaced_source(kind, content, moved, run)
    if not replace_content(path, content.reveal().encode(), text.reveal().encode()):
        raise ConflictError(f"{path.name} changed while it was imported: it still holds its values", hint="try again")


def _import(vault: Vault, editor: SettingsEditor, proposal: Proposal) -> str:
    with candidate(vault, editor, proposal.id, proposal.entry) as wanted:
        there = wanted.read(proposal.id) == proposal.secret
        fields = None if there else {name: proposal.secret[name] for name in proposal.secret}
        add_credential(vault, editor, proposal.id, proposal.entry, fields)
        _read_back(wanted, proposal)
    return "stored and declared"


def _complete(vault: Vault, proposal: Proposal) -> str:
    held = _held(vault, proposal)
    missing = {name: proposal.secret[name] for name in proposal.secret if name not in held}
    if not missing:
        return "there already"
    vault.update(proposal.id, set=missing)
    _read_back(vault, proposal)
    return "stored"


def _read_back(vault: Vault, proposal: Proposal) -> None:
    if _held(vault, proposal) != proposal.secret:
        raise CorruptSecretError(f"{proposal.id}: the backend does not give back what was stored")


def _declared_as(vault: Vault, proposal: Proposal) -> Proposal | None:
    """Return the proposal in the words of a declared credential that sets the same variables."""
    ids = [proposal.id, *(each for each in vault.credentials if each != proposal.id)]
    for credential_id in ids:
        credential = vault.credentials.get(credential_id)
        if credential is None or credential.mode is not Mode.OWN:
            continue
        fields = {name: each.name for each in vault.settings.contracts[credential_id] for name in each.variables}
        if proposal.names.keys() <= fields.keys():
            places = {place: fields[place.name] for place in proposal.places}
            values = {fields[name]: proposal.secret[field] for name, field in proposal.names.items()}
            return replace(proposal, id=credential_id, entry={}, secret=Secret(values), places=places)
    return None


def _held(vault: Vault, proposal: Proposal) -> Secret:
    """Return what a run would get of the proposal's fields: stored, or in the settings, or a fitting default."""
    declared, stored = vault.credentials[proposal.id].values, vault.read(proposal.id) or Secret({})
    defaults = {each.name: SecretValue(each.default) for each in vault.settings.contracts[proposal.id] if each.default}
    held = {name: value for name, value in defaults.items() if proposal.secret.get(name) == value}
    held |= {name: stored[name] for name in stored} | {name: SecretValue(text) for name, text in declared.items()}
    return Secret({name: value for name, value in held.items() if name in proposal.secret})


def _refuse_another_value(proposal: Proposal, held: Secret) -> None:
    different = [name for name in held if held[name] != proposal.secret[name]]
    if different:
        raise _occupied(proposal, different)


def _occupied(proposal: Proposal, fields: Iterable[str] | None = None) -> ConflictError:
    wanted = set(proposal.secret if fields is None else fields)
    variables = ", ".join(dict.fromkeys(place.name for place, field in proposal.places.items() if field in wanted))
    return ConflictError(
        f"{variables} would become {proposal.id}, where another value is stored already",
        hint="nothing was imported; --skip leaves variables out, --only picks some",
    )
