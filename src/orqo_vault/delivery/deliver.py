"""Delivers everything of one run, and says which variables lead to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from orqo_vault.errors import without_frames
from orqo_vault.injector.delivery import Delivery


class Around(NamedTuple):
    """What is around the deliveries of a run."""

    run_id: str
    environ: Mapping[str, str]
    """Ours: where the user's runtime folder and programs are."""
    allow_disk: bool
    undo: ExitStack
    """Gets whatever ends with the run."""


class Handed(NamedTuple):
    """What the run needs to find its deliveries."""

    variables: Mapping[str, str]
    descriptors: tuple[int, ...] = ()


@without_frames
def deliver(deliveries: Sequence[Delivery], around: Around) -> Handed:
    """Put each value where it is to go. What ends with the run is registered in ``undo``, also when this raises.

    Raises :class:`~orqo_vault.errors.DeliveryError` for what cannot be delivered on this machine, and
    :class:`~orqo_vault.errors.InvalidFieldError` for a key that no agent takes.
    """
    by_way: dict[str, list[Delivery]] = {"file": [], "memfd": [], "agent": []}
    for each in deliveries:
        by_way[each.how].append(each)
    variables: dict[str, str] = {}
    descriptors: tuple[int, ...] = ()
    if by_way["memfd"]:
        from orqo_vault.delivery.memfd import deliver_memfds  # Linux only

        variables, descriptors = deliver_memfds(by_way["memfd"], around.undo)
    if by_way["file"] or by_way["agent"]:
        variables |= _in_folder(by_way["file"], by_way["agent"], around)
    return Handed(variables, descriptors)


def _in_folder(files: Sequence[Delivery], keys: Sequence[Delivery], around: Around) -> dict[str, str]:
    from orqo_vault.delivery.files import deliver_files, links
    from orqo_vault.delivery.folder import RunFolder
    from orqo_vault.delivery.guard import guard
    from orqo_vault.delivery.leftovers import sweep
    from orqo_vault.delivery.memory import find_place

    run_id, environ, allow_disk, undo = around
    sweep(environ)
    # An agent's socket and a file without a secret may be anywhere.
    place = find_place(environ, allow_disk=allow_disk or not any(each.secret for each in files))
    folder = RunFolder(place, run_id, undo)
    guard(folder.path, links(files, folder, environ), environ, undo)
    variables = deliver_files(files, folder, environ, undo)
    if keys:
        from orqo_vault.delivery.agent import Agent

        agent = Agent(folder, environ, undo)
        for each in keys:
            agent.add(each)
            variables.update(dict.fromkeys(each.variables, agent.path))
    return variables
