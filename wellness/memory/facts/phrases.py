"""Known phrases: the tables of the lexicon as one, and the longest phrase at a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wellness.health.catalogue import METRICS
from wellness.memory.facts import lexicon

METRIC, AGGREGATION, ACTIVITY, CONCEPT = "metric", "aggregation", "activity", "concept"
NEGATION, RELATION, FILLER, END, WORD = "negation", "relation", "filler", "end", "word"


class Meaning(NamedTuple):
    """What a phrase stands for: a name among those of its kind."""

    kind: str
    name: str


def forms(phrase: str) -> Iterator[str]:
    """A phrase, and the regular forms of a verb that is marked with `~`.

    >>> list(forms("cycle~")), list(forms("log"))
    (['cycle', 'cycles', 'cycled', 'cycling'], ['log'])
    """
    if "~" not in phrase:
        yield phrase
        return
    verb, _, rest = phrase.partition("~")
    stem = verb.removesuffix("e")
    for form in (verb, f"{verb}s", f"{stem}ed", f"{stem}ing"):
        yield form + rest


def listed(line: str) -> list[str]:
    """What stands between the bars, or line ends, of a table."""
    return [
        form for part in re.split(r"[|\n]", line) if part.strip() for form in forms(part.strip())
    ]


def _entries() -> Iterable[tuple[str, Meaning]]:
    for metric in METRICS:
        spoken = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", metric.name).lower()
        for name in (spoken, *metric.aliases):
            if name != "exercise":  # a workout, or minutes of Apple's ring: too vague for either
                yield name, Meaning(METRIC, metric.name)
    tables = (
        (METRIC, lexicon.METRIC_WORDS), (AGGREGATION, lexicon.AGGREGATIONS),
        (ACTIVITY, lexicon.ACTIVITIES),
        (CONCEPT, lexicon.CONCEPTS), (NEGATION, lexicon.NEGATIONS), (RELATION, lexicon.RELATIONS),
        (FILLER, {"": lexicon.FILLERS}), (END, {"": lexicon.CLAUSE_ENDS}),
    )  # fmt: skip
    for kind, table in tables:
        for name, line in table.items():
            for phrase in listed(line):
                yield phrase, Meaning(kind, name)


PHRASES: dict[str, Meaning] = dict(_entries())
LONGEST = max(len(phrase.split()) for phrase in PHRASES)


def read(words: list[str], at: int) -> tuple[Meaning, int]:
    """What the longest known phrase at a place means, and of how many words it is.

    >>> read("how many times did i run".split(), 0)
    (Meaning(kind='aggregation', name='count'), 3)
    >>> read(["gherkins"], 0)
    (Meaning(kind='word', name='gherkin'), 1)
    """
    for length in range(min(LONGEST, len(words) - at), 0, -1):
        if found := PHRASES.get(" ".join(words[at : at + length])):
            return found, length
    return Meaning(WORD, _singular(words[at])), 1


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word
