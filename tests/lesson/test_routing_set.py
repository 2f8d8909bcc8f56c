"""The routing set: enough of each kind, in halves that share nothing, with labels that agree."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wellness.agent.routes import INTENT_OF, Intent
from wellness.errors import LessonError, PeriodError
from wellness.health.catalogue import METRICS, SLEEP, Aggregation
from wellness.health.periods import find, parse
from wellness.lesson.kit import NOW
from wellness.lesson.routing_set import (
    FILES,
    Exchange,
    Grade,
    Half,
    RoutedQuestion,
    grade,
    load_routing_set,
)
from wellness.memory.messages import ToolCall

HALVES: tuple[Half, Half] = ("development", "held-out")
ZONE = ZoneInfo("America/New_York")
MIX = {
    "plain": 0.35, "chatty": 0.15, "misspelt": 0.10, "multi-part": 0.10, "follow-up": 0.12,
    "out of scope": 0.13, "small talk": 0.05,
}  # fmt: skip
REQUIRED: dict[str, set[str]] = {
    "search_health_records_by_metric": {"metric"},
    "aggregate_metrics": {"metric", "aggregation"},
    "compare_time_periods": {"metric", "period", "other_period"},
    "trend_analysis": {"metric"},
    "recall_memories": {"query"},
    "remember_fact": {"text"},
    "forget_memory": {"query"},
}
OPTIONAL: dict[str, set[str]] = {
    "search_health_records_by_metric": {"period"},
    "aggregate_metrics": {"period"},
    "compare_time_periods": {"aggregation"},
    "trend_analysis": {"period"},
    "search_workouts_and_activity": {"activity", "period"},
    "get_sleep_analysis": {"period"},
    "get_activity_progress": {"metric", "target", "period"},
    "list_goals": {"period"},
}
AGGREGATIONS = {"sum", "average", "minimum", "maximum", "count"}
CATALOGUE = {metric.name: metric for metric in METRICS}
PRESSURE = {"BloodPressureSystolic", "BloodPressureDiastolic"}
NAMED = re.compile(r"\b(av(e?ra?)?g|mean|daily|(per|a) day)", re.I)
EVENT = re.compile(r"(before|after|since|during) (?P<event>.+)")
PHRASES = {  # kinds of periods, as their phrases look
    "weekday": r"\b\w+day\b(?<!today)(?<!yesterday)",
    "month": r"(January|February|March|April|May|June|July|August|September)",
    "range": r"(between|from) .+ (and|to) .+",
    "since a month": r"since (January|March|June|July|August)",
    "part of a month": r"(the )?(early|mid|late|first|second)[ -].+",
    "last so many": r"(the )?(last|past) (\d+|two|three|six) \w+",
    "quarter": r"(?i:q[1-4]|(the )?(first|second) quarter)( of)?( \d{4})?|(this|last) quarter",
    "season": r"(this |last )?(spring|summer|fall|autumn|winter).*",
    "year": r"\d{4}|(this|last) year",
    "part of a day": r".+ (morning|afternoon|evening|night)",
    "a date": r"\d{4}-\d\d-\d\d|\d+ [A-Z]\w+",
    "counted back": r".*(ago|before last|before yesterday)",
}


@pytest.fixture(scope="module")
def halves() -> dict[str, list[RoutedQuestion]]:
    return {half: load_routing_set(half) for half in HALVES}


@pytest.fixture(scope="module")
def everything(halves: dict[str, list[RoutedQuestion]]) -> list[RoutedQuestion]:
    return [question for half in halves.values() for question in half]


def calls_of(question: RoutedQuestion) -> Iterator[ToolCall]:
    for some in (question.calls, *question.also):
        yield from some


def periods_of(question: RoutedQuestion) -> Iterator[str]:
    for call in calls_of(question):
        yield from (call.arguments[name] for name in ("period", "other_period")
                    if name in call.arguments)  # fmt: skip


def span(phrase: str) -> tuple[int, int] | None:
    try:
        period = parse(phrase, now=NOW, zone=ZONE)
    except PeriodError:
        return None
    return period.start_s, period.end_s


def test_now_is_that_of_the_sample() -> None:
    assert datetime(2026, 9, 30, 20, 15, tzinfo=ZONE) == NOW


# Enough of each, in both halves.


def test_there_are_enough_in_the_same_mix(halves: dict[str, list[RoutedQuestion]]) -> None:
    assert sum(map(len, halves.values())) >= 340
    development, held_out = (len(half) for half in halves.values())
    assert 150 <= held_out <= 1.05 * development
    for half in halves.values():
        kinds = Counter(question.kind for question in half)
        assert set(kinds) == set(MIX)
        for kind, part in MIX.items():
            assert abs(kinds[kind] / len(half) - part) < 0.06, (kind, kinds)


def test_every_tool_and_aggregation_is_asked_for(halves: dict[str, list[RoutedQuestion]]) -> None:
    for half in halves.values():
        tools = Counter(tool for one in half for tool in {call.name for call in one.calls})
        assert set(tools) == set(INTENT_OF)
        assert min(tools.values()) >= 8, tools
        named = Counter(
            call.arguments["aggregation"]
            for one in half for call in one.calls if call.name == "aggregate_metrics"
        )  # fmt: skip
        assert set(named) == AGGREGATIONS
        assert min(named.values()) >= 4, named
        assert {one.intent for one in half} == set(Intent)


def test_metrics_and_periods_vary(halves: dict[str, list[RoutedQuestion]]) -> None:
    for half in halves.values():
        metrics = Counter(
            call.arguments["metric"]
            for one in half for call in one.calls if "metric" in call.arguments
        )  # fmt: skip
        assert len(metrics) >= 18
        assert max(metrics.values()) <= 0.3 * metrics.total(), metrics
        phrases = {phrase.lower() for one in half for phrase in periods_of(one)}
        events = {phrase for phrase in phrases if not span(phrase)}
        assert len(phrases - events) >= 30
        assert len(events) >= 8
        spelled = {phrase for one in half for phrase in periods_of(one)}
        for name, pattern in PHRASES.items():
            assert any(re.fullmatch(pattern, phrase) for phrase in spelled), name


def test_the_classic_traps_are_there(everything: list[RoutedQuestion]) -> None:
    text = "\n".join(question.question for question in everything)
    traps = (
        "marathon", "March", "May", "may", "second", "sec", "workout", "resting", "rest",
        "see my", "(more|less|fewer) ", "hr", "forget|strike", "remember", "goal",
    )  # fmt: skip
    assert [word for word in traps if not re.search(rf"\b({word})", text)] == []
    no_question = [
        one for one in everything
        if one.intent not in (Intent.REMEMBER, Intent.FORGET) and one.calls
        and one.question.endswith(".")
    ]  # fmt: skip
    assert len(no_question) >= 6, "questions that look like statements"
    assert any(one.intent in (Intent.REMEMBER, Intent.FORGET) and "?" in one.question
               for one in everything), "statements that look like questions"  # fmt: skip


# The halves share nothing, and nothing comes twice.


def test_templates_are_of_one_half_and_have_two_to_five_questions(
    halves: dict[str, list[RoutedQuestion]],
) -> None:
    one, other = ({question.template for question in half} for half in halves.values())
    assert not one & other
    for file in FILES.values():
        templates = json.loads(file.read_text("utf-8"))["templates"]
        assert len({template["id"] for template in templates}) == len(templates) >= 50
        assert {len(template["questions"]) for template in templates} <= {2, 3, 4, 5}


def test_every_question_is_unique(everything: list[RoutedQuestion]) -> None:
    counted = Counter(
        (question.before, re.sub(r"\W+", " ", question.question.lower()).strip())
        for question in everything
    )
    assert [text for text, n in counted.items() if n > 1] == []
    alone = Counter(question.question.lower() for question in everything)
    assert [text for text, n in alone.items() if n > 1] == []


def masked(text: str) -> list[str]:
    """Its words, with one word for each period and each number."""
    for _, i, j in reversed(find(text, now=NOW, zone=ZONE)):
        text = f"{text[:i]}PERIOD{text[j:]}"
    return re.findall(r"[a-z0-9']+", re.sub(r"\d[\d,.]*", "0", text).lower())


def test_no_pattern_is_in_both_halves(halves: dict[str, list[RoutedQuestion]]) -> None:
    """However the period and the number are exchanged, no sentence becomes one of the other."""
    said = [
        {one.question for one in half} | {turn.user for one in half for turn in one.before}
        for half in halves.values()
    ]
    assert not {text.lower() for text in said[0]} & {text.lower() for text in said[1]}
    one, other = ([masked(question.question) for question in half] for half in halves.values())
    for words in one:
        for others in other:
            alike = SequenceMatcher(None, words, others, autojunk=False).ratio()
            assert words != others
            assert alike <= 0.7 or min(len(words), len(others)) < 4, (words, others)


# The labels agree with the contract, the catalogue, the calendar and the words.


def test_calls_are_those_of_the_contract(everything: list[RoutedQuestion]) -> None:
    for question in everything:
        for call in calls_of(question):
            needed, optional = REQUIRED.get(call.name, set()), OPTIONAL.get(call.name, set())
            assert needed <= set(call.arguments) <= needed | optional, question
            assert None not in call.arguments.values()
            assert call.arguments.get("aggregation", "sum") in AGGREGATIONS
            assert call.arguments.get("target", 1) > 0
            assert re.fullmatch(r"([A-Z][a-z]+)+", call.arguments.get("activity", "Running"))
            assert "" not in call.arguments.values()


def test_kinds_say_what_the_labels_say(everything: list[RoutedQuestion]) -> None:
    for question in everything:
        assert bool(question.before) == (question.kind == "follow-up"), question
        if question.kind in ("out of scope", "small talk"):
            assert question.intent == question.kind.replace(" ", "_"), question
        elif question.kind != "follow-up":
            assert question.calls, question
        pressure = {call.arguments.get("metric") for call in question.calls} == PRESSURE
        assert (len(question.calls) > 1) == (question.kind == "multi-part" or pressure), question


def test_other_readings_are_few_and_differ(everything: list[RoutedQuestion]) -> None:
    assert sum(bool(question.also) for question in everything) < 0.08 * len(everything)
    for question in everything:
        for other in question.also:
            assert other
            assert question.calls
            assert other != question.calls


def test_metrics_are_in_the_catalogue_and_add_up_as_it_says(
    everything: list[RoutedQuestion],
) -> None:
    for question in everything:
        for call in calls_of(question):
            if "metric" not in call.arguments:
                continue
            metric = CATALOGUE[call.arguments["metric"]]
            if call.name != "aggregate_metrics":
                continue
            how, cumulative = call.arguments["aggregation"], metric.aggregation is Aggregation.SUM
            assert metric.type != SLEEP
            assert how != "sum" or cumulative, question
            if how == "average" and cumulative:
                said = " ".join([question.question, *(turn.user for turn in question.before)])
                assert NAMED.search(said), question


def test_a_comparison_has_an_aggregation_only_if_one_is_named(
    everything: list[RoutedQuestion],
) -> None:
    named = {"average": "average", "maximum": r"(?i)(?<!VO2 )\b(max|best)\b"}
    for question in everything:
        for call in calls_of(question):
            if call.name == "compare_time_periods":
                how = call.arguments.get("aggregation")
                words = [one for one, said in named.items() if re.search(said, question.question)]
                assert words == ([how] if how else []), question
                both = call.arguments["period"], call.arguments["other_period"]
                assert both[0] != both[1]


def test_period_phrases_parse_or_name_an_event(everything: list[RoutedQuestion]) -> None:
    for question in everything:
        said = " ".join([*(turn.user for turn in question.before), question.question]).lower()
        for phrase in periods_of(question):
            if span(phrase) is None:
                event = EVENT.fullmatch(phrase)
                assert event, question
                assert event["event"].lower() in said, question
            elif question.kind in ("plain", "chatty"):
                assert phrase.lower() in said, question


def test_no_period_that_is_named_is_left_out(everything: list[RoutedQuestion]) -> None:
    """What the kit's reader of periods finds in a correct question is in the label too.

    It is no judge of the labels, so it may disagree twice in a hundred times.
    """
    asked, doubts = 0, []
    for question in everything:
        free = any({"query", "text"} & set(call.arguments) for call in question.calls)
        if question.calls and question.kind in ("plain", "multi-part") and not free:
            found = find(question.question, now=NOW, zone=ZONE)
            named = {span(phrase) for phrase in periods_of(question)}
            asked += 1
            if not {(period.start_s, period.end_s) for period, _, _ in found} <= named:
                doubts.append(question)
    assert len(doubts) <= 0.02 * asked, doubts


def test_targets_stand_in_the_question(everything: list[RoutedQuestion]) -> None:
    for question in everything:
        said = " ".join([question.question, *(turn.assistant for turn in question.before)])
        for call in calls_of(question):
            if target := call.arguments.get("target"):
                assert str(target) in said.replace(",", ""), question


def test_misspelt_questions_are_misspelt_and_others_are_not_shouted(
    everything: list[RoutedQuestion],
) -> None:
    for question in everything:
        text = question.question
        assert text == " ".join(text.split())
        assert text != text.upper()
        assert len(text) <= 160
        if question.kind == "misspelt":
            assert text[0].islower(), question
        if question.kind == "chatty":
            assert len(text.split()) >= 10, question


def test_the_file_shows_one_question_a_line(halves: dict[str, list[RoutedQuestion]]) -> None:
    for half, file in FILES.items():
        lines = file.read_text("utf-8").splitlines()
        assert sum('"question": ' in line for line in lines) == len(halves[half])


# What a file has to be.


@pytest.fixture
def row() -> dict[str, Any]:
    return {
        "kind": "follow-up", "question": "And in March?",
        "before": [{"user": "Steps in May?", "assistant": "212,004 steps."}],
        "intent": "aggregate",
        "calls": [{"tool": "aggregate_metrics",
                   "arguments": {"metric": "StepCount", "aggregation": "sum", "period": "March"}}],
    }  # fmt: skip


def written(path: Path, row: object) -> Path:
    path.write_text(json.dumps({"templates": [{"id": "then", "questions": [row]}]}), "utf-8")
    return path


def test_a_file_is_read_as_it_is_written(tmp_path: Path, row: dict[str, Any]) -> None:
    row["also"] = [[{"tool": "list_goals", "arguments": {}}]]
    (question,) = load_routing_set("development", written(tmp_path / "set.json", row))
    assert question == RoutedQuestion(
        "then", "follow-up", "And in March?", (Exchange("Steps in May?", "212,004 steps."),),
        Intent.AGGREGATE,
        (ToolCall("aggregate_metrics",
                  {"metric": "StepCount", "aggregation": "sum", "period": "March"}),),
        ((ToolCall("list_goals"),),),
    )  # fmt: skip


def test_what_was_said_before_comes_as_turns(tmp_path: Path, row: dict[str, Any]) -> None:
    row["before"].append({"user": "And in April?", "assistant": "198,310 steps."})
    (question,) = load_routing_set("development", written(tmp_path / "set.json", row))
    first, last = question.turns(now=NOW)
    assert [message.role for message in first.messages] == ["user", "assistant"]
    assert [message.content for message in last.messages] == ["And in April?", "198,310 steps."]
    assert first.id != last.id
    ago = [NOW - datetime.fromtimestamp(turn.at / 1000, ZONE) for turn in (first, last)]
    assert ago == [timedelta(minutes=2), timedelta(minutes=1)]


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "hard"), ("intent", "weather"), ("intent", "trend"), ("intent", "small_talk"),
     ("calls", []), ("calls", [{"tool": "aggregate_metrics"}]), ("question", None),
     ("calls", [{"tool": "weather", "arguments": {}}]), ("before", [{"user": "Hi"}])],
)  # fmt: skip
def test_what_is_no_routing_set_is_refused(
    tmp_path: Path, row: dict[str, Any], name: str, value: object
) -> None:
    if value is None:
        del row[name]
    else:
        row[name] = value
    with pytest.raises(LessonError, match="no routing set"):
        load_routing_set("development", written(tmp_path / "set.json", row))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"no routing set in .*gone\.json"):
        load_routing_set("held-out", tmp_path / "gone.json")


# The grades.


def asked(*calls: ToolCall, also: tuple[tuple[ToolCall, ...], ...] = ()) -> RoutedQuestion:
    intent = INTENT_OF[calls[0].name] if calls else Intent.OUT_OF_SCOPE
    return RoutedQuestion("t", "plain", "?", (), intent, calls, also)


def steps(**changes: object) -> ToolCall:
    arguments = {"metric": "StepCount", "aggregation": "sum", "period": "last week", **changes}
    return ToolCall("aggregate_metrics", arguments)


def graded(question: RoutedQuestion, *calls: ToolCall) -> Grade:
    intent = INTENT_OF[calls[0].name] if calls else Intent.OUT_OF_SCOPE
    return grade(question, intent, calls, now=NOW, zone=ZONE)


def test_the_labels_themselves_are_right(everything: list[RoutedQuestion]) -> None:
    for question in everything:
        for calls in (question.calls, *question.also):
            assert graded(question, *reversed(calls)) == (True, True, not calls, ""), question


def test_another_questions_answer_is_wrong(everything: list[RoutedQuestion]) -> None:
    """Of two questions taken at random, labels seldom agree: the grader tells them apart."""
    right = [
        graded(one, *other.calls).all_right
        for one, other in zip(everything, everything[7:] + everything[:7], strict=True)
        if one.calls
    ]
    assert sum(right) < 0.05 * len(right)


@pytest.mark.parametrize("phrase", ["last week", "Last Week", "one week ago", "2026-W39"])
def test_periods_agree_as_intervals(phrase: str) -> None:
    assert graded(asked(steps()), steps(period=phrase)) == (True, True, False, "")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"period": "past week"}, "period of aggregate_metrics: wanted 'last week', got 'past wee"),
        ({"period": None}, "wanted 'last week', got None"),
        ({"period": ""}, "wanted 'last week', got ''"),
        ({"period": 7}, "wanted 'last week', got 7"),
        ({"period": "last week or so"}, "wanted 'last week', got 'last week or so'"),
        ({"metric": "HeartRate"}, "metric of aggregate_metrics: wanted 'StepCount'"),
        ({"metric": "steps"}, "got 'steps'"),
        ({"aggregation": "average"}, "aggregation of aggregate_metrics: wanted 'sum'"),
        ({"target": 8000}, "target of aggregate_metrics: wanted None, got 8000"),
    ],
)
def test_each_argument_counts(changes: dict[str, object], why: str) -> None:
    mark = graded(asked(steps()), steps(**changes))
    assert mark[:3] == (True, False, False)
    assert why in mark.why


def test_a_period_that_nobody_named_has_to_be_absent() -> None:
    weight = ToolCall("search_health_records_by_metric", {"metric": "BodyMass"})
    named = ToolCall(weight.name, {"metric": "BodyMass", "period": "last 30 days"})
    empty = ToolCall(weight.name, {"metric": "BodyMass", "period": None})
    assert graded(asked(weight), empty).all_right
    assert not graded(asked(weight), named).all_right
    assert not graded(asked(named), weight).all_right


@pytest.mark.parametrize(
    ("phrase", "right"),
    [("before my injury", True), ("Before the injury", True), ("before injury.", True),
     ("after my injury", False), ("before my knee injury", False), ("before June", False)],
)  # fmt: skip
def test_events_agree_by_their_words(phrase: str, right: bool) -> None:
    question = asked(steps(period="before my injury"))
    assert graded(question, steps(period=phrase)).all_right is right


def test_the_two_periods_of_a_comparison_are_told_apart() -> None:
    def compared(period: str, other: str) -> ToolCall:
        return ToolCall(
            "compare_time_periods",
            {"metric": "StepCount", "period": period, "other_period": other},
        )

    question = asked(compared("June", "May"))
    assert graded(question, compared("2026-06", "2026-05")).all_right
    mark = graded(question, compared("May", "June"))
    assert mark[:2] == (True, False)
    assert mark.why.count("wanted") == 2


def test_what_is_searched_for_is_not_graded_and_numbers_are_numbers() -> None:
    assert graded(
        asked(ToolCall("recall_memories", {"query": "knee"})),
        ToolCall("recall_memories", {"query": "What did I say about my knee?"}),
    ).all_right
    goal = ToolCall("get_activity_progress", {"metric": "StepCount", "target": 10000})
    assert graded(asked(goal), ToolCall(goal.name, {**goal.arguments, "target": 1e4})).all_right
    assert not graded(asked(goal), ToolCall(goal.name, {**goal.arguments, "target": 1e3})).all_right


def test_all_parts_count_in_any_order() -> None:
    flights = steps(metric="FlightsClimbed")
    sleep = ToolCall("get_sleep_analysis", {"period": "last night"})
    question = asked(steps(), flights, sleep)
    assert graded(question, sleep, flights, steps()).all_right
    assert graded(question, flights, steps()) == (
        False, False, False,
        "aggregate_metrics, aggregate_metrics, get_sleep_analysis wanted, "
        "aggregate_metrics, aggregate_metrics called",
    )  # fmt: skip
    assert not graded(question, steps(), flights, sleep, sleep).tool_right
    twice = graded(question, steps(), steps(), sleep)
    assert twice[:2] == (True, False)
    assert twice.why == "metric of aggregate_metrics: wanted 'FlightsClimbed', got 'StepCount'"


def test_another_tool_is_wrong_and_named() -> None:
    trend = ToolCall("trend_analysis", {"metric": "StepCount", "period": "last week"})
    mark = graded(asked(steps()), trend)
    assert mark == (False, False, False, "aggregate_metrics wanted, trend_analysis called")


def test_other_readings_are_right_too() -> None:
    both = tuple(
        ToolCall("search_health_records_by_metric", {"metric": name}) for name in sorted(PRESSURE)
    )
    question = asked(*both, also=((both[1],),))
    assert graded(question, *both).all_right
    assert graded(question, both[1]).all_right
    assert graded(question, both[0])[:2] == (True, False)
    assert not graded(question, steps()).tool_right


def test_what_no_tool_answers_is_right_when_nothing_is_called() -> None:
    for intent in (Intent.OUT_OF_SCOPE, Intent.SMALL_TALK, Intent.AGGREGATE):
        assert grade(asked(), intent, (), now=NOW, zone=ZONE) == (True, True, True, "")
    mark = graded(asked(), steps())
    assert mark == (False, False, False, "aggregate_metrics called, but no tool helps")


def test_a_refusal_of_what_a_tool_answers_is_wrong() -> None:
    mark = graded(asked(steps()))
    assert mark == (False, False, True, "out_of_scope, but aggregate_metrics helps")
