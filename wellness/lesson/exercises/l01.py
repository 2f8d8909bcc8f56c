"""Checks of lesson 01: health data in sorted sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from wellness.health import rollups
from wellness.health.items import Reading
from wellness.health.rollups import Rollups
from wellness.health.store import Batch, Store
from wellness.health.tags import Tag
from wellness.lesson.checks import Verdict

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

RATE = "HKQuantityTypeIdentifierHeartRate"
T = 1_790_000_000


def _reading(source: str, unit: str, value: float, start: int, end: int) -> Reading:
    return Reading(RATE, source, unit, value, start, end)


BASE = _reading("Watch", "count/min", 72.0, T, T)
TWINS = {
    "the same value an hour later": _reading("Watch", "count/min", 72.0, T + 3600, T + 3600),
    "another value in the same second": _reading("Watch", "count/min", 73.0, T, T),
    "another source at the same time": _reading("Chest strap", "count/min", 72.0, T, T),
    "another unit": _reading("Watch", "count/s", 72.0, T, T),
    "one that lasts longer": _reading("Watch", "count/min", 72.0, T, T + 60),
}
# Different readings whose parts are the same text when nothing stands between them.
RUN_ON = (
    _reading("Watch", "count/min", 1.0, T, 12),
    _reading("Watch", "count/min", 21.0, T, 1),
)


def check_1(lesson: Lesson, member: Callable[[Reading], Any]) -> Verdict:
    """Members of different readings differ, those of equal readings are equal."""
    again = _reading("Watch", "count/min", 72.0, T, T)
    if not isinstance(member(BASE), str | bytes):
        return Verdict(False, f"A member is text; yours is {member(BASE)!r}.")
    if member(BASE) != member(again):
        return Verdict(False, "The same reading, written twice, gives two members.")
    for what, twin in TWINS.items():
        if member(twin) == member(BASE):
            return Verdict(False, f"A reading and {what} are one member: {member(BASE)!r}.")
    if member(RUN_ON[0]) == member(RUN_ON[1]):
        parts = " and ".join(f"end {one.end}, value {one.value:g}" for one in RUN_ON)
        return Verdict(False, f"{parts} run together: {member(RUN_ON[0])!r}. Separate the parts.")
    key = lesson.keys().scratch("exercise 1")
    lesson.client.delete(key)  # what an earlier answer wrote
    written = [BASE, again, *TWINS.values()]
    lesson.client.zadd(key, {member(reading): reading.start for reading in written})
    found, wanted = lesson.client.zcard(key), len(written) - 1
    message = f"{len(written)} were written, {wanted} of them different, and Redis holds {found}"
    return Verdict(found == wanted, f"{message}.")


class _Tape:
    """Remembers the commands that pass."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_command(
        self,
        name: str,
        seconds: float,
        error: BaseException | None,
        commands: Sequence[Sequence[Any]],
    ) -> None:
        self.names.append(name)


def check_2(lesson: Lesson, count: Callable[..., Any]) -> Verdict:
    """The number is right at both ends, and no member crossed the wire."""
    key = lesson.keys().scratch("exercise 2")
    lesson.client.delete(key)
    starts = [T - 1, T, T + 10, T + 99, T + 100]
    lesson.client.zadd(key, {f"{start}:72": start for start in starts})
    tape = _Tape()
    lesson.client.guard.add(tape)
    try:
        found = count(lesson.client, key, T, T + 100)
    finally:
        lesson.client.guard.remove(tape)
    expected = sum(T <= start < T + 100 for start in starts)
    if found != expected:
        return Verdict(
            False,
            f"Of readings at {', '.join(f'start{start - T:+}' for start in starts)}, your function "
            f"counts {found} from start to start+100. The end does not belong to the interval.",
        )
    if tape.names != ["ZCOUNT"]:
        return Verdict(
            False, f"The number is right, but it took {', '.join(tape.names)}; one command counts."
        )
    return Verdict(True, f"{found} of {len(starts)}, and only a number crossed the wire.")


def check_3(lesson: Lesson, forget: Callable[..., Any]) -> Verdict:
    """The span is gone, its neighbours are not, and rollups say what readings say."""
    store = Store(lesson.client, "exercise 3", namespace=lesson.namespace)
    store.delete()
    lesson.client.hset(store.keys.profile, "zone", "America/New_York")
    first = rollups.local_day(T, store.zone())
    dates = [first + timedelta(days=i) for i in range(5)]
    made = Rollups(store, RATE, gap_s=600)
    edges = made.edges(dates)
    batch = Batch()
    tag = store.tag(RATE, Tag("Watch", "count/min"))
    for day, midnight in enumerate(edges[:-1]):
        for hour in range(0, 24, 2):
            batch.put(RATE, midnight + hour * 3600, 60.0 + day, tag, midnight + hour * 3600)
    store.add(batch)
    made.refresh()
    before = store.count(RATE)
    start, end = edges[1], edges[3] + 3600
    gone = store.count(RATE, start, end)
    forget(store, RATE, start, end)
    if store.count(RATE, start, end):
        return Verdict(False, f"{store.count(RATE, start, end)} readings of the span are left.")
    if store.count(RATE) != before - gone:
        lost = before - gone - store.count(RATE)
        return Verdict(False, f"{lost} readings outside of the span went with it.")
    rows = made.raw(edges)
    rolled = made.days(dates[0], dates[-1] + timedelta(days=1))
    kept = [day for day, row in zip(dates, rows, strict=True) if row[0]]
    if rolled.dates != kept or not np.array_equal(rolled.rows, rows[rows[:, 0] > 0]):
        return Verdict(False, "The readings are gone, but the daily rollups still remember them.")
    return Verdict(
        True, f"{gone} readings are gone, {before - gone} are left, and the rollups agree."
    )
