"""Versions: do the installed plugins fit this orqo-vault, does one type have one plugin, is OpenSSL of today."""

from __future__ import annotations

import platform
import re
import ssl
from collections.abc import Iterator

from orqo_vault.doctor.finding import Finding
from orqo_vault.doctor.subject import Subject
from orqo_vault.plugins import BACKENDS, COMMANDS, CREDENTIAL_TYPES, distributions, installed
from orqo_vault.version import __version__

OLDEST_OPENSSL = (3, 0)
A_BOUND = re.compile(r"(>=|<=|==|!=|~=|<|>)\s*([0-9]+(?:\.[0-9]+)*)")


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield what does not fit together."""
    for group in (BACKENDS, CREDENTIAL_TYPES, COMMANDS):
        for name, points in installed(group).items():
            owners = sorted({point.dist.name for point in points if point.dist is not None})
            if len(points) > 1:
                what = f"{name!r} is claimed by more than one distribution: {', '.join(owners)}"
                yield Finding("error", what, group, "uninstall all but one")
    for name, version, wants in distributions():
        if not _fits(__version__, wants):
            what = f"{name} {version} wants orqo-vault {wants}, and this is {__version__}"
            yield Finding("error", what, name, f"pip install -U orqo-vault {name}")
    if ssl.OPENSSL_VERSION_INFO[:2] < OLDEST_OPENSSL:
        fix = "use a Python that was built with OpenSSL 3"
        yield Finding("warning", f"{ssl.OPENSSL_VERSION} gets no corrections any more", "python", fix)


def versions() -> dict[str, str]:
    """Return what a report of a fault should name."""
    plugins = {name: version for name, version, _ in distributions()}
    return {
        "orqo-vault": __version__,
        **plugins,
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "system": f"{platform.system()} {platform.release()}",
    }


def _fits(version: str, wants: str) -> bool:
    """Tell whether a version is within the bounds of a requirement, as far as its numbers tell."""
    here = _numbers(version)
    return all(_holds(here, sign, _numbers(bound)) for sign, bound in A_BOUND.findall(wants))


def _holds(here: tuple[int, ...], sign: str, bound: tuple[int, ...]) -> bool:
    length = max(len(here), len(bound))
    left, right = (numbers + (0,) * (length - len(numbers)) for numbers in (here, bound))
    compatible = left >= right and here[: len(bound) - 1] == bound[:-1]
    return {
        ">=": left >= right,
        "<=": left <= right,
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        ">": left > right,
        "~=": compatible,
    }[sign]


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
