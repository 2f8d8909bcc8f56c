"""What numbers are counted in: units of `wellness.health.units` by their spoken names, and nouns.

A counted noun is a unit of its own, written with a `#`: "#steps" converts to nothing else.

>>> canonical("beats per minute"), canonical("lbs"), canonical("nights"), canonical("")
('count/min', 'lb', '#nights', '')
>>> convert(5, "km", "mi"), convert(5, "km", "kg")
(3.10685596119, None)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from wellness.errors import UnitError
from wellness.health import units
from wellness.memory.facts.quantities import SPOKEN_UNITS

POINTS = "points"  # of percent: 97 % to 95 % is 2 of them, and about 2 % less
MORE_UNITS = {
    "count/min": (
        "beats per minute|beats a minute|beats/min|beat per minute|beats/minute|beats|beat|"
        "breaths per minute|breaths a minute|breaths/min|breath per minute|breaths|breath|"
        "count/min|times per minute|/min|breaths/minute"
    ),
    "percent": "per cent|pct|percents",
    POINTS: "percentage points|percentage point|points|point|pp|pts|%-points|points of percent",
    "ms": "ms|milliseconds|millisecond|msec",
    "degC": "°c|celsius|degrees celsius|degrees c|degc|°",
    "degF": "°f|fahrenheit|degrees fahrenheit|degrees f|degf",
    "mg/dL": "mg/dl|milligrams per decilitre|milligrams per deciliter",
    "mmol<180.1558800000541>/L": "mmol/l|millimoles per litre",
    "km/hr": "km/h|kph|kmh|km/hr|kilometres per hour|kilometers per hour|kilometres an hour",
    "mi/hr": "mph|miles per hour|miles an hour|mi/hr",
    "m/s": "m/s|metres per second|meters per second",
    "min/km": (
        "min/km|/km|per km|per kilometre|per kilometer|a kilometre|a kilometer|min per km|"
        "minutes per kilometre|minutes per kilometer|mins per km|minutes a kilometre"
    ),
    "min/mi": "min/mi|/mi|min/mile|per mile|a mile|minutes per mile",
    "mL/kg/min": "ml/kg/min|ml/(kg·min)|ml/min·kg|ml/kg·min",
    "dBASPL": "db|decibel|decibels|dbaspl|dba",
    "cup_us": "cup|cups",
    "st": "st",
    "mmHg": "mm hg",
    "kPa": "kpa|kilopascal|kilopascals",
    "kcal": "cal|cals|active calories|active kcal|kilo calories",
    "mg": "mg",
    "hr": "stand hours|stand hour",
}
NOUNS = {
    "steps": "step|steps",
    "flights": "flight|flights|flights of stairs|flight of stairs|floor|floors|stairs",
    "nights": "night|nights",
    "days": "day|days",
    "weeks": "week|weeks",
    "months": "month|months",
    "years": "year|years",
    "times": "time|times|x",
    "readings": (
        "reading|readings|measurement|measurements|sample|samples|entry|entries|record|records|"
        "weigh-in|weigh-ins|weighing|weighings|data points|values|logs"
    ),
    "workouts": (
        "workout|workouts|session|sessions|training|trainings|activities|run|runs|jog|jogs|walk|"
        "walks|ride|rides|swim|swims|hike|hikes|practices|outings|meditation|meditations"
    ),
    "goals": "goal|goals",
    "rings": "ring|rings",
    "strokes": "stroke|strokes",
    "memories": "memory|memories",
    "drinks": "drinks|glasses|glass",
}


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for name, words in SPOKEN_UNITS.items():
        if name != "times":
            table |= dict.fromkeys(words.split(), name)
    for name, row in MORE_UNITS.items():
        table |= dict.fromkeys(row.split("|"), name)
    for name, row in NOUNS.items():
        table |= dict.fromkeys(row.split("|"), "#" + name)
    return table


SPOKEN = _table()
GLUED = frozenset(word for word in SPOKEN if word.isalpha() and word != "st")  # 21st is none
_UNIT = "|".join(re.escape(word) for word in sorted(SPOKEN, key=len, reverse=True))
# What may stand between a number and what it counts.
_BETWEEN = (
    "more|fewer|less|extra|additional|further|total|daily|active|average|full|whole|complete|"
    "different|separate|recorded|logged|weight|exercise|stand|strength|"
    "training|bike|yoga|sleep|mindfulness|mindful|heart rate|step|blood pressure|consecutive|"
    "straight|weekly|or more|or so|or less|or fewer|of these|of those|of the|of your|of all|of my|"
    "of"
)
_AFTER = re.compile(
    rf"[\s\u00a0\u202f]{{0,2}}-?(?P<between>(?:(?:{_BETWEEN})\s){{0,3}}?)(?P<unit>{_UNIT})(?![^\W\d])",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"(?:\s?/\s?|\s+(?:per|an?|each|every)\s+)"
    r"(day|night|week|month|year|hour|run|ride|walk|swim|session|workout|time|reading)\b",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """A unit in a text: its canonical name, where it starts and ends, and per what."""

    unit: str
    start: int
    end: int
    rate: str = ""


def after(text: str, at: int) -> Said | None:
    """The unit of a number that ends at a place; None if no unit follows.

    >>> after("937 more steps a day", 3)
    Said(unit='#steps', start=9, end=14, rate='day')
    """
    match = _AFTER.match(text, at)
    if not match:
        return None
    per = _RATE.match(text, match.end())
    name = SPOKEN[match["unit"].lower()]
    return Said(name, match.start("unit"), match.end(), per[1].lower() if per else "")


def rate_after(text: str, at: int) -> str:
    """Per what a number is whose unit is not said, as in "8,748 a day"; "" if that is not said."""
    match = _RATE.match(text, at)
    return match[1].lower() if match else ""


def canonical(unit: str) -> str:
    """The name of a unit as it is said, or as a tool gives it; itself if it is not known."""
    plain = unit.strip()
    if plain.lower() in ("", "count", "number", "none"):
        return ""
    return SPOKEN.get(plain.lower(), plain)


@lru_cache(1_000)
def base(unit: str) -> str:
    """What a unit measures: equal for units that convert into each other."""
    return unit if unit.startswith("#") else units.unit(unit).base if unit else ""


def convert(value: float, have: str, want: str) -> float | None:
    """A value in another unit; None if the two are of different kinds."""
    found = _factors(have, want)
    if found is None:
        return None
    factor, offset = found
    return float(f"{factor * value + offset:.12g}") if found != (1.0, 0.0) else value


@lru_cache(1_000)
def _factors(have: str, want: str) -> tuple[float, float] | None:
    try:
        return units.factors(have, want)
    except UnitError:
        return None


def spoken(unit: str) -> str:
    """The name of a unit for people.

    >>> spoken("count/min"), spoken("#steps"), spoken("percent")
    ('bpm', 'steps', '%')
    """
    names = {"count/min": "bpm", "percent": "%", "hr": "h", POINTS: "percentage points"}
    return names.get(unit, unit.removeprefix("#"))
