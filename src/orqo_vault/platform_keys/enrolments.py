"""What makes this user's runs an organization's runs at a gateway: a secret of its own, in a file for each gateway."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from urllib.parse import urlsplit

from orqo_vault.errors import AccessDeniedError, DeliveryError
from orqo_vault.secret import SecretValue

FOLDER = "enrolments"
PREFIX = "ove_"
_LOOKS_RIGHT = re.compile(r"ove_[A-Za-z0-9_-]{20,200}")
_PORTS = {"http": 80, "https": 443}
_MAX_BYTES = 1024


def enrolment_path(config_dir: Path, address: str) -> Path:
    """Return the file that holds the enrolment at this gateway."""
    url = urlsplit(address)
    host = re.sub(r"[^a-z0-9.-]", "-", url.hostname or "")
    return config_dir / FOLDER / f"{host}_{url.port or _PORTS[url.scheme]}"


def read_enrolment(config_dir: Path, address: str) -> SecretValue:
    """Return the enrolment; raise :class:`~orqo_vault.errors.AccessDeniedError` where there is none to be used."""
    path = enrolment_path(config_dir, address)
    hint = f"orqo-vault llm enrol {address}"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise AccessDeniedError(f"this user is not enrolled at {address}", hint=hint) from None
    except OSError as error:
        raise AccessDeniedError(f"the enrolment at {address} cannot be read: {error.strerror}", hint=hint) from None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise AccessDeniedError(f"{path} must be this user's own file that nobody else may read", hint=hint)
        text = file.read(_MAX_BYTES).decode("ascii", "replace").strip()
    if not _LOOKS_RIGHT.fullmatch(text):
        raise AccessDeniedError(f"{path} holds no enrolment", hint=hint)
    return SecretValue(text)


def write_enrolment(config_dir: Path, address: str, enrolment: SecretValue) -> Path:
    """Keep an enrolment, in place of the one that was there; return the file."""
    text = enrolment.reveal().strip()
    if not _LOOKS_RIGHT.fullmatch(text):
        raise AccessDeniedError(f"this is no enrolment: it begins with {PREFIX}", hint="the operator makes one")
    path = enrolment_path(config_dir, address)
    temporary = path.with_name(f".tmp-{os.getpid()}-{os.urandom(8).hex()}")
    try:
        config_dir.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w") as file:
            file.write(text + "\n")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DeliveryError(f"{path} cannot be written: {error.strerror}") from None
    return path
