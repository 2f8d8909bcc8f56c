"""The guard on themes that no labelled pair has: what it must take for the same, and may not."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from itertools import combinations, product
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from wellness.memory.facts import Slots, parse_slots, same_meaning

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)  # a Wednesday


class Theme(NamedTuple):
    """Sentences of one meaning, and others that differ from it in one thing each."""

    same: tuple[str, ...]
    others: tuple[str, ...]


THEMES = (
    Theme(
        ("How much REM sleep did I average last week?", "What was my average REM sleep last week?",
         "Average REM sleep per night last week?"),
        ("How much deep sleep did I average last week?",
         "How much REM sleep did I get in total last week?",
         "How much REM sleep did I average this week?"),
    ),
    Theme(
        ("What's my VO2 max?", "What is my current VO2 max?", "How high is my VO2 max right now?"),
        ("What's my brother's VO2 max?", "What was my VO2 max last year?", "What is VO2 max?"),
    ),
    Theme(
        ("What's the least I weighed this year?", "What was my lowest weight this year?",
         "Minimum weight this year?"),
        ("What's the most I weighed this year?", "What was my lowest weight last year?",
         "What was my average weight this year?"),
    ),
    Theme(
        ("How long was I awake last night?", "How much time did I spend awake last night?",
         "For how long was I awake last night?"),
        ("How long was I asleep last night?", "How long was I awake on Monday night?"),
    ),
    Theme(
        ("How many kilometres did I row in June?", "How far did I row in June, in kilometres?",
         "Kilometres rowed in June?"),
        ("How many miles did I row in June?", "How many kilometres did I row in July?"),
    ),
    Theme(
        ("Was my skin temperature higher in July than in August?",
         "Compared to August, was my skin temperature higher in July?"),
        ("Was my skin temperature higher in August than in July?",
         "Was my skin temperature lower in July than in August?"),
    ),
    Theme(
        ("Which medications do I take?", "What medicines am I taking?", "What medication am I on?"),
        ("Which medications does my mother take?", "Which supplements do I take?",
         "How many medications do I take?"),
    ),
    Theme(
        ("I never eat after 8 pm.", "I don't eat after eight in the evening.",
         "After 20:00 I don't eat."),
        ("I never eat after 9 pm.", "I never eat before 8 pm.", "I eat after 8 pm.",
         "I never eat after 8 am."),
    ),
    Theme(
        ("My surfing coach is called Ingrid.", "My surfing coach's name is Ingrid.",
         "Ingrid is my surfing coach."),
        ("My surfing coach is called Astrid.", "My skiing coach is called Ingrid.",
         "Ingrid was my surfing coach.", "My surfing coach called Ingrid."),
    ),
    Theme(
        ("I play tennis every Saturday.", "Every Saturday I play tennis.",
         "On Saturdays I play tennis."),
        ("I play tennis every other Saturday.", "I play squash every Saturday.",
         "I play tennis every Sunday.", "I played tennis on Saturday."),
    ),
    Theme(
        ("I'm on a low-carb diet.", "I follow a low-carb diet.", "I eat low-carb."),
        ("I'm on a low-fat diet.", "I'm no longer on a low-carb diet.",
         "I was on a low-carb diet."),
    ),
    Theme(
        ("I shouldn't jump rope for more than ten minutes.",
         "I must not jump rope for more than 10 minutes."),
        ("I shouldn't jump rope for more than twenty minutes.",
         "I don't need to jump rope for more than ten minutes."),
    ),
    Theme(
        ("I take metformin twice a day.", "Twice a day I take metformin.",
         "I'm on metformin, twice daily."),
        ("I take metformin three times a day.", "I take insulin twice a day.",
         "I stopped taking metformin.", "I might take metformin twice a day."),
    ),
    Theme(
        ("Spicy food gives me heartburn.", "I get heartburn from spicy food.",
         "Spicy food causes me heartburn."),
        ("Heartburn gives me spicy food.", "Spicy food doesn't give me heartburn.",
         "Garlic gives me heartburn."),
    ),
    Theme(
        ("My maximum heart rate is 188.", "My max heart rate is 188 bpm.",
         "My highest heart rate is 188 beats per minute."),
        ("My maximum heart rate is 178.", "My resting heart rate is 188.",
         "My maximum heart rate was 188."),
    ),
    Theme(
        ("I take the stairs instead of the lift.", "Instead of the lift I take the stairs.",
         "I use the stairs rather than the lift."),
        ("I take the lift instead of the stairs.",
         "Sometimes I take the stairs instead of the lift."),
    ),
)  # fmt: skip
# Words that make another meaning of any sentence in which one takes the place of the other.
SWAPS = (
    ("highest", "lowest"), ("higher", "lower"), ("least", "most"), ("average", "maximum"),
    ("before", "after"), ("June", "July"), ("last", "this"), ("every", "every other"),
    ("my", "my son's"), ("twice", "once"), ("How long", "How often"), ("How many", "How long"),
    ("kilometres", "miles"), ("pm", "am"), ("I take", "I used to take"), ("never", "sometimes"),
    ("I eat", "I cook"), ("is", "was"), ("Which", "How many"), ("on", "off"),
    ("Saturday", "Friday"),
)  # fmt: skip


@cache
def said(text: str) -> Slots:
    return parse_slots(text, now=NOW, zone=HOME)


def agrees(a: str, b: str) -> bool:
    return said(a) == said(b)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.same[0])
def test_paraphrases_are_one(theme: Theme) -> None:
    for a, b in combinations(theme.same, 2):
        assert same_meaning(a, b, now=NOW, zone=HOME).reason == ""


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.same[0])
def test_contrasts_are_not(theme: Theme) -> None:
    for a, b in product(theme.same, theme.others):
        assert not agrees(a, b), (a, b)
    for a, b in combinations(theme.others, 2):
        assert not agrees(a, b), (a, b)


def test_themes_share_nothing() -> None:
    for one, other in combinations(THEMES, 2):
        for a, b in product(one.same + one.others, other.same + other.others):
            assert not agrees(a, b), (a, b)


@pytest.mark.parametrize(("word", "instead"), [*SWAPS, *((b, a) for a, b in SWAPS)])
def test_another_word_is_another_meaning(word: str, instead: str) -> None:
    for text in (text for theme in THEMES for text in theme.same):
        other = re.sub(rf"\b{word}\b(?! other)", instead, text, count=1)
        if word in ("is", "was") and not text.startswith("My"):
            continue  # of what was measured, the period tells the time
        assert other == text or not agrees(text, other), (text, other)
