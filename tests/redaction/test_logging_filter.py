"""What a real logging handler writes once the filter stands on it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from orqo_vault.redaction import LoggingFilter, patterns
from orqo_vault.secret import SecretValue

TOKEN = "sk-proj-Qm9yZWQgbXVjaD8"
PIN = "12345678"
FORMAT = "%(levelname)s %(name)s %(message)s"


class Log:
    """A logger with one handler of its own, and what it wrote."""

    def __init__(self, format_: str = FORMAT) -> None:
        self.out = io.StringIO()
        self.records: list[logging.LogRecord] = []
        self.logger = logging.Logger("engine")
        handler = logging.StreamHandler(self.out)
        handler.setFormatter(logging.Formatter(format_))
        handler.addFilter(LoggingFilter([SecretValue(TOKEN), SecretValue(PIN)]))
        handler.addFilter(lambda record: not self.records.append(record))
        self.logger.addHandler(handler)

    @property
    def text(self) -> str:
        return self.out.getvalue()


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    made = Log()
    yield made
    assert TOKEN not in made.text
    assert capsys.readouterr().err == "", "logging itself had to report an error"


def test_a_message_is_masked(log: Log) -> None:
    log.logger.info("key %s", "none")
    log.logger.warning(f"key {TOKEN}")
    assert log.text == "INFO engine key none\nWARNING engine key ********\n"


def test_arguments_are_masked_and_stay_arguments(log: Log) -> None:
    log.logger.info("%s asked for %s with %d", "ana", f"/v1?key={TOKEN}", 200)
    assert log.text == "INFO engine ana asked for /v1?key=******** with 200\n"
    assert log.records[0].args == ("ana", "/v1?key=********", 200)


def test_a_mapping_of_arguments_is_masked(log: Log) -> None:
    log.logger.info("%(who)s %(headers)s", {"who": "ana", "headers": {"Authorization": [f"Bearer {TOKEN}"]}})
    assert log.text == "INFO engine ana {'Authorization': ['Bearer ********']}\n"


def test_a_secret_in_two_arguments_is_masked(log: Log) -> None:
    log.logger.info("%s%s", TOKEN[:9], TOKEN[9:])
    assert log.text == "INFO engine ********\n"


def test_a_number_that_is_a_secret_is_masked(log: Log) -> None:
    log.logger.info("pin %d", int(PIN))
    assert log.text == "INFO engine pin ********\n"


def test_an_object_whose_text_shows_a_secret_is_masked(log: Log) -> None:
    class Request:
        def __repr__(self) -> str:
            return f"<Request {TOKEN}>"

    log.logger.info("%s and %r", Request(), [Request()])
    log.logger.info(Request())
    assert log.text == "INFO engine <Request ********> and ['<Request ********>']\nINFO engine <Request ********>\n"


def test_bytes_are_masked(log: Log) -> None:
    log.logger.info("%s", TOKEN.encode())
    assert log.text == "INFO engine b'********'\n"


def test_a_traceback_is_masked_with_its_causes(log: Log) -> None:
    try:
        try:
            raise ValueError(f"refused: {TOKEN}")
        except ValueError as error:
            raise RuntimeError("step failed") from error
    except RuntimeError:
        log.logger.exception("failed")
    assert "ValueError: refused: ********" in log.text
    assert "RuntimeError: step failed" in log.text


def test_a_traceback_that_another_handler_has_made_already_is_masked(log: Log) -> None:
    first = logging.StreamHandler(io.StringIO())
    log.logger.handlers.insert(0, first)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        log.logger.exception("failed")
    assert "ValueError: ********" in log.text


def test_an_exception_that_cannot_be_shown_stops_nothing(log: Log) -> None:
    log.logger.error("failed", exc_info=(ValueError, "no exception", None))  # type: ignore[arg-type]  # as some libraries do
    assert log.text == "ERROR engine failed\n(a value that cannot be shown)\n"


def test_the_stack_is_masked(log: Log) -> None:
    log.logger.info("here", stack_info=True)
    record = log.logger.makeRecord("engine", 20, "file.py", 1, "here", (), None, sinfo=f"Stack:\n key = {TOKEN}")
    log.logger.handle(record)
    assert "Stack (most recent call last)" in log.text
    assert "key = ********" in log.text


def test_what_a_program_adds_to_a_record_is_masked_and_keeps_its_shape() -> None:
    log = Log("%(message)s %(url)s %(context)s %(count)s")
    extra: dict[str, Any] = {"url": f"https://api/?k={TOKEN}", "context": {"a": (TOKEN, 1)}, "count": 3}
    log.logger.info("sent", extra=extra)
    assert log.text == "sent https://api/?k=******** {'a': ('********', 1)} 3\n"
    assert extra["context"]["a"][0] == TOKEN


def test_a_message_that_logging_cannot_format_is_written_masked(log: Log) -> None:
    log.logger.info("%d %d", TOKEN)  # noqa: PLE1206  # the mistake that is tested
    assert log.text == "INFO engine %d %d ('********',)\n"


def test_an_object_without_a_text_is_named_so(log: Log) -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError(TOKEN)

    log.logger.info("%s", Broken())
    log.logger.info("%s", [Broken()] * 2, extra={"more": {1: Broken()}})
    assert log.text.count("(a value that cannot be shown)") == 3


def test_a_container_that_holds_itself_ends(log: Log) -> None:
    ring: list[Any] = [TOKEN]
    ring.append(ring)
    log.logger.info("%s", ring)
    assert "********" in log.text


def test_text_that_is_no_valid_unicode_passes(log: Log) -> None:
    log.logger.info("lone \udcff and %s", TOKEN)
    assert log.text == "INFO engine lone \udcff and ********\n"


def test_a_percent_sign_in_a_finished_message_stays(log: Log) -> None:
    log.logger.info("100% of " + TOKEN)
    assert log.text == "INFO engine 100% of ********\n"


def test_ready_patterns_can_be_shared_between_handlers() -> None:
    made = patterns([SecretValue(TOKEN)])
    record = logging.makeLogRecord({"msg": TOKEN})
    assert LoggingFilter(made).filter(record)
    assert LoggingFilter(made).filter(record)
    assert record.getMessage() == "********"
