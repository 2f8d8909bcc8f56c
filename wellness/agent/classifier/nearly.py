"""Words that only nearly name a metric, for those who know already that one is meant.

`wellness.agent.classifier.spelling` repairs what is hardly anything else. Where it is known from
elsewhere that a question is about data, a word that nobody knows may be read more freely.
"""

from __future__ import annotations

import re
from functools import lru_cache

from wellness.agent.classifier.naming import naming
from wellness.agent.classifier.spelling import DATES, KNOWN, repaired, skeleton, slipped
from wellness.agent.classifier.typed import SHORTHAND
from wellness.agent.classifier.vocabulary import METRIC

SHORTEST = 4  # letters: of shorter words too many sound alike
CONSONANTS = 3  # from which a word that sounds the same is the same
WORD = re.compile(r"[a-z]+", re.I)
NAMES = naming({METRIC}, SHORTEST)


def read_freely(text: str) -> str:
    """A text with each unknown word that sounds like one of a metric's name in that one's place.

    >>> read_freely("how meny fals in agust"), read_freely("daylite on Monday")
    ('how many falls in agust', 'daylight on Monday')
    """
    return WORD.sub(lambda match: _meant(match[0].lower()) or match[0], text)


@lru_cache(maxsize=4_096)
def _meant(word: str) -> str:
    if len(word) < SHORTEST or word in KNOWN or word in SHORTHAND:
        return ""
    hardly_else = repaired(word)
    if hardly_else in DATES:
        return ""
    if near := next((one for one in NAMES if slipped(word, one)), ""):
        return near
    sound = skeleton(word)
    if hardly_else or len(sound) < CONSONANTS:
        return ""
    return next((one for one in NAMES if one[0] == word[0] and skeleton(one) == sound), "")
