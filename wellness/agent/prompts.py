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
You are given facts that tools have computed.
Say them to the person, whom you call "you", in one or two plain sentences.
Copy every number with its unit exactly as it stands in the facts.
Never compute or guess a number."""

REFUSAL = (
    "I cannot help with that. I know your own health data and what you have told me, and nothing "
    "else: ask me about steps, heart rate, weight, sleep, workouts or your goals."
)
UNSURE = (
    "I am not sure what you mean. Ask me about your steps, heart rate, weight, sleep, workouts or "
    "goals, or tell me something to remember."
)
ASKS_BACK = (
    "I do not know what that refers to: in this conversation I have no question before it. "
    'Please name what you mean, for instance "How many steps did I take in July?".'
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
    Answer the question in one or two sentences with these facts, numbers included.
    """
    if not results:
        return question
    return (
        f"{question}\n\nFacts:\n{_facts(results)}\n\n"
        "Answer the question in one or two sentences with these facts, numbers included."
    )


def again(question: str, results: Sequence[ToolResult]) -> str:
    """The last message after an answer that did not hold: the same facts, a simpler task.

    What was wrong is not quoted: a small model would repeat it.
    """
    return (
        f'Rewrite these facts as an answer to the question "{question}".\n\n'
        f"{_facts(results)}\n\n"
        "Keep every number and unit as it is, and add none."
    )


def plain(results: Sequence[ToolResult]) -> str:
    """The last resort: what the tools concluded, word by word."""
    return " ".join(result.conclusion or result.error for result in results) or NOT_ANSWERED


def _facts(results: Sequence[ToolResult]) -> str:
    return "\n".join(f"- {line}" for result in results for line in _lines(result))


def _lines(result: ToolResult) -> list[str]:
    if not result.ok:
        return [f"Not answered: {result.error}"]
    return [result.conclusion, *(f"Note: {note}" for note in result.notes)]
