"""A credential may be used until the moment it names, whatever time zone that was written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from orqo_vault.credential import Category, Credential
from orqo_vault.injector import expired

NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)


def until(moment: datetime | None) -> Credential:
    return Credential(id="a", name="a", key="A", category=Category.CUSTOM, type="custom", expires_at=moment)


def test_without_a_date_it_never_expires() -> None:
    assert not expired(until(None), NOON)


def test_it_is_usable_until_the_very_moment_and_not_at_it() -> None:
    assert not expired(until(NOON), NOON - timedelta(microseconds=1))
    assert expired(until(NOON), NOON)
    assert expired(until(NOON), NOON + timedelta(days=400))


def test_time_zones_are_compared_as_moments() -> None:
    in_berlin = datetime(2027, 1, 31, 13, tzinfo=timezone(timedelta(hours=1)))
    assert expired(until(in_berlin), NOON)
    assert not expired(until(in_berlin + timedelta(seconds=1)), NOON)
