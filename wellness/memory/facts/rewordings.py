"""One wording for what English says in several: what a rule is, and what rules share.

The rules concern grammar and how people speak of amounts and times, never one sentence: what a rule
changes is the same in other words. `wellness.memory.facts.wording` applies them in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

# Patterns that several rules use.
REST = r"((?:(?!\b(?:when|if|while|because|but|and|that|before|after)\b)[^,;.!?])*?)"
COUNT = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen"
MASS = "kilos|kilograms|kgs?|pounds|lbs?"
KIN = (
    "(?:[a-z]+ )?(?:son|daughter|child|wife|husband|partner|boyfriend|girlfriend|mother|father|mum|"
    "mom|dad|brother|sister|grandmother|grandfather|baby|dog|cat)"
)
Words = str | Callable[[re.Match[str]], str]


class Rule(NamedTuple):
    """Where the key is in a text, what fits the pattern becomes the words."""

    key: str
    pattern: re.Pattern[str]
    words: Words


def rules(*rows: tuple[str, str, Words]) -> tuple[Rule, ...]:
    """Rules from their keys, patterns and words."""
    return tuple(Rule(key, re.compile(pattern), words) for key, pattern, words in rows)


def reword(text: str, rows: Iterable[Rule]) -> str:
    """A text after each rule in turn; a rule is tried only where its key stands, to save time.

    >>> reword("three or four", rules(("or", r"\\bor\\b", "to")))
    'three to four'
    """
    for key, rule, words in rows:
        if key in text:
            text = rule.sub(words, text)
    return text
