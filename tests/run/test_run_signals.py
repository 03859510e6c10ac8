"""Which signals reach the command: signal x terminal or none x exec or supervised x what the command does about it."""

from __future__ import annotations

import os
import signal

import pytest

from tests.run.sessions import OnPipes, OnTerminal, Session, child, driven, named

WHERE = {"terminal": OnTerminal, "no terminal": OnPipes}
ROWS = [
    ("terminal", "exec"),
    ("terminal", "supervise"),
    ("terminal", "inner terminal"),
    ("no terminal", "exec"),
    ("no terminal", "supervise"),
    ("no terminal", "piped"),
]
SUPERVISED = [row for row in ROWS if row[1] != "exec"]
DEADLY = ("INT", "TERM", "HUP", "QUIT", "USR1", "USR2")
HARMLESS = ("WINCH", "CONT")
KEYS = {"INT": "\x03", "QUIT": "\x1c"}


def started(where: str, way: str, *command: str) -> Session:
    session: Session = WHERE[where](*driven(way, *command))
    session.expect(r"child ready (\d+)\.")
    return session


def times(session: Session, name: str, who: str = "child") -> int:
    return session.seen.splitlines().count(f"{who} got SIG{name}.")


def over(session: Session) -> None:
    """Have the child answer, and end it: what came before the answer is all that came."""
    session.type("fence\n")
    session.expect(r"answer fence\.")
    os.kill(session.pid, signal.SIGKILL)
    session.end()


@pytest.mark.parametrize(("where", "way"), ROWS)
def test_a_signal_reaches_a_command_that_handles_it_exactly_once(where: str, way: str) -> None:
    session = started(where, way, *child("handles"))
    for name in (*DEADLY, *HARMLESS):
        os.kill(session.pid, named(name))
        session.expect(rf"child got SIG{name}\.")
    # A second one is passed on too, and by the time it is there so is every other that was sent before it.
    os.kill(session.pid, signal.SIGTERM)
    session.expect(r"child got SIGTERM\.")
    over(session)
    assert {name: times(session, name) for name in (*DEADLY, *HARMLESS)} == {
        **dict.fromkeys((*DEADLY, *HARMLESS), 1),
        "TERM": 2,
    }


@pytest.mark.parametrize(("where", "way"), ROWS)
def test_a_command_that_ignores_them_goes_on(where: str, way: str) -> None:
    session = started(where, way, *child("ignores"))
    for name in (*DEADLY, *HARMLESS):
        os.kill(session.pid, named(name))
    over(session)
    assert "got" not in session.seen


@pytest.mark.parametrize("name", DEADLY)
@pytest.mark.parametrize(("where", "way"), ROWS)
def test_a_command_that_dies_of_it_is_seen_to_have_died_of_it(where: str, way: str, name: str) -> None:
    session = started(where, way, *child("dies"))
    os.kill(session.pid, named(name))
    assert session.end() == -named(name)


@pytest.mark.parametrize(("where", "way"), SUPERVISED)
def test_what_concerns_only_us_is_not_passed_on(where: str, way: str) -> None:
    session = started(where, way, *child("handles"))
    for name in ("CHLD", "URG", "PIPE"):
        os.kill(session.pid, named(name))
    os.kill(session.pid, signal.SIGUSR1)
    session.expect(r"child got SIGUSR1\.")
    over(session)
    got = [line for line in session.seen.splitlines() if "got" in line]
    if where == "terminal" and got[-1] == "child got SIGHUP.":  # the kernel's own, when over() closes the terminal
        got.pop()
    assert got == ["child got SIGUSR1."]


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("way", ["exec", "supervise", "inner terminal"])
def test_a_key_reaches_the_command_and_its_children_exactly_once(way: str, name: str) -> None:
    session = OnTerminal(*driven(way, *child("handles", "grandchild")))
    for _ in range(2):
        session.expect(r"child ready \d+\.")
    session.type(KEYS[name])
    for _ in range(2):
        session.expect(rf"child got SIG{name}\.")
    os.kill(session.pid, signal.SIGUSR1)  # behind it nothing of the key is on its way any more
    session.expect(r"(?<!grand)child got SIGUSR1\.")
    session.type("fence\n")
    session.expect(r"answer fence\.")
    os.kill(session.pid, signal.SIGKILL)
    assert (session.seen.count(f"got SIG{name}."), session.seen.count(f"grandchild got SIG{name}.")) == (2, 1)


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP"])
def test_without_a_terminal_its_children_get_it_too(name: str) -> None:
    session = OnPipes(*driven("supervise", *child("handles", "grandchild")))
    for _ in range(2):
        session.expect(r"child ready \d+\.")
    os.kill(session.pid, named(name))
    for _ in range(2):
        session.expect(rf"child got SIG{name}\.")
    over_group(session)
    assert session.seen.count(f"grandchild got SIG{name}.") == 1


@pytest.mark.parametrize("way", ["exec", "supervise", "piped"])
def test_what_was_ignored_before_stays_ignored(way: str) -> None:
    """As after nohup, or in the background of a script."""
    session = OnPipes("sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh", *driven(way, "sh", "-c", "echo ready; read x"))
    session.expect("ready")
    os.kill(session.pid, signal.SIGHUP)
    os.kill(session.pid, signal.SIGINT)
    session.type("\n")
    assert session.end() == 0


def over_group(session: Session) -> None:
    """End a child and its child: without a terminal they are a group, which a killed supervisor no longer reaches."""
    found = session.seen.split("child ready ")
    for part in found[1:]:
        os.kill(int(part.partition(".")[0]), signal.SIGKILL)
    session.end()
