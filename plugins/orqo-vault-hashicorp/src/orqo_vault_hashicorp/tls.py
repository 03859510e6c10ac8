"""Whom a connection trusts and what it shows: the TLS context of one backend."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from orqo_vault.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The files of a TLS connection, as absolute paths."""

    ca_file: str | None = None
    ca_dir: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    server_name: str | None = None


def tls_context(trust: Trust) -> ssl.SSLContext:
    """Return a context that verifies the server's chain and name, and speaks nothing below TLS 1.2."""
    try:
        context = ssl.create_default_context(cafile=trust.ca_file, capath=trust.ca_dir)
    except OSError as error:
        raise _unusable("ca_file or ca_dir", trust.ca_file or trust.ca_dir, error) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.client_certificate is not None:
        try:
            # An encrypted key would make OpenSSL ask on the terminal: the empty password makes it fail instead.
            context.load_cert_chain(trust.client_certificate, trust.client_key, password=lambda: "")
        except OSError as error:
            raise _unusable("client_certificate or client_key", trust.client_certificate, error) from None
    return context


def _unusable(setting: str, path: str | None, error: OSError) -> SettingsError:
    why = error.strerror or type(error).__name__
    return SettingsError(f"{setting} {path}: cannot be used: {why}", hint="it must be a readable PEM file")
