"""Runs of routers: samples of all kinds, figures that come back from a file, an honest verdict."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wellness.agent.routes import Intent, Route
from wellness.errors import LessonError
from wellness.lesson.routing_runs import (
    Count,
    RoutingRun,
    Waiting,
    claimed,
    counts,
    latest,
    load_runs,
    spread,
)
from wellness.lesson.routing_set import Grade, Judged, RoutedQuestion, load_routing_set
from wellness.memory.messages import ToolCall

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def judged(right: int, wrong: int, *, tool: bool = True) -> list[Judged]:
    """Decisions about questions that a tool answers, or that none does."""
    calls = (ToolCall("list_goals"),) if tool else ()
    intent = Intent.GOALS if tool else Intent.OUT_OF_SCOPE
    question = RoutedQuestion("t", "plain", "q", (), intent, calls)
    route = Route(intent, calls, 0.9, "rules", {})
    return [
        Judged(question, route, Grade(good, good, good and not tool))
        for good in [True] * right + [False] * wrong
    ]


def test_a_sample_has_all_kinds() -> None:
    questions = load_routing_set("development")
    kinds = {one.kind for one in questions}
    some = spread(questions, 2 * len(kinds))
    assert set(Counter(one.kind for one in some).values()) == {2}
    assert {one.kind for one in some} == kinds
    assert len(spread(questions, 10**6)) == len(questions)


def test_counts_by_measure() -> None:
    found = counts([*judged(7, 1), *judged(3, 1, tool=False)])
    assert found == {"tool right": (10, 12), "all right": (10, 12), "refused": (3, 4)}


def test_a_run_comes_back_from_its_file(tmp_path: Path) -> None:
    assert "No full run" in repr(latest(tmp_path))
    assert "No full run" in latest(tmp_path)._repr_html_()
    run = RoutingRun.of(
        {"rules": [*judged(9, 1), *judged(1, 0, tool=False)]},
        model="qwen:1b", half="held-out", at=AT, versions={"python": "3.11"},
    )  # fmt: skip
    path = run.save(tmp_path)
    assert load_runs(tmp_path) == [run]
    assert run.ways["rules"]["tool right"] == Count(10, 11)
    run.save(tmp_path)
    assert len(load_runs(tmp_path)) == 1
    assert "10 of 11: 91%" in latest(tmp_path)._repr_html_()
    small = RoutingRun.of(
        {"rules": judged(1, 0)}, model="m", half="held-out", at=AT, versions={"python": "3.11"}
    )
    small.save(tmp_path)
    assert "none of that kind" in repr(latest(tmp_path))
    path.write_text('{"ways": {}}')
    with pytest.raises(LessonError, match="no run of routers"):
        load_runs(tmp_path)


@pytest.mark.parametrize(
    ("alone", "both", "word"),
    [((600, 400), (990, 10), "confirmed"), ((900, 100), (800, 200), "refuted"),
     ((900, 100), (990, 10), "depends"), ((3, 2), (5, 0), "depends")],
)  # fmt: skip
def test_the_claim_is_judged_by_intervals(
    alone: tuple[int, int], both: tuple[int, int], word: str
) -> None:
    found = claimed({"model": judged(*alone), "rules, then model": judged(*both)}, "m")
    assert found["verdict"].word == word
    assert f"{sum(alone)} labelled questions" in found["experiment"]
    assert len(found["measured"]) == 4


def test_a_watch_changes_nothing() -> None:
    route = judged(1, 0)[0].route

    class Router:
        def route(self, question: str, *, turns: object = ()) -> Route:
            return route

    watched = Waiting(Router())
    assert watched.route("q") is route
    assert watched.seconds > 0
