"""The words of which the names of what is measured or done are made."""

from __future__ import annotations

import re
from collections.abc import Collection

from wellness.agent.classifier.vocabulary import OWN
from wellness.memory.facts import phrases


def naming(kinds: Collection[str], shortest: int) -> tuple[str, ...]:
    """The words of all phrases of some kinds, each once.

    Args:
        kinds: what the phrases mean, for instance METRIC.
        shortest: letters of a word that counts.

    >>> from wellness.agent.classifier.vocabulary import SLEEP
    >>> "asleep" in naming({SLEEP}, 5), "nap" in naming({SLEEP}, 5)
    (True, False)
    """
    named = (
        phrase
        for table in (OWN, phrases.PHRASES)
        for phrase, meaning in table.items()
        if meaning.kind in kinds
    )
    words = (word for phrase in named for word in re.findall("[a-z]+", phrase.lower()))
    return tuple(dict.fromkeys(word for word in words if len(word) >= shortest))
