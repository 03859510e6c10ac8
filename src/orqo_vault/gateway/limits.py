"""How much, how long and how many: what bounds one request, one run, and one stolen token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The defaults suit a gateway in front of language models."""

    longest_run: timedelta = timedelta(hours=24)
    """A run token ends then, heartbeat or not."""
    lease: timedelta = timedelta(seconds=120)
    """How long a run token lives without a heartbeat."""
    heartbeat_seconds: int = 30
    default_budget: int = 1_000_000
    """Micro-credits a run may spend that asked for no budget."""
    first_hold: int = 10_000
    """What such a run holds at first; it grows with its requests."""
    concurrency: int = 64
    """Requests of one run at one time, in one gateway process."""

    most_output: int = 32_768
    """Tokens one answer may have at most; a request that asks for more gets this."""
    unasked_output: int = 4_096
    """The same for a request that does not say."""
    most_answers: int = 8

    body_bytes: int = 8 * 1024 * 1024
    body_depth: int = 64
    body_seconds: float = 60
    """How long a caller may take to send a body."""
    head_bytes: int = 16 * 1024

    connect_seconds: float = 10
    silence_seconds: float = 300
    """How long a provider may send nothing."""
    stall_seconds: float = 60
    """How long a caller may let its answer wait before it loses its connection, and so counts as gone."""
    drain_seconds: float = 120
    """How long an answer is read on after its caller has gone, to see what it used."""
    answer_bytes: int = 64 * 1024 * 1024
    event_bytes: int = 4 * 1024 * 1024
    error_bytes: int = 64 * 1024
    shutdown_seconds: int = 30
