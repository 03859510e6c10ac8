"""``orqo-vault delete``: takes a credential out of the settings, and its secret out of its backend."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import credential_ids
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import id_argument, json_option, pass_invocation, yes_option
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.prompts import confirm
from orqo_vault.cli.usage import UsageError
from orqo_vault.credential import Credential, Mode
from orqo_vault.edit.usage import refuse_if_used, refuse_unfit
from orqo_vault.planner.lookup import lookup
from orqo_vault.vault.declaring import Fate, remove_credential


@click.command("delete", cls=Command)
@id_argument
@click.option("--with-secret", is_flag=True, help="Delete the secret too where it is referenced, not owned.")
@click.option(
    "--replace-with",
    metavar="OTHER",
    shell_complete=credential_ids,
    help="Use OTHER wherever it is used, and delete it.",
)
@click.option("--keep-secret", is_flag=True, help="Delete the declaration only.")
@click.option("--destroy", is_flag=True, help="Leave nothing to restore where the backend would keep it for a while.")
@yes_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    credential_id: str,
    with_secret: bool,
    replace_with: str | None,
    keep_secret: bool,
    destroy: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Delete a credential: its declaration, and its secret if that is ours.

    A secret the settings refer to with path: or at: was there before, and stays unless --with-secret. Refused
    while a run or an LLM config uses the credential, unless another one takes its place.
    """
    if with_secret and keep_secret:
        raise UsageError("--with-secret and --keep-secret exclude each other")
    if destroy and keep_secret:
        raise UsageError("--destroy and --keep-secret exclude each other")
    fate: Fate = "delete" if with_secret else "keep" if keep_secret else "owned"
    vault = invocation.vault()
    credential = lookup(vault.credentials, credential_id, "credential")
    if replace_with is None:  # before anybody is asked
        refuse_if_used(vault.settings, credential_id)
    else:
        refuse_unfit(vault.settings, credential_id, replace_with)
    if not confirm(_question(credential, fate, destroy), yes=yes, interactive=invocation.interactive):
        invocation.say("nothing is changed")
        return 1
    deleted = remove_credential(
        vault, invocation.editor(), credential_id, fate, permanently=destroy, instead=replace_with
    )
    if as_json:
        print_json({"id": credential_id, "secret_deleted": deleted})
    else:
        invocation.say(f"{credential_id}: deleted, {'with its secret' if deleted else 'no secret was deleted'}")
    return 0


def _question(credential: Credential, fate: Fate, destroy: bool) -> str:
    goes = fate == "delete" or (fate == "owned" and not credential.referenced)
    own = credential.with_own_key()
    if own.backend is None or not goes:
        return f"Delete the declaration of {credential.id}?"
    whose = "referenced secret" if credential.referenced else "secret"
    if credential.mode is Mode.PLATFORM:
        whose = f"own {whose}, which was kept,"
    how = ", with nothing left to restore" if destroy else ""
    return f"Delete {credential.id} and its {whose} at {own.at.get('path')} in {own.backend}{how}?"
