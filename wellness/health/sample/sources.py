"""Who writes readings, and one reading as it will stand in the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from random import Random
from typing import NamedTuple

from wellness.health.sample import story

WATCH_RANK, PHONE_RANK, APP_RANK = 0, 1, 2
RANKS = ("watch", "phone", "other")


Metadata = tuple[tuple[str, str], ...]


class Source(NamedTuple):
    """A watch, a phone or an app. `device` is Apple's description without its memory address."""

    name: str
    version: str
    rank: int
    device: str = ""


class Sample(NamedTuple):
    """One Record. `value` is its text (None: no such attribute), instants are UTC seconds.

    `flaw` names what is wrong with a value that was planted to be rejected.
    """

    type: str
    source: Source
    unit: str
    value: str | None
    start: int
    end: int
    created: int
    metadata: Metadata = ()
    beats: tuple[tuple[int, float], ...] = ()
    flaw: str = ""


WATCH_NAME = "Ann’s Apple\u00a0Watch"  # Apple puts a no-break space there
OLD_PHONE_NAME, NEW_PHONE_NAME = "Ann’s iPhone", "Ann’s new iPhone"
SCALE = Source("Balance Scale", "4.2.1", APP_RANK)
CUFF = Source("Cuff Companion", "3.1", APP_RANK)
FOOD = Source("Plate Diary", "11.0.2", APP_RANK)
WATER = Source("Sip & Log", "2.8", APP_RANK)
CALM = Source("Quiet Minutes 🧘", "6.4", APP_RANK)
SLEEP = Source("Night Notes", "1.9", APP_RANK)
PEDOMETER = Source("Stride Diary", "5.0", APP_RANK)


SYSTEMS = (  # from when, iOS, watchOS
    (date(2025, 9, 16), "26.0.1", "26.0"),
    (date(2025, 3, 31), "18.4", "11.4"),
    (date(2024, 9, 16), "18.0.1", "11.0"),
    (date.min, "17.6", "10.6"),
)


def _systems(day: date) -> tuple[str, str]:
    return next((ios, watch) for since, ios, watch in SYSTEMS if day >= since)


def watch(day: date) -> Source:
    """The watch, with its system of that day."""
    version = _systems(day)[1]
    about = "name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1"
    return Source(WATCH_NAME, version, WATCH_RANK, f"{about}, software:{version}")


def phone(day: date) -> Source:
    """The phone; from the day it is replaced it has another name."""
    version = _systems(day)[0]
    new = day in story.NEW_PHONE
    about = "name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:"
    hardware = "iPhone17,1" if new else "iPhone13,2"
    name = NEW_PHONE_NAME if new else OLD_PHONE_NAME
    return Source(name, version, PHONE_RANK, f"{about}{hardware}, software:{version}")


def text(value: float, digits: int) -> str:
    """A number as Apple writes it: no more digits than needed.

    >>> text(72.0, 2), text(0.9700001, 2), text(1450, 0)
    ('72', '0.97', '1450')
    """
    written = f"{value:.{digits}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def whole(rng: Random, expected: float) -> int:
    """A whole number whose mean is `expected`."""
    return int(expected) + (rng.random() < expected % 1)


def pieces(start: int, end: int, length: float) -> Iterator[tuple[int, int]]:
    """Cut a span into equal parts of about `length` seconds, in whole seconds."""
    parts = max(1, min(round((end - start) / length), end - start))
    cuts = [start + (end - start) * part // parts for part in range(parts + 1)]
    yield from pairwise(cuts)
