"""Turn the elements of an export into typed items, as a parser meets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from wellness.health.catalogue import QUANTITY
from wellness.health.items import (
    ActivitySummary,
    Correlation,
    ExportInfo,
    Item,
    Me,
    Workout,
    WorkoutEvent,
    WorkoutStatistic,
)
from wellness.health.record import instant, metadata, parse_number, to_reading

SAMPLE_GENERATOR = "wellness-sample"
ROOT = "HealthData"
ACTIVITY = "HKWorkoutActivityType"
ENERGY = QUANTITY + "ActiveEnergyBurned"
SECONDS_PER = {"s": 1.0, "sec": 1.0, "min": 60.0, "hr": 3600.0, "h": 3600.0}
OLD_TOTALS = {"totalDistance": QUANTITY + "Distance", "totalEnergyBurned": ENERGY}
DISTANCE_OF = {"Cycling": "DistanceCycling", "Swimming": "DistanceSwimming"}


class ElementParser:
    """Feed it the text from the root element on; it returns the items that were completed.

    It pulls from the standard library's `XMLPullParser`, which builds small trees in C; each child
    of the root is converted when it closes, then dropped, so memory does not grow with the file. A
    Record is converted when *it* closes, also inside a Correlation: a file that breaks off later
    still yields it.
    """

    def __init__(self) -> None:
        self.complete = False
        self._parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
        self._records = 0
        self._others: Counter[str] = Counter()
        self._root: Element | None = None
        self._introduced = False
        self._depth = 0

    @property
    def elements(self) -> Counter[str]:
        """How many elements of each kind were closed; nested Records count as Records."""
        return self._others + Counter(Record=self._records)

    def feed(self, data: bytes) -> tuple[list[Item], str]:
        """Parse a chunk, or with none the end; the items, and what went wrong, or nothing."""
        items: list[Item] = []
        error = ""
        if self.complete:  # text behind the end is no error
            return items, error
        try:
            if data:
                self._parser.feed(data)
            else:
                self._parser.close()
        except ParseError as problem:
            error = problem.msg
        try:
            self._take(cast("Iterator[tuple[str, Element]]", self._parser.read_events()), items)
        except ParseError as problem:
            error = problem.msg
        if self._root is not None:
            open_child = self._depth > 1
            del self._root[: len(self._root) - open_child]
        return items, "" if self.complete else error

    def _take(self, events: Iterator[tuple[str, Element]], items: list[Item]) -> None:
        for event, element in events:
            if event == "start":
                self._depth += 1
                if self._depth == 1:
                    self._root = element
                continue
            self._depth -= 1
            if not self._introduced:
                self._introduce(element, items)
            if element.tag == "Record":
                self._records += 1
                items.append(to_reading(element))
            elif self._depth == 1:
                self._others[element.tag] += 1
                convert = CONVERTERS.get(element.tag)
                if convert and (item := convert(element)) is not None:
                    items.append(item)
            elif self._depth == 0:
                self.complete = element.tag == ROOT

    def _introduce(self, element: Element, items: list[Item]) -> None:
        """The root's attributes and the ExportDate, which comes first, as one item."""
        assert self._root is not None
        self._introduced = True
        items.append(
            ExportInfo(
                locale=self._root.get("locale", ""),
                export_date=_export_date(element),
                sample=self._root.get("generator") == SAMPLE_GENERATOR,
            )
        )


def _export_date(element: Element) -> int | None:
    try:
        return instant(element.attrib["value"]) if element.tag == "ExportDate" else None
    except (KeyError, ValueError):
        return None


def _number(attributes: Mapping[str, str], name: str) -> float | None:
    number = parse_number(attributes.get(name, ""))
    return number if isinstance(number, float) else None


def _workout(element: Element) -> Item | None:
    attributes = element.attrib
    try:
        start, end = instant(attributes["startDate"]), instant(attributes["endDate"])
        activity = attributes["workoutActivityType"]
    except (KeyError, ValueError):
        return None
    unit = SECONDS_PER.get(attributes.get("durationUnit", "min"), 60.0)
    duration = _number(attributes, "duration")
    return Workout(
        activity=activity,
        source=attributes.get("sourceName", ""),
        start=start,
        end=end,
        duration_s=duration * unit if duration is not None else float(end - start),
        statistics=_statistics(element),
        events=_events(element),
        routes=tuple(
            reference.attrib["path"]
            for reference in element.iterfind("WorkoutRoute/FileReference")
            if "path" in reference.attrib
        ),
        metadata=metadata(element),
    )  # fmt: skip


def _statistics(element: Element) -> tuple[WorkoutStatistic, ...]:
    """Direct children only: those of a WorkoutActivity repeat their part of the total."""
    found = [
        WorkoutStatistic(
            child.get("type", ""),
            child.get("unit", ""),
            *(_number(child.attrib, name) for name in ("sum", "average", "minimum", "maximum")),
        )
        for child in element.findall("WorkoutStatistics")
    ]
    for attribute, prefix in OLD_TOTALS.items():
        total = _number(element.attrib, attribute)
        if total is not None and not any(part.type.startswith(prefix) for part in found):
            activity = element.get("workoutActivityType", "").removeprefix(ACTIVITY)
            distance = QUANTITY + DISTANCE_OF.get(activity, "DistanceWalkingRunning")
            name = ENERGY if prefix == ENERGY else distance
            found.append(WorkoutStatistic(name, element.get(f"{attribute}Unit", ""), sum=total))
    return tuple(found)


def _events(element: Element) -> tuple[WorkoutEvent, ...]:
    events = []
    for event in element.findall("WorkoutEvent"):
        try:
            at = instant(event.attrib["date"])
        except (KeyError, ValueError):
            continue
        unit = SECONDS_PER.get(event.get("durationUnit", "min"), 60.0)
        length = (_number(event.attrib, "duration") or 0.0) * unit
        events.append(WorkoutEvent(event.get("type", ""), at, length))
    return tuple(events)


def _correlation(element: Element) -> Item | None:
    attributes = element.attrib
    try:
        start, end = instant(attributes["startDate"]), instant(attributes["endDate"])
    except (KeyError, ValueError):
        return None
    name, source = attributes.get("type", ""), attributes.get("sourceName", "")
    members = len(element.findall("Record"))
    return Correlation(name, source, start, end, members, metadata(element))


def _activity(element: Element) -> Item | None:
    attributes = element.attrib
    if not (date := attributes.get("dateComponents", "")):
        return None
    values = {
        name: number
        for name in attributes
        if name not in ("dateComponents", "activeEnergyBurnedUnit")
        and (number := _number(attributes, name)) is not None
    }
    return ActivitySummary(date, values, attributes.get("activeEnergyBurnedUnit", ""))


CONVERTERS: dict[str, Callable[[Element], Item | None]] = {
    "Workout": _workout,
    "Correlation": _correlation,
    "ActivitySummary": _activity,
    "Me": lambda element: Me(dict(element.attrib)),
}
