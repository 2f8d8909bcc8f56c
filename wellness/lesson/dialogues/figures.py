"""The numbers that an answer states, with unit and precision, and whether they are the right ones.

Dates, years and times of day are none; "7 h 23 min" is one number, "twelve" is one too.

>>> [str(figure) for figure in figures("On 22 September: 16,669 steps, 77 bpm, 7 h 23 min.")]
['16669 steps', '77 count/min', '26580 s']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from wellness.health.units import UNITS, Unit
from wellness.memory.facts import quantities

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
YEAR = r"(?:19|20)\d\d"
COUNTED = r"(?:more |full )?(?:runs?|swims?|workouts?|times?|days?|nights?|steps?|sessions?|hours?)"
DATES = re.compile(
    rf"\b\d{{4}}-\d\d(?:-\d\d)?\b"
    rf"|\b{DAY}(?:\s*(?:-|to|and|until)\s*{DAY})?\s+(?:of\s+)?{MONTH}(?:,?\s+{YEAR}\b)?"
    rf"|\b{MONTH}\s+{DAY}(?:\s*(?:-|to)\s*{DAY}\b)?(?!\w|[,.]\d)(?!\s+{COUNTED}\b)(?:,?\s+{YEAR}\b)?"
    rf"|\b{YEAR}(?!\w|[,.]\d|\s+steps)|\bweek \d+\b|\bQ[1-4]\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b",
    re.IGNORECASE,
)
THIN = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}\b)")  # spaces between thousands
REWRITTEN = (
    (re.compile(r"[*_`~≈]+"), ""),  # of Markdown
    (re.compile(r"[\u2010-\u2015]"), "-"),
    (THIN, ","),
    (re.compile(r"\bbeats?\s*(?:per|a|/)\s*min(?:ute)?\b", re.I), "bpm"),
    (re.compile(r"(\d)\s?h(?:rs?)?\s?(\d{1,2})\s?m(?:in)?\b", re.I), r"\1 h \2 min"),
)
ALSO: dict[str, Unit] = {"bpm": UNITS["count/min"], "h": UNITS["hr"]}
COARSEST = 0.025  # the last stated digit may be worth twice this part of the value, and no more
READ = 5e-4  # part of the value: quantities are read with four significant digits
COUNTS = frozenset(("days", "workouts", "runs", "swims"))  # exact: nobody rounds them
STEPS, RUNS, SWIMS, WORKOUTS = r"steps?", r"runs?|running", r"swims?|swimming", r"workouts?"
OTHERS = {  # by what is counted: the nouns of something else
    "steps": re.compile(rf"(?:{RUNS}|{SWIMS}|{WORKOUTS})$"),
    "days": re.compile(rf"(?:{STEPS}|{RUNS}|{SWIMS}|{WORKOUTS})$"),
    "runs": re.compile(rf"(?:{STEPS}|{SWIMS})$"),
    "swims": re.compile(rf"(?:{STEPS}|{RUNS})$"),
    "workouts": re.compile(rf"(?:{STEPS}|{RUNS}|{SWIMS})$"),
}
SPANS = re.compile(r"(?:days?|nights?|weeks?|months?|years?|weekdays?|decades?)$")
NUMERAL = re.compile(
    r"\d[\d,]*(?:\.(?P<decimals>\d+))?\s?(?P<k>k\b)?[\s-]*(?P<unit>[a-z%°]*)", re.IGNORECASE
)


class Figure(NamedTuple):
    """A number as it stands in a text.

    Attributes:
        value, unit: in a base unit of `wellness.health.units`; "" for what has none of them.
        digit: what one of the last stated digit is worth, in the same unit.
        noun: the word after it.
        text: as it is written.
    """

    value: float
    unit: str
    digit: float
    noun: str
    text: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit or self.noun}".rstrip()

    @property
    def span(self) -> bool:
        """Whether it counts days, nights, weeks and so on, as in "the last 7 days"."""
        return not self.unit and bool(SPANS.match(self.noun))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, as it is expected.

    Attributes:
        value: not rounded, in `unit`.
        unit: as it is asked for: "steps", "bpm", "lb", "h", "min", "mi", "days", "runs", ...
        within: how far a stated number may be off besides its rounding, in `unit`.
    """

    value: float
    unit: str
    within: float = 0.0

    def alike(self, figure: Figure) -> bool:
        """Whether a stated number is of this kind, right or wrong; one without a unit may be."""
        if figure.span or figure.unit:
            return self.unit == "days" if figure.span else figure.unit == base(self.unit).base
        return self.unit not in OTHERS or not OTHERS[self.unit].match(figure.noun)

    def fits(self, figure: Figure) -> bool:
        """Whether a stated number is this one, as exactly as it is stated."""
        factor = base(self.unit).factor
        scale = 1.0 if figure.unit else factor  # without a unit, it is in that of the question
        true = abs(self.value) * factor
        rounding = min(figure.digit * scale / 2, COARSEST * true) + READ * true
        rounding = 0.0 if self.unit in COUNTS else rounding
        off = abs(figure.value * scale - true)
        return self.alike(figure) and off <= max(self.within * factor, rounding) * (1 + 1e-9)

    def __str__(self) -> str:
        exact = self.unit in COUNTS or abs(self.value) >= 1000
        return f"{abs(self.value):,.{0 if exact else 1}f} {self.unit}"


def base(unit: str) -> Unit:
    """A unit as people say it, in terms of its base; what is merely counted has the base ""."""
    return ALSO.get(unit) or UNITS.get(unit) or Unit("", 1)


def figures(text: str) -> list[Figure]:
    """All numbers of a text in their order."""
    for pattern, replacement in REWRITTEN:
        text = pattern.sub(replacement, text)
    text = DATES.sub(lambda date: " " + "#" * (len(date[0]) - 1), text)
    found = []
    for quantity, start, end in quantities.find(text):
        if quantity.unit == "clock":
            continue
        said = text[start:end]
        noun = re.match(r"\W{0,3}([a-z]+)", text[end:].lower())
        unit = "" if quantity.unit == "times" else quantity.unit
        found.append(Figure(quantity.value, unit, _digit(said), noun[1] if noun else "", said))
    return found


def _digit(said: str) -> float:
    """The worth of the last digit of "7 h 23 min" is a minute; of "twelve" it is one."""
    numerals = list(NUMERAL.finditer(said))
    if not numerals:
        return 1.0
    last = numerals[-1]
    spoken = quantities.UNIT_OF.get(last["unit"].lower(), "")
    factor = UNITS[spoken].factor if spoken in UNITS else 1.0
    return 10.0 ** -len(last["decimals"] or "") * factor * (1000 if last["k"] else 1)
