"""What a second opinion is formed on: the shape of a question in short runs of words, and meaning.

In a shape each mention is one letter (see `wellness.agent.classifier.reading`), so that what was
learnt from steps holds for heart rate. Runs of words know word order; vectors know synonyms.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wellness.agent.classifier.reading import Reading
from wellness.agent.routes import Intent
from wellness.memory.embedder import Embedder
from wellness.memory.messages import Turn

Floats = NDArray[np.float32]

LONGEST_RUN = 3  # words: longer runs hardly ever come twice
MOST = 3  # mentions of a kind that are told apart
TOKEN = re.compile(r"[A-Za-z]+|[?.!,]")
MENTIONS = frozenset("MSAWNPE")
TOPICS = frozenset("MSAW")  # of the mentions those of data
NOTHING_BEFORE = "-"


def runs(shape: str, before: Intent | str = "") -> set[str]:
    """The runs of a shape, how often each kind is mentioned, and what was asked before.

    Args:
        shape: of the whole message.
        before: the intent of the question before; `NOTHING_BEFORE` where it had none, "" where
            there was no question before.

    >>> sorted(run for run in runs("how many M") if run.startswith(("#", "^")))
    ['# M 1', '^', '^ how', '^ how many']
    """
    words = ["^", *TOKEN.findall(shape), "$"]
    found = {
        " ".join(words[at : at + size])
        for size in range(1, LONGEST_RUN + 1)
        for at in range(len(words) - size + 1)
    }
    counted = Counter(word for word in words if word in MENTIONS)
    found |= {f"# {word} {min(times, MOST)}" for word, times in counted.items()}
    if before:
        kinds = "".join(sorted(counted))
        topics = "".join(kind for kind in kinds if kind in TOPICS)
        found |= {"after", f"after {before}"}
        found |= {f"after {before}: {kinds}", f"after {before}. {topics}"}
    return found


def topic_words(reading: Reading) -> str:
    """The words of a clause without its times, which say nothing of what it is about."""
    text = reading.text
    for when in sorted(reading.whens, key=lambda one: -one.start):
        text = text[: when.start] + text[when.end :]
    return " ".join(text.split()).strip(" ,;:.!?")


def asked_before(turns: Sequence[Turn]) -> str:
    """What the person said last before a question; "" if nothing."""
    said = [one.content for turn in turns for one in turn.messages if one.role == "user"]
    return said[-1] if said else ""


def meanings(questions: Sequence[str], before: Sequence[str], embedder: Embedder) -> Floats:
    """A row for each question: its vector, and that of it with what was said before it.

    Raises:
        ModelUnavailable: the embedding model does not answer.
    """
    joined = [f"{one} {question}" if one else question
              for one, question in zip(before, questions, strict=True)]  # fmt: skip
    texts = list(dict.fromkeys([*questions, *joined]))
    vectors = embedder.embed(texts)
    at = {text: number for number, text in enumerate(texts)}
    own, both = ([at[text] for text in some] for some in (questions, joined))
    return np.hstack([vectors[own], vectors[both]]).astype(np.float32) / np.float32(np.sqrt(2))
