"""The bytes of a settings file as YAML events, every refusal of the parser turned into an error with a place."""

from __future__ import annotations

import re
from typing import Any

import yaml

from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings.find import MAX_BYTES as MAX_BYTES

# What YAML allows in a text; libyaml refuses the rest as well, but says where only in bytes.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTED = re.compile(r"'[^']*'")
MAX_INDICATOR = len(r"'\t'")


def place(text: str, index: int, file: str) -> Location:
    """Return where the character with that index is."""
    return Location(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def decode(content: bytes, file: str) -> str:
    """Return the text of the file, or raise where it stops being text."""
    if len(content) > MAX_BYTES:
        raise SettingsError(f"the file is larger than {MAX_BYTES // 1024**2} MiB", location=Location(file, 1, 1))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        raise SettingsError(
            "not UTF-8 text", hint="save the file as UTF-8", location=place(before, len(before), file)
        ) from None
    if text.startswith("\ufeff"):
        raise SettingsError(
            "the file starts with a byte order mark",
            hint="save the file as UTF-8 without a byte order mark",
            location=Location(file, 1, 1),
        )
    found = _NOT_TEXT.search(text)
    if found:
        raise SettingsError("a character that YAML does not allow", location=place(text, found.start(), file))
    return text


def c_parser(text: str) -> Any:
    """Return libyaml's parser, which is ten times as fast; ``ImportError`` where PyYAML was built without it."""
    from yaml._yaml import CParser

    return CParser(text)


def pure_parser(text: str) -> Any:
    """Return PyYAML's own parser."""
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner, ScannerError

    class PureParser(Reader, Scanner, Parser):
        def __init__(self) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

        def scan_flow_scalar_non_spaces(self, double: Any, start_mark: Any) -> Any:
            """Refuse, as libyaml does, an escape that stands for half a character or for none."""
            try:
                chunks = super().scan_flow_scalar_non_spaces(double, start_mark)
                "".join(chunks).encode("utf-8")
            except (ValueError, OverflowError):
                problem = "found an escape that is no character"
                raise ScannerError("while scanning a quoted scalar", start_mark, problem, self.get_mark()) from None
            return chunks

    return PureParser()


def parser(text: str) -> Any:
    """Return the fastest parser there is for this text: an object with ``get_event()``."""
    try:
        return c_parser(text)
    except ImportError:
        return pure_parser(text)


def refused(error: yaml.MarkedYAMLError, text: str, file: str) -> SettingsError:
    """Return the parser's complaint as an error with a place, without anything long that it quotes."""
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part) or "it cannot be parsed"
    return SettingsError(
        f"not valid YAML: {_QUOTED.sub(_indicator, said)}",
        location=place(text, mark.index, file) if mark else Location(file, 1, 1),
    )


def _indicator(quoted: re.Match[str]) -> str:
    text = quoted[0]
    # A single character or a token's kind tells what is wrong; anything longer could be somebody's value.
    return text if len(text) <= MAX_INDICATOR or text.startswith("'<") else "it"
