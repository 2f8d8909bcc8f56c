"""Stores for tests: filled reading by reading, and compared as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis

from wellness import keys
from wellness.health import rollups
from wellness.health.items import Reading
from wellness.health.periods import Period
from wellness.health.store import Batch, Store
from wellness.health.tags import Tag
from wellness.server import start
from wellness.settings import Settings

GAP_S = 600
DAY = 86_400
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
Identity = tuple[str, str, str, float | str, int, int]


def examples(count: int) -> hypothesis_settings:
    """Hypothesis for tests that talk to Redis: each example has a user of its own."""
    return hypothesis_settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def a_store(client: Redis, namespace: str, zone: ZoneInfo | None = BERLIN) -> Store:
    """The store of a user whom nobody else uses."""
    store = Store(client, uuid.uuid4().hex, namespace=namespace)
    if zone:
        rollups.set_zone(store, zone)
    return store


def again(store: Store) -> Store:
    """The same user's store as another process sees it."""
    return Store(store.client, store.user, namespace=store.keys.namespace)


def put(store: Store, readings: Iterable[Reading]) -> dict[str, int]:
    """Write readings as one batch; returns how many were new, by type."""
    batch = Batch()
    for reading in readings:
        label = reading.value if isinstance(reading.value, str) else ""
        tag = Tag(reading.source, reading.unit, label, reading.zone or "")
        number = store.tag(reading.type, tag)
        value = 0.0 if isinstance(reading.value, str) else reading.value
        batch.put(reading.type, reading.start, value, number, reading.end)
    return store.add(batch)


def identity(reading: Reading) -> Identity:
    """What tells a reading from others."""
    return reading[:6]


def stored(store: Store, type: str) -> list[Identity]:
    """Everything that is stored of a type, in the order of Redis."""
    return [identity(reading) for reading in store.range(type, float("-inf"), float("inf"))]


def at(zone: ZoneInfo, *when: int) -> int:
    """Epoch seconds of a wall-clock time: year, month, day, hour..."""
    return int(datetime(*when, tzinfo=zone).timestamp())  # type: ignore[arg-type]


def period(zone: ZoneInfo, first: datetime | date, end: datetime | date) -> Period:
    """A half-open period; a date stands for its midnight."""
    edges = [
        edge.replace(tzinfo=zone)
        if isinstance(edge, datetime)
        else datetime.combine(edge, time(), zone)
        for edge in (first, end)
    ]
    return Period(edges[0], edges[1], "", "")


def rows_of(store: Store, type: str, days: Sequence[date]) -> dict[date, list[float]]:
    """Daily rows from the rollups, as a process that comes later finds them."""
    found = rollups.Rollups(again(store), type, gap_s=GAP_S).days(
        days[0], days[-1] + timedelta(days=1)
    )
    return dict(zip(found.dates, found.rows.tolist(), strict=True))


def raw_rows_of(store: Store, type: str, days: Sequence[date]) -> dict[date, list[float]]:
    """Daily rows from the readings themselves."""
    found = rollups.Rollups(again(store), type, gap_s=GAP_S)
    rows = found.raw(found.edges(days)).tolist()
    return {day: row for day, row in zip(days, rows, strict=True) if row[0]}


def assert_rollups_agree(store: Store, type: str, days: Sequence[date]) -> None:
    """The rollups of consecutive days are what the readings say."""
    rolled, raw = rows_of(store, type, days), raw_rows_of(store, type, days)
    assert list(rolled) == list(raw)
    for day, row in raw.items():
        np.testing.assert_allclose(rolled[day], row, rtol=1e-9, atol=1e-9, err_msg=str(day))


def contents(store: Store) -> dict[str, Any]:
    """All that is stored of a user but the import reports, free of the numbers of tags."""
    client, names = store.client, store.keys
    fresh = again(store)
    found: dict[str, Any] = {}
    for type in fresh.types():
        found[f"readings {type}"] = set(stored(fresh, type))
        found[f"tags {type}"] = set(fresh.all_tags(type).values())
        found[f"days {type}"] = client.hgetall(names.days(type))
        found[f"stale {type}"] = client.smembers(names.stale(type))
    for name in ("workouts", "correlations", "beats"):
        found[name] = client.zrange(getattr(names, name), 0, -1, withscores=True)
    for name in ("activity", "sources", "profile"):
        found[name] = client.hgetall(getattr(names, name))
    return found


def dump(client: Redis, namespace: str, user: str) -> dict[str, bytes | None]:
    """Every key of a user with its exact content, in Redis's own format."""
    names = sorted(set(keys.scan(client, namespace, user)))
    return {name: client.dump(name) for name in names}


@contextmanager
def private_redis(settings: Settings, data_dir: Path) -> Iterator[Redis]:
    """A Redis of the test's own, for settings that no other test may meet."""
    with (
        start(settings, data_dir=data_dir) as server,
        Redis(unix_socket_path=str(server.socket)) as client,
    ):
        yield client
