"""Times of day in free text: 22:30, 10:30 pm and half past ten in the evening are one time.

A time without its half of the day is taken as written: half past ten is 10:30.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HOURS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
MINUTES = {
    "five": 5, "ten": 10, "fifteen": 15, "quarter": 15, "a quarter": 15, "twenty": 20,
    "twenty five": 25, "half": 30, "thirty": 30, "forty": 40, "forty five": 45, "fifty": 50,
}  # fmt: skip
HALVES = {"morning": "a", "afternoon": "p", "evening": "p", "night": "n"}
_HOUR = rf"\d{{1,2}}|{'|'.join(HOURS)}"
_MINUTE = "|".join(sorted(MINUTES, key=len, reverse=True)).replace(" ", "[ -]")
_PART = r"(?:in the|at|this) (?:morning|afternoon|evening|night)"
_HALF = rf"(?:\s?(?P<{{0}}>[ap])\.?m\b\.?|\s+(?P<{{0}}_part>{_PART})\b)"
_BEFORE = r"(?<![\d.:,])(?<![a-z])"
PATTERNS = tuple(
    re.compile(_BEFORE + pattern.replace("HALF", _HALF.format("half")), re.IGNORECASE)
    for pattern in (
        r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)HALF",
        r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])",
        rf"(?P<add>{_MINUTE})(?: minutes?)? past (?P<hour>{_HOUR})\bHALF?",
        rf"(?P<less>(?:a )?quarter|(?:{_MINUTE}) minutes) (?:to|before) (?P<hour>{_HOUR})\bHALF?",
        rf"(?P<hour>{_HOUR}) (?P<add>{_MINUTE})HALF",
        rf"(?<=\bat )(?P<hour>{'|'.join(HOURS)}) (?P<add>{_MINUTE})\b(?! (?:minutes|hours))HALF?",
        rf"(?P<hour>{_HOUR}) ?o'? ?clock\bHALF?",
        rf"(?P<hour>{_HOUR})HALF",
        rf"(?<=\bat )(?P<hour>1[0-2]|[1-9]|{'|'.join(HOURS)})"
        r"(?=\s*(?:$|[,;!?]|\.(?!\d)|(?:on|every|each|in|most|and|or|daily|sharp|but|today|when)\b))",
        r"(?P<noon>noon|midday|midnight)\b",
    )
)
HINTS = re.compile(r"[ap]\.?m\b|morning|evening|night|noon|midday|^0|^1[3-9]|^2", re.IGNORECASE)


def find(text: str) -> Iterator[tuple[int, int, int]]:
    """The times of a text: minutes after midnight, where they start and where they end.

    >>> [minutes for minutes, _, _ in find("from 22:30 until a quarter to seven in the morning")]
    [1350, 405]
    >>> [minutes for minutes, _, _ in find("at ten thirty pm, or at seven, or at 7 kg")]
    [1350, 420]
    """
    taken: list[tuple[int, int]] = []
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < stop and begin < end for begin, stop in taken):
                continue
            minutes = _minutes({k: v.lower() for k, v in match.groupdict().items() if v})
            if minutes is not None:
                taken.append((start, end))
                yield minutes, start, end


def _minutes(said: dict[str, str]) -> int | None:
    if noon := said.get("noon"):
        return 0 if noon == "midnight" else 720
    hour = HOURS.index(said["hour"]) + 1 if said["hour"] in HOURS else int(said["hour"])
    minute = int(said.get("minute", 0)) + _spoken(said.get("add", ""))
    half = said.get("half") or HALVES.get(said.get("half_part", "").rpartition(" ")[2], "")
    if hour > 23 or minute > 59:
        return None
    if half == "n":
        half = "p" if 6 <= hour < 12 else "a"
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (60 * hour + minute - _spoken(said.get("less", ""))) % 1_440


def _spoken(words: str) -> int:
    words = re.sub(" ?minutes?", "", words).replace("-", " ")
    return MINUTES.get(words, 0)


def evening(minutes: int, said: str) -> int:
    """A time that is said in the evening and names no half of the day: "10:30" is 22:30 there.

    >>> evening(630, "10:30"), evening(630, "10:30 am"), evening(1350, "22:30")
    (1350, 630, 1350)
    """
    return minutes if HINTS.search(said) or not 240 <= minutes < 720 else minutes + 720
