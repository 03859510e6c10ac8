"""The environment of a child: what it may inherit, less what opens the backends, plus what the run sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from orqo_vault.errors import EnvironmentConflictError, PluginError
from orqo_vault.settings.model import Run

CLEAN = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "TZ",
    "LANG",
    "LC_*",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "COLORTERM",
    "NO_COLOR",
)
"""What ``--clean-env`` keeps: what programs need to find themselves, their user and their language."""


def child_environment(
    parent: Mapping[str, str],
    additions: Mapping[str, str],
    *,
    run: Run,
    removed: Iterable[str],
    unknown_logins: Sequence[str] = (),
    clean: bool = False,
) -> dict[str, str]:
    """Return the child's whole environment.

    First the login variables are taken out, then the run's own are put in: a credential may deliver
    ``AWS_ACCESS_KEY_ID`` to the child of an engine that logs in with one. ``unknown_logins`` names backends whose
    login variables nobody knows: a child that inherits whatever there is might get them, so there is none.
    """
    refuse_unknown_logins(unknown_logins, run=run, clean=clean)
    kept = inherited(parent, run=run, removed=removed, clean=clean)
    refuse_conflicts(overridden(kept, additions), run=run)
    return {**kept, **additions} if run.on_conflict != "keep" else {**additions, **kept}


def refuse_conflicts(contested: Sequence[str], *, run: Run) -> None:
    """Raise :class:`~orqo_vault.errors.EnvironmentConflictError` where the run wants no variable twice."""
    if contested and run.on_conflict == "error":
        raise EnvironmentConflictError(
            f"already set in the environment: {', '.join(contested)}",
            hint="unset them, or say on_conflict: override (or keep) in the run",
        )


def refuse_unknown_logins(unknown_logins: Sequence[str], *, run: Run, clean: bool = False) -> None:
    """Raise :class:`~orqo_vault.errors.PluginError` where the child would inherit without a list of names."""
    if unknown_logins and _inherits_anything(inherit_rule(run, clean)):
        raise PluginError(
            f"nobody can tell which variables open {', '.join(map(repr, unknown_logins))}, so the child might inherit "
            "them: the plugin cannot be loaded",
            hint="install the plugin, or name what is inherited: --clean-env, or inherit: [PATH, HOME] in the run",
        )


def inherited(parent: Mapping[str, str], *, run: Run, removed: Iterable[str], clean: bool = False) -> dict[str, str]:
    """Return what is left of the parent's environment."""
    allowed = inherit_rule(run, clean)
    stripped = tuple(removed)
    return {
        name: value
        for name, value in parent.items()
        if (allowed is None or matches(name, allowed)) and not matches(name, stripped)
    }


def overridden(kept: Collection[str], additions: Iterable[str]) -> list[str]:
    """Return the names that are both inherited and set by the run, sorted."""
    return sorted(name for name in additions if name in kept)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a pattern (``*``, ``?``, ``[…]``; case counts) covers the name."""
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)


def _inherits_anything(allowed: tuple[str, ...] | None) -> bool:
    return allowed is None or any(not pattern.strip("*?") for pattern in allowed)


def inherit_rule(run: Run, clean: bool) -> tuple[str, ...] | None:
    """Return the names and patterns that may be inherited; None where everything may."""
    if isinstance(run.inherit, tuple):
        return run.inherit
    if run.inherit == "none":
        return ()
    return CLEAN if clean else None
