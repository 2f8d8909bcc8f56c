"""What the model is told: the same for the agent with memory and for its twin without.

The model words what tools have computed; that is why it may be small. Each text here is short,
since a local model reads some hundred tokens a second, and begins the same way in each turn, so
that what was read once stays cached.
"""

from __future__ import annotations

from collections.abc import Sequence

from wellness.agent.results import ToolResult

SYSTEM = """\
You are a wellness assistant and talk with one person about their own health data.
Tools have computed the facts that you are given. Say them in one or two plain, friendly sentences.
Use numbers exactly as they are given, with their units. Never compute or guess a number.
Call the person "you". If the facts do not answer the question, say that you do not know.
Give no diagnoses."""

REFUSAL = (
    "I cannot help with that. I know your own health data and what you have told me, and nothing "
    "else: ask me about steps, heart rate, weight, sleep, workouts or your goals."
)
UNSURE = (
    "I am not sure what you mean. Ask me about your steps, heart rate, weight, sleep, workouts or "
    "goals, or tell me something to remember."
)
GREETING = "I am here. Ask me about your steps, heart rate, weight, sleep, workouts or goals."
NOT_ANSWERED = "I could not answer that."
FORGOTTEN = "Forgotten."  # what stands in the conversation: not what was forgotten

ANSWER_TOKENS = 120  # two long sentences
SMALL_TALK_TOKENS = 40  # one short one


def ask(question: str, results: Sequence[ToolResult]) -> str:
    """The last message before an answer: the question, and what the tools found.

    >>> found = ToolResult("aggregate_metrics", {}, "You took 8,214 steps.")
    >>> print(ask("Steps yesterday?", [found]))
    Steps yesterday?
    <BLANKLINE>
    Facts:
    - You took 8,214 steps.
    <BLANKLINE>
    Answer the question in one or two sentences with these facts only.
    """
    if not results:
        return question
    facts = "\n".join(f"- {line}" for result in results for line in _lines(result))
    return (
        f"{question}\n\nFacts:\n{facts}\n\n"
        "Answer the question in one or two sentences with these facts only."
    )


def again(numbers: Sequence[str]) -> str:
    """What is added to the message when an answer held numbers that the facts do not support.

    The question is asked anew instead of quoting the answer: a small model would repeat it.

    >>> again(["23"])
    '\\nThe facts do not support 23. Copy every number from the facts, with its unit.'
    """
    return (
        f"\nThe facts do not support {', '.join(numbers) or 'an empty answer'}. "
        "Copy every number from the facts, with its unit."
    )


def plain(results: Sequence[ToolResult]) -> str:
    """The last resort: what the tools concluded, word by word."""
    return " ".join(result.conclusion or result.error for result in results) or NOT_ANSWERED


def _lines(result: ToolResult) -> list[str]:
    if not result.ok:
        return [f"Not answered: {result.error}"]
    return [result.conclusion, *(f"Note: {note}" for note in result.notes)]
