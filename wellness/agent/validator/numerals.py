"""Numbers as people write them: 10,432; 10 432; 1.5k; 6:14; seven and a half; two thirds; -3.

Each comes with how exactly it was said, since "7.5" stands for anything from 7.45 to 7.55.

>>> [(one.text, one.value) for one in find("10,432 steps, 1.5k, minus 3, seven and a half")]
[('10,432', 10432.0), ('1.5k', 1500.0), ('minus 3', -3.0), ('seven and a half', 7.5)]
>>> find("the 3rd run, vitamin B12 and SpO2, version 1.2.3")
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wellness.agent.validator import spelled
from wellness.agent.validator.measures import GLUED
from wellness.agent.validator.numeral import Numeral, zeros_of

THIN = "\u00a0\u202f\u2009"  # spaces that never end a number
GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
LARGEST = 1e300  # what is longer is no number of anything, and stays finite

_FIGURES = re.compile(
    rf"(?:(?<![\w.,:])|(?<=\d[hHmx])|(?<=\d/))"
    rf"(?P<sign>(?:(?:minus|negative|plus)\s)|(?<![\w)%])[+\-\u2212\u2013])?"
    rf"(?P<figures>\d+(?:[.,'\u2019{THIN}]\d+)*(?:(?<!\d\d\d\d) \d{{3}}(?!\d))*)"
    rf"(?P<glyph>[½¼¾])?(?P<scale>[kK](?!\w)|\s(?:hundred|thousand|million)\b)?"
    rf"(?P<rest>[^\W\d_]*)",
    re.IGNORECASE,
)
_GLYPH = re.compile(r"(?<![\d½¼¾])[½¼¾]")
_CLOCK = re.compile(
    r"(?<![\d.:,])(?P<h>\d{1,2})(?::(?P<m>[0-5]\d))?(?::(?P<s>[0-5]\d))?"
    r"(?:\s?(?P<half>[ap])(?:\.m\.?|m\b))?(?!:?\d)",
    re.IGNORECASE,
)


def find(text: str) -> list[Numeral]:
    """The numbers of a text, from left to right; ordinals and names such as B12 are none."""
    found: list[Numeral] = []
    every = (*_clocks(text), *_figures(text), *_glyphs(text), *spelled.find(text))
    for one in sorted(every, key=lambda one: (one.start, one.kind != "clock", -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _clocks(text: str) -> Iterator[Numeral]:
    for match in _CLOCK.finditer(text):
        if not (match["m"] or match["half"]):
            continue
        hour = int(match["h"])
        if match["half"]:
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        value = 60.0 * hour + int(match["m"] or 0) + int(match["s"] or 0) / 60
        step = 1 / 60 if match["s"] else 1.0
        yield Numeral(
            match[0], *match.span(), value, step, step, "clock", exact=bool(match["half"])
        )


def _figures(text: str) -> Iterator[Numeral]:
    for match in _FIGURES.finditer(text):
        read = read_figures(match["figures"])
        if read is None or (match["rest"] and match["rest"].lower() not in GLUED):
            continue
        value, step, zeros = read
        if match["glyph"]:
            value, step, zeros = value + GLYPHS[match["glyph"]], 0.25, 0.25
        if scale := (match["scale"] or "").strip().lower():
            by = 1e3 if scale == "k" else spelled.SCALES[scale]
            value, step = min(value * by, LARGEST), step * by
            zeros = max(zeros * by, step)
        sign = 0
        if said := (match["sign"] or "").strip().lower():
            sign = spelled.SIGNS.get(said, 1 if said == "+" else -1)
        end = match.start("rest")
        yield Numeral(
            text[match.start() : end], match.start(), end, value * (sign or 1), step, zeros,
            "figures", sign,
        )  # fmt: skip


def _glyphs(text: str) -> Iterator[Numeral]:
    for match in _GLYPH.finditer(text):
        step = spelled.FRACTION_STEP
        yield Numeral(match[0], *match.span(), GLYPHS[match[0]], step, step, "fraction")


def read_figures(text: str) -> tuple[float, float, float] | None:
    """Value, size of the last place, and the same without final zeros; None for 1.2.3.

    A point or comma that does not group by threes divides: 7,5 is seven and a half, and the
    misplaced 104,32 is not 10,432.

    >>> read_figures("10,432"), read_figures("7,5"), read_figures("1.234,5"), read_figures("8700")
    ((10432.0, 1.0, 1.0), (7.5, 0.1, 0.1), (1234.5, 0.1, 0.1), (8700.0, 1.0, 100.0))
    """
    plain = re.sub(f"[ '\u2019{THIN}]", " ", text)
    if re.fullmatch(r"\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?:\.\d+)?", plain):
        plain = re.sub("[, ]", "", plain)
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+(?:\.\d+){2,}", plain):
        return None
    else:
        *whole, last = re.split("[., ]", plain)
        plain = f"{''.join(whole)}.{last}" if whole else last
    value = min(float(plain), LARGEST)
    decimals = len(plain.partition(".")[2])
    if decimals:
        return value, 10.0**-decimals, 10.0**-decimals
    return value, 1.0, zeros_of(value)
