"""Reads a page as a story: files that are to be written, and commands with who types them and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "platform-story.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^(\w+)\$ (.*)$")
_VARYING = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    (r"\d{4}-\d\d-\d\d(?= )", r"\d{4}-\d\d-\d\d"),
    (r" *…", r".*"),
)


@dataclass
class Told:
    """A file of the page: its name stands in its first line."""

    name: str
    content: str


@dataclass
class Typed:
    """A command of the page, and the lines that the page shows below it."""

    who: str
    words: str
    said: list[str] = field(default_factory=list)

    def is_said_by(self, output: str) -> bool:
        """Tell whether a command's output is what the page shows: ``…`` is anything, times are times."""
        shown = [re.sub(r"\s+", " ", line).strip() for line in self.said]
        lines = [re.sub(r"\s+", " ", line).strip() for line in output.splitlines()]
        return re.fullmatch("\n".join(map(_pattern, shown)), "\n".join(lines)) is not None


def chapters(instead: Mapping[str, str]) -> dict[str, list[Told | Typed]]:
    """Return what the page tells, by heading; ``instead`` says what stands for places of a real machine."""
    text = PAGE.read_text()
    for place, other in instead.items():
        assert place in text, f"the page does not speak of {place}"
        text = text.replace(place, other)
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {heading: list(_told(body)) for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def _told(body: str) -> Iterator[Told | Typed]:
    for language, content in _BLOCK.findall(body):
        if language != "console":
            name = content.splitlines()[0].removeprefix("# ")
            yield Told(name, content)
            continue
        typed: Typed | None = None
        for line in content.splitlines():
            if match := _COMMAND.match(line):
                if typed is not None:
                    yield typed
                typed = Typed(match[1], match[2])
            else:
                assert typed is not None, f"nobody has typed what says: {line}"
                typed.said.append(line)
        if typed is not None:
            yield typed


def _pattern(line: str) -> str:
    """Return what matches a line of the page."""
    for shown, matches in _VARYING:
        parts = re.split(f"({shown})", line)
        if len(parts) > 1:
            return "".join(matches if number % 2 else _pattern(part) for number, part in enumerate(parts))
    return re.escape(line)
