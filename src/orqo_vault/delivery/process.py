"""Tells a process from another one that has its number."""

from __future__ import annotations


def start_time(pid: int) -> int:
    """Return when the process started, in ticks since the machine did; 0 when there is none, or no /proc."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            said = file.read()
    except OSError:
        return 0
    # The second field is the program's name in parentheses, which may hold any byte; the start is the 22nd.
    return int(said.rpartition(b")")[2].split()[19])


def is_running(pid: int, started: int) -> bool:
    """Tell whether this very process still runs; False where that cannot be seen."""
    return started != 0 and start_time(pid) == started
