"""The backends of one vault: each made when it is first needed, kept until the vault is closed."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from orqo_vault.backend import Backend, Deadline, Expected, Stored
from orqo_vault.credential import Credential
from orqo_vault.errors import ReadOnlyBackendError, SettingsError
from orqo_vault.planner.lookup import lookup
from orqo_vault.secret import Secret
from orqo_vault.settings.backend_options import backend_reference, backend_settings
from orqo_vault.settings.model import BackendDeclaration, Settings
from orqo_vault.vault.flights import Flights
from orqo_vault.vault.surroundings import Surroundings


class Backends:
    """Name → open backend. Two threads that ask for one name get one backend, and so one login."""

    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self._open: dict[str, Backend] = {}
        self._lock = threading.Lock()
        self.flights = Flights()

    def get(self, name: str) -> Backend:
        """Return the backend of that name, opened now if it was not yet."""
        with self._lock:
            backend = self._open.get(name)
            if backend is None:
                backend = self._open[name] = self._make(name)
            return backend

    def writable(self, name: str) -> Backend:
        """Return the backend, or raise where the settings say that it is only read."""
        backend = self.get(name)
        if backend.settings.read_only:
            raise ReadOnlyBackendError(
                f"backend {name!r} is read_only in the settings",
                hint="write the secret with the tool that owns this backend, or remove read_only",
            )
        return backend

    def place(self, credential: Credential) -> tuple[str, Any]:
        """Return the backend's name and the reference of a credential's secret."""
        if credential.backend is None:
            raise SettingsError(
                f"credential {credential.id!r} has no backend",
                hint="name one in backend:, or set default_backend",
            )
        declaration = self._declaration(credential.backend)
        where = f"credential {credential.id!r}"
        return credential.backend, backend_reference(declaration, class_of(declaration), credential.at, where)

    def read_many(self, name: str, references: list[Any], deadline: Deadline) -> dict[Any, Stored]:
        """Return what is stored at each reference, from one request for all who ask for the same at the same time."""
        backend = self.get(name)
        return self.flights.read(name, references, lambda: backend.read_many(references, deadline=deadline), deadline)

    def write(
        self, name: str, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline
    ) -> str:
        """Replace a secret and return its version; whoever reads from now on asks anew."""
        backend = self.writable(name)
        try:
            return backend.write(reference, secret, if_version=if_version, deadline=deadline)
        finally:
            self.flights.forget()

    def delete(self, name: str, reference: Any, *, permanently: bool = False, deadline: Deadline) -> bool:
        """Delete a secret, False when there was none; whoever reads from now on asks anew."""
        backend = self.writable(name)
        try:
            return backend.delete(reference, permanently=permanently, deadline=deadline)
        finally:
            self.flights.forget()

    def close(self) -> None:
        """Close every open backend, also when closing one fails."""
        with self._lock:
            opened, self._open = list(self._open.values()), {}
        failures = []
        for backend in opened:
            try:
                backend.close()
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _make(self, name: str) -> Backend:
        declaration = self._declaration(name)
        cls = class_of(declaration)
        settings = backend_settings(declaration, cls, self._surroundings.environ)
        return cls(settings, self._surroundings.context(self._settings, name))

    def _declaration(self, name: str) -> BackendDeclaration:
        return lookup(self._settings.backends, name, "backend")


def class_of(declaration: BackendDeclaration) -> type[Backend]:
    if declaration.class_path is None:
        from orqo_vault.plugins import backend_class  # reads entry points; validated settings need none

        return backend_class(declaration.type)
    module, _, name = declaration.class_path.partition(":")
    found: type[Backend] = getattr(import_module(module), name)
    return found
