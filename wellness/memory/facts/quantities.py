"""Numbers with their units in free text.

Values come in the base units of `wellness.health.units`, with four significant digits, so that
"180 lb" and "81.65 kg" are one quantity and "82 kg" is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from wellness.health.units import UNITS

DIGITS = 4  # significant ones: a scale shows no more

SPOKEN_UNITS = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
    "g": "g gram grams gramme grammes",
    "mg": "mg milligram milligrams",
    "lb": "lb lbs pound pounds",
    "st": "stone stones",
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
    "times": "times time x",
}
UNIT_OF = {word: unit for unit, words in SPOKEN_UNITS.items() for word in words.split()}
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
_WORDS = "|".join([*WORTH, "hundred", "thousand"])
_NUMBER = (
    r"(?P<figures>\d+(?:[,\u202f]\d{3})+(?!\d)|\d+)(?P<rest>\.\d+)?(?P<k>\s?k\b)?"
    rf"|(?:an?\s+)?(?P<words>(?:{_WORDS})(?:(?:[\s-]+(?:and\s+)?)(?:{_WORDS}))*)\b"
    r"|(?P<once>once|twice)|(?P<one>an?)(?=\s+(?:hour|minute|mile|kilomet\w+|pound|kilo)\b)"
    r"|(?P<halfa>half an?)"
)
CLOCK = re.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?<![\d.:])(?P<hour24>\d{1,2}):(?P<minute24>\d\d)(?![\d:])",
    re.IGNORECASE,
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


def find(text: str) -> list[tuple[Quantity, int, int]]:
    """The quantities of a text, each with where it starts and ends.

    >>> [str(quantity) for quantity, _, _ in find("from 180 lb to 75 kg, 10k steps, at 6:30 pm")]
    ['81.65 kg', '75 kg', '10000', '18:30']
    >>> [str(quantity) for quantity, _, _ in find("seven hours and 30 minutes, twice")]
    ['27000 s', '2 times']
    """
    kept: list[_Found] = []
    for one in sorted([*_clocks(text), *_numbers(text)], key=lambda one: (one.start, -one.end)):
        if kept and one.start < kept[-1].end:
            continue
        if kept and _continues(kept[-1], one, text):
            kept.append(_sum(kept.pop(), one))
        else:
            kept.append(one)
    return [(one.quantity, one.start, one.end) for one in kept]


def _continues(one: _Found, further: _Found, text: str) -> bool:
    """Whether two are one quantity, as "7 hours 30 minutes" and "5 feet 10 inches" are."""
    smaller = 0 < further.scale < one.scale and one.quantity.unit == further.quantity.unit
    return smaller and bool(re.fullmatch(r"\s*(and)?\s*", text[one.end : further.start]))


def _sum(one: _Found, further: _Found) -> _Found:
    value = _rounded(one.quantity.value + further.quantity.value)
    return _Found(Quantity(value, one.quantity.unit), one.start, further.end, further.scale)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _clocks(text: str) -> Iterator[_Found]:
    for match in CLOCK.finditer(text):
        hour = int(match["hour"] or match["hour24"])
        minute = int(match["minute"] or match["minute24"] or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        if hour < 24 and minute < 60:
            yield _Found(Quantity(60 * hour + minute, "clock"), match.start(), match.end())


def _numbers(text: str) -> Iterator[_Found]:
    for match in QUANTITY.finditer(text):
        value = _value(match)
        if match["andhalf"] or match["late"]:
            value += 0.5
        spoken = "times" if match["once"] else UNIT_OF.get((match["unit"] or "").lower(), "")
        if unit := UNITS.get(spoken):
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
    total = part = 0
    for word in re.findall(_WORDS, match["words"].lower()):
        if word == "thousand":
            total, part = total + 1000 * (part or 1), 0
        else:
            part = (part or 1) * 100 if word == "hundred" else part + WORTH[word]
    return float(total + part)
