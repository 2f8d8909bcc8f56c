"""An independent reader of Apple Health exports: whole file, plain types, slow and obvious.

It skips to the root, drops what XML forbids, and lets ElementTree build the tree. Tests compare
the streaming reader with it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

Identity = tuple[str, str, str, float | str, int, int]

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}")
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CHARACTER_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]+|[0-9]+);")


@lru_cache(maxsize=1)
def root_of(data: bytes) -> ElementTree.Element:
    """The HealthData element; the last `<HealthData` is the root, for none can stand inside."""
    text = data.decode("utf-8", "replace")
    text = text[text.rindex("<HealthData") :]
    return ElementTree.fromstring(CHARACTER_REFERENCE.sub(_allowed, FORBIDDEN.sub("", text)))


def _allowed(reference: re.Match[str]) -> str:
    digits = reference[1]
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return reference[0] if code < 0x110000 and not FORBIDDEN.match(chr(code)) else ""


def records(data: bytes) -> list[dict[str, Any]]:
    """Every Record, nested ones too: its attributes and `metadata`, the first of each key."""
    rows: list[dict[str, Any]] = []
    for node in root_of(data).iter("Record"):
        entries: dict[str, str] = {}
        for entry in node.findall("MetadataEntry"):
            entries.setdefault(entry.attrib["key"], entry.attrib["value"])
        rows.append(dict(node.attrib) | {"metadata": entries})
    return rows


def identity(row: dict[str, Any]) -> Identity | None:
    """What tells a Record from others, or None if the Record cannot be stored."""
    if not {"type", "sourceName", "startDate", "endDate"} <= row.keys():
        return None
    start, end = instant(row["startDate"]), instant(row["endDate"])
    value = number_or_label(row)
    if start is None or end is None or end < start or value is None:
        return None
    return row["type"], row["sourceName"], row.get("unit", ""), value, start, end


@lru_cache(maxsize=1000)
def instant(text: str) -> int | None:
    """Seconds since 1970-01-01 UTC, or None if `text` is no date of Apple's form."""
    if not DATE.fullmatch(text):
        return None
    try:
        return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp())
    except ValueError:
        return None


def number_or_label(row: dict[str, Any]) -> float | str | None:
    """The value of a Record, or None if it should be a finite number and is not."""
    text = row.get("value", "")
    if row["type"].startswith("HKCategoryTypeIdentifier"):
        return str(text)
    if not NUMBER.fullmatch(text.strip()):
        return None
    number = float(text)
    return number if abs(number) < float("inf") else None


def identities(data: bytes) -> Counter[Identity]:
    """How often each identity stands in the file; Records that cannot be stored are left out."""
    return Counter(found for found in _identities(data) if found)


def unusable(data: bytes) -> int:
    """How many Records cannot be stored."""
    return sum(found is None for found in _identities(data))


@lru_cache(maxsize=1)
def _identities(data: bytes) -> list[Identity | None]:
    return [identity(row) for row in records(data)]


def counts(data: bytes) -> Counter[str]:
    """How many Records of each type are usable."""
    totals: Counter[str] = Counter()
    for found, times in identities(data).items():
        totals[found[0]] += times
    return totals


def elements(data: bytes) -> Counter[str]:
    """How many elements of each top-level kind there are; nested Records count as Records."""
    root = root_of(data)
    kinds = Counter(child.tag for child in root)
    kinds["Record"] = sum(1 for _ in root.iter("Record"))
    return kinds
