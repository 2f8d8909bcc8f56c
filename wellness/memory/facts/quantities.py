"""Numbers with their units in free text.

Values come in the base units of `wellness.health.units`, with four significant digits, so that
"180 lb" and "81.65 kg" are one quantity and "82 kg" is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from wellness.health.units import UNITS
from wellness.memory.facts.clocks import find as find_clocks

DIGITS = 4  # significant ones: a scale shows no more

SPOKEN_UNITS = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
    "g": "g gram grams gramme grammes",
    "mg": "mg milligram milligrams",
    "lb": "lb lbs pound pounds",
    "st": "stone stones st",
    "oz": "oz ounce ounces",
    "km": "km kms kilometre kilometres kilometer kilometers",
    "mi": "mi mile miles",
    "m": "m metre metres meter meters",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "ft": "ft foot feet",
    "in": "inch inches",
    "kcal": "kcal kcals calorie calories kilocalorie kilocalories",
    "kJ": "kj kilojoule kilojoules",
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "hr": "h hr hrs hour hours",
    "count/min": "bpm",
    "percent": "% percent",
    "L": "l litre litres liter liters",
    "mL": "ml millilitre millilitres milliliter milliliters",
    "mmHg": "mmhg",
    "degC": "°c celsius",
    "degF": "°f fahrenheit",
    "mg/dL": "mg/dl",
    "mmol<180.1558800000541>/L": "mmol/l",
    "times": "times time x",
}
UNIT_OF = {word: unit for unit, words in SPOKEN_UNITS.items() for word in words.split()} | {
    "beats per minute": "count/min", "beats a minute": "count/min",
    "breaths per minute": "count/min", "breaths a minute": "count/min",
    "degrees celsius": "degC", "degrees fahrenheit": "degF",
}  # fmt: skip
PARTS = {UNITS["ft"].factor: (12, "in"), UNITS["st"].factor: (14, "lb")}  # "5 feet 10"
PAIRS = {
    r"\b(\d)\s?'\s?(\d{1,2})\b\"?": ("ft", "in"),
    r"\b(\d{1,2})\s?h\s?(\d{1,2})(?:\s?m(?:ins?)?)?\b": ("hr", "min"),
}
RANGE = re.compile(r"\s*(?:-|to|or|and)\s*")
SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORTH = {word: value for value, word in enumerate(SMALL)} | {
    word: 10 * value for value, word in enumerate(TENS, 2)
}
_UNITS = "|".join(re.escape(word) for word in sorted(UNIT_OF, key=len, reverse=True))
_WORDS = "|".join(sorted([*WORTH, "hundred", "thousand"], key=len, reverse=True))
_NUMBER = (
    r"(?P<figures>\d+(?:[,\u202f]\d{3})+(?!\d)|\d+)(?P<rest>\.\d+)?(?P<k>\s?k\b)?"
    r"|(?P<quarter>(?:a |three )?quarters? of an?)"
    rf"|(?:an?\s+)?(?P<words>(?:{_WORDS})(?:(?:[\s-]+(?:and\s+)?)(?:{_WORDS}))*)\b"
    r"|(?P<once>once|twice)|(?P<one>an?)(?=\s+(?:hour|minute|mile|kilomet\w+|pound|kilo)\b)"
    r"|(?P<halfa>half an?)"
)
QUANTITY = re.compile(
    rf"(?<![\w.])(?:{_NUMBER})(?P<andhalf>\s+and a half)?"
    rf"(?:(?:\s|-)?(?P<unit>{_UNITS})(?![\w]))?(?P<late>\s+and a half)?(?!\w)",
    re.IGNORECASE,
)


class Quantity(NamedTuple):
    """A value in a base unit; the unit is "" for a number, "clock" for minutes after midnight."""

    value: float
    unit: str

    def __str__(self) -> str:
        if self.unit == "clock":
            return ":".join(f"{part:02}" for part in divmod(int(self.value), 60))
        return f"{self.value:g} {self.unit}".strip()


class _Found(NamedTuple):
    quantity: Quantity
    start: int
    end: int
    scale: float = 0.0  # of its spoken unit, in base units


def find(text: str, *, ranges: bool = False) -> list[tuple[Quantity, int, int]]:
    """The quantities of a text, each with where it starts and ends.

    Args:
        text: free text.
        ranges: whether the first number of "7 to 8 hours" is in hours too.

    >>> [str(quantity) for quantity, _, _ in find("from 180 lb to 75 kg, 10k steps, at 6:30 pm")]
    ['81.65 kg', '75 kg', '10000', '18:30']
    >>> [str(quantity) for quantity, _, _ in find("seven hours and 30 minutes, twice")]
    ['27000 s', '2 times']
    >>> [str(quantity) for quantity, _, _ in find("7 to 8 hours", ranges=True)]
    ['25200 s', '28800 s']
    """
    kept: list[_Found] = []
    clocks = (_Found(Quantity(at, "clock"), *where) for at, *where in find_clocks(text))
    found = [*clocks, *_pairs(text), *_numbers(text)]
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and one.start < kept[-1].end:
            continue
        between = text[kept[-1].end : one.start] if kept else ""
        if kept and (further := _continued(kept[-1], one, between)):
            kept.append(_sum(kept.pop(), further))
            continue
        if ranges and kept and one.quantity.unit not in ("", "clock") and RANGE.fullmatch(between):
            kept.append(_alike(kept.pop(), one))
        kept.append(one)
    return [(one.quantity, one.start, one.end) for one in kept]


def _continued(one: _Found, further: _Found, between: str) -> _Found | None:
    """The rest of one quantity, as of "7 hours 30 minutes", "5 feet 10" and "11 stone 4"."""
    if not re.fullmatch(r"\s*(and)?\s*", between):
        return None
    if 0 < further.scale < one.scale and one.quantity.unit == further.quantity.unit:
        return further
    parts, smaller = PARTS.get(one.scale, (0, ""))
    value, unit = further.quantity
    if unit or not 0 < value < parts or between.strip():
        return None
    base = UNITS[smaller]
    return further._replace(quantity=Quantity(value * base.factor, base.base), scale=base.factor)


def _alike(first: _Found, second: _Found) -> _Found:
    """The first of two numbers with the unit of the second: "7 to 8 hours"."""
    if first.quantity.unit:
        return first
    value = _rounded(first.quantity.value * (second.scale or 1))
    return first._replace(quantity=Quantity(value, second.quantity.unit))


def _sum(one: _Found, further: _Found) -> _Found:
    value = _rounded(one.quantity.value + further.quantity.value)
    return _Found(Quantity(value, one.quantity.unit), one.start, further.end, further.scale)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _pairs(text: str) -> Iterator[_Found]:
    """Two numbers in one: 5'10", 7h30."""
    for pattern, (large, small) in PAIRS.items():
        for match in re.finditer(pattern, text):
            value = float(match[1]) * UNITS[large].factor + float(match[2]) * UNITS[small].factor
            base = UNITS[small]
            yield _Found(Quantity(_rounded(value), base.base), *match.span(), base.factor)


def _numbers(text: str) -> Iterator[_Found]:
    for match in QUANTITY.finditer(text):
        value = _value(match)
        if match["andhalf"] or match["late"]:
            value += 0.5
        named = (match["unit"] or "").lower()
        spoken = "times" if match["once"] else UNIT_OF.get(named, "")
        if named == "time" and value != 1:  # "my 5k time"
            yield _Found(Quantity(value, ""), match.start(), match.start("unit") - 1)
        elif unit := UNITS.get(spoken):
            quantity = Quantity(_rounded(value * unit.factor + unit.offset), unit.base)
            yield _Found(quantity, match.start(), match.end(), unit.factor)
        else:
            yield _Found(Quantity(value, spoken), match.start(), match.end())


def _value(match: re.Match[str]) -> float:
    if match["figures"]:
        figures = re.sub(r"\D", "", match["figures"])
        return float(figures + (match["rest"] or "")) * (1000 if match["k"] else 1)
    if match["once"]:
        return 1.0 if match["once"].lower() == "once" else 2.0
    if match["one"] or match["halfa"]:
        return 1.0 if match["one"] else 0.5
    if match["quarter"]:
        return 0.75 if match["quarter"].lower().startswith("three") else 0.25
    total = part = 0
    for word in re.findall(_WORDS, match["words"].lower()):
        if word == "thousand":
            total, part = total + 1000 * (part or 1), 0
        else:
            part = (part or 1) * 100 if word == "hundred" else part + WORTH[word]
    return float(total + part)
