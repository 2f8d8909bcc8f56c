"""A short list for a model: which of two or three kinds of question this is, after examples.

A small model chooses badly among twelve tools with arguments, and well among two or three kinds, if
it has just seen labelled questions of each that are like the one asked. What is the same each time
stands first, so that a local model keeps it cached; the nearest example stands last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wellness.agent.routes import Intent

LONGEST = 600  # characters of a question that a model is asked; the rest is talk
EACH = 4  # examples of each kind on the list
DESCRIBED = {
    Intent.RECORDS: "single readings or the latest value of a metric, or when it was measured last",
    Intent.AGGREGATE: "one number over a period: total, average, minimum, maximum or count of a "
    "metric",
    Intent.COMPARE: "two periods of one metric held against each other",
    Intent.TREND: "the direction of a metric over time: rising, falling",
    Intent.WORKOUTS: "workouts: how many, how long, how far, which, when last",
    Intent.SLEEP: "sleep of a period: amount, stages, bedtime",
    Intent.PROGRESS: "progress against a goal, the rings, or days that reached a value",
    Intent.RECALL: "look up what the person told before, or general wellness knowledge",
    Intent.GOALS: "list the person's goals",
    Intent.REMEMBER: "keep a statement that the person makes about themselves",
    Intent.FORGET: "delete something that was remembered",
    Intent.SMALL_TALK: "greetings, thanks, praise, goodbye: nothing to do",
    Intent.OUT_OF_SCOPE: "cannot be known or done: weather, news, devices, other people, the "
    "future, diagnoses, errands",
}
INSTRUCTIONS = (
    "You sort what a person says to a wellness assistant that knows their own health data and what "
    "they told it. Kinds:\n"
    + "\n".join(f"- {intent.value}: {DESCRIBED[intent]}" for intent in Intent)
)


def asked(question: str, before: str = "") -> str:
    """A question as it stands in the prompt."""
    return f"Before: {before}\nNow: {question}" if before else question


def list_messages(
    question: str, before: str, examples: Sequence[tuple[str, Intent]]
) -> list[dict[str, str]]:
    """The prompt: all kinds, the examples as a conversation, then the question.

    >>> [one["role"] for one in list_messages("And today?", "Steps?", [("Hi", Intent.SMALL_TALK)])]
    ['system', 'user', 'assistant', 'user']
    """
    answered = ((text, {"kind": intent.value}) for text, intent in examples)
    return conversation(INSTRUCTIONS, answered, asked(question, before))


def list_schema(intents: Sequence[Intent]) -> dict[str, Any]:
    """The form of an answer: one of the kinds.

    >>> list_schema([Intent.SLEEP])["properties"]
    {'kind': {'enum': ['sleep']}}
    """
    return one_of("kind", [one.value for one in intents])


def conversation(
    instructions: str, examples: Iterable[tuple[str, Mapping[str, str]]], question: str
) -> list[dict[str, str]]:
    """A prompt: what is to be done, examples with their answers as a conversation, the question."""
    messages = [{"role": "system", "content": instructions}]
    for text, answer in examples:
        messages.append({"role": "user", "content": text})
        messages.append({"role": "assistant", "content": json.dumps(answer)})
    return [*messages, {"role": "user", "content": question}]


def one_of(name: str, values: Sequence[str]) -> dict[str, Any]:
    """The form of an answer that is one of some values."""
    return {
        "type": "object", "properties": {name: {"enum": list(values)}},
        "required": [name], "additionalProperties": False,
    }  # fmt: skip
