"""The words of wellness questions and statements, by what they mean here.

What stands in one line of a table is taken to say the same. A word that is in no table stands for
itself: not knowing a synonym costs a cache hit, a wrong one would cost the truth.

`walk~` also stands for its regular forms: walks, walked, walking. Other forms are found by
`wellness.memory.facts.inflection`, in phrases too: "went on a hike" is "go on a hike".
"""

from wellness.memory.facts.lexicon import food, habit, health, life
from wellness.memory.facts.lexicon.body import AGGREGATIONS, METRIC_WORDS
from wellness.memory.facts.lexicon.grammar import (
    CLAUSE_ENDS,
    COMPARISONS,
    DISLIKES,
    FILLERS,
    JOINS,
    NEGATIONS,
    OF_NUMBERS,
    RELATIONS,
)
from wellness.memory.facts.lexicon.sport import ACTIVITIES, GENERAL, SPORTS

CONCEPTS = {**habit.CONCEPTS, **life.CONCEPTS, **health.CONCEPTS, **food.CONCEPTS}
WORDS = {**life.WORDS, **health.WORDS, **food.WORDS, **SPORTS}

__all__ = [
    "ACTIVITIES", "AGGREGATIONS", "CLAUSE_ENDS", "COMPARISONS", "CONCEPTS", "DISLIKES", "FILLERS",
    "GENERAL", "JOINS", "METRIC_WORDS", "NEGATIONS", "OF_NUMBERS", "RELATIONS", "SPORTS", "WORDS",
]  # fmt: skip
