"""Known phrases: the tables of the lexicon as one, and the longest phrase at a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from wellness.health.catalogue import METRICS
from wellness.memory.facts import lexicon, quantities
from wellness.memory.facts.inflection import lemma

METRIC, AGGREGATION, ACTIVITY, CONCEPT = "metric", "aggregation", "activity", "concept"
NEGATION, RELATION, FILLER, END, WORD = "negation", "relation", "filler", "end", "word"
VAGUE = ("exercise", "walking distance")  # names of the catalogue that say more than one thing


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
            if name not in VAGUE:
                yield name, Meaning(METRIC, metric.name)
    tables = (
        (METRIC, lexicon.METRIC_WORDS), (AGGREGATION, lexicon.AGGREGATIONS),
        (ACTIVITY, lexicon.ACTIVITIES),
        (CONCEPT, lexicon.CONCEPTS), (WORD, lexicon.WORDS),
        (NEGATION, lexicon.NEGATIONS), (RELATION, lexicon.RELATIONS),
        (FILLER, {"": lexicon.FILLERS, **lexicon.JOINS}), (END, {"": lexicon.CLAUSE_ENDS}),
    )  # fmt: skip
    for unit in ("kg", "lb", "km", "mi", "cm", "mL"):  # without a number: "in kilos"
        for word in quantities.SPOKEN_UNITS[unit].split():
            yield word, Meaning(CONCEPT, unit)
    for kind, table in tables:
        for name, line in table.items():
            for phrase in listed(line):
                yield phrase, Meaning(kind, name)


def _by_lemma(phrases: dict[str, Meaning]) -> dict[str, Meaning]:
    """Phrases of base forms; what would then have two meanings is left out."""
    found: dict[str, Meaning] = {}
    doubtful = set[str]()
    for phrase, meaning in phrases.items():
        if meaning.kind == FILLER and " " in phrase:
            continue  # "tell me" opens a question, "my coach tells me" does not
        base = " ".join(map(lemma, phrase.split()))
        if found.setdefault(base, meaning) != meaning and phrases.get(base) != found[base]:
            doubtful.add(base)
    return {base: meaning for base, meaning in found.items() if base not in doubtful}


PHRASES: dict[str, Meaning] = dict(_entries())
BASES = _by_lemma(PHRASES)
LONGEST: dict[str, int] = {}  # by the first word, in its base form: how long a phrase may be
for _phrase in (*PHRASES, *BASES):
    _first, *_rest = _phrase.split()
    LONGEST[lemma(_first)] = max(LONGEST.get(lemma(_first), 1), 1 + len(_rest))


def read(words: Sequence[str], at: int) -> tuple[Meaning, int]:
    """What the longest known phrase at a place means, and of how many words it is.

    >>> read("how many times did i run".split(), 0)
    (Meaning(kind='aggregation', name='count'), 3)
    >>> read("went out for a run".split(), 0), read(["gherkins"], 0)
    ((Meaning(kind='activity', name='run'), 5), (Meaning(kind='word', name='gherkin'), 1))
    """
    base = lemma(words[at])
    for length in range(min(LONGEST.get(base, 1), len(words) - at), 0, -1):
        part = words[at : at + length]
        if found := PHRASES.get(" ".join(part)) or BASES.get(" ".join(map(lemma, part))):
            return found, length
    return Meaning(WORD, base), 1
