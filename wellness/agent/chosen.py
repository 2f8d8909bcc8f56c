"""What a model chose, held against the question: what does not exist or was not said is mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from wellness.agent.classifier import events
from wellness.agent.classifier.patterns import word_set
from wellness.agent.examples import NO_TOOL
from wellness.agent.routes import TOOL_OF, Intent, Route
from wellness.agent.tools.specs import SPECS
from wellness.errors import PeriodError, UnknownMetric
from wellness.health import catalogue, periods
from wellness.memory.messages import ToolCall, Turn

SLEEP, AGGREGATE = "SleepAnalysis", TOOL_OF[Intent.AGGREGATE]
PERIODS = ("period", "other_period")
WORD = re.compile(r"[a-z0-9]+")
COMMON = word_set("the a an of in on at during over for my to and last this")


class Mended(NamedTuple):
    """Calls that can be carried out.

    Attributes:
        calls: in order, each once.
        why: what was changed, in words.
        as_said: whether all metrics and periods stand in the question, as far as rules can read.
    """

    calls: tuple[ToolCall, ...]
    why: tuple[str, ...]
    as_said: bool


def content(phrase: str) -> set[str]:
    """Words that distinguish one period from another.

    >>> sorted(content("during the night of 14 September"))
    ['14', 'night', 'september']
    """
    return set(WORD.findall(phrase.lower())) - COMMON


class _Check:
    """One answer against one question."""

    def __init__(
        self, rules: Route, question: str, turns: Sequence[Turn], now: datetime, zone: ZoneInfo
    ) -> None:
        self.question, self.leans = question, bool(turns)
        self.now, self.zone = now, zone
        self.metrics: list[str] = list(rules.slots.get("metrics", ()))
        self.periods: list[str] = list(rules.slots.get("periods", ()))
        self.activities: list[str] = list(rules.slots.get("activities", ()))
        self.numbers: list[float] = list(rules.slots.get("numbers", ()))
        self.why: list[str] = []
        self.as_said = True

    def call(self, chosen: Mapping[str, Any]) -> ToolCall | None:
        """The call of a choice; None if it cannot be mended."""
        tool = chosen.get("tool")
        if tool not in SPECS:
            if tool != NO_TOOL:
                self.why.append(f"there is no tool {tool!r}")
            return None
        given = {
            name: value
            for name, value in chosen.items()
            if name in SPECS[tool].arguments.model_fields and value not in (None, "")
        }
        if "metric" in given and not self._metric(given):
            return None
        for name in PERIODS:
            if name in given:
                self._period(given, name)
        self._not_invented(given, tool)
        if tool == AGGREGATE and given.get("metric") == SLEEP:
            self.why.append("sleep has a tool of its own")
            tool = TOOL_OF[Intent.SLEEP]
            given = {name: value for name, value in given.items() if name == "period"}
        try:
            SPECS[tool].arguments(**given)
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
            self.why.append(f"{tool} was left out: {wrong} is missing or wrong")
            return None
        return ToolCall(tool, given)

    def _not_invented(self, given: dict[str, Any], tool: str) -> None:
        """What a call may do without, and the question does not name, is left out."""
        form = SPECS[tool].arguments.model_fields
        unnamed = {"activity": self.activities, "target": self.numbers, "metric": self.metrics}
        for name, named in unnamed.items():
            if name in given and not named and not self.leans and not form[name].is_required():
                self.why.append(f"{name} {given.pop(name)!r} was not named and was left out")

    def _metric(self, given: dict[str, Any]) -> bool:
        """Whether there is such a metric, or one that the question names takes its place."""
        chosen = str(given["metric"])
        try:
            given["metric"] = catalogue.find(chosen, self.metrics).name
        except UnknownMetric:
            if not self.metrics:
                self.why.append(f"there is no metric {chosen!r}")
                return False
        if self.metrics and not self.leans and given["metric"] not in self.metrics:
            given["metric"] = self.metrics[0]
            self.why.append(f"{chosen!r} was not named: {self.metrics[0]} is meant")
            self.as_said = False
        if len(self.metrics) > 1 and given["metric"] == self.metrics[0]:
            self.metrics.append(self.metrics.pop(0))  # the next call is about the next
        return True

    def _period(self, given: dict[str, Any], name: str) -> None:
        """A period that can be resolved and was named; else the question's own, or none."""
        phrase = str(given[name])
        words = content(phrase)
        named = self.leans or words & content(self.question)
        if self._is_known(phrase) and named:
            if any(self._same(phrase, one) for one in self.periods) or not self.periods:
                return
            self.as_said = False
            meant = next((one for one in self.periods if words & content(one)), "")
            if not meant:
                return
            given[name] = meant
            self.why.append(f"{phrase!r} is not all that was said: {meant!r} is meant")
            return
        reason = "was not named" if not named else "is no period"
        place = PERIODS.index(name)
        if place < len(self.periods):
            given[name] = self.periods[place]
            self.why.append(f"{phrase!r} {reason}: {given[name]!r} is meant")
        else:
            del given[name]
            self.why.append(f"{phrase!r} {reason} and was left out")

    def _is_known(self, phrase: str) -> bool:
        return self._interval(phrase) is not None or any(events.find(phrase, []))

    def _interval(self, phrase: str) -> tuple[int, int] | None:
        try:
            period = periods.parse(phrase, now=self.now, zone=self.zone)
        except PeriodError:
            return None
        return period.start_s, period.end_s

    def _same(self, one: str, other: str) -> bool:
        interval = self._interval(one)
        if interval or self._interval(other):
            return interval == self._interval(other)
        return one.lower() == other.lower()


def mended(
    answer: Mapping[str, Any],
    rules: Route,
    question: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    turns: Sequence[Turn] = (),
) -> Mended:
    """The calls of a model's answer that can be carried out, and what had to be changed.

    Args:
        answer: of the form of `choices.choice_schema`; anything that deviates is left out.
        rules: what rules make of the same question; its slots are what the question says.
        question: in the person's words.
        now, zone: of the question.
        turns: the conversation before it.
    """
    check = _Check(rules, question, turns, now, zone)
    chosen = answer.get("calls")
    calls: list[ToolCall] = []
    for one in chosen if isinstance(chosen, list) else ():
        call = check.call(one) if isinstance(one, Mapping) else None
        if call and call not in calls:
            calls.append(call)
    return Mended(tuple(calls), tuple(dict.fromkeys(check.why)), check.as_said)
