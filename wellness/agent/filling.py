"""What a question surely wants and the rules cannot call: its metric comes from elsewhere.

"Is my drinking going down?" asks for a trend, but no table has the words. Three are asked in turn:
the rules, with words that they do not know read more freely; what was learnt of which words mean
which metric; and where it is clear that it is one of two or three, a model chooses. Periods and
aggregations are read by the rules as ever. What nobody finds is not called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from wellness.agent.classifier.nearly import read_freely
from wellness.agent.opinion import Opinion, SecondReader
from wellness.agent.opinion.features import asked_before
from wellness.agent.routes import TOOL_OF, Intent
from wellness.agent.short_list import LONGEST, asked, conversation, one_of
from wellness.errors import ModelUnavailable
from wellness.memory.messages import ToolCall, Turn

OF_METRICS = frozenset((Intent.RECORDS, Intent.AGGREGATE, Intent.COMPARE, Intent.TREND))
FILLED = 0.6  # share from which an opinion is sure enough to look for arguments elsewhere
# Share from which a metric is clear. Of 151 questions about one metric that nobody had learnt from,
# 129 were as clear as that, and 125 of those were about it.
CLEAR = 0.6
LIKELY = 0.15  # share from which a metric comes on the list for a model
MOST = 4  # metrics on that list
NONE = "none of these"
INSTRUCTIONS = (
    "A person asks about their own health data. Say which metric the question is about, or "
    f"{NONE!r} if it is about something else."
)
# Without examples, models of half a billion and 1.5 billion weights answer always that it is none
EXAMPLES = (
    ("Are my night-time breaths getting slower?", ("RespiratoryRate", "SleepAnalysis"),
     "RespiratoryRate"),
    ("How much of my pocket money did I spend in May?", ("TimeInDaylight", "ActiveEnergyBurned"),
     NONE),
    ("How many pints did I put away on Friday?", ("DietaryWater", "NumberOfAlcoholicBeverages"),
     "NumberOfAlcoholicBeverages"),
    ("How many texts did I write yesterday?", ("StepCount", "PushCount"), NONE),
)  # fmt: skip


class Choose(Protocol):
    """Asks a model for an answer of a given form, as `wellness.agent.model.OpenChat.choose`."""

    def __call__(
        self, messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any], /
    ) -> dict[str, Any]:
        """The answer.

        Raises:
            ModelUnavailable: there is none.
        """


class Filled(NamedTuple):
    """Calls whose arguments were found, by whom, and how that is told."""

    calls: tuple[ToolCall, ...]
    by_model: bool
    why: str


class Filler:
    """Finds what the rules miss in a question.

    Args:
        reader: reads it, and knows which words mean which metric.
        choose: asks the model.
    """

    def __init__(self, reader: SecondReader, choose: Choose) -> None:
        self._reader, self._choose = reader, choose

    def fill(
        self, opinion: Opinion, question: str, turns: Sequence[Turn] = (), *, ask: bool = True
    ) -> Filled | None:
        """The calls of what an opinion surely names; None if it is unsure, or they lack something.

        Args:
            opinion: on the question.
            question, turns: as the rules had them.
            ask: whether a model may be asked.

        Raises:
            ModelUnavailable: the embedding model does not answer.
        """
        intent = opinion.likeliest[0]
        if opinion.shares[intent] < FILLED or intent not in TOOL_OF:
            return None
        freely = read_freely(question)
        if freely != question and (calls := self._reader.calls(intent, freely, turns)):
            return Filled(calls, False, f"read as {freely!r}")
        if intent not in OF_METRICS:
            return None
        about = self._reader.metrics(freely, turns)
        metric, share = next(iter(about.items()), ("", 0.0))
        by_model = share < CLEAR
        if by_model:
            listed = [one for one, likely in about.items() if one and likely >= LIKELY][:MOST]
            open_still = ask and sum(about[one] for one in listed) >= CLEAR
            metric = self._chosen(listed, question, turns) if open_still else ""
        calls = self._reader.calls(intent, freely, turns, metric) if metric else None
        who = "a model chose" if by_model else f"its words mean ({share:.2f})"
        return Filled(calls, by_model, f"{who} {metric}") if calls else None

    def _chosen(self, metrics: Sequence[str], question: str, turns: Sequence[Turn]) -> str:
        """The metric that a model chooses; "" for none."""
        now = asked(question[:LONGEST], asked_before(turns)[:LONGEST])
        examples = ((_listing(text, some), {"metric": meant}) for text, some, meant in EXAMPLES)
        messages = conversation(INSTRUCTIONS, examples, _listing(now, metrics))
        try:
            answer = self._choose(messages, one_of("metric", [*metrics, NONE])).get("metric")
        except ModelUnavailable:
            return ""
        return str(answer) if answer in metrics else ""


def _listing(question: str, metrics: Sequence[str]) -> str:
    return f"{question}\nMetrics: {', '.join([*metrics, NONE])}"
