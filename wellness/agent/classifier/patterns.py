"""Tables of phrases as regular expressions: one line after the other, alternatives between bars."""

from __future__ import annotations

import re

# Indentation is by fours; what a line has beyond that is meant.
INDENTATION = re.compile(r"\n(?: {4})*")


def joined(text: str) -> str:
    """A pattern without its line breaks and the indentation after them.

    >>> joined('''how (?:many|
    ...     often)|what''')
    'how (?:many|often)|what'
    """
    return INDENTATION.sub("", text.strip())


def word_set(table: str) -> frozenset[str]:
    """The words of a table.

    >>> sorted(word_set("one two"))
    ['one', 'two']
    """
    return frozenset(table.split())


def words(*tables: str) -> re.Pattern[str]:
    """Any of the phrases, as whole words.

    >>> words("steps?|more than").findall("more than ten steps, footstep")
    ['more than', 'steps']
    """
    return re.compile("|".join(rf"\b(?:{joined(table)})\b" for table in tables))


def anywhere(*tables: str) -> re.Pattern[str]:
    """Any of the patterns as they are."""
    return re.compile("|".join(f"(?:{joined(table)})" for table in tables))
