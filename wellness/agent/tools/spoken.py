"""Quantities in somebody's words, in the unit that they used."""

from __future__ import annotations

import re
from typing import NamedTuple

from wellness.memory.facts import quantities
from wellness.memory.facts.quantities import UNIT_OF
from wellness.memory.said import MONTHS

_MONTHS = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
DATE_BEFORE = re.compile(rf"\b(?:{_MONTHS})\.?,? (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?$", re.IGNORECASE)
DATE_AFTER = re.compile(rf"(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})\b", re.IGNORECASE)
AS_SAID = re.compile(r"(\d[\d,\u202f]*(?:\.\d+)?)\s?(k\b)?[\s-]*([a-z%°]*)", re.IGNORECASE)


class Spoken(NamedTuple):
    """A quantity as it was said: 165 lb, and not 74.84 kg. The unit is one of `health.units`."""

    value: float
    unit: str


def spoken(text: str) -> list[Spoken]:
    """The quantities of a text, as they were said; days and years of a date are none.

    >>> spoken("by the 30th of June 2026, or 1 July")
    []
    >>> spoken("from 180 down to 165 pounds, 10,000 steps and 7 hours 30 minutes")
    [Spoken(value=180.0, unit=''), Spoken(value=165.0, unit='lb'), Spoken(value=10000.0, unit=''), \
Spoken(value=27000.0, unit='s')]
    """
    found = []
    for quantity, start, end in quantities.find(text):
        if DATE_BEFORE.search(text[:start]) or DATE_AFTER.match(text, end):
            continue
        match = AS_SAID.fullmatch(text[start:end].strip())
        unit = UNIT_OF.get(match[3].lower()) if match and match[3] else ""
        if match and unit is not None:
            value = float(re.sub(r"[,\u202f]", "", match[1])) * (1000 if match[2] else 1)
            found.append(Spoken(value, unit))
        else:
            found.append(Spoken(quantity.value, quantity.unit))
    return found
