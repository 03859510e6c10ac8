"""``orqo-vault store verify``: open everything and say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import SECONDS_FOR_ALL, backend_option, json_option, store_to_read

if TYPE_CHECKING:
    from orqo_vault.errors import OrqoVaultError
    from orqo_vault.hookspecs import CommandHost


@click.command("verify", cls=QuietCommand)
@backend_option
@json_option
@click.pass_obj
def command(host: CommandHost, backend_name: str | None, as_json: bool) -> int:
    """Open everything in the store and say what is wrong.

    Every slot file, epoch and secret; changes nothing and prints no value. The exit status is that of the gravest
    problem, 0 when there is none.
    """
    from orqo_vault_file.upkeep.verification import verify

    store = store_to_read(host, backend_name)
    found = verify(store, Deadline(SECONDS_FOR_ALL))
    if as_json:
        data = found._asdict() | {"problems": [_as_object(each) for each in found.problems]}
        host.print_json({"ok": not found.problems, **data})
    else:
        for problem in found.problems:
            host.tell(f"problem: {problem}" + (f"\n  hint: {problem.hint}" if problem.hint else ""))
        for stray in found.strays:
            host.tell(f"note: {stray} does not belong among the secrets")
        host.say(
            f"{'ok: ' if not found.problems else ''}{len(found.live)} secrets, {len(found.deleted)} deleted, "
            f"{found.epochs} epochs, {found.slots} slots"
        )
    return max((problem.exit_code for problem in found.problems), default=0)


def _as_object(problem: OrqoVaultError) -> dict[str, object]:
    return {"code": problem.code, "message": problem.message, "hint": problem.hint, "paths": list(problem.paths)}
