"""The ways to log in, one file each; only the one that the settings name is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from typing import Any

from orqo_vault_hashicorp.auth.method import AuthMethod

METHODS = {
    "token": "Token",
    "approle": "AppRole",
    "kubernetes": "Kubernetes",
    "jwt": "JWT",
    "userpass": "UserPass",
    "ldap": "LDAP",
    "cert": "Certificate",
    "aws": "AWS",
}
"""Name in the settings → class in the module of the same name."""

__all__ = ["METHODS", "AuthMethod", "auth_method", "login_variables", "method_class"]


def method_class(name: str) -> type[AuthMethod]:
    """Return the class of that name, or raise ValueError that lists the names."""
    if name not in METHODS:
        raise ValueError(f"auth.method must be one of {', '.join(METHODS)}")
    found: type[AuthMethod] = getattr(import_module(f"orqo_vault_hashicorp.auth.{name}"), METHODS[name])
    return found


def login_variables(options: Any) -> frozenset[str]:
    """Return what a login brings from the environment; of a method that is not known yet (``${VAR}``), all of any."""
    named = options.get("method", "token") if isinstance(options, Mapping) else "token"
    chosen = (named,) if named in METHODS else METHODS
    return frozenset().union(*(method_class(name).ambient_variables for name in chosen))


def auth_method(options: Mapping[str, Any]) -> AuthMethod:
    """Return the login that ``options`` describe, or raise ValueError."""
    cls = method_class(options.get("method", ""))
    unknown = sorted(set(options) - {each.name for each in fields(cls)})
    if unknown:
        raise ValueError(f"auth has no {', '.join(unknown)} for method {options['method']}")
    try:
        return cls(**options)
    except TypeError:
        raise ValueError(f"auth method {options['method']} needs {', '.join(cls.needed())}") from None
