"""Delivers files: each in the run's private folder, and where the settings say so with a link at a fixed path."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

from orqo_vault.delivery.folder import RunFolder
from orqo_vault.delivery.links import expanded, make_link, remove_link
from orqo_vault.injector import content
from orqo_vault.injector.delivery import Delivery


def deliver_files(
    deliveries: Sequence[Delivery], folder: RunFolder, environ: Mapping[str, str], undo: ExitStack
) -> dict[str, str]:
    """Write the files and return variable → path."""
    variables: dict[str, str] = {}
    for each in deliveries:
        path = folder.write(each.file_name, content(each.value, base64=each.base64))
        variables.update(dict.fromkeys(each.variables, path))
    for link, target in links(deliveries, folder, environ):
        make_link(link, target, folder, environ)
        undo.callback(remove_link, link, target)
    return variables


def links(deliveries: Sequence[Delivery], folder: RunFolder, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each link and the file it leads to."""
    for each in deliveries:
        if each.link is not None:
            yield expanded(each.link, environ), os.path.join(folder.path, each.file_name)
