"""``orqo-vault edit``: changes a credential's declaration."""

from __future__ import annotations

from typing import Any

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.declaration import declaration_options, entry, refuse_secret_values
from orqo_vault.cli.entry_editor import edit_by_hand
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import id_argument, json_option, pass_invocation
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.target import credential_and_type
from orqo_vault.cli.usage import UsageError
from orqo_vault.credential import Credential, Mode
from orqo_vault.vault.declaring import switch_to_own, switch_to_platform


@click.command("edit", cls=Command)
@id_argument
@declaration_options(new=False)
@click.option("--enable/--disable", "enabled", default=None, help="Whether runs may use it.")
@click.option("--unset", multiple=True, metavar="KEY", help="Remove a key: provider, env.username …")
@click.option("--keep-secret", is_flag=True, help="With --mode platform: keep your own.")
@click.option("--destroy-secret", is_flag=True, help="With --mode platform: delete your own.")
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    /,
    credential_id: str,
    unset: tuple[str, ...],
    keep_secret: bool,
    destroy_secret: bool,
    as_json: bool,
    **declared: Any,
) -> None:
    """Change a credential's declaration; the file keeps its comments.

    Without options, $VISUAL or $EDITOR opens. Its secret is changed with set.
    """
    if keep_secret and destroy_secret:
        raise UsageError("--keep-secret and --destroy-secret exclude each other")
    vault = invocation.vault()
    credential, type = credential_and_type(vault.settings, credential_id)
    changes = _with_removals(entry(declared), unset)
    refuse_secret_values({field.name for field in type.fields_of(credential) if field.secret}, changes)
    destroyed = False
    to_platform = changes.get("mode") == Mode.PLATFORM
    if to_platform and (credential.mode is Mode.OWN or (destroy_secret and credential.kept_in is not None)):
        destroy = destroy_secret or (not keep_secret and _is_to_be_destroyed(invocation, credential))
        destroyed = switch_to_platform(vault, invocation.editor(), credential_id, changes, destroy=destroy)
    elif keep_secret or destroy_secret:
        raise UsageError("--keep-secret and --destroy-secret go with --mode platform, from an own key")
    elif changes.get("mode") == Mode.OWN and credential.mode is Mode.PLATFORM:
        switch_to_own(invocation.editor(), credential_id, changes)
    elif changes:
        invocation.editor().change("credentials", credential_id, changes)
    elif not _edited_by_hand(invocation, credential_id):
        invocation.say("nothing is changed")
        return
    if as_json:
        print_json({"id": credential_id, "changed": sorted(changes), "secret_deleted": destroyed})
        return
    invocation.say(f"{credential_id}: changed{', its secret is deleted' if destroyed else ''}")
    if changes.get("mode") == Mode.OWN and credential.mode is Mode.PLATFORM:
        invocation.say(_after_the_switch(credential))


def _after_the_switch(credential: Credential) -> str:
    if credential.kept_in is None:
        return f"it now needs a secret of its own: orqo-vault set {credential.id}"
    return f"it uses its own secret again, at {credential.kept_at.get('path')} in {credential.kept_in}"


def _with_removals(changes: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    for key in keys:
        outer, dot, inner = key.partition(".")
        if not dot:
            changes[outer] = None
        elif isinstance(changes.setdefault(outer, {}), dict):
            changes[outer][inner] = None
    return changes


def _edited_by_hand(invocation: Invocation, credential_id: str) -> bool:
    if not invocation.interactive:
        raise UsageError("nothing to change", hint="orqo-vault edit --help lists what can be changed")
    return edit_by_hand(invocation, credential_id)


def _is_to_be_destroyed(invocation: Invocation, credential: Credential) -> bool:
    if credential.referenced:
        return False  # it was there before us
    if not invocation.interactive:
        raise UsageError(
            "what becomes of its own secret?", hint="say --keep-secret (for the way back) or --destroy-secret"
        )
    where = f"{credential.at.get('path')} in {credential.backend}"
    return click.confirm(f"Delete its own secret at {where}?", default=False, err=True)
