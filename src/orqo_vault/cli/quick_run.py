"""The plain form of ``run``, understood without click: importing the parser would take a fifth of a run's time.

    orqo-vault [-c FILE] [-P NAME] run [--run NAME] [--only ID,…]… [--reason TEXT] [--mask WHEN] [--manifest FILE]
        [--clean-env] [--allow-older] -- COMMAND…

Anything else is not an error here; it is left to click, which says the same about what both understand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from orqo_vault.cli.running import RunRequest

if TYPE_CHECKING:
    from orqo_vault.run.streams import When

VERBS = ("run", "exec")
BEFORE = {"-c": "config", "--config": "config", "-P": "profile", "--profile": "profile"}
AFTER = {"--run": "run", "--only": "only", "--reason": "reason", "--mask": "mask", "--manifest": "manifest"}
FLAGS = {"--clean-env": "clean_env", "--allow-older": "allow_older"}
MASKS = ("auto", "always", "never")

Said = dict[str, list[str]]
"""Option → every text it was given; a flag has none."""


class QuickRun(NamedTuple):
    """A run, and the two options that may stand before the verb."""

    config: str | None
    profile: str | None
    request: RunRequest


def quick_run(arguments: Sequence[str]) -> QuickRun | None:
    """Return the run, None where click has to look at it."""
    if "--" not in arguments:
        return None
    end = arguments.index("--")
    ours, words = list(arguments[:end]), list(arguments[end + 1 :])
    verb = next((place for place in range(0, end, 2) if ours[place] in VERBS), None)
    if verb is None or not words:
        return None
    before = _scanned(ours[:verb], BEFORE, {})
    after = _scanned(ours[verb + 1 :], AFTER, FLAGS)
    if before is None or after is None:
        return None
    mask = _last(after, "mask")
    if mask is not None and mask not in MASKS:
        return None
    request = RunRequest(
        words,
        only=after.get("only", ()),
        run=_last(after, "run"),
        clean_env="clean_env" in after,
        allow_older="allow_older" in after,
        reason=_last(after, "reason"),
        mask=cast("When | None", mask),
        manifest=_last(after, "manifest"),
    )
    return QuickRun(_last(before, "config"), _last(before, "profile"), request)


def _scanned(words: list[str], options: dict[str, str], flags: dict[str, str]) -> Said | None:
    """Return what the options say; None where one is not known, or has no text, or one that looks like an option."""
    said: Said = {}
    rest = iter(words)
    for word in rest:
        if word in flags:
            said[flags[word]] = []
            continue
        text = next(rest, "-")
        if word not in options or text.startswith("-"):
            return None
        said.setdefault(options[word], []).append(text)
    return said


def _last(said: Said, option: str) -> str | None:
    return said[option][-1] if option in said else None
