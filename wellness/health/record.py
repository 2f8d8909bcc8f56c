"""One Record as a typed reading, or the reason why it is none. No value is ever made up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from xml.etree.ElementTree import Element

from wellness.health.items import NO_METADATA, Beat, Reading, Rejected

MISSING_ATTRIBUTE = "missing attribute"
BAD_DATE = "unreadable date"
ENDS_BEFORE_START = "ends before it starts"
MISSING_VALUE = "missing value"
NOT_A_NUMBER = "not a number"
NOT_FINITE = "not finite"

CATEGORY = "HKCategoryTypeIdentifier"
HOUR = {f" {h:02}:": h * 3600 for h in range(24)}
MINUTE_SECOND = {f"{m:02}:{s:02}": m * 60 + s for m in range(60) for s in range(60)}
CACHED_DAYS = 10_000  # a megabyte; a life's worth of days


class _Midnights(dict[str, int]):
    """Epoch seconds of "2024-03-10 -0700", parsed once a day instead of once a reading."""

    def __missing__(self, text: str) -> int:
        if len(self) >= CACHED_DAYS:
            self.clear()
        if not text.isascii():  # strptime reads the digits of all scripts
            raise ValueError(f"not a date: {text!r}")
        self[text] = epoch = int(datetime.strptime(text, "%Y-%m-%d %z").timestamp())
        return epoch


_midnights = _Midnights()


def instant(text: str) -> int:
    """Epoch seconds of a date as Apple writes it.

    >>> instant("2024-03-10 08:15:30 -0700")
    1710083730

    Raises:
        ValueError: not such a date, or one that does not exist.
    """
    try:
        return _midnights[text[:10] + text[19:]] + HOUR[text[10:14]] + MINUTE_SECOND[text[14:19]]
    except KeyError:
        raise ValueError(f"not a date: {text!r}") from None


# A NamedTuple's own constructor is a Python function; this one is not, and it runs once a Record.
_reading = partial(tuple.__new__, Reading)


def to_reading(element: Element) -> Reading | Rejected:
    """A Record as a reading, or the reason why it is none. No value is ever made up."""
    attributes = element.attrib
    get = attributes.get
    name = get("type", "")
    try:
        source, began, ended = (
            attributes["sourceName"], attributes["startDate"], attributes["endDate"],
        )  # fmt: skip
        start = instant(began)
        end = start if ended == began else instant(ended)
    except KeyError:
        return Rejected(name, MISSING_ATTRIBUTE)
    except ValueError:
        return Rejected(name, BAD_DATE)
    if not name:
        return Rejected(name, MISSING_ATTRIBUTE)
    if end < start:
        return Rejected(name, ENDS_BEFORE_START)
    text = get("value", "")
    value: float | str = text if name.startswith(CATEGORY) else parse_number(text)
    if type(value) is str and value is not text:
        return Rejected(name, value)
    found, beats = _details(element) if len(element) else (NO_METADATA, ())
    device = device_kind(get("device", ""))
    return _reading((name, source, get("unit", ""), value, start, end, device, found, beats))


def parse_number(text: str) -> float | str:
    """A finite number, or the reason why the text is none."""
    try:
        number = float(text)
    except ValueError:
        return NOT_A_NUMBER if text.strip() else MISSING_VALUE
    # Python's float also reads 1_000 and digits of other scripts; Apple writes neither.
    if -math.inf < number < math.inf and text.isascii() and "_" not in text:
        return number
    return NOT_FINITE if math.isinf(number) else NOT_A_NUMBER


class _Kinds(dict[str, str]):
    """Kind of device by the text of a device attribute without its memory address."""

    def __missing__(self, device: str) -> str:
        if len(self) >= CACHED_DAYS:
            self.clear()
        kind = "other"
        for field in ("hardware:", "model:", "name:"):  # the name comes last: people choose it
            if (at := device.rfind(field)) >= 0:
                value = device[at + len(field) :].split(",", 1)[0]
                kind = "watch" if "Watch" in value else "phone" if "iPhone" in value else "other"
                break
        self[device] = kind
        return kind


_kinds = _Kinds()


def device_kind(device: str) -> str:
    """What kind of device wrote a record: watch, phone, other, or nothing said.

    >>> device_kind("<<HKDevice: 0x281a>, name:Apple Watch, model:Watch, hardware:Watch6,1>")
    'watch'
    """
    return _kinds[device[device.find(",") :]] if device else ""


def metadata(element: Element) -> Mapping[str, str]:
    """Metadata entries of an element; of a repeated key the first counts."""
    return _details(element)[0]


def _details(element: Element) -> tuple[Mapping[str, str], tuple[Beat, ...]]:
    """Metadata and, of an HRV measurement, the beats."""
    found: dict[str, str] = {}
    beats: tuple[Beat, ...] = ()
    for child in element:
        if child.tag == "MetadataEntry":
            key = child.get("key")
            if key is not None and key not in found:
                found[key] = child.get("value", "")
        elif len(child):
            beats += _beats(child)
    return found, beats


def _beats(element: Element) -> tuple[Beat, ...]:
    return tuple(
        Beat(bpm, beat.get("time", ""))
        for beat in element.findall("InstantaneousBeatsPerMinute")
        if isinstance(bpm := parse_number(beat.get("bpm", "")), float)
    )
