"""What sentences say: quantities, slots, the guard over them, and facts learned from statements."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellness.memory.facts import learn, lexicon, parse_slots, same_meaning
from wellness.memory.facts import quantities as q
from wellness.memory.facts.phrases import listed
from wellness.memory.kinds import MemoryKind

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)  # a Wednesday

# --- quantities -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("82 kg", ["82 kg"]),
        ("82.5 kilos", ["82.5 kg"]),
        ("180 lb", ["81.65 kg"]),
        ("10,000 steps", ["10000"]),
        ("10k steps", ["10000"]),
        ("10 k", ["10000"]),
        ("ten thousand steps", ["10000"]),
        ("twenty-five minutes", ["1500 s"]),
        ("a hundred and fifty grams", ["0.15 kg"]),
        ("half an hour", ["1800 s"]),
        ("an hour", ["3600 s"]),
        ("two and a half hours", ["9000 s"]),
        ("an hour and a half", ["5400 s"]),
        ("7 hours 30 minutes", ["27000 s"]),
        ("7 hours and 30 minutes", ["27000 s"]),
        ("5 feet 10 inches", ["1.778 m"]),
        ("58 bpm", ["58 count/min"]),
        ("97%", ["0.97 %"]),
        ("97 percent", ["0.97 %"]),
        ("5 km and 3 km", ["5000 m", "3000 m"]),
        ("3 miles", ["4828 m"]),
        ("twice", ["2 times"]),
        ("three times", ["3 times"]),
        ("at 6:30", ["06:30"]),
        ("at 6:30 pm", ["18:30"]),
        ("at 12 am", ["00:00"]),
        ("at 7 p.m.", ["19:00"]),
        ("at 25:70", ["25", "70"]),
        ("a run", []),
        ("one", ["1"]),
        ("someone", []),
        ("v2max", []),
    ],
)
def test_quantities(text: str, found: list[str]) -> None:
    assert [str(quantity) for quantity, _, _ in q.find(text)] == found


@settings(deadline=None)
@given(st.text())
def test_quantities_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    spans = [(start, end) for _, start, end in q.find(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


# --- the lexicon ----------------------------------------------------------------------------------


def test_no_phrase_has_two_meanings() -> None:
    seen: dict[str, str] = {}
    tables = (
        lexicon.METRIC_WORDS, lexicon.AGGREGATIONS, lexicon.ACTIVITIES, lexicon.CONCEPTS,
        lexicon.WORDS, lexicon.NEGATIONS, lexicon.RELATIONS, lexicon.JOINS,
        {"filler": lexicon.FILLERS, "end": lexicon.CLAUSE_ENDS},
    )  # fmt: skip
    for table in tables:
        for name, line in table.items():
            for phrase in listed(line):
                assert seen.setdefault(phrase, name) == name, phrase


# --- slots ----------------------------------------------------------------------------------------


def test_a_question_in_slots() -> None:
    slots = parse_slots("How many steps did I take yesterday?", now=NOW, zone=HOME)
    start = datetime(2026, 9, 29, tzinfo=HOME)
    assert (slots.metric, slots.aggregation, slots.asks) == ("StepCount", "sum", True)
    assert slots.periods == ((int(start.timestamp()), int(start.timestamp()) + 86_400),)
    assert (slots.words, slots.concepts, slots.quantities) == ((), (), ())


def test_a_statement_in_slots() -> None:
    slots = parse_slots(
        "I don't want to weigh more than 180 lb, but I like tea.", now=NOW, zone=HOME
    )
    assert [str(one) for one in slots.quantities] == ["81.65 kg"]
    assert not slots.polarity
    assert not slots.asks
    assert slots.words == ("tea",), "the negation ends with its clause"


@pytest.mark.parametrize(
    "text", ["", "?", "And last week?", "why?", "How about today?", "and yesterday", "Is it good?"]
)
def test_what_needs_its_context_is_not_self_contained(text: str) -> None:
    assert not parse_slots(text, now=NOW, zone=HOME).self_contained


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse_slots("steps", now=datetime(2026, 1, 1), zone=HOME)


words = st.lists(
    st.sampled_from(
        ["I", "not", "no", "run", "steps", "5 km", "yesterday", "last week", "before", "than",
         "but", "my", "goal", ",", "?", "hate", "stop", "over", "average", "peanuts",
         "'d", "how many"]
    )
).map(" ".join)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(), words))
def test_any_text_agrees_with_itself(text: str) -> None:
    assert same_meaning(text, text, now=NOW, zone=HOME)
    learn(text, now=NOW, zone=HOME)


@settings(deadline=None)
@given(words, words)
def test_agreement_is_mutual_and_is_equality_of_signatures(a: str, b: str) -> None:
    agreement = same_meaning(a, b, now=NOW, zone=HOME)
    assert bool(agreement) == bool(same_meaning(b, a, now=NOW, zone=HOME))
    one, other = (parse_slots(text, now=NOW, zone=HOME).signature() for text in (a, b))
    assert bool(agreement) == (one == other)
    assert agreement.agrees or agreement.reason


# --- the guard: pairs of its own; data/guard_pairs.json is what it is judged on -------------------


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("steps yesterday?", "my step count yesterday?"),
        ("steps yesterday?", "How many steps did I take on 29 September?"),
        ("prefers morning workouts", "likes to exercise in the morning"),
        ("my goal weight?", "the weight I am aiming for"),
        ("What was my step total last week?", "How many steps did I do last week?"),
        ("What was my average heart rate last week?", "Tell me my mean pulse for last week"),
        ("How long did I sleep last night?", "How many hours of sleep did I get last night?"),
        ("I'm allergic to peanuts", "I have a peanut allergy"),
        ("I am not allergic to peanuts", "I don't have a peanut allergy"),
        ("I want to weigh 75 kg", "My goal weight is 75 kilos"),
        ("My goal is 10,000 steps a day", "I'm aiming for 10k steps every day"),
        ("I don't like running", "I hate running"),
        ("I stopped eating meat", "I no longer eat meat"),
        ("I usually run before breakfast", "Before breakfast I usually go for a run"),
        ("Average steps per day this month", "What's my daily step average this month?"),
        ("Did my weight go up in August?", "Did my weight increase in August?"),
        ("how often did I work out in March?", "How many times did I exercise in March?"),
        ("I wake up at 6:30 am", "I get up at 6:30"),
        ("my weight is 180 lb", "my weight is 81.65 kg"),
    ],
)
def test_the_same_in_other_words(a: str, b: str) -> None:
    assert same_meaning(a, b, now=NOW, zone=HOME).reason == ""


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("I'm allergic to peanuts", "I'm not allergic to peanuts", "one negates"),
        ("steps yesterday?", "steps today?", "periods differ: Tue 29 Sep 2026; Wed 30 Sep 2026"),
        ("workouts this month?", "workouts last month?", "periods differ"),
        ("resting HR 58 on 3 Mar", "resting HR 72 on 4 Mar", "periods differ"),
        ("I weigh 82 kg", "I weigh 78 kg", "quantities differ: 82 kg; 78 kg"),
        ("average HR last week", "max HR last week", "aggregation differs: average; maximum"),
        ("heart rate last week", "resting heart rate last week", "metrics differ"),
        ("I like running, not cycling", "I like cycling, not running", "activities differ"),
        ("I prefer running to cycling", "I prefer cycling to running", "activities differ"),
        ("from 80 kg to 75 kg", "from 75 kg to 80 kg", "quantities differ"),
        ("I run before breakfast", "I run after breakfast", "concepts differ"),
        ("My wife weighs 70 kg", "I weigh 70 kg", "words differ: wife; none"),
        ("I usually run", "I sometimes run", "concepts differ"),
        ("What is my weight?", "What is my goal weight?", "one is about a goal"),
        ("3 runs and 2 swims", "3 swims and 2 runs", "activities differ"),
        ("I ran 5 km and cycled", "I cycled 5 km and ran", "activities differ"),
        ("Ben beat Ann", "Ann beat Ben", "words differ: ben, ann; ann, ben"),
        ("I ran 5 km", "I ran 5 miles", "quantities differ: 5000 m; 8047 m"),
        ("at least 8 hours of sleep", "at most 8 hours of sleep", "concepts differ"),
        ("I run", "Do I run?", "one asks, the other states"),
        ("What workouts did I do?", "How many workouts did I do?", "aggregation differs"),
    ],
)
def test_near_but_not_the_same(a: str, b: str, reason: str) -> None:
    assert same_meaning(a, b, now=NOW, zone=HOME).reason.startswith(reason)


def test_yesterday_moves() -> None:
    asked = "How many steps did I take yesterday?"
    later = datetime(2026, 10, 1, 9, tzinfo=HOME)
    one, other = (parse_slots(asked, now=now, zone=HOME) for now in (NOW, later))
    assert one.signature() != other.signature()


# --- statements -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("My goal weight is 165 lb.", [("goal", "goal: BodyMass")]),
        ("I want to weigh 75 kg by June", [("goal", "goal: BodyMass")]),
        ("I'm aiming for 10k steps a day.", [("goal", "goal: StepCount per day")]),
        ("I want to lose 5 kg", [("goal", "")]),
        ("I prefer morning workouts", [("preference", "preference: workout")]),
        ("I prefer to exercise in the evening now", [("preference", "preference: workout")]),
        ("I usually run in the morning", [("pattern", "habit: run")]),
        ("I run three times a week", [("pattern", "habit: run")]),
        ("I'm allergic to peanuts", [("fact", "allergy: peanut")]),
        ("I don't have a peanut allergy any more", [("fact", "allergy: peanut")]),
        ("I weigh 82 kg", [("fact", "BodyMass")]),
        ("My resting heart rate was 58 on 3 March", [("event", "")]),
        ("I live in Boston", [("fact", "where I live")]),
        ("My physio is Dr Okonkwo", [("fact", "my physio")]),
        ("I stopped eating meat", [("fact", "habit: eat meat")]),
        ("I like tea but I hate coffee",
         [("preference", "preference: tea"), ("preference", "preference: coffee")]),
        ("I sprained my ankle in June.", [("event", "")]),
        ("What is my goal weight?", []),
        ("Do I like tea?", []),
        ("Thanks, that helps.", []),
        ("Peanuts are legumes.", []),
    ],
)  # fmt: skip
def test_what_is_learned(text: str, facts: list[tuple[str, str]]) -> None:
    found = learn(text, now=NOW, zone=HOME, source="t1")
    assert [(fact.kind.value, fact.subject) for fact in found] == facts
    assert all(fact.source == "t1" and fact.signature for fact in found)


def test_a_dated_event_holds_since_its_date() -> None:
    (event,) = learn("I sprained my ankle on 12 June 2026.", now=NOW, zone=HOME)
    assert event.kind is MemoryKind.EVENT
    assert event.since == int(datetime(2026, 6, 12, tzinfo=HOME).timestamp())
    assert event.at == int(NOW.timestamp())
    (weight,) = learn("I weighed 82 kg on Monday", now=NOW, zone=HOME)
    assert weight.since < weight.at


def test_another_value_is_the_same_subject_and_another_signature() -> None:
    facts = [
        learn(text, now=NOW, zone=HOME)[0]
        for text in (
            "My goal weight is 165 lb",
            "My target weight is 70 kg",
            "I want to weigh 70 kg",
        )
    ]
    assert len({fact.subject for fact in facts}) == 1
    assert [fact.signature == facts[1].signature for fact in facts] == [False, True, True]


def test_zones_decide_the_day() -> None:
    at = datetime(2026, 5, 13, 2, tzinfo=UTC)
    here, there = (
        parse_slots("steps today", now=at, zone=ZoneInfo(name)) for name in ("UTC", "US/Pacific")
    )
    assert here.periods != there.periods
