"""``orqo-vault store merge``: one secret was changed on two branches, and somebody must choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault.errors import RolledBackError
from orqo_vault_file.commands.asking import chosen
from orqo_vault_file.commands.paths import paths_argument
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import SECONDS_FOR_ALL, backend_for, backend_option, json_option, store_to_change

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault_file.merging.contests import Contest

_NEWEST, _SKIP = "newest", "skip"


@click.command("merge", cls=QuietCommand)
@paths_argument
@click.option("--ours", "choice", flag_value="ours", help="Keep what the checked-out branch has.")
@click.option("--theirs", "choice", flag_value="theirs", help="Keep what the merged branch has.")
@click.option("--newest", "choice", flag_value=_NEWEST, help="Keep what was written last, by the writers' clocks.")
@click.option("--allow-older", is_flag=True, help="Even if this machine has seen something newer than both.")
@backend_option
@json_option
@click.pass_obj
def command(
    host: CommandHost,
    paths: tuple[str, ...],
    choice: str | None,
    allow_older: bool,
    backend_name: str | None,
    as_json: bool,
) -> None:
    """Resolve what git left in conflict.

    A secret that was changed on two branches is. Both sides are opened and shown by generation, time and field
    names, never values. The side you choose is sealed again above both, so that every machine takes it for the
    newest, and staged with git add. Without PATH, all of them. What you skip stays in conflict.
    """
    from orqo_vault_file.merging.contests import contests, settle
    from orqo_vault_file.merging.git_index import GitIndex

    store = store_to_change(host, backend_name)
    index = GitIndex(store.directory, backend_for(host, backend_name).context.environ)
    found = contests(store, index, paths, Deadline(SECONDS_FOR_ALL))
    merged: list[dict[str, object]] = []
    for contest in found:
        _show(host, contest)
        side = _side(host, contest, choice, allow_older)
        if side == _SKIP:
            continue
        sealed = settle(store, index, contest, side, Deadline(SECONDS_FOR_ALL))
        merged.append({"path": contest.path, "kept": side, "generation": sealed.line.generation})
        host.say(f"{contest.path}: {side}, sealed as generation {sealed.line.generation} and staged")
    if as_json:
        host.print_json({"merged": merged, "left": len(found) - len(merged)})
    elif not found:
        host.say("git has no conflict in the store")


def _show(host: CommandHost, contest: Contest) -> None:
    from orqo_vault_file.merging.contests import changes

    since = f" since generation {contest.base.line.generation}" if contest.base else ""
    host.tell(f"{contest.path}: changed on both branches{since}")
    for side, found in contest.sides.items():
        line = found.line
        host.tell(f"  {side.ljust(6)}  generation {line.generation}  {line.time}  {changes(contest.base, found)}")
    for side in {"ours", "theirs"} - set(contest.sides):
        host.tell(f"  {side.ljust(6)}  the file is missing")
    if contest.older_than_seen:
        host.tell(f"  this machine has seen generation {contest.seen}, newer than both")


def _side(host: CommandHost, contest: Contest, choice: str | None, allow_older: bool) -> str:
    if choice is not None and contest.older_than_seen and not allow_older:
        raise RolledBackError(
            f"{contest.path}: this machine has seen generation {contest.seen}, and both sides are older",
            hint="merge the branch that holds it, or --allow-older",
            paths=(contest.path,),
        )
    if choice == _NEWEST:
        return contest.newest
    if choice is not None:
        return choice
    if not host.interactive:
        raise click.UsageError("nobody is there to choose: say --ours, --theirs or --newest")
    return chosen(host, f"Which {contest.path} stays?", [*contest.sides, _SKIP])
