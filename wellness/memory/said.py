"""A turn of a conversation as a memory: what the person said and what they were answered.

Facts leave out what nobody thought of asking; the words themselves do not. One turn is one memory,
with its date and speaker in the text, so that both can be searched for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.messages import Role, Turn
from wellness.memory.queries import content_words

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SPEAKERS: tuple[Role, ...] = ("user", "assistant")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def said(
    turn: Turn,
    *,
    zone: ZoneInfo,
    speaker: str = "user",
    recalled: Iterable[Memory] = (),
    roles: Collection[Role] = SPEAKERS,
) -> Fact | None:
    r"""What a turn is remembered as; None if it has nothing that is worth it.

    Tools and system messages are left out: their data stands elsewhere, and the memories that a
    prompt was given stand in a system message. Sentences of the answer that repeat a recalled
    memory go too, or an old memory would come back as a new one each time it is talked about.

    Args:
        turn: messages and time.
        zone: of the date in the text.
        speaker: what the person is called in the text.
        recalled: what the assistant had been given for its answer.
        roles: whose words: the user's, the assistant's, or both.

    >>> from wellness.memory.messages import Message
    >>> asked = Message("user", "My knee hurts on stairs."), Message("assistant", "Since when?")
    >>> said(Turn("1", 1_772_323_200_000, asked), zone=ZoneInfo("UTC"), speaker="Ann").text
    '1 March 2026, Ann: My knee hurts on stairs.\nassistant: Since when?'
    """
    known = [frozenset(content_words(memory.fact.text)) for memory in recalled]
    lines = []
    for message in turn.messages:
        if message.role not in roles:
            continue
        if message.role == "user":
            lines.append(f"{speaker}: {message.content.strip()}")
        elif message.role == "assistant" and (answer := _news(message.content, known)):
            lines.append(f"assistant: {answer}")
    if not lines:
        return None
    at = turn.at // 1000
    day = datetime.fromtimestamp(at, zone)
    text = f"{day.day} {MONTHS[day.month - 1]} {day.year}, " + "\n".join(lines)
    return Fact(text, MemoryKind.SAID, at, signature=f"turn {turn.id}", source=turn.id)


def _news(answer: str, known: Iterable[frozenset[str]]) -> str:
    """The sentences that say more than one of the known texts does."""
    sentences = [(part.strip(), set(content_words(part))) for part in SENTENCE.split(answer)]
    return " ".join(
        part for part, words in sentences
        if part and not (words and any(words <= text for text in known))
    )  # fmt: skip
