"""From merged layers to validated settings. Everything heavy (pydantic, plugins) is imported from here down."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from orqo_vault.settings.backends import read_backends
from orqo_vault.settings.credentials import CredentialReader
from orqo_vault.settings.document import parse
from orqo_vault.settings.draft import Draft, split_extensions
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.model import Settings
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.settings.runs import check_runs, read_llm, read_runs
from orqo_vault.settings.schema import VERSION, Head
from orqo_vault.settings.validate import validated


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Nothing that is built here is garbage, and looking for some takes a quarter of the time of a large file."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def build_layers(contents: dict[Path, bytes]) -> Layers:
    """Return the layers of these files, lowest first."""
    return Layers(tuple(parse(content, str(path)) for path, content in contents.items()))


@_collector_paused()
def build_settings(contents: dict[Path, bytes], profile: str | None) -> Settings:
    """Return the validated settings of these files, lowest first; the first one is the base.

    Raises :class:`~orqo_vault.errors.SettingsError` with the place of what is wrong.
    """
    layers = build_layers(contents)
    draft = Draft(layers)
    head = validated(Head, split_extensions(layers.data)[0], draft, ())
    if head.version not in (None, VERSION):
        draft.refuse(("version",), f"this orqo-vault reads version {VERSION}")
    runs = read_runs(draft)
    backends = read_backends(draft)
    default_backend = _default_backend(head.default_backend, backends, draft)
    allowed = frozenset(chain.from_iterable(run.allow_variables for run in runs.values()))
    credentials, contracts = CredentialReader(draft, backends, default_backend, allowed).read()
    llm = read_llm(draft, credentials)
    check_runs(runs, credentials, llm, draft)
    files = tuple(contents)
    return Settings(
        base_dir=files[0].parent,
        files=files,
        profile=profile,
        organization=head.organization,
        default_backend=default_backend,
        backends={name: backend.declaration() for name, backend in backends.items()},
        credentials=credentials,
        contracts=contracts,
        llm=llm,
        runs=runs,
        warnings=tuple(draft.warnings),
    )


def _default_backend(named: str | None, backends: dict[str, Any], draft: Draft) -> str | None:
    if named is None:
        return next(iter(backends)) if len(backends) == 1 else None
    if named not in backends:
        hint = did_you_mean(named, backends, "declared")
        draft.refuse(("default_backend",), "no such backend is declared", hint=hint)
    return named
