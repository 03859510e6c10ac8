"""What is in git and should not be: this machine's own settings, and files that hold secrets."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from orqo_vault.doctor.finding import Finding
from orqo_vault.doctor.git import Git
from orqo_vault.doctor.subject import Subject
from orqo_vault.settings.find import LOCAL

MAX_BYTES = 64 * 1024
"""A key or a list of variables is smaller."""
SAMPLES = ("example", "sample", "template", "dist", "defaults")
KEY_FILES = re.compile(r"id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|ppk)|\.?vault-token|\.netrc|\.pgpass|\.bao-token")
A_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|^ORQO-VAULT-KEY-|PuTTY-User-Key-File", re.MULTILINE)
ONE_SECRET = re.compile(r"\.?(vault|bao)-token|\.netrc|\.pgpass")
AN_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*[\"']?([^\"'\s#]+)", re.MULTILINE)
SECRET_NAMES = re.compile(r"(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY)(_|$)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"[<$%{].*|(x+|\*+|\.+|changeme|change-me|change_me|todo|none|null|true|false|\d{1,5})", re.I)


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield what git holds, or is about to; nothing outside of a checkout."""
    folder = subject.folder
    if folder is None:
        return
    git = Git(folder, subject.environ)
    tracked = git.tracked()
    if tracked is None:
        return
    yield from _local_layer(subject.files[0], git, tracked)
    for name in tracked:
        what = _secret_in(folder / name)
        if what is not None:
            fix = f"change the secret, store it (orqo-vault set), then git rm --cached {name} and ignore the file"
            yield Finding("error", f"{what} is committed to git", str(folder / name), fix)


def _local_layer(base: Path, git: Git, tracked: list[str]) -> Iterator[Finding]:
    local = base.with_name(f"{base.stem}.{LOCAL}{base.suffix}")
    if local.name in tracked:
        fix = f"git rm --cached {local.name}; echo {local.name} >> .gitignore"
        yield Finding("warning", "it is for one machine only, and in git for everybody", str(local), fix)
    elif local.exists() and not git.ignores(local.name):
        fix = f"echo {local.name} >> .gitignore"
        yield Finding("warning", "git does not ignore it, so it may be committed", str(local), fix)


def _secret_in(path: Path) -> str | None:
    """Return what kind of secret a file holds, as far as its name lets one suspect any."""
    name = path.name
    is_env = PurePosixPath(name).stem == ".env" or name.startswith(".env.") or name.endswith(".env")
    is_env = is_env and not name.endswith(SAMPLES)
    if not (is_env or KEY_FILES.fullmatch(name)):
        return None
    content = _content(path)
    if A_PRIVATE_KEY.search(content):
        return "a private key"
    if ONE_SECRET.fullmatch(name) and content.strip():
        return "a login"
    if is_env and _assigns_a_secret(content.decode("utf-8", "replace")):
        return "a plaintext secret"
    return None


def _content(path: Path) -> bytes:
    """Return the beginning of a regular file, nothing of anything else: what git holds was made by others."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:  # removed, or a link
        return b""
    with open(descriptor, "rb") as file:
        return file.read(MAX_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""


def _assigns_a_secret(text: str) -> bool:
    return any(
        SECRET_NAMES.search(name) and not PLACEHOLDER.fullmatch(value) for name, value in AN_ASSIGNMENT.findall(text)
    )
