"""The parser's rules one by one, and the kinds of false hits that they must not let through."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.memory.facts import clocks, lexicon, parse_slots, phrases, quantities, same_meaning
from wellness.memory.facts.inflection import is_past, lemma
from wellness.memory.facts.phrases import Meaning
from wellness.memory.facts.tense import told_as_past
from wellness.memory.facts.wording import worded

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)  # a Wednesday


# --- words ----------------------------------------------------------------------------------------

VERBS = """
skip skips skipped skipping | bake bakes baked baking | travel travels travelled travelling
control controls controlled controlling | call calls called calling | cycle cycles cycled cycling
exercise exercised exercising | increase increases increased | change changed changing
breathe breathes breathed breathing | injure injured injuring | monitor monitored monitoring
prescribe prescribed prescribing | decide decided deciding | avoid avoided avoiding
hurry hurries hurried hurrying | stretch stretches stretched stretching | relax relaxed relaxing
write wrote written writing | eat ate eaten eating | sleep slept sleeping | feed fed feeding
repair repaired repairing | measure measured measuring | create created creating | use used using
"""


@pytest.mark.parametrize("row", VERBS.replace("\n", "|").strip("|").split("|"))
def test_forms_of_a_verb_have_one_base(row: str) -> None:
    base, *forms = row.split()
    assert {lemma(form) for form in forms} == {lemma(base)} == {base}


@pytest.mark.parametrize(
    ("word", "base"),
    [("allergies", "allergy"), ("potatoes", "potato"), ("peaches", "peach"), ("knives", "knife"),
     ("headaches", "headache"), ("children", "child"), ("boxes", "box"), ("servings", "serve")],
)  # fmt: skip
def test_plurals(word: str, base: str) -> None:
    assert lemma(word) == base


@pytest.mark.parametrize(
    "word", ["left", "need", "glass", "diabetes", "news", "bus", "physio", "thing", "bring", "red"]
)
def test_words_that_only_look_inflected(word: str) -> None:
    assert lemma(word) == word
    assert not is_past(word)


@settings(deadline=None)
@given(st.text(st.characters(categories=["Ll"]), max_size=20))
def test_a_base_is_found_for_any_word(word: str) -> None:
    assert lemma(word) or not word


# --- the lexicon ----------------------------------------------------------------------------------


def test_forms_of_a_phrase_are_known_by_their_bases() -> None:
    run = Meaning(phrases.ACTIVITY, "run")
    assert phrases.read(["she", "goes", "for", "a", "jog"], 1) == (run, 4)
    assert phrases.read(["went", "out", "running"], 0) == (run, 3)


def test_an_opening_is_none_in_another_form() -> None:
    assert phrases.read(["tell", "me"], 0)[0].kind == phrases.FILLER
    assert phrases.read(["tells", "me"], 0)[0] == Meaning(phrases.WORD, "tell")


def test_a_listed_phrase_is_found_as_it_is_listed() -> None:
    for table, kind in ((lexicon.WORDS, phrases.WORD), (lexicon.CONCEPTS, phrases.CONCEPT)):
        for name, line in table.items():
            for phrase in phrases.listed(line):
                words = phrase.split()
                assert phrases.read(words, 0) == (Meaning(kind, name), len(words)), phrase


# --- numbers and times ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sixteen hours", ["57600 s"]),
        ("at half past ten in the evening", ["22:30"]),
        ("a quarter to seven", ["06:45"]),
        ("at ten thirty pm", ["22:30"]),
        ("six o'clock in the evening", ["18:00"]),
        ("12 at night", ["00:00"]),
        ("noon or midnight", ["12:00", "00:00"]),
        ("at 7, every day", ["07:00"]),
        ("at 7 kg", ["7 kg"]),
        ("7h30", ["27000 s"]),
        ("5'10\"", ["1.778 m"]),
        ("11 stone 4", ["71.66 kg"]),
        ("three quarters of an hour", ["2700 s"]),
        ("58 beats per minute", ["58 count/min"]),
        ("5.5 mmol/l", ["99.09 mg/dL"]),
        ("my 5k time", ["5000"]),
    ],
)
def test_quantities(text: str, found: list[str]) -> None:
    assert [str(quantity) for quantity, _, _ in quantities.find(text)] == found


def test_a_range_has_one_unit() -> None:
    for text in ("7 to 8 hours", "7-8 hours", "seven or eight hours"):
        found = [str(one) for one, _, _ in quantities.find(text, ranges=True)]
        assert found == ["25200 s", "28800 s"]


@pytest.mark.parametrize(
    ("minutes", "said", "meant"),
    [(630, "10:30", 1350), (630, "10:30 am", 630), (630, "half past ten", 1350), (60, "1:00", 60)],
)
def test_the_evening_has_late_hours(minutes: int, said: str, meant: int) -> None:
    assert clocks.evening(minutes, said) == meant


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("My pulse is 60", "60 count/min"),
        ("My oxygen is 97", "0.97 %"),
        ("I ran a 5k", "5000 m"),
        ("My goal is 5k steps", "5000"),
        ("I go to bed around eleven", "23:00"),
        ("I get up at six", "06:00"),
    ],
)
def test_a_unit_may_go_without_saying(text: str, shown: str) -> None:
    assert [str(one) for one in parse_slots(text, now=NOW, zone=HOME).quantities] == [shown]


# --- wording and tense ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("When I run my knee hurts.", "my knee hurts when i run."),
        ("Because of my knee I can't run.", "i can not run because of my knee."),
        ("In June, did I run?", "did i run in june?"),
        ("When I sleep on my back I snore", "i snore when i sleep on my back"),
        ("I don't smoke any more", "i no longer smoke"),
        ("I get headaches from wine", "wine cause me headaches"),
        ("How high did my pulse go?", "what maximum did my pulse go?"),
        ("My doctor said I should rest", "my doctor told me to rest"),
    ],
)
def test_one_wording(text: str, said: str) -> None:
    assert worded(text)[0] == said


@pytest.mark.parametrize(
    ("text", "past"),
    [("i had asthma", True), ("i have asthma", False), ("i am tired", False),
     ("i sprained it", True), ("my knee has healed", True), ("i have lived here", False),
     ("i am left-handed", False)],
)  # fmt: skip
def test_tense(text: str, past: bool) -> None:
    assert told_as_past(text.split()) == past


# --- what may never agree -------------------------------------------------------------------------

FALSE_FRIENDS = """
I can't take penicillin | I don't take penicillin
I don't always eat lunch | I never eat lunch
I don't need to run | I shouldn't run
I don't dislike running | I dislike running
I never run without music | I never run with music
I get headaches when I don't drink water | I don't get headaches when I drink water
I had asthma | I have asthma
I want to stop smoking | I wanted to stop smoking
I have a race on Sunday | I had a race on Sunday
My knee has healed | My knee is healing
I walk to work | I walk at work
I ran for 30 minutes | I ran within 30 minutes
My trainer likes me | I like my trainer
My doctor called | I called my doctor
My trainer's doctor is Ann | My doctor's trainer is Ann
Who gave me the exercises? | Who did I give the exercises to?
Who do I run with? | Who do I run without?
Stress causes headaches | Headaches cause stress
Running improves my sleep | Sleep improves my running
Did I sleep more than last week? | Did I sleep last week?
Did I take in more calories on Monday? | Did I burn more calories on Monday?
How many hours did I sleep? | How many minutes did I sleep?
How did I sleep last night? | How long did I sleep last night?
How many steps did I take? | How many steps do I take?
What is HRV? | What is my HRV?
What does VO2 max mean? | What is my VO2 max?
What's my favourite sport? | What sports do I like?
What is my goal weight? | What was my goal weight?
What's my record for steps? | What are my steps?
I run even if my knee hurts | I run if my knee hurts
I drink tea and coffee | I drink tea or coffee
I eat eggs for lunch and oats for tea | I eat oats for lunch and eggs for tea
My left knee and right ankle hurt | My right knee and left ankle hurt
I hate running on the track | I hate running
"""


@pytest.mark.parametrize("row", FALSE_FRIENDS.strip().splitlines())
def test_false_friends(row: str) -> None:
    a, b = row.split(" | ")
    assert not same_meaning(a, b, now=NOW, zone=HOME)
