"""What a text says with each of its numbers: a value, a unit, and what it is about.

>>> from datetime import UTC, datetime
>>> from zoneinfo import ZoneInfo
>>> calendar = Calendar(datetime(2026, 9, 30, tzinfo=UTC), ZoneInfo("UTC"))
>>> for claim in read("You averaged 8,748 steps a day last week, 12 % more than in May.", calendar):
...     print(claim.amount.text, claim.about)
8,748 average, StepCount, a day, last week
12 more
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from wellness.agent.validator import amounts, clauses, language, setting, subjects
from wellness.agent.validator.amounts import Amount
from wellness.agent.validator.clauses import Part, Sentence
from wellness.agent.validator.language import Role
from wellness.agent.validator.mentions import Calendar, Mention
from wellness.agent.validator.subjects import Subject

LONGEST_TEXT = 4_000  # characters: no answer is longer, and it bounds the work
MOST_CLAIMS = 120  # numbers that are read of one text
Temporal = Literal["verb", "noun", ""]
Pair = Literal["range", "change", "of", "versus", ""]


_CLOSED = re.compile(r"[^(),;.]{0,20}\)(?=[^)]*$|)")
_ASIDE = re.compile(r"\s*\([^()]{1,40}\)")
_RISING = re.compile(r"\b(?:climb\w*|got up|rose|get up|up)\s+(?:\w+\s+)?$", re.IGNORECASE)
_MISSING = re.compile(r"\b(?:missing|left|remaining|short)\b", re.IGNORECASE)
_HELD_AGAINST = re.compile(r"\b(?:on|over|from)\s+$", re.IGNORECASE)  # "up 3 % on last week"
_LONG = re.compile(r"\b(?:week|month|quarter|year)\b", re.IGNORECASE)
_FROM = re.compile(r"\s*from\b", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """One number of a text.

    Attributes:
        amount: the number.
        skip: why it is not checked, if so.
        metrics, activity, stage: what it is said to be of, in its own part of the sentence.
        nearby: metrics named elsewhere in the sentence.
        roles: average, maximum, target and so on, as said.
        change: whether it is said to be a difference; `direction` is 1 for up or more.
        temporal: "verb" or "noun" if its direction is one in time ("rose by", "a rise of"), "" if it
            compares ("more than").
        remaining: whether it is said to be what is left to do.
        hedge, negated: how exactly it is meant, and whether it is denied.
        mentions: the periods it is said to be of.
        refers: the periods it is compared with; `around` are all of its sentence.
        against: "target" or "average" if it is compared with one.
        pair, partner, other: how it belongs to another number, which, and its value; `first` says
            which of the two it is.
        sentence, part: which these are.
    """

    amount: Amount
    skip: str = ""
    metrics: frozenset[str] = frozenset()
    nearby: frozenset[str] = frozenset()
    activity: str = ""
    stage: str = ""
    roles: frozenset[str] = frozenset()
    change: bool = False
    direction: int = 0
    temporal: Temporal = ""
    remaining: bool = False
    hedge: str = ""
    negated: bool = False
    mentions: tuple[Mention, ...] = ()
    refers: tuple[Mention, ...] = ()
    around: tuple[Mention, ...] = ()
    against: str = ""
    pair: Pair = ""
    first: bool = False
    partner: int = -1
    other: float = 0.0
    sentence: int = -1
    part: tuple[int, int] = (0, 0)
    words: str = field(default="", repr=False)

    @property
    def about(self) -> str:
        """What it is about, in the words that decided."""
        rate = f"a {self.amount.rate}" if self.amount.rate else ""
        up = {1: "more", -1: "less", 0: "difference" if self.change else ""}[self.direction]
        said = [*sorted(self.roles - {"per day"}), up, self.stage, *sorted(self.metrics)[:1], self.activity, rate]
        return ", ".join(word for word in [*said, *(one.text for one in self.mentions)] if word)


def read(text: str, calendar: Calendar) -> list[Claim]:
    """The claims of a text, one for each of its numbers, from left to right.

    Args:
        text: at most its first `LONGEST_TEXT` characters are read.
        calendar: for the periods that it names.
    """
    plain = re.sub(r"[*_`]", " ", text[:LONGEST_TEXT])
    mentions = calendar.find(plain)
    every = amounts.find(plain)[:MOST_CLAIMS]
    skips = [setting.skip(one, plain, mentions) for one in every]
    stated = [one for one, skip in zip(every, skips, strict=True) if not skip]
    pairs = setting.pairs(stated, plain)
    whole = [(one.start, one.end) for one in mentions]
    whole += [(stated[i].start, stated[i + 1].stop) for i in pairs]
    places = [(one.start, one.stop) for one in stated]
    found = [Claim(one, skip) for one, skip in zip(every, skips, strict=True) if skip]
    of_text = subjects.find(plain)
    for number, sentence in enumerate(clauses.sentences(plain, places, whole)):
        scope = _Scope(plain, sentence, number, stated, mentions, of_text)
        found += scope.claims()
    found.sort(key=lambda one: one.amount.start)
    return setting.paired(setting.asides(found, plain), pairs, stated, plain)


def read_until(text: str) -> int:
    """Where reading a text ends: at its end, unless it is too long or has too many numbers."""
    every = amounts.find(re.sub(r"[*_`]", " ", text[:LONGEST_TEXT]))
    if len(every) > MOST_CLAIMS:
        return every[MOST_CLAIMS].start
    return min(len(text), LONGEST_TEXT)


class _Scope:
    """A sentence with all that was found in it."""

    def __init__(
        self, text: str, sentence: Sentence, number: int, stated: Sequence[Amount],
        mentions: Sequence[Mention], of_text: Sequence[Subject],
    ) -> None:  # fmt: skip
        self.text, self.sentence, self.number = text, sentence, number
        self.stated, self.mentions, self.subjects = stated, mentions, of_text

    def claims(self) -> list[Claim]:
        """The claims of the sentence."""
        return [one for part in self.sentence.parts for one in self._of_part(part)]

    def _of_part(self, part: Part) -> list[Claim]:
        inside = [one for one in self.stated if part.holds((one.start, one.stop))]
        named, refers = self._periods(part, inside)
        said = self._roles(part, inside)
        return [
            self._claim(part, inside, i, named[i], refers, said[i]) for i in range(len(inside))
        ]

    def _claim(
        self, part: Part, inside: list[Amount], i: int, named: list[Mention],
        refers: list[Mention], said: list[Role],
    ) -> Claim:  # fmt: skip
        one = inside[i]
        start = inside[i - 1].stop if i else part.start
        stop = inside[i + 1].start if i + 1 < len(inside) else part.end
        before, after = self.text[start : one.start], self.text[one.end : stop]
        if bracket := _CLOSED.match(self.text, one.stop):  # "821 steps (7.9 %) higher"
            after = self.text[bracket.end() : part.end]
        elif aside := _ASIDE.match(self.text, one.stop):
            after = after[: aside.start() - one.end] + self.text[aside.end() : self.sentence.end]
        change, direction = (True, one.sign) if one.sign else language.direction(before, after)
        if one.unit in ("clock", "#flights") and _RISING.search(before):
            change, direction = False, 0
        roles = {role.name for role in said}
        hedge = language.hedge(before)
        compared = bool(one.sign) or language.direction("", after)[0]
        temporal: Temporal = "" if compared or not change else language.temporal(before)
        if change and not direction:
            direction = language.leaning(self.text[self.sentence.start : one.start])
        if bound := language.bound(self.text[part.start : one.start], hedge):
            roles.add(bound)
            hedge = ""
        elif re.match(r"\s*(?:\+|or more|plus)(?!\w)", after):
            hedge = "at least"
        if one.rate in ("day", "night") and not change:
            roles.add("per day")
        if one.rate or re.match(r"[^,;.]{0,20}\beach\b", after):
            roles |= {"at most": {"maximum"}, "at least": {"minimum"}}.get(hedge, set())
        against = ""
        behind = self.text[one.stop : stop]
        if change:
            against = "target" if "target" in roles else "average" if "average" in roles else ""
            roles -= {"target"} if "target" in roles else set()
        if change:
            held = [it for it in named if _HELD_AGAINST.search(self.text[: it.start]) and _LONG.search(it.text)]
            named, refers = [it for it in named if it not in held], [*refers, *held]
        metrics, activity, stage = self._subject(part, one, start, stop)
        around = [it for it in self.mentions if self._holds(it)]
        return Claim(
            one, metrics=metrics, nearby=self._nearby(part, one), activity=activity, stage=stage,
            roles=frozenset(roles), change=change, direction=direction, temporal=temporal,
            remaining=bool(
                language.REMAINING.search(self.text[start:stop])
                or _MISSING.search(self.text[self.sentence.start : one.start])
            ),
            hedge=hedge,
            negated=not bound and language.negated(self.text[part.start : one.start]),
            mentions=tuple(named), refers=tuple(refers), around=tuple(around),
            against=against or setting.against(behind), sentence=self.number,
            part=(part.start, part.end), words=self.text[part.start : part.end],
        )  # fmt: skip

    def _periods(
        self, part: Part, inside: list[Amount]
    ) -> tuple[list[list[Mention]], list[Mention]]:
        """The periods of each number, and those that they are compared with."""
        here = [one for one in self.mentions if part.holds((one.start, one.end))]
        refers = [
            one for one in self.mentions
            if any(start <= one.start and one.end <= end for start, end in part.refers)
        ]  # fmt: skip
        if refers and all(_FROM.match(self.text, start) for start, _ in part.refers):
            if not any(language.direction("", self.text[one.end : part.end])[0] for one in inside):
                here, refers = [*here, *(one for one in refers if one not in here)], []
        own = [one for one in here if one not in refers]
        if not own and self.sentence.intro and not any(map(self._holds, self.mentions)):
            start, end = self.sentence.intro
            own = [one for one in self.mentions if start <= one.start and one.end <= end]
        if len(inside) > 1 and len(own) > 1:
            if len(own) == len(inside):
                return [[one] for one in own], refers
            nearest = [
                min(own, key=partial(_distance, one)) for one in inside
            ]
            return [[one] for one in nearest], refers
        return [own for _ in inside], refers

    def _holds(self, one: Mention) -> bool:
        return self.sentence.start <= one.start and one.end <= self.sentence.end

    def _roles(self, part: Part, inside: list[Amount]) -> list[list[Role]]:
        """The roles of each number: those before it, and those that follow it closely."""
        found: list[list[Role]] = [[] for _ in inside]
        for role in language.roles(self.text, part.start, part.end):
            taken = [(one.start, one.stop) for one in inside]
            taken += [(one.start, one.end) for one in self.mentions]
            if any(start <= role.start < end for start, end in taken):
                continue
            if any(start <= role.start < end for start, end in part.refers):
                continue
            before = [i for i, one in enumerate(inside) if one.end <= role.start]
            after = [i for i, one in enumerate(inside) if one.start >= role.end]
            if before and language.stands_behind(self.text, inside[before[-1]].end, role):
                found[before[-1]].append(role)
            elif after:
                found[after[0]].append(role)
            elif before:
                found[before[-1]].append(role)
        return found

    def _subject(
        self, part: Part, one: Amount, start: int, stop: int
    ) -> tuple[frozenset[str], str, str]:
        """The nearest fitting metric in a part, activity and stage; rather in the number's own."""
        here = [
            subject for subject in self.subjects
            if part.start <= subject.start and subject.end <= part.end
            and not (one.end <= subject.start and subject.end <= one.stop and one.unit[:1] != "#")
        ]  # fmt: skip
        own = [subject for subject in here if start <= subject.start and subject.end <= stop]
        chosen: dict[str, frozenset[str]] = {}
        strange: frozenset[str] = frozenset()
        others = [subject for subject in here if subject.kind == "metric" and subject not in own]
        for subject in [*sorted(own, key=partial(_distance, one)),
                        *sorted(others, key=partial(_distance, one))]:  # fmt: skip
            names = subject.names
            if subject.kind == "metric":
                names = frozenset(name for name in names if subjects.fits(name, one.unit))
                if not names and subject in own:
                    strange = strange or subject.names
            if names:
                chosen.setdefault(subject.kind, names)
        return (
            chosen.get("metric", strange), "".join(chosen.get("activity", ())),
            "".join(chosen.get("stage", ())),
        )  # fmt: skip

    def _nearby(self, part: Part, one: Amount) -> frozenset[str]:
        start = self.sentence.intro[0] if self.sentence.intro else self.sentence.start
        return frozenset(
            name
            for subject in self.subjects
            if subject.kind == "metric" and start <= subject.start <= self.sentence.end
            for name in subject.names if subjects.fits(name, one.unit)
        )  # fmt: skip


def _distance(one: Amount, other: Subject | Mention) -> int:
    """Characters between a number and a name; a little less if the name stands before it."""
    if other.end <= one.start:
        return one.start - other.end
    return max(0, other.start - one.end) + 2
