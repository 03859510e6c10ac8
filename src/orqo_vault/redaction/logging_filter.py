"""Masks secrets in log records: message, arguments, traceback, stack, and everything a program added to a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from orqo_vault.redaction.patterns import Patterns, patterns
from orqo_vault.redaction.redactor import masked
from orqo_vault.secret import SecretValue

if TYPE_CHECKING:
    import logging

UNREADABLE = "(a value that cannot be shown)"
"""Stands for an object whose own text cannot be had, and so cannot be looked through."""
_HARMLESS = (bool, float, type(None))
_DEPTH = 8


class LoggingFilter:
    """Put it on *handlers*: ``handler.addFilter(LoggingFilter(run.secrets()))``; a logger's own filters do not see
    the records of the loggers below it.

    It lets every record through and never raises. A record is changed for the handlers that come after, too. The
    structure of a record stays where it can: arguments are masked one by one, and a traceback becomes its text.
    """

    def __init__(self, secrets: Patterns | Iterable[SecretValue]) -> None:
        self._patterns = secrets if isinstance(secrets, Patterns) else patterns(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record in place, and let it through."""
        self._mask_traceback(record)
        self._mask_message(record)
        for name, value in list(vars(record).items()):
            if name not in ("msg", "args", "exc_info"):
                setattr(record, name, self._clean(value))
        return True

    def _mask_traceback(self, record: logging.LogRecord) -> None:
        if not record.exc_info:
            return
        if not record.exc_text:
            from traceback import format_exception

            try:
                record.exc_text = "".join(format_exception(*record.exc_info)).rstrip("\n")
            except Exception:
                record.exc_text = UNREADABLE
        record.exc_info = None  # the exception itself cannot be masked; a formatter takes its text from exc_text

    def _mask_message(self, record: logging.LogRecord) -> None:
        message, arguments = record.msg, record.args
        record.msg, record.args = self._clean(message), self._clean(arguments)
        if self._message_shows(record):
            record.msg, record.args = self._text(_rendered(message, arguments)), ()

    def _message_shows(self, record: logging.LogRecord) -> bool:
        """Tell whether the parts make a secret together, or fit together no longer: a masked number has no %d."""
        try:
            message = record.getMessage()
        except Exception:
            return True
        return self._text(message) != message

    def _clean(self, value: Any, depth: int = 0) -> Any:
        """Return the value, or what stands for it: with its shape where that is a plain container's."""
        if isinstance(value, _HARMLESS):
            return value
        if isinstance(value, str):
            return self._text(value)
        if depth < _DEPTH:
            if type(value) is dict:
                return {self._clean(key, depth + 1): self._clean(each, depth + 1) for key, each in value.items()}
            if type(value) in (list, tuple, set, frozenset):
                return type(value)(self._clean(each, depth + 1) for each in value)
        return self._object(value)

    def _object(self, value: Any) -> Any:
        """Return the object itself when neither of its texts shows a secret."""
        try:
            for text in {str(value), repr(value)}:
                if self._text(text) != text:
                    return self._text(str(value))
        except Exception:
            return UNREADABLE
        return value

    def _text(self, text: str) -> str:
        encoded = text.encode("utf-8", "surrogatepass")
        return masked(self._patterns, encoded).decode("utf-8", "surrogatepass")


def _rendered(message: object, arguments: Any) -> str:
    """Return the message as logging makes it; where it cannot, its parts, which logging would print otherwise."""
    try:
        return str(message) % arguments if arguments else str(message)
    except Exception:
        return f"{_shown(message)} {_shown(arguments)}"


def _shown(value: object) -> str:
    try:
        return value if isinstance(value, str) else repr(value)
    except Exception:
        return UNREADABLE
