"""The words of periods and what they are worth: the vocabulary of `grammar`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
CLOCK_S = {"hour": 3600, "minute": 60}
PARTS = {  # hours from the midnight that begins the day; a night is named after its evening
    "morning": (5, 12),
    "afternoon": (12, 18),
    "evening": (18, 24),
    "night": (18, 36),
}
TODAY = {"today": 0, "yesterday": 1, "day before yesterday": 2}
BACK = {"this": 0, "current": 0, "last": 1, "previous": 1, "prior": 1}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # the first month


def _numbered(rows: str, start: int) -> dict[str, int]:
    """Each word of comma-separated rows to the number of its row; `|` separates synonyms."""
    return {
        word: number for number, row in enumerate(rows.split(","), start) for word in row.split("|")
    }


NUMBERS = _numbered(
    "one|a|an,two|couple of|a couple of,three,four,five,six,seven,eight,nine,ten,eleven,"
    "twelve,thirteen,fourteen,fifteen,sixteen,seventeen,eighteen,nineteen,twenty",
    1,
) | {"thirty": 30, "forty": 40, "sixty": 60, "ninety": 90, "hundred": 100, "a hundred": 100}
ORDINALS = _numbered("first|1st,second|2nd,third|3rd,fourth|4th,fifth|5th", 1) | {"last": -1}
EDGES = _numbered("early|beginning|start,mid|middle,late|end", 0)
WEEKDAYS = (
    "mon(?:day)?", "tue(?:s(?:day)?)?", "wed(?:nesday)?", "thu(?:r(?:s(?:day)?)?)?",
    "fri(?:day)?", "sat(?:urday)?", "sun(?:day)?",
)  # fmt: skip
MONTH_NAMES = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?",
    "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first: "an hour" must not be read as "a"."""
    return "|".join(sorted(words, key=len, reverse=True))


def _row(patterns: Sequence[str], start: int) -> tuple[str, Callable[[str], int]]:
    """A term whose value is the number of the pattern that fits."""
    return (
        _any(patterns),
        lambda word: (
            start + next(row for row, pattern in enumerate(patterns) if re.fullmatch(pattern, word))
        ),
    )


TERMS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "text": (".+?", str),
    "period": (".+", str),
    "number": (r"\d{1,2}", int),
    "count": (r"[1-9]\d{0,3}|" + _any(NUMBERS), lambda w: NUMBERS[w] if w in NUMBERS else int(w)),
    "nth": (_any(ORDINALS), ORDINALS.__getitem__),
    "edge": (_any(EDGES), EDGES.__getitem__),
    "unit": (_any([*DAYS, *MONTHS]), str),
    "initial": ("[wmqy]", {unit[0]: unit for unit in ("week", *MONTHS)}.__getitem__),
    "clock": (_any(CLOCK_S), CLOCK_S.__getitem__),
    "part": (_any(PARTS), PARTS.__getitem__),
    "back": (_any(BACK), BACK.__getitem__),
    "today": (_any(TODAY), TODAY.__getitem__),
    "which": ("(?:this )?(?:last|past|previous)|this", str),
    "day": (r"\d{1,2}(?:st|nd|rd|th)?", lambda w: int(re.sub(r"\D", "", w))),
    "weekday": _row(WEEKDAYS, 0),
    "month": _row(MONTH_NAMES, 1),
    "season": (_any(SEASONS), SEASONS.__getitem__),
    "quarter": ("[1-4]", int),
    "year": (r"(?:19|20)\d\d", int),
    "some_year": (
        rf"(?:19|20)\d\d|(?:last|this|previous) year|(?:{_any(NUMBERS)}|\d+) years? ago",
        str,
    ),
}
FILLERS = (
    "in", "on", "at", "over", "during", "for", "of", "within", "throughout", "the", "my", "whole",
    "entire", "full", "all of", "just", "only",
)  # fmt: skip
NOW = ("now", "today", "present", "the present", "date")
REWORDINGS = (  # phrases that are another phrase in other words
    (r"\b(?:an? |one )?fortnight\b", "2 weeks"),
    (r"\bhalf (?:a )?year\b", "6 months"),
    (r"\b24 ?h(?:rs?)?\b", "24 hours"),
    (r"\btonight\b", "this night"),
    (r"\bovernight\b", "last night"),
    (r"\b(\w+) nights? ago\b", r"night of \1 days ago"),
    (r"\bnight before last\b", "night of day before yesterday"),
    (r"\bof the (week|month|quarter|year)\b(?! of| before| \d)", r"of this \1"),
    (r"\b(week|month|quarter|year) before last\b", r"2 \1s ago"),
    (r"\b(?:this|same) (?:time|day|date) last (week|month|year)\b", r"1 \1 ago today"),
)
