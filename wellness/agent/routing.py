"""Routers that ask a model: one that always does, and one that does so only when rules are unsure.

rules = Classifier(now=now, zone=zone)
model = ModelRouter(chat.choose, now=now, zone=zone)
RulesThenModel(rules, model, threshold=settings.route_threshold).route("and last week?")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wellness.agent.choices import choice_messages, choice_schema
from wellness.agent.chosen import Mended, mended
from wellness.agent.classifier import Classifier
from wellness.agent.doubts import SecondOpinion
from wellness.agent.examples import NO_TOOL
from wellness.agent.filling import Choose
from wellness.agent.routes import INTENT_OF, UNTOLD, Intent, Route, Router
from wellness.errors import ModelUnavailable
from wellness.memory.messages import ToolCall, Turn

NO_OPINION = "there is no second opinion"  # how the reason begins that says so
LONGEST = 600  # characters of a question that a model is asked; the rest is talk
# How sure a model's choice is: the rules choose the same tools; or its metrics and periods stand in
# the question; or neither. Roughly: of 62 questions that rules were unsure of, a model of 1.5
# billion weights had 42 right in tools and 32 in all.
SAME_TOOLS, SAME_SLOTS, NEITHER = 0.9, 0.6, 0.3


class ModelRouter:
    """Routes by a model that chooses tools and arguments in one answer.

    What it answers is checked: metrics and periods that do not exist, or that nobody named, are
    replaced by what the question says, or left out, and `why` says so.

    Args:
        choose: asks the model.
        now: when the question is asked; aware.
        zone: where the person lives.
        metrics: names of this person's stored metrics.
    """

    def __init__(
        self, choose: Choose, *, now: datetime, zone: ZoneInfo, metrics: Iterable[str] = ()
    ) -> None:
        names = tuple(metrics)
        self._choose, self._schema = choose, choice_schema(names)
        self._rules = Classifier(now=now, zone=zone, metrics=names)
        self._now, self._zone = now, zone

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """Where a question goes; see `wellness.agent.routes.Router`.

        Raises:
            ModelUnavailable: the model does not answer.
        """
        messages = choice_messages(question[:LONGEST], _before(turns))
        answer = self._choose(messages, self._schema)
        rules = self._rules.route(question, turns=turns)
        found = mended(answer, rules, question, now=self._now, zone=self._zone, turns=turns)
        return Route(
            self._intent(answer, found), found.calls, _confidence(found, rules), "model",
            rules.slots, found.why,
        )  # fmt: skip

    @staticmethod
    def _intent(answer: Mapping[str, Any], found: Mended) -> Intent:
        if found.calls:
            return INTENT_OF[found.calls[0].name]
        small = any(
            one.get("tool") == NO_TOOL and one.get("reason") == Intent.SMALL_TALK
            for one in answer.get("calls") or () if isinstance(one, Mapping)
        )  # fmt: skip
        return Intent.SMALL_TALK if small else Intent.OUT_OF_SCOPE


def _before(turns: Sequence[Turn]) -> str:
    """The last question of the person, shortened."""
    said = [one.content for turn in turns for one in turn.messages if one.role == "user"]
    return said[-1][:LONGEST] if said else ""


def _confidence(found: Mended, rules: Route) -> float:
    """By agreement with the rules, which read the same question without the model."""
    if _names(found.calls) == _names(rules.calls):
        return SAME_TOOLS if found.as_said else SAME_SLOTS
    return SAME_SLOTS if found.calls and found.as_said else NEITHER


def _names(calls: Sequence[ToolCall]) -> list[str]:
    return sorted(call.name for call in calls)


class RulesThenModel:
    """Routes by rules where they are sure, else by whoever is surer, they or a model.

    A small model that is asked what it does not understand would do harm, so its choice counts
    only if it agrees better with the question than the rules do. Without a model, rules decide.

    With a second opinion, that says where to doubt, and what the model may choose from.

    Args:
        rules: asked always.
        model: asked when the rules are less sure than the threshold.
        threshold: a confidence, 0 to 1.
        second: a second opinion; it takes the place of model and threshold while it can be had.
    """

    def __init__(
        self, rules: Router, model: Router, *, threshold: float, second: SecondOpinion | None = None
    ) -> None:
        self.rules, self.model, self.threshold, self.second = rules, model, threshold, second

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """Where a question goes; see `wellness.agent.routes.Router`."""
        rules = self.rules.route(question, turns=turns)
        if self.second:
            try:
                return self.second.settle(rules, question, turns)
            except ModelUnavailable as error:
                rules = replace(rules, why=(*rules.why, f"{NO_OPINION}: {error}"))
        # Nobody can know what was not said before; a model would make something up
        if rules.confidence >= self.threshold or UNTOLD in rules.why:
            return rules
        unsure = f"the rules were unsure ({rules.confidence:.2f} below {self.threshold:.2f})"
        try:
            model = self.model.route(question, turns=turns)
        except ModelUnavailable as error:
            return replace(rules, why=(*rules.why, f"{unsure}, and no model answered: {error}"))
        if model.confidence <= rules.confidence:
            chosen = ", ".join(_names(model.calls)) or "no tool"
            doubt = f"{unsure}, but the model more so ({model.confidence:.2f}, {chosen})"
            return replace(rules, why=(*rules.why, doubt))
        calls = _spelled_out(model.calls, rules.calls)
        return replace(model, calls=calls, why=(unsure, *model.why))


def _spelled_out(model: Sequence[ToolCall], rules: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """The model's calls; where both chose the same tools, with the arguments that were read.

    Rules copy arguments from the question, which small models do less well than choosing a tool.
    """
    return tuple(rules) if _names(model) == _names(rules) else tuple(model)
