"""The grammar of paths and its one-to-one map to file names: free of case, Unicode and Windows traps."""

from __future__ import annotations

PREFIX = "c-"
SUFFIX = ".sealed"
LONGEST = 200
"""Bytes of a file name: short enough for every file system, with room for the temporary name beside it."""

_FIRST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_REST = _FIRST | {"-", "_"}
_ID_LENGTH = 64


def problem_with(path: str) -> str | None:
    """Return why ``path`` cannot name a secret in the store, None when it can."""
    for part in path.split("/"):
        if not part or part[0] not in _FIRST or not _REST.issuperset(part) or len(part) > _ID_LENGTH:
            return (
                "path must be ids joined by '/', each of lower-case letters, digits, '-' and '_', "
                f"starting with a letter or digit, at most {_ID_LENGTH} characters"
            )
    if len(file_name(path)) > LONGEST:
        return f"path must be at most {LONGEST - len(PREFIX) - len(SUFFIX)} characters"
    return None


def file_name(path: str) -> str:
    """Return the file name of a valid path. Ids hold no ``.``, so no two paths share a name."""
    return f"{PREFIX}{path.replace('/', '.')}{SUFFIX}"


def path_of(name: str) -> str | None:
    """Return the path whose file is called ``name``, None when no path's file is."""
    if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
        return None
    path = name[len(PREFIX) : -len(SUFFIX)].replace(".", "/")
    return path if problem_with(path) is None else None
