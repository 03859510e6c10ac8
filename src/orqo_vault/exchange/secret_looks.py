"""Whether a variable looks like a secret, by its name and by the shape of its value."""

from __future__ import annotations

import re

_WORDS = {
    *("APIKEY", "AUTH", "BEARER", "CERT", "COOKIE", "CREDENTIAL", "CREDENTIALS", "CREDS", "DSN", "ENCRYPTION", "JWT"),
    *("KEY", "KEYS", "PASS", "PASSPHRASE", "PASSWD", "PASSWORD", "PAT", "PGPASSWORD", "PRIVATE", "PSW", "PWD", "SALT"),
    *("SECRET", "SECRETS", "SIGNATURE", "SIGNING", "TOKEN", "TOKENS", "WEBHOOK"),
}
_PUBLIC = re.compile(
    r"(?:^|_)(?:PUBLIC|PUBLISHABLE)(?:_|$)|_KEY_(?:ID|NAME|FILE|PATH)$|_(?:FILE|PATH|ENABLED|TTL|NAME)$"
)
_SHAPES = re.compile(
    r"-----BEGIN |(?:sk|pk|rk|ghp|gho|ghs|ghu|xox[abprs]|glpat|npm|hf|SG)[-_.][A-Za-z0-9_.-]{8,}\Z"
    r"|github_pat_|AKIA[0-9A-Z]{16}\Z|AIza[\w-]{20,}\Z|eyJ[\w-]+\.[\w-]+\.|[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@"
)


def looks_secret(name: str, value: str) -> bool:
    """Tell whether a person would call it a secret. A value with a secret's shape is one, whatever its name is."""
    if _SHAPES.match(value):
        return True
    return not _PUBLIC.search(name) and not _WORDS.isdisjoint(name.split("_"))
