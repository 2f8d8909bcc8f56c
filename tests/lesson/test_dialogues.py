"""The dialogues are sound, their answers are those of the data, and a run is graded as it should.

The numbers are compared with the kit's own store and statistics over the imported sample: what an
agent's tools compute must be what the scripts expect.
"""

from __future__ import annotations

import json
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from wellness import keys
from wellness.errors import LessonError, StoreError
from wellness.health import periods, workouts
from wellness.health.catalogue import find
from wellness.health.importer import import_export
from wellness.health.periods import Period
from wellness.health.sample import story
from wellness.health.sleep import nights
from wellness.health.statistics import Bucket, Statistic, summarise
from wellness.health.store import Store
from wellness.health.units import convert
from wellness.lesson import states
from wellness.lesson.dialogues import (
    KINDS,
    NEEDS,
    Dialogue,
    Fresh,
    Graded,
    Played,
    Turn,
    grade,
    load_dialogues,
    play,
    sample,
)
from wellness.lesson.dialogues.expectations import Direction, Number, Refusal, Told, Words
from wellness.lesson.dialogues.figures import figures
from wellness.lesson.dialogues.reference import REFERENCES, Asked, load_truth, value
from wellness.lesson.dialogues.rubric import expectation
from wellness.lesson.dialogues.script import FILE, NOW
from wellness.lesson.kit import NOW as LESSON_NOW
from wellness.memory.messages import ToolCall
from wellness.settings import Settings

HOME = ZoneInfo(story.HOME)
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TRUTH = load_truth()
Row = dict[str, Any]


@pytest.fixture(scope="module")
def shipped() -> tuple[Dialogue, ...]:
    return load_dialogues()


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The dialogues as they stand in the file."""
    found: list[Row] = json.loads(FILE.read_text("utf-8"))["dialogues"]
    return found


def row_turns(rows: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Each turn's row with that of its session."""
    for row in rows:
        for session in row["sessions"]:
            for turn in session["turns"]:
                yield session, turn


def references(expect: Row) -> list[Row]:
    """All that an expectation asks of the truth: name, period, activity, target."""
    found = []
    for one in (expect, *expect.get("may", ())):
        spans = [one[name] for name in ("period", "other") if name in one]
        spans += one.get("or", [])
        found += [{**one, "period": span} for span in spans if "from" in one]
    return found


# The scripts.


def test_there_are_enough_of_each_kind(shipped: tuple[Dialogue, ...]) -> None:
    counted = Counter(dialogue.kind for dialogue in shipped)
    assert set(counted) == set(KINDS)
    assert min(counted.values()) >= 8
    assert len(shipped) >= 65
    graded = Counter(d.kind for d in shipped for turn in d.turns if turn.graded)
    assert graded.total() >= 160
    assert min(graded.values()) >= 16
    assert {len(dialogue.turns) for dialogue in shipped} <= {2, 3, 4, 5}


def test_dialogues_are_well_formed(shipped: tuple[Dialogue, ...]) -> None:
    assert max(Counter(dialogue.id for dialogue in shipped).values()) == 1
    assert max(Counter(dialogue.about for dialogue in shipped).values()) == 1
    for dialogue in shipped:
        names = [session.conversation for session in dialogue.sessions]
        assert len(set(names)) == len(names), dialogue.id
        times = [now for session in dialogue.sessions for now, _ in session.times()]
        assert times == sorted(set(times)), f"{dialogue.id}: out of order"
        assert any(turn.graded for turn in dialogue.turns), dialogue.id
        for session in dialogue.sessions:
            days = {now.astimezone(HOME).date() for now, _ in session.times()}
            assert len(days) == 1, "midnight would move every period"
        assert times[-1] - LESSON_NOW < timedelta(hours=3), dialogue.id
        assert LESSON_NOW - times[0] < timedelta(days=190), "what was said would have expired"
    assert NOW == LESSON_NOW


def test_needs_are_what_the_kind_says(shipped: tuple[Dialogue, ...]) -> None:
    for dialogue in shipped:
        needs = [turn.needs for turn in dialogue.turns if turn.graded]
        told = any(not turn.graded for turn in dialogue.turns)
        match dialogue.kind:
            case "single":
                assert set(needs) == {"nothing"}
            case "follow-up" | "pronoun":
                assert needs[0] == "nothing"
                assert set(needs[1:]) == {"conversation"}
                assert not told
            case "goal recall" | "time travel":
                assert needs[0] == "memory"
                assert len(dialogue.sessions) > 1
                assert told
            case "correction":
                assert "conversation" in needs or "memory" in needs
            case "unanswerable":
                assert any(isinstance(turn.expect, Refusal) for turn in dialogue.turns)
            case "distraction":
                assert "nothing" in needs, "a complete question that memory can only disturb"
    assert set(NEEDS) == {turn.needs for dialogue in shipped for turn in dialogue.turns}


def test_what_needs_a_conversation_or_a_memory_has_one_before_it(
    shipped: tuple[Dialogue, ...],
) -> None:
    for dialogue in shipped:
        for nth, session in enumerate(dialogue.sessions):
            for place, turn in enumerate(session.turns):
                assert turn.needs != "conversation" or place, (dialogue.id, turn.say)
                assert turn.needs != "memory" or nth, (dialogue.id, turn.say)
                assert turn.graded == turn.say.rstrip().endswith("?") or dialogue.kind == (
                    "correction"
                ), turn.say


def test_what_is_told_was_told(shipped: tuple[Dialogue, ...]) -> None:
    """Numbers, names and days that are expected were said in an earlier turn of the script."""
    for dialogue in shipped:
        said = ""
        for turn in dialogue.turns:
            if isinstance(turn.expect, Told):
                stated = figures(said)
                for amount in (turn.expect.amount, *turn.expect.stale):
                    assert any(amount.fits(one) for one in stated), (dialogue.id, str(amount))
            if isinstance(turn.expect, Words):
                for word in turn.expect.words:
                    assert re.search(rf"\b(?:{word})", said.lower()), (dialogue.id, word)
            if turn.expect.__class__.__name__ == "Day":
                assert grade(turn, said).right, dialogue.id
            said += f"{turn.say}\n"


def test_what_was_never_told_is_not_in_the_script(shipped: tuple[Dialogue, ...]) -> None:
    unknown = {
        turn.say: dialogue
        for dialogue in shipped for turn in dialogue.turns
        if isinstance(turn.expect, Refusal) and turn.expect.because == "never told"
    }  # fmt: skip
    words = {"physio", "goal", "allerg", "knee", "dentist"}
    for say, dialogue in unknown.items():
        subject = next(word for word in words if word in say.lower())
        statements = [turn.say for turn in dialogue.turns if not turn.graded]
        mine = [one for one in statements if subject in one.lower() and "daughter" not in one]
        assert mine in ([], ["I hurt my knee while gardening."]), say
        assert not any(re.search(r"\b(?:left|right)\b", one) for one in mine)


def test_periods_in_complete_questions_are_those_that_are_expected(rows: list[Row]) -> None:
    """What the kit reads in the words is what the row holds; by two hands, so it is checked."""
    checked = 0
    for session, turn in row_turns(rows):
        expect = turn["expect"]
        now = datetime.fromisoformat(session["now"]) if "now" in session else NOW
        found = [period for period, _, _ in periods.find(turn["say"], now=now, zone=HOME)]
        wanted = [expect[name] for name in ("period", "other") if name in expect]
        if expect["kind"] not in ("number", "direction") or turn.get("needs") == "memory":
            continue
        if turn.get("needs") == "conversation" and (
            len(found) != len(wanted) or " that " in turn["say"]
        ):
            continue  # what is meant stands in the turn before
        for period, (first, end) in zip(found, wanted, strict=False):
            if first == "2024-10-01":
                continue  # "now": the latest of all
            known = (period.start.date().isoformat(), period.end.date().isoformat())
            assert known == (first, end), turn["say"]
            checked += 1
    assert checked >= 80


def test_no_answer_is_that_of_the_turn_before(shipped: tuple[Dialogue, ...]) -> None:
    """Or an agent that had not understood a follow-up would be right by luck."""
    for dialogue in shipped:
        said: list[str] = []
        for turn in dialogue.turns:
            if turn.needs != "nothing" and isinstance(turn.expect, Number | Told):
                for answer in said:
                    assert not grade(turn, answer).right, (dialogue.id, turn.say, answer)
            said.append(turn.expect.answer)


def test_yes_is_as_often_wrong_as_right(shipped: tuple[Dialogue, ...]) -> None:
    found = [
        turn.expect for dialogue in shipped for turn in dialogue.turns
        if isinstance(turn.expect, Direction)
    ]  # fmt: skip
    yes = sum(one.way == one.asked for one in found)
    assert len(found) >= 20
    assert abs(yes - (len(found) - yes)) <= 4


def test_differences_of_comparisons_are_plain(rows: list[Row]) -> None:
    """Nobody should be wrong for calling two numbers equal that are nearly so."""
    for _, turn in row_turns(rows):
        expect = turn["expect"]
        if expect["kind"] == "direction" and "other" in expect:
            ours, theirs = (_reference(expect, expect[name]) for name in ("period", "other"))
            assert abs(ours - theirs) >= 0.01 * theirs, turn["say"]


def _reference(row: Row, period: list[str]) -> float:
    asked = Asked((period[0], period[1]), row.get("activity", ""), _target(row))
    found = value(TRUTH, row["from"], asked)
    assert found is not None
    return found


def _target(row: Row) -> float:
    amount, unit = row.get("target", (0.0, ""))
    return convert(amount, unit, "kg") if unit == "lb" else float(amount)


# The answers of the data.


@pytest.mark.parametrize(
    ("name", "asked", "by_hand"),
    [
        ("steps.sum", Asked(("2025-06-01", "2025-07-01")), 155881.9945),
        ("steps.mean", Asked(("2024-10-01", "2024-11-01")), 279910.2885 / 31),
        ("steps.maximum", Asked(("2026-08-01", "2026-09-01")), 19342.2024),
        ("steps.days", Asked(("2026-09-21", "2026-09-28"), target=9000), 4),
        ("heart.mean", Asked(("2026-09-22", "2026-09-23")), 77.4675),
        ("heart.maximum", Asked(("2026-09-21", "2026-09-28")), 153),
        ("heart.minimum", Asked(("2026-09-21", "2026-09-28")), 48),
        ("resting.mean", Asked(("2026-09-28", "2026-10-01")), (55 + 54) / 2),
        ("weight.last", Asked(("2026-09-01", "2026-10-01")), 74.47),
        ("weight.last", Asked(("2026-09-28", "2026-09-30")), None),
        ("weight.above", Asked(("2026-09-01", "2026-10-01"), target=72.5747792), 1.8952208),
        ("sleep.mean", Asked(("2026-09-21", "2026-09-28")), (382 + 382.5 + 381 + 453.5 + 484) / 5),
        ("sleep.mean", Asked(("2026-09-28", "2026-09-29")), None),
        ("sleep.deep", Asked(("2024-10-01", "2024-10-04")), (116 + 113.5 + 78.5) / 3),
        ("workouts.count", Asked(("2026-07-01", "2026-08-01")), 21),
        ("workouts.count", Asked(("2026-09-21", "2026-09-28"), "Running"), 2),
        ("workouts.count", Asked(("2025-06-13", "2025-07-25"), "Running"), 0),
        ("workouts.miles", Asked(("2026-09-21", "2026-09-28"), "Running"), 4.2668 + 4.943),
        ("workouts.miles", Asked(("2025-06-13", "2025-07-25"), "Running"), None),
        ("resting.mean", Asked(("2025-11-17", "2025-11-24")), None),
        ("steps.sum", Asked(("2024-06-01", "2024-07-01")), None),
    ],
)
def test_references_by_hand(name: str, asked: Asked, by_hand: float | None) -> None:
    found = value(TRUTH, name, asked)
    assert found == (None if by_hand is None else pytest.approx(by_hand, rel=1e-6))


def test_references_agree_with_what_the_truth_says_elsewhere() -> None:
    for month, steps in TRUTH["steps"]["merged_by_month"].items():
        span = _month(month)
        assert value(TRUTH, "steps.sum", Asked(span)) == pytest.approx(steps)
        counted = TRUTH["workouts"]["by_month"][month]["count"]
        assert value(TRUTH, "workouts.count", Asked(span)) == counted
    everything = ("2024-10-01", "2026-10-01")
    for activity, known in TRUTH["workouts"]["by_activity"].items():
        assert value(TRUTH, "workouts.count", Asked(everything, activity)) == known["count"]
    injury = TRUTH["story"]["injury"]
    during = Asked(("2025-06-13", "2025-07-25"))
    steps, resting = injury["mean_merged_steps"], injury["mean_resting_heart_rate"]
    assert value(TRUTH, "steps.mean", during) == pytest.approx(steps["during"], abs=0.01)
    assert value(TRUTH, "resting.mean", during) == pytest.approx(resting["during"], abs=0.01)


def _month(name: str) -> tuple[str, str]:
    first = date.fromisoformat(f"{name}-01")
    return str(first), str((first + timedelta(days=32)).replace(day=1))


def test_what_is_not_known_exactly_is_refused() -> None:
    with pytest.raises(LessonError, match="not known exactly"):
        value(TRUTH, "heart.mean", Asked(("2026-09-21", "2026-09-28")))
    with pytest.raises(LessonError, match=r"'steps\.median'.*steps\.sum"):
        value(TRUTH, "steps.median", Asked(("2026-09-21", "2026-09-28")))
    with pytest.raises(LessonError, match="no period"):
        value(TRUTH, "steps.sum", Asked(("2026-09-28", "2026-09-21")))


def test_the_kit_computes_what_the_scripts_expect(
    client: Redis, rows: list[Row], settings: Settings
) -> None:
    """The store, sources, rollups and nights of the kit know nothing of the truth."""
    namespace = f"wellness:test:{uuid.uuid4().hex[:12]}"
    store = Store(client, states.SAMPLE_USER, namespace=namespace)
    try:
        import_export(states.SAMPLE, store, settings=settings, zone=HOME)
        asked = [one for _, turn in row_turns(rows) for one in references(turn["expect"])]
        assert len(asked) >= 150
        assert {one["from"] for one in asked} == set(REFERENCES)
        for one in asked:
            true, found = _reference(one, one["period"]), _by_the_kit(store, one, settings)
            assert found == pytest.approx(true, rel=2e-4), one
    finally:
        keys.delete(client, namespace)


METRIC_OF = {"steps": "StepCount", "heart": "HeartRate", "resting": "RestingHeartRate",
             "weight": "BodyMass"}  # fmt: skip


def _by_the_kit(store: Store, row: Row, settings: Settings) -> float:
    """The same answer from imported readings."""
    first, end = (datetime.fromisoformat(day).replace(tzinfo=HOME) for day in row["period"])
    period = Period(first, end, "", "")
    what, how = row["from"].split(".")
    if what == "sleep":
        known = [night for night in nights(store, period) if night.asleep_s]
        if how == "mean":
            return sum(night.asleep_s or 0 for night in known) / len(known) / 60
        staged = [night.stages["AsleepDeep"] for night in known if "AsleepDeep" in night.stages]
        return sum(staged) / len(staged) / 60
    if what == "workouts":
        done = workouts.between(store, period, row.get("activity", ""))
        if how == "count":
            return len(done)
        return sum(workouts.total(one, workouts.DISTANCE, "mi") or 0 for one in done)
    unit = "kg" if what == "weight" else ""
    found = _summary(store, METRIC_OF[what], period, settings, "day", unit)
    totals = [bucket.value or 0.0 for bucket in found[1:]]
    return {
        "sum": lambda: found[0].value,
        "mean": lambda: sum(totals) / len(totals),
        "maximum": lambda: max(totals) if what == "steps" else found[0].maximum,
        "minimum": lambda: found[0].minimum,
        "days": lambda: sum(total >= row["target"][0] for total in totals),
        "last": lambda: found[0].value,
        "above": lambda: (found[0].value or 0.0) - _target(row),
    }[how]()  # type: ignore[return-value,no-untyped-call]


def _summary(
    store: Store, metric: str, period: Period, settings: Settings, by: Bucket, unit: str
) -> list[Statistic]:
    gap_s = settings.heart_rate_gap_s
    found = summarise(store, find(metric), period, gap_s=gap_s, by=by, unit=unit)
    return [found.overall, *found.buckets]


def test_where_no_data_are_expected_the_kit_has_none(
    client: Redis, namespace: str, rows: list[Row]
) -> None:
    reasons = [
        turn["expect"]["because"] for _, turn in row_turns(rows)
        if turn["expect"]["kind"] == "refuses" and isinstance(turn["expect"]["because"], dict)
    ]  # fmt: skip
    assert len(reasons) >= 6
    for reason in reasons:
        if "type" in reason:
            assert find(reason["type"]), "a metric that the kit knows, and Ann does not have"
            with pytest.raises(StoreError):
                Store(client, "nobody", namespace=namespace).find(reason["type"])
        else:
            assert value(TRUTH, reason["from"], Asked(tuple(reason["period"]))) is None


# Rows that are none.

LAST_WEEK = ["2026-09-21", "2026-09-28"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"kind": "guess"}, "guess"),
        ({"kind": "number", "from": "steps.sum"}, "period"),
        ({"kind": "number", "from": "steps.sum", "period": ["2024-06-01", "2024-07-01"]}, "has no"),
        ({"kind": "number", "from": "heart.mean", "period": LAST_WEEK}, "not known exactly"),
        ({"kind": "refuses", "because": {"from": "steps.sum", "period": LAST_WEEK}}, "has data"),
        ({"kind": "refuses", "because": {"type": "HKQuantityTypeIdentifierStepCount"}}, "has data"),
        (
            {"kind": "direction", "from": "steps.sum", "period": LAST_WEEK, "asked": "higher",
             "other": ["2026-09-14", "2026-09-21"], "or": [["2026-09-28", "2026-09-30"]]},
            "different directions",
        ),
    ],
)  # fmt: skip
def test_an_expectation_that_the_truth_does_not_bear_is_refused(
    tmp_path: Path, row: Row, says: str
) -> None:
    turns = [{"say": "Well?", "expect": row}]
    sessions = [{"conversation": "today", "turns": turns}]
    file = tmp_path / "dialogues.json"
    dialogue = {"id": "one", "kind": "single", "about": "", "sessions": sessions}
    file.write_text(json.dumps({"dialogues": [dialogue]}))
    with pytest.raises(LessonError, match=f"holds no dialogues.*one.*{says}"):
        load_dialogues(file)


@pytest.mark.parametrize(
    ("name", "wrong"), [("kind", "easy"), ("sessions", [{"turns": []}]), ("id", None)]
)
def test_what_is_no_dialogue_is_refused(
    tmp_path: Path, rows: list[Row], name: str, wrong: object
) -> None:
    broken = json.loads(json.dumps(rows[:2]))
    broken[1] = {key: part for key, part in broken[1].items() if key != name}
    broken[1] |= {name: wrong} if wrong else {}
    file = tmp_path / "dialogues.json"
    file.write_text(json.dumps({"dialogues": broken}))
    with pytest.raises(LessonError, match="holds no dialogues"):
        load_dialogues(file)
    with pytest.raises(LessonError, match=r"no dialogues in .*gone\.json"):
        load_dialogues(tmp_path / "gone.json")


def test_a_time_without_an_offset_is_refused(tmp_path: Path, rows: list[Row]) -> None:
    broken = json.loads(json.dumps(rows[0]))
    broken["sessions"][0]["now"] = "2026-09-30T20:15:00"
    file = tmp_path / "dialogues.json"
    file.write_text(json.dumps({"dialogues": [broken]}))
    with pytest.raises(LessonError, match="no UTC offset"):
        load_dialogues(file)


def test_readings_that_a_question_leaves_open_all_count() -> None:
    """ "Since" may or may not take in the day itself."""
    row = {"kind": "number", "from": "workouts.count", "period": LAST_WEEK, "unit": "workouts"}
    both = expectation({**row, "or": [["2026-09-21", "2026-09-26"]]}, TRUTH)
    assert both.judge("You did 4 workouts.").right
    assert both.judge("You did 3 workouts.").right
    assert not both.judge("You did 5 workouts.").right


# Playing.


@dataclass
class Said:
    """What an agent of these tests gives back."""

    answer: str
    calls: tuple[ToolCall, ...] = (ToolCall("aggregate_metrics", {"metric": "StepCount"}),)
    tokens_in: int = 400
    tokens_out: int = 30
    seconds: float = 0.5
    model_calls: int = 2


@dataclass
class Scripted:
    """Knows the scripts, and answers each turn by a rule; notes what it was asked."""

    dialogues: tuple[Dialogue, ...]
    rule: Callable[[Turn], str]
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    left: list[Turn] = field(default_factory=list)

    def reset(self, dialogue: str) -> None:
        assert not self.left, "a dialogue is played to its end"
        self.begun.append(dialogue)
        self.left = list(next(one for one in self.dialogues if one.id == dialogue).turns)

    def ask(self, question: str, *, conversation: str, now: datetime) -> Said:
        turn = self.left.pop(0)
        assert turn.say == question
        self.asked.append((question, conversation, now))
        return Said(self.rule(turn))


def run(dialogues: tuple[Dialogue, ...], rule: Callable[[Turn], str]) -> Played:
    return play(
        dialogues, Scripted(dialogues, rule), name="twin", model="none", at=AT, versions={"a": "1"}
    )


def test_an_oracle_is_always_right(shipped: tuple[Dialogue, ...]) -> None:
    played = run(shipped, lambda turn: f"{turn.expect.answer}.")
    assert [turn for turn in played.graded if not turn.right] == []
    assert played.accuracy == 1
    assert len(played.turns) == sum(len(dialogue.turns) for dialogue in shipped)


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        (lambda turn: turn.say, 0.0),
        (lambda turn: "", 0.0),
        (lambda turn: "You are doing great, keep it up!", 0.0),
        (lambda turn: "Could you tell me more about what you mean?", 0.0),
        (lambda turn: f"{turn.say.rstrip('?.')}.", 0.1),
        (lambda turn: "Yes.", 0.1),
        (lambda turn: "No.", 0.1),
        (lambda turn: "You took 74,041 steps last week.", 0.03),
        (lambda turn: ", ".join(str(n) for n in range(400)), 0.0),
    ],
    ids=["parrot", "silence", "cheer", "asks back", "states it", "yes", "no", "one number", "all"],
)
def test_whoever_does_not_answer_is_wrong(
    shipped: tuple[Dialogue, ...], rule: Callable[[Turn], str], most: float
) -> None:
    played = run(shipped, rule)
    assert played.accuracy <= most, [turn for turn in played.graded if turn.right]


def test_who_always_refuses_is_right_where_nothing_is_known(shipped: tuple[Dialogue, ...]) -> None:
    played = run(shipped, lambda turn: "I am sorry, but I do not have that information.")
    right = {(turn.dialogue, turn.nth) for turn in played.graded if turn.right}
    refusals = {
        (dialogue.id, nth)
        for dialogue in shipped for nth, turn in enumerate(dialogue.turns, 1)
        if isinstance(turn.expect, Refusal)
    }  # fmt: skip
    assert right == refusals
    assert len(refusals) >= 15


def test_each_dialogue_begins_fresh_and_each_turn_has_its_time(
    shipped: tuple[Dialogue, ...],
) -> None:
    agent = Scripted(shipped, lambda turn: "")
    seen: list[tuple[int, int]] = []
    play(
        shipped, agent, name="x", model="m", at=AT, versions={},
        progress=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    assert agent.begun == [dialogue.id for dialogue in shipped]
    assert seen == [(done, len(shipped)) for done in range(len(shipped) + 1)]
    conversations = {conversation for _, conversation, _ in agent.asked}
    assert len(conversations) == sum(len(dialogue.sessions) for dialogue in shipped)
    times = {question: now for question, _, now in agent.asked}
    assert times["What is my goal weight?"].astimezone(HOME).date() == story.EXPORT_DAY
    first = next(one for one in agent.asked if one[0] == "How many steps did I take last week?")
    second = next(one for one in agent.asked if one[0] == "And the week before?")
    assert first[2] == NOW
    assert second[2] > NOW
    goal = next(one for one in agent.asked if one[0] == "My goal weight is 160 lb.")
    assert goal[2] == datetime(2026, 8, 3, 19, 30, tzinfo=HOME)


def test_a_fresh_agent_is_made_for_each_dialogue(shipped: tuple[Dialogue, ...]) -> None:
    made: list[str] = []

    def make(dialogue: str) -> Scripted:
        made.append(dialogue)
        agent = Scripted(shipped, lambda turn: turn.expect.answer)
        agent.reset(dialogue)
        return agent

    fresh = Fresh(make)
    with pytest.raises(LessonError, match="No dialogue has begun"):
        fresh.ask("Hello?", conversation="c", now=NOW)
    played = play(shipped[:5], fresh, name="x", model="m", at=AT, versions={})
    assert played.accuracy == 1
    assert made == [dialogue.id for dialogue in shipped[:5]]


def test_an_error_of_the_kit_is_a_wrong_answer_and_a_bug_is_an_error(
    shipped: tuple[Dialogue, ...],
) -> None:
    def fails(turn: Turn) -> str:
        raise StoreError("The store is empty.")

    played = run(shipped[:2], fails)
    assert played.accuracy == 0
    assert {turn.why for turn in played.turns} == {"StoreError: The store is empty."}

    def broken(turn: Turn) -> str:
        raise AttributeError("a bug")

    with pytest.raises(AttributeError, match="a bug"):
        run(shipped[:2], broken)


def test_statements_have_no_verdict(shipped: tuple[Dialogue, ...]) -> None:
    played = run(shipped, lambda turn: "How many steps do you want to take?")
    states = [turn for turn in played.turns if turn.right is None]
    assert len(states) == sum(not t.graded for dialogue in shipped for t in dialogue.turns) >= 30
    assert all(turn.question.endswith(".") for turn in states)
    statement = next(t for dialogue in shipped for t in dialogue.turns if not t.graded)
    with pytest.raises(TypeError, match="not graded"):
        grade(statement, "Noted.")


def test_a_run_is_kept_as_json(shipped: tuple[Dialogue, ...], tmp_path: Path) -> None:
    played = run(shipped[:12], lambda turn: f"{turn.expect.answer} 🏃")
    path = tmp_path / "build" / "twins" / "stateful.json"
    played.save(path)
    again = Played.from_json(path.read_text("utf-8"))
    assert again == played
    assert (again.at, again.model, again.versions) == ("2026-11-24T12:00:00+00:00", "none",
                                                       {"a": "1"})  # fmt: skip
    assert again.turns[0].calls == ({"name": "aggregate_metrics",
                                     "arguments": {"metric": "StepCount"}},)  # fmt: skip
    frame = played.to_frame()
    assert len(frame) == len(played.turns)
    assert frame["right"].dropna().all()
    assert (
        repr(played) == f"<twin, none: {len(played.graded)} of {len(played.graded)} answers right>"
    )
    for text in ("", "[]", '{"turns": [{}]}', '{"name": "x"}'):
        with pytest.raises(LessonError, match="no run of dialogues"):
            Played.from_json(text)


# Samples.


@pytest.mark.parametrize("n", [1, 8, 16, 21, 65])
def test_a_sample_has_of_each_kind_alike(shipped: tuple[Dialogue, ...], n: int) -> None:
    chosen = sample(shipped, n)
    assert len(chosen) == n
    assert list(chosen) == [one for one in shipped if one in chosen], "in their order"
    counted = Counter(one.kind for one in chosen)
    low, high = min(counted[kind] for kind in KINDS), max(counted.values())
    assert high - low <= 1
    assert set(chosen) <= set(sample(shipped, min(n + 5, len(shipped)))), "more only adds"


def test_a_seed_is_a_sample(shipped: tuple[Dialogue, ...]) -> None:
    assert sample(shipped, 16) == sample(shipped, 16)
    assert sample(shipped, 16) != sample(shipped, 16, seed=8)
    assert len({sample(shipped, 8, seed=seed) for seed in range(20)}) > 15
    for n in (0, len(shipped) + 1):
        with pytest.raises(ValueError, match="one can take 1 to"):
            sample(shipped, n)


def test_grading_does_not_depend_on_order(shipped: tuple[Dialogue, ...]) -> None:
    turns = [turn for dialogue in shipped for turn in dialogue.turns if turn.graded]
    answers = [turn.expect.answer for turn in turns]
    verdicts: dict[int, Graded] = {n: grade(turn, answers[n]) for n, turn in enumerate(turns)}
    order = list(range(len(turns)))
    random.Random(3).shuffle(order)
    assert all(grade(turns[n], answers[n]) == verdicts[n] for n in order)
