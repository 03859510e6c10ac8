"""Finds and removes what killed runs left behind. Never a live run's folder, and never another user's."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orqo_vault.delivery.agent import PROCESS
from orqo_vault.delivery.folder import NAME, open_folder, remembered_links, remove_folder
from orqo_vault.delivery.links import leads_to, remove_link
from orqo_vault.delivery.memory import known_places
from orqo_vault.delivery.process import is_running


@dataclass(frozen=True, slots=True)
class Leftover:
    """The folder of a run whose process is gone."""

    path: str
    pid: int
    links: tuple[str, ...]
    """Links outside the folder that still lead into it."""


def leftovers(environ: Mapping[str, str]) -> list[Leftover]:
    """Return what is left of killed runs; the next run that delivers a file removes it."""
    found = []
    for each, descriptor in _abandoned(environ):
        os.close(descriptor)
        found.append(each)
    return found


def sweep(environ: Mapping[str, str]) -> list[Leftover]:
    """Remove what is left of killed runs: agents that still run, links, files. Return what there was."""
    swept = []
    for found, descriptor in _abandoned(environ):
        with contextlib.suppress(OSError):  # it can be removed next time, and stops no run that is well
            _end_agent(found.path)
            for link in found.links:
                remove_link(link, leads_to(link) or "")
            remove_folder(found.path)
        os.close(descriptor)
        swept.append(found)
    return swept


def _abandoned(environ: Mapping[str, str]) -> Iterator[tuple[Leftover, int]]:
    """Yield each abandoned folder, locked; the descriptor is the caller's to close."""
    for place in known_places(environ):
        try:
            names = os.listdir(place)
        except OSError:
            continue
        for name in names:
            whose = NAME.fullmatch(name)
            if whose is None or is_running(int(whose[1]), int(whose[2])):
                continue
            path = os.path.join(place, name)
            descriptor = _locked(path)
            if descriptor is not None:
                yield Leftover(path, int(whose[1]), tuple(_links_into(path))), descriptor


def _locked(path: str) -> int | None:
    """Return a descriptor of our own folder that no living process has locked; None when it is none."""
    try:
        descriptor = open_folder(path)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
    except OSError:  # a process holds it that has another number here
        pass
    os.close(descriptor)
    return None


def _links_into(folder: str) -> Iterator[str]:
    for link in remembered_links(folder):
        if os.path.dirname(leads_to(link) or "") == folder:
            yield link


def _end_agent(folder: str) -> None:
    try:
        with open(os.path.join(folder, PROCESS), "rb") as file:
            pid, started = (int(word) for word in file.read().split())
    except (OSError, ValueError):  # it had none, or was killed while it wrote
        return
    if is_running(pid, started):
        os.kill(pid, signal.SIGTERM)
