"""The recall set is large, mixed and sound; its measures agree with sums done by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import LessonError
from wellness.lesson.recall_set import (
    FILE,
    Half,
    Kind,
    Question,
    RecallSet,
    RecallTurn,
    bootstrap_interval,
    load_recall_set,
    paired_difference,
    recall_at_k,
    recall_at_tokens,
)

HALVES: tuple[Half, ...] = get_args(Half)
SHARES: dict[Kind, float] = {
    "single": 0.42,
    "several": 0.17,
    "time": 0.15,
    "update": 0.16,
    "unanswerable": 0.10,
}
ZONES = {"ann": "America/New_York", "ben": "Europe/London", "carla": "Europe/Rome"}
PAST = re.compile(r"\b(was|were|did)\b")
DAY = re.compile(
    r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d+) "
    r"(January|February|March|April|May|June|July|August|September|October|November)( \d{4})?"
)


@pytest.fixture(scope="module")
def shipped() -> RecallSet:
    return load_recall_set()


@pytest.fixture(scope="module")
def turns(shipped: RecallSet) -> dict[str, RecallTurn]:
    return {turn.id: turn for talk in shipped.conversations for turn in talk.turns}


@pytest.fixture(scope="module")
def owner(shipped: RecallSet) -> dict[str, tuple[str, Half]]:
    """User and half of each turn."""
    return {
        turn.id: (talk.user, talk.half) for talk in shipped.conversations for turn in talk.turns
    }


def day_of(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def test_there_is_enough_of_it(shipped: RecallSet) -> None:
    assert len(shipped.conversations) >= 66
    assert min(Counter(talk.user for talk in shipped.conversations).values()) >= 22
    assert {len(talk.turns) for talk in shipped.conversations} <= {2, 3, 4, 5}
    assert len(shipped.questions) >= 330
    assert min(Counter(question.user for question in shipped.questions).values()) >= 110


def test_ids_are_unique(shipped: RecallSet) -> None:
    ids = [talk.id for talk in shipped.conversations]
    ids += [turn.id for talk in shipped.conversations for turn in talk.turns]
    ids += [question.id for question in shipped.questions]
    assert [id for id, n in Counter(ids).items() if n > 1] == []
    for talk in shipped.conversations:
        assert [turn.id for turn in talk.turns] == [
            f"{talk.id}.{n + 1}" for n in range(len(talk.turns))
        ]


def test_the_kinds_are_mixed_alike_in_both_halves(shipped: RecallSet) -> None:
    for user in ZONES:
        talks = Counter(talk.half for talk in shipped.conversations if talk.user == user)
        assert talks == {"development": 11, "held-out": 11}
    sizes = {half: len(shipped.of(half, answerable=False)) for half in HALVES}
    assert abs(sizes["development"] - sizes["held-out"]) <= 5
    for half in HALVES:
        kinds = Counter(question.kind for question in shipped.of(half, answerable=False))
        for kind, share in SHARES.items():
            assert kinds[kind] / sizes[half] == pytest.approx(share, abs=0.03)
    assert SHARES.keys() == set(get_args(Kind))


def test_evidence_is_of_the_person_and_the_half_and_was_said_before(
    shipped: RecallSet, turns: dict[str, RecallTurn], owner: dict[str, tuple[str, Half]]
) -> None:
    for question in shipped.questions:
        assert len(set(question.evidence)) == len(question.evidence)
        for id in question.evidence:
            assert owner[id] == (question.user, question.half), question
            assert turns[id].at < question.asked_at, question
        low, high = {"several": (2, 4), "unanswerable": (0, 0)}.get(question.kind, (1, 1))
        assert low <= len(question.evidence) <= high, question


def test_every_conversation_is_asked_about(shipped: RecallSet) -> None:
    needed = {id for question in shipped.questions for id in question.evidence}
    for talk in shipped.conversations:
        assert needed & {turn.id for turn in talk.turns}, talk.id


def test_the_rest_of_the_turns_distracts(
    shipped: RecallSet, owner: dict[str, tuple[str, Half]]
) -> None:
    needed = {id for question in shipped.questions for id in question.evidence}
    assert 0.15 < 1 - len(needed) / len(owner) < 0.40
    sizes = [len(shipped.haystack(question)) for question in shipped.questions]
    assert np.median(sizes) >= 90
    assert max(len(question.evidence) for question in shipped.questions) * 10 <= np.median(sizes)


def test_a_haystack_is_what_the_person_had_said_before(
    shipped: RecallSet, owner: dict[str, tuple[str, Half]]
) -> None:
    by_id = {turn.id: turn for talk in shipped.conversations for turn in talk.turns}
    for question in shipped.questions:
        expected = {
            id for id, (user, _) in owner.items()
            if user == question.user and by_id[id].at < question.asked_at
        }  # fmt: skip
        found = shipped.haystack(question)
        assert {turn.id for turn in found} == expected
        assert [turn.at for turn in found] == sorted(turn.at for turn in found)
        assert expected.issuperset(question.evidence)


def test_nobody_asks_or_says_the_same_twice(
    shipped: RecallSet, turns: dict[str, RecallTurn]
) -> None:
    asked = Counter((q.user, q.question.casefold()) for q in shipped.questions)
    assert [key for key, n in asked.items() if n > 1] == []
    for texts in (
        [turn.user_text for turn in turns.values()],
        [turn.assistant_text for turn in turns.values()],
    ):
        assert [text for text, n in Counter(texts).items() if n > 1] == []


def test_no_sentence_is_a_template(shipped: RecallSet) -> None:
    """Five words in a row at the start of many questions, numbers aside, would be one."""
    starts = Counter(
        " ".join(re.sub(r"\d+", "0", question.question.casefold()).split()[:5])
        for question in shipped.questions
    )
    assert max(starts.values()) <= 6, starts.most_common(3)


def test_texts_read_like_texts(shipped: RecallSet, turns: dict[str, RecallTurn]) -> None:
    for turn in turns.values():
        for text in (turn.user_text, turn.assistant_text):
            assert text == " ".join(text.split())
            assert text[0].isupper() or text[0].isdigit()
            assert text[-1] in ".?!'", text
        assert len(turn.user_text) <= 240
        assert len(turn.assistant_text) <= 110, "a reply is short"
    for question in shipped.questions:
        assert question.question[-1] in ".?"
        assert question.answer[-1] == "."
        assert question.answer.startswith("Not said") == (question.kind == "unanswerable")


def test_it_spans_ten_months_in_the_zones_of_the_people(shipped: RecallSet) -> None:
    rows = json.loads(FILE.read_text("utf-8"))
    for talk in rows["conversations"]:
        for turn in talk["turns"]:
            at = datetime.fromisoformat(turn["at"])
            assert at.utcoffset() == at.astimezone(ZoneInfo(ZONES[talk["user"]])).utcoffset()
            assert 7 <= at.hour <= 22
    for question in rows["questions"]:
        at = datetime.fromisoformat(question["asked_at"])
        assert at.utcoffset() == at.astimezone(ZoneInfo(ZONES[question["user"]])).utcoffset()
        assert at.year == 2026
    for user in ZONES:
        of_user = [talk for talk in shipped.conversations if talk.user == user]
        times = [turn.at for talk in of_user for turn in talk.turns]
        assert times == sorted(set(times))
        assert day_of(times[-1]) - day_of(times[0]) > timedelta(days=280)
        months = Counter(day_of(talk.turns[0].at).month for talk in of_user)
        assert set(months) == set(range(1, 11))
        for talk in of_user:
            assert talk.turns[-1].at - talk.turns[0].at < 1_800


def test_weekdays_are_those_of_the_calendar(
    shipped: RecallSet, turns: dict[str, RecallTurn]
) -> None:
    texts = [turn.user_text for turn in turns.values()]
    texts += [question.answer for question in shipped.questions]
    found = [match for text in texts for match in DAY.finditer(text)]
    assert len(found) > 15
    for match in found:
        weekday, day, month, year = match.groups()
        stated = datetime.strptime(f"{day} {month}{year or ' 2026'}", "%d %B %Y")
        assert f"{stated:%A}" == f"{weekday}day", match.group()


def test_changes_are_of_one_person_in_order_of_time(
    shipped: RecallSet, turns: dict[str, RecallTurn], owner: dict[str, tuple[str, Half]]
) -> None:
    assert len(shipped.changes) >= 30
    assert len({(change.user, change.what) for change in shipped.changes}) == len(shipped.changes)
    for change in shipped.changes:
        at = [turns[id].at for id in change.turns]
        assert len(at) >= 2
        assert at == sorted(set(at))
        assert {owner[id][0] for id in change.turns} == {change.user}
        assert len({owner[id][1] for id in change.turns}) == 1, "a story lies in one half"


def test_the_current_value_is_the_newest_and_an_old_one_is_asked_for_as_such(
    shipped: RecallSet, turns: dict[str, RecallTurn]
) -> None:
    old = []
    for question in shipped.questions:
        if question.kind != "update":
            continue
        (id,) = question.evidence
        chains = [change for change in shipped.changes if id in change.turns]
        assert chains, question
        newest = {
            [one for one in chain.turns if turns[one].at < question.asked_at][-1]
            for chain in chains
        }
        is_old = id not in newest
        assert bool(PAST.search(question.question)) == is_old, question
        old.append(is_old)
    assert 0.3 < np.mean(old) < 0.5, "most ask for what holds, many for what held"


def test_some_who_never_said_it_ask_what_another_person_said(shipped: RecallSet) -> None:
    """A memory that leaks finds an answer to these."""
    leaks = [q for q in shipped.questions if re.match(r"Not said by (Ann|Ben|Carla)\.", q.answer)]
    assert len(leaks) >= 12
    assert {question.half for question in leaks} == set(HALVES)


def test_the_file_shows_one_turn_and_one_question_a_line(shipped: RecallSet) -> None:
    lines = FILE.read_text("utf-8").splitlines()
    for question in shipped.questions:
        assert sum(f'"id": "{question.id}"' in line for line in lines) == 1
    assert sum('"assistant": ' in line for line in lines) == sum(
        len(talk.turns) for talk in shipped.conversations
    )


def test_ann_says_what_her_export_says(turns: dict[str, RecallTurn]) -> None:
    truth = json.loads((FILE.parent / "truth.json").read_text("utf-8"))
    weighed = {"ann-01.2": "2026-01-02", "ann-05.2": "2026-02-09", "ann-11.1": "2026-04-20"}
    for id, day in weighed.items():
        assert f"{truth['weight_kg']['by_day'][day]:.1f}" in turns[id].user_text
    runs = {run["day"]: run for run in truth["workouts"]["each"] if run["activity"] == "Running"}
    assert f"{runs['2026-02-27']['miles']:.1f} miles" in turns["ann-07.1"].user_text
    for id, day in {"ann-17.1": "2026-07-25", "ann-18.1": "2026-08-22"}.items():
        said = re.search(r"(\d+):(\d\d)", turns[id].user_text)
        assert said
        seconds = int(said[1]) * 60 + int(said[2])
        assert 0 <= runs[day]["seconds"] - seconds < 180, "the watch runs a little longer"


# What a file has to be.


@pytest.fixture
def rows() -> dict[str, list[dict[str, object]]]:
    turn = {"id": "a.1", "at": "2026-03-01T12:00:00+01:00", "user": "Hi.", "assistant": "Hello."}
    return {
        "conversations": [{"id": "a", "user": "ann", "half": "development", "turns": [turn]}],
        "questions": [
            {"id": "q", "user": "ann", "half": "development", "kind": "single", "question": "What?",
             "asked_at": "2026-03-02T00:00:00+00:00", "answer": "Hi.", "evidence": ["a.1"]},
        ],
        "changes": [{"user": "ann", "what": "mood", "turns": ["a.1"]}],
    }  # fmt: skip


def written(path: Path, rows: object) -> Path:
    path.write_text(json.dumps(rows), "utf-8")
    return path


def test_a_file_is_read_as_it_is_written(
    tmp_path: Path, rows: dict[str, list[dict[str, object]]]
) -> None:
    loaded = load_recall_set(written(tmp_path / "set.json", rows))
    (talk,), (question,), (change,) = loaded.conversations, loaded.questions, loaded.changes
    assert talk.turns == (RecallTurn("a.1", "Hi.", "Hello.", 1_772_362_800),)
    assert question == Question(
        "q", "ann", "development", "single", 1_772_409_600, "What?", "Hi.", ("a.1",)
    )
    assert (change.user, change.what, change.turns) == ("ann", "mood", ("a.1",))
    assert loaded.of("development") == (question,)
    assert loaded.of("held-out") == ()
    assert loaded.haystack(question) == talk.turns


def test_what_is_said_with_the_question_is_not_before_it(
    tmp_path: Path, rows: dict[str, list[dict[str, object]]]
) -> None:
    rows["questions"][0]["asked_at"] = "2026-03-01T11:00:00+00:00"
    loaded = load_recall_set(written(tmp_path / "set.json", rows))
    assert loaded.haystack(loaded.questions[0]) == ()


def test_questions_without_evidence_are_left_out_unless_asked_for(shipped: RecallSet) -> None:
    everything = [q for half in HALVES for q in shipped.of(half, answerable=False)]
    assert sorted(q.id for q in everything) == sorted(q.id for q in shipped.questions)
    answerable = [q for half in HALVES for q in shipped.of(half)]
    assert answerable == [q for q in everything if q.kind != "unanswerable"]


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [("questions", "kind", "easy"), ("questions", "half", "test"), ("questions", "evidence", []),
     ("questions", "kind", "unanswerable"), ("questions", "asked_at", "2026-03-02T00:00:00"),
     ("conversations", "turns", [{"id": "a.1"}]), ("conversations", "half", "")],
)  # fmt: skip
def test_what_is_no_recall_set_is_refused(
    tmp_path: Path, rows: dict[str, list[dict[str, object]]], where: str, name: str, value: object
) -> None:
    rows[where][0][name] = value
    with pytest.raises(LessonError, match="no recall set"):
        load_recall_set(written(tmp_path / "set.json", rows))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"no recall set in .*gone\.json"):
        load_recall_set(tmp_path / "gone.json")


# The measures.


def test_recall_by_hand() -> None:
    ranked = ["e", "x", "f", "y", "g"]
    assert recall_at_k(ranked, ["e"], 1) == 1
    assert recall_at_k(ranked, ["f"], 2) == 0
    assert recall_at_k(ranked, ["e", "f", "g", "h"], 4) == 0.5
    assert recall_at_k(ranked, ["e", "f", "g", "h"], 100) == 0.75
    assert recall_at_k([], ["e"], 10) == 0


def test_recall_within_a_budget_by_hand() -> None:
    ranked, costs = ["e", "x", "f", "g"], {"e": 10, "x": 70, "f": 20, "g": 1}
    assert recall_at_tokens(ranked, ["e", "f"], costs, 9) == 0
    assert recall_at_tokens(ranked, ["e", "f"], costs, 10) == 0.5
    assert recall_at_tokens(ranked, ["e", "f"], costs, 99) == 0.5, "x is not skipped for f"
    assert recall_at_tokens(ranked, ["e", "f"], costs, 100) == 1
    assert recall_at_tokens(ranked, ["g"], costs, 100) == 0
    assert recall_at_tokens([], ["e"], costs, 100) == 0


def test_without_evidence_there_is_no_recall() -> None:
    with pytest.raises(ValueError, match="without evidence"):
        recall_at_k(["a"], [], 1)
    with pytest.raises(ValueError, match="without evidence"):
        recall_at_tokens(["a"], [], {"a": 1}, 5)
    with pytest.raises(ValueError, match="begins at 1"):
        recall_at_k(["a"], ["a"], 0)


ids = st.integers(0, 30).map(str)
rankings = st.lists(ids, unique=True, max_size=25)
needed = st.sets(ids, min_size=1, max_size=4)


@given(rankings, needed)
def test_recall_grows_with_k_to_what_is_ranked_at_all(ranked: list[str], wanted: set[str]) -> None:
    curve = [recall_at_k(ranked, wanted, k) for k in range(1, len(ranked) + 2)]
    assert curve == sorted(curve)
    assert curve[-1] == sum(id in ranked for id in wanted) / len(wanted)
    steps = np.diff([0.0, *curve]) * len(wanted)
    assert np.allclose(steps, np.round(steps))
    assert steps.max() <= 1 + 1e-9, "one turn more finds at most one turn more"


@given(rankings, needed, st.integers(1, 40), st.integers(1, 500))
def test_with_equal_costs_a_budget_is_a_k(
    ranked: list[str], wanted: set[str], k: int, cost: int
) -> None:
    costs = dict.fromkeys(ranked, cost)
    for budget in (k * cost, (k + 1) * cost - 1):
        assert recall_at_tokens(ranked, wanted, costs, budget) == recall_at_k(ranked, wanted, k)


@given(rankings, needed, st.lists(st.integers(0, 90), min_size=31, max_size=31), st.data())
def test_a_larger_budget_never_finds_less(
    ranked: list[str], wanted: set[str], each: list[int], data: st.DataObject
) -> None:
    costs = {str(n): cost for n, cost in enumerate(each)}
    budgets = sorted(data.draw(st.lists(st.integers(0, 2_000), min_size=2, max_size=6)))
    found = [recall_at_tokens(ranked, wanted, costs, budget) for budget in budgets]
    assert found == sorted(found)
    for budget, value in zip(budgets, found, strict=True):
        chosen: list[str] = []
        for id in ranked:
            if sum(costs[one] for one in [*chosen, id]) > budget:
                break
            chosen.append(id)
        assert value == len(wanted & set(chosen)) / len(wanted)


def test_the_interval_of_a_mean_agrees_with_the_normal_one() -> None:
    """For many values the mean is nearly normal: plus and minus 1.96 standard errors."""
    values = np.random.default_rng(1).random(400)
    error = values.std() / 20
    low, high = bootstrap_interval(list(values))
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)
    narrow = bootstrap_interval(list(values), level=0.5)
    assert narrow[0] == pytest.approx(values.mean() - 0.674 * error, abs=0.1 * error)
    assert bootstrap_interval(list(values)) == (low, high), "the seed decides"
    assert bootstrap_interval(list(values), seed=8) != (low, high)


def test_the_interval_of_a_few_values_is_that_of_all_resamples() -> None:
    """Of (0, 1) four resamples are possible: means 0, 1/2, 1/2, 1."""
    assert bootstrap_interval([0, 1]) == (0, 1)
    assert bootstrap_interval([0, 1], level=0.4) == (0.5, 0.5)
    assert bootstrap_interval([0.25]) == (0.25, 0.25)


scores = st.lists(st.integers(0, 4).map(lambda n: n / 4), min_size=1, max_size=30)


@given(scores, st.integers(0, 9))
def test_an_interval_lies_within_the_values(values: list[float], seed: int) -> None:
    low, high = bootstrap_interval(values, seed=seed, resamples=200)
    assert min(values) <= low <= high <= max(values)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_a_difference_turns_round_with_its_methods(pairs: list[tuple[int, int]]) -> None:
    a, b = [x / 4 for x, _ in pairs], [y / 4 for _, y in pairs]
    one = paired_difference(a, b, resamples=500)
    other = paired_difference(b, a, resamples=500)
    assert one.mean == pytest.approx(np.mean(a) - np.mean(b))
    assert one == pytest.approx((-other.mean, -other.high, -other.low))
    assert paired_difference(a, a, resamples=500) == (0, 0, 0)


def test_pairs_show_what_two_separate_intervals_hide() -> None:
    """Hard and easy questions in turn; one method is a little better on each."""
    b = [0.0, 0.8] * 50
    a = [value + 0.1 for value in b]
    assert bootstrap_interval(a)[0] < bootstrap_interval(b)[1], "the intervals overlap"
    assert paired_difference(a, b) == pytest.approx((0.1, 0.1, 0.1))


@pytest.mark.parametrize(
    ("values", "level"), [([], 0.95), ([float("nan")], 0.95), ([1.0], 0), ([1.0], 1)]
)
def test_an_interval_without_a_meaning_is_refused(values: list[float], level: float) -> None:
    with pytest.raises(ValueError, match=r"interval needs|level lies"):
        bootstrap_interval(values, level=level)


def test_methods_are_compared_on_the_same_questions() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired_difference([1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="interval needs"):
        paired_difference([], [])
