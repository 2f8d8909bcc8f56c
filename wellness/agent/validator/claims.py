"""What a text says with each of its numbers: a value, a unit, and what it is about.

>>> from datetime import UTC, datetime
>>> from zoneinfo import ZoneInfo
>>> calendar = Calendar(datetime(2026, 9, 30, tzinfo=UTC), ZoneInfo("UTC"))
>>> for claim in read("You averaged 8,748 steps a day last week, 12 % more than in May.", calendar):
...     print(claim.amount.text, claim.about)
8,748 average, StepCount, a day, last week
12 more
"""

from __future__ import annotations

import re

from wellness.agent.validator import amounts, clauses, setting, subjects
from wellness.agent.validator.claim import Claim
from wellness.agent.validator.mentions import Calendar
from wellness.agent.validator.scope import Scope

LONGEST_TEXT = 4_000  # characters: no answer is longer, and it bounds the work
MOST_CLAIMS = 120  # numbers that are read of one text


def read(text: str, calendar: Calendar) -> list[Claim]:
    """The claims of a text, one for each of its numbers, from left to right.

    Args:
        text: at most its first `LONGEST_TEXT` characters are read.
        calendar: for the periods that it names.
    """
    plain = re.sub(r"[*_`]", " ", text[:LONGEST_TEXT])
    mentions = calendar.find(plain)
    every = amounts.find(plain)[:MOST_CLAIMS]
    skips = [setting.skip(one, plain, mentions) for one in every]
    stated = [one for one, skip in zip(every, skips, strict=True) if not skip]
    pairs = setting.pairs(stated, plain)
    whole = [(one.start, one.end) for one in mentions]
    whole += [(stated[i].start, stated[i + 1].stop) for i in pairs]
    places = [(one.start, one.stop) for one in stated]
    found = [Claim(one, skip) for one, skip in zip(every, skips, strict=True) if skip]
    of_text = subjects.find(plain)
    for number, sentence in enumerate(clauses.sentences(plain, places, whole)):
        scope = Scope(plain, sentence, number, stated, mentions, of_text)
        found += scope.claims()
    found.sort(key=lambda one: one.amount.start)
    return setting.paired(setting.asides(found, plain), pairs, stated, plain)


def read_until(text: str) -> int:
    """Where reading a text ends: at its end, unless it is too long or has too many numbers."""
    every = amounts.find(re.sub(r"[*_`]", " ", text[:LONGEST_TEXT]))
    if len(every) > MOST_CLAIMS:
        return every[MOST_CLAIMS].start
    return min(len(text), LONGEST_TEXT)
