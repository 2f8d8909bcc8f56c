"""Numbers with what they are counted in: 7 h 32 min, 118/76 mmHg, an hour and a half, 5:42 min/km.

>>> [(one.text, one.value, one.unit) for one in find("7h32 of 8 hours, half an hour more, 72 bpm")]
[('7h32', 452.0, 'min'), ('8', 8.0, 'hr'), ('half an hour', 0.5, 'hr'), ('72', 72.0, 'count/min')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wellness.agent.validator import measures, numerals
from wellness.agent.validator.numeral import Kind, Numeral
from wellness.health.units import UNITS, unit
from wellness.memory.facts.quantities import WORTH

CLOCK = "clock"  # the unit of a time of day, in minutes after midnight
_MASS, _TIME, _LENGTH = "kg", "s", "m"
_ARTICLE = re.compile(
    r"(?<![\w'])an?\s+(?P<unit>hour|minute|mile|kilometre|kilometer|kilo|pound|litre|liter|stone)\b"
    r"(?:\s+and\s+(?:an?\s+(?P<part>half|quarter|third)|(?P<three>three)\s+quarters)\b)?",
    re.IGNORECASE,
)
_OF_A = re.compile(r"\s+(?:of\s+)?(?:an?|one)\s+(?P<unit>[a-z]+)\b", re.IGNORECASE)
_LATE = re.compile(
    r"\s+and\s+(?:a\s+(half)|(?:a\s+)?(quarter)|(three\s+quarters))\b", re.IGNORECASE
)
_LATE_WORTH = (0.5, 0.25, 0.75)
_JOINT = re.compile(
    r"[ \t\u00a0]*(?:to|and|or|-|\u2013|/|of|out of|of the|of your|through)[ \t\u00a0]*"
)
_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(WORTH)})\b")
_COMPARED = re.compile(r"\s+(?:more|less|longer|shorter|over|above|below|under)\b", re.IGNORECASE)
_SPAN = re.compile(
    r"(?:\bfrom|\bat|\bbetween)\s\d{1,2}:\d\d\s?(?:to|until|till|and|-|\u2013)\s?$", re.IGNORECASE
)
_AT = re.compile(
    r"\b(?:at|until|till|by|since|o'clock|around|from|between)\s+(?:about\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, as a text has them.

    Attributes:
        text, start, end: the number; with the units inside it ("7 h 32 min"), without one after it.
        stop: where the unit after it ends; `end` if there is none.
        value, unit: in a canonical unit; "" if none is said.
        step, zeros, kind, sign: as of `Numeral`, in the same unit.
        rate: per what ("day"), if that is said.
        readings: further ways to read it, as (value, unit, step): 7:32 is a duration or a time.
    """

    text: str
    start: int
    end: int
    stop: int
    value: float
    unit: str
    step: float
    zeros: float
    kind: Kind
    sign: int = 0
    rate: str = ""
    readings: tuple[tuple[float, str, float], ...] = ()


def find(text: str) -> list[Amount]:
    """The amounts of a text, from left to right."""
    articles = list(_articles(text))
    taken = [(one.start, one.stop) for one in articles]
    simple = [
        _with_unit(one, text)
        for one in numerals.find(text)
        if not any(start < one.end and one.start < stop for start, stop in taken)
    ]
    found: list[Amount] = []
    for one in sorted([*articles, *simple], key=lambda one: one.start):
        if found and (whole := _composed(found[-1], one, text)):
            found[-1] = whole
        elif not found or one.start >= found[-1].stop:
            found.append(one)
    return [_shared(one, found[i + 1 : i + 2], text) for i, one in enumerate(found)]


def _articles(text: str) -> Iterator[Amount]:
    """An hour, a mile and a half; not "60 km an hour"."""
    for match in _ARTICLE.finditer(text):
        before = text[max(0, match.start() - 30) : match.start()].lower().split()
        if before and before[-1] in ("half", "of"):
            continue
        if before and before[-1] in measures.SPOKEN and _NUMBER.search(" ".join(before[-2:-1])):
            continue  # "60 km an hour"
        name = "three" if match["three"] else (match["part"] or "").lower()
        part = {"half": 0.5, "quarter": 0.25, "third": 1 / 3, "three": 0.75}.get(name, 0.0)
        step = {0.0: 1.0, 0.5: 0.5}.get(part, 0.25)
        yield Amount(
            match[0], *match.span(), match.end(), 1 + part, measures.canonical(match["unit"]),
            step, step, "words",
        )  # fmt: skip


def _with_unit(one: Numeral, text: str) -> Amount:
    said = measures.after(text, one.end)
    start, end = one.start, one.end
    if one.kind == "fraction":
        of = _OF_A.match(text, one.end)
        if not said and of and of["unit"].lower() in measures.SPOKEN:
            end = of.end()
            said = measures.Said(measures.SPOKEN[of["unit"].lower()], of.start(), end)
        elif said and re.match(r"\s+of\b", text[one.end :]):
            said = None  # half of the days
    name = said.unit if said else "#times" if one.kind == "times" else ""
    stop = max(said.end, end) if said else end
    amount = Amount(
        text[start:end], start, end, stop, one.value, name, one.step, one.zeros, one.kind,
        one.sign, said.rate if said else measures.rate_after(text, one.end),
    )  # fmt: skip
    if one.kind == "clock":
        return _clock(amount, one, text)
    if said and (late := _LATE.match(text, stop)):
        part = next(w for w, group in zip(_LATE_WORTH, late.groups(), strict=True) if group)
        end = late.end()
        return replace(amount, text=text[start:end], end=end, stop=end, value=one.value + part,
                       step=0.5 if part == 0.5 else 0.25, zeros=0.5)  # fmt: skip
    return amount


def _clock(amount: Amount, one: Numeral, text: str) -> Amount:
    """Hours and minutes, minutes and seconds, or a time of day, by what stands beside it."""
    hours = (one.value, "min", one.step)
    minutes = (one.value / 60, "min", one.step / 60)
    day = (one.value, CLOCK, one.step)
    if one.exact:
        readings = [day]
    elif measures.base(amount.unit) == _TIME:
        readings = [hours] if amount.unit == "hr" else [minutes, hours]
    elif amount.unit in ("min/km", "min/mi"):
        readings = [(one.value / 60, amount.unit, one.step / 60)]
    elif one.value < 24 * 60 and (
        one.text.startswith("0")
        or _SPAN.search(text[max(0, one.start - 30) : one.start])
        or _AT.search(text[max(0, one.start - 20) : one.start])
    ):
        readings = [day]
    else:
        readings = [hours, minutes, day] if one.value < 24 * 60 else [hours, minutes]
    value, name, step = readings[0]
    return replace(amount, value=value, unit=name, step=step, zeros=step, readings=tuple(readings))


def _composed(one: Amount, further: Amount, text: str) -> Amount | None:
    """Two as one amount, as "7 hours and 32 minutes" and "13 st 3 lb" are; None if they are two."""
    if "clock" in (one.kind, further.kind) or one.unit not in UNITS:
        return None
    between = text[one.stop : further.start]
    name = further.unit
    if (one.unit, between, name) == ("m", "", "s"):
        one = replace(one, unit="min")  # 36m29s
    if not name and not between and one.unit == "hr" and further.kind == "figures":
        name = "min"  # 7h32
    if name == "m" and unit(one.unit).base == _TIME:
        name = "min"  # 7h 32m
    smaller = name in UNITS and unit(name).base == unit(one.unit).base in (_MASS, _TIME, _LENGTH)
    if not smaller or not 0 < UNITS[name].factor < UNITS[one.unit].factor or one.rate:
        return None
    if further.sign or not re.fullmatch(r"\s*(?:and\s+|,\s*)?", between):
        return None
    if "," in between and _COMPARED.match(text, further.stop):
        return None  # "7 hours, 30 minutes more than"
    factor = UNITS[one.unit].factor / UNITS[name].factor
    if further.value >= 1.0001 * factor or one.step < 1:
        return None
    end = max(further.stop, further.end)
    value = (abs(one.value) * factor + further.value) * (one.sign or 1)
    return Amount(
        text[one.start : end], one.start, end, end, value, name, further.step, further.step,
        "figures", one.sign, further.rate,
    )  # fmt: skip


def _shared(one: Amount, following: list[Amount], text: str) -> Amount:
    """The unit of the one after it, in "58 to 72 bpm", "14 of 31 days" and "118/76 mmHg"."""
    for other in following:
        between = text[one.stop : other.start]
        if not one.unit and other.unit and other.kind != "clock" and _JOINT.fullmatch(between):
            return replace(one, unit=other.unit)
    return one
