"""A clause as the rules see it: what is mentioned where, and its shape.

In a shape each mention is one capital letter: M a metric, S sleep, A an activity, W a workout of
no kind, N a quantity, P a period, E a remembered event. "How many steps did I take last week?" has
the shape "how many M did i take P", which many questions share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wellness.agent.classifier import vocabulary, when
from wellness.agent.classifier.beside import Interval, When
from wellness.agent.classifier.vocabulary import ACTIVITY, METRIC, SLEEP
from wellness.memory.facts import phrases, quantities
from wellness.memory.facts.phrases import Meaning
from wellness.memory.facts.quantities import Quantity

WORD = re.compile(r"[^\W_]+")
MEANT = re.compile(r"\b(?:i|you|it|that|this|they) (?:do(?:es)? )?mean[ts]?$")  # no average
CALORIES = re.compile(r"\b(?:k?cals?|k?calories?)$")
TOPICS = (METRIC, SLEEP, ACTIVITY)


class Mention(NamedTuple):
    """Something that is named: its kind, Apple's name, and where it stands."""

    kind: str
    name: str
    start: int
    end: int


class Amount(NamedTuple):
    """A number, as it was said and in its base unit, and where it stands."""

    said: float
    quantity: Quantity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause.

    Attributes:
        text: as it was meant, in its own case.
        shape: with a capital letter for each mention.
        topics: metrics, sleep and activities, in order of mention.
        aggregations: by the names of the lexicon.
        whens: periods and events.
        amounts: numbers that are part of nothing else.
        unknown: words that no table has.
    """

    text: str
    shape: str
    topics: tuple[Mention, ...]
    aggregations: tuple[Mention, ...]
    whens: tuple[When, ...]
    amounts: tuple[Amount, ...]
    unknown: tuple[str, ...]

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether its shape has a pattern."""
        return pattern.search(self.shape) is not None

    def names(self, kind: str) -> tuple[str, ...]:
        """The different names of a kind, in order of mention."""
        return tuple(dict.fromkeys(one.name for one in self.topics if one.kind == kind))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads clauses at one moment.

    Attributes:
        now: aware.
        zone: whose days are meant.
        further: phrases of this person's own metrics.
    """

    now: datetime
    zone: ZoneInfo
    further: Mapping[str, Meaning]

    def read(self, text: str, *, apart: bool = False, beside: Interval | None = None) -> Reading:
        """A clause that is tidied already; for `apart` and `beside` see `when.find`."""
        whens = [
            one
            for one in when.find(text, now=self.now, zone=self.zone, apart=apart, beside=beside)
            if one.phrase.lower() != "ever"
        ]
        lower = text.lower()
        taken = [(one.start, one.end) for one in whens]
        amounts = [
            Amount(_said(lower[start:end], quantity), quantity, start, end)
            for quantity, start, end in quantities.find(lower)
            if not any(start < stop and begin < end for begin, stop in taken)
        ]
        # "500 calories" is also what is counted, as no "5 kilometres" is: those were walked or run
        ends = {one: CALORIES.sub("", lower[: one.end]).rstrip() for one in amounts}
        taken = sorted([*taken, *((one.start, len(ends[one])) for one in amounts)])
        mentions, unknown = self._mentions(lower, taken)
        topics = tuple(one for one in mentions if one.kind in TOPICS)
        return Reading(
            text=text,
            shape=_shape(lower, topics, whens, amounts),
            topics=topics,
            aggregations=tuple(
                one
                for one in mentions
                if one.kind == phrases.AGGREGATION and not MEANT.search(lower[: one.end])
            ),
            whens=tuple(whens),
            amounts=tuple(amounts),
            unknown=tuple(unknown),
        )

    def _mentions(
        self, lower: str, taken: Sequence[tuple[int, int]]
    ) -> tuple[list[Mention], list[str]]:
        """Known phrases outside of what is taken, none across punctuation, and the other words."""
        mentions: list[Mention] = []
        unknown: list[str] = []
        for run in _runs(lower, taken):
            rest: list[re.Match[str]] = []
            at = 0
            while at < len(run):
                found = vocabulary.topic_at([match[0] for match in run], at, self.further)
                if found is None:
                    rest.append(run[at])
                    at += 1
                    continue
                topic, length = found
                unknown += self._others(rest, mentions)
                rest = []
                if topic.kind in TOPICS:
                    span = run[at].start(), run[at + length - 1].end()
                    mentions.append(Mention(topic.kind, topic.name, *span))
                at += length
            unknown += self._others(rest, mentions)
        return mentions, unknown

    @staticmethod
    def _others(run: Sequence[re.Match[str]], mentions: list[Mention]) -> list[str]:
        """Adds the aggregations of words between topics; returns those that nobody knows."""
        unknown: list[str] = []
        words = [match[0] for match in run]
        at = 0
        while at < len(words):
            meaning, length = phrases.read(words, at)
            meant = words[at - 1 : at + 1] == ["i", "mean"]  # no average
            if meaning.kind == phrases.AGGREGATION and not meant:
                span = run[at].start(), run[at + length - 1].end()
                mentions.append(Mention(meaning.kind, meaning.name, *span))
            elif meaning.kind == phrases.WORD and not meant:
                unknown.append(words[at])
            at += length
        return unknown


def _runs(lower: str, taken: Sequence[tuple[int, int]]) -> list[list[re.Match[str]]]:
    """Words in a row, between what is taken and between punctuation."""
    runs: list[list[re.Match[str]]] = [[]]
    last = 0
    for match in WORD.finditer(lower):
        if any(start < match.end() and match.start() < end for start, end in taken):
            runs.append([])
            last = match.end()
            continue
        if re.search(r"[,;:.!?()]", lower[last : match.start()]):
            runs.append([])
        runs[-1].append(match)
        last = match.end()
    return [run for run in runs if run]


def _said(words: str, quantity: Quantity) -> float:
    """The number in the unit it was said in: 165 of "165 lb"."""
    if match := re.match(r"(\d+(?:[,\u202f]\d{3})+(?!\d)|\d+)(\.\d+)?(\s?k\b)?", words):
        value = float(re.sub(r"\D", "", match[1]) + (match[2] or ""))
        return value * (1000 if match[3] else 1)
    return quantity.value


def _shape(
    lower: str, topics: Sequence[Mention], whens: Sequence[When], amounts: Sequence[Amount]
) -> str:
    letters = [(one.start, one.end, "M") for one in topics if one.kind == METRIC]
    letters += [(one.start, one.end, "S") for one in topics if one.kind == SLEEP]
    letters += [
        (one.start, one.end, "A" if one.name else "W") for one in topics if one.kind == ACTIVITY
    ]
    letters += [(one.start, one.end, "P" if one.interval else "E") for one in whens]
    letters += [(one.start, one.end, "N") for one in amounts]
    parts, at = [], 0
    for start, end, letter in sorted(letters):
        parts += [lower[at:start], letter]
        at = max(at, end)
    return " ".join("".join([*parts, lower[at:]]).split())
