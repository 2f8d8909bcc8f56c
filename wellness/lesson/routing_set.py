"""Labelled questions with the calls that answer them, and the marks for whoever routes them.

The files hold templates, each with questions of one theme and their labels. A template belongs
wholly to one half: routers are written and tuned with a view to the development half, and the
held-out half judges them. `data/README.md` says how they were made.

    judged = judge(router, load_routing_set("development"), now=NOW, zone=ZONE)
    [one.grade.why for one in judged if not one.grade.all_right]

`wellness.lesson.routing_figures` makes shares and tables of what is judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from wellness.agent.routes import INTENT_OF, Intent, Route, Router
from wellness.errors import LessonError, PeriodError
from wellness.health.periods import parse
from wellness.memory.messages import Message, ToolCall, Turn
from wellness.settings import project_root

Half = Literal["development", "held-out"]
Kind = Literal[
    "plain", "chatty", "misspelt", "multi-part", "follow-up", "out of scope", "small talk"
]
DATA = project_root() / "data"
FILES: dict[Half, Path] = {
    "development": DATA / "routing_development.json",
    "held-out": DATA / "routing_held_out.json",
}
REFUSALS = frozenset({Intent.SMALL_TALK, Intent.OUT_OF_SCOPE})
PERIODS = frozenset({"period", "other_period"})
FREE_TEXT = frozenset({"query", "text"})  # right in too many words to be graded
UNIMPORTANT = frozenset({"my", "the", "a", "an"})  # "before my injury", "before the injury"


class Exchange(NamedTuple):
    """One turn before the question."""

    user: str
    assistant: str


@dataclass(frozen=True, slots=True)
class RoutedQuestion:
    """A question and where it goes.

    Attributes:
        template: the name of its theme; questions of one template are no independent cases.
        before: the conversation so far, oldest first; only of a follow-up.
        calls: all that answer it, in the order of its parts; none where no tool helps.
        also: other calls that would do as well.
    """

    template: str
    kind: Kind
    question: str
    before: tuple[Exchange, ...]
    intent: Intent
    calls: tuple[ToolCall, ...]
    also: tuple[tuple[ToolCall, ...], ...] = ()

    def turns(self, *, now: datetime) -> tuple[Turn, ...]:
        """What was said before, as a router takes it: one turn a minute, the last a minute ago."""
        at, minute = int(now.timestamp() * 1000), 60_000
        return tuple(
            Turn(
                f"{self.template}.{n}",
                at - (len(self.before) - n) * minute,
                (Message("user", one.user), Message("assistant", one.assistant)),
            )
            for n, one in enumerate(self.before)
        )


class Grade(NamedTuple):
    """What a decision is worth.

    Attributes:
        tool_right: the right tools, as often as needed and no others.
        all_right: and all graded arguments.
        refused: nothing was called; of a question that no tool answers, that is all.
        why: what is wrong; empty if nothing is.
    """

    tool_right: bool
    all_right: bool
    refused: bool
    why: str = ""


class Judged(NamedTuple):
    """A question, what was decided, and what that is worth."""

    question: RoutedQuestion
    route: Route
    grade: Grade


def load_routing_set(half: Half, path: Path | None = None) -> list[RoutedQuestion]:
    """The questions of one half, in the order of its file.

    Args:
        half: "development" for whatever is tuned or shown; "held-out" to judge, and nothing else.
        path: another file of the same form.

    Raises:
        LessonError: the file is not there, or holds no routing set.
    """
    path = path or FILES[half]
    try:
        templates = json.loads(path.read_text("utf-8"))["templates"]
        return [_question(one["id"], row) for one in templates for row in one["questions"]]
    except OSError as error:
        raise LessonError(f"There is no routing set in {path}: {error.strerror}.") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        hint = "data/README.md says what is in it."
        raise LessonError(f"{path} holds no routing set: {error!r}.", hint=hint) from error


def _question(template: str, row: Mapping[str, Any]) -> RoutedQuestion:
    intent, calls = Intent(row["intent"]), _calls(row["calls"])
    if row["kind"] not in get_args(Kind):
        raise ValueError(f"{row['kind']!r} is none of {', '.join(get_args(Kind))}")
    if bool(calls) == (intent in REFUSALS):
        raise ValueError(f"{row['question']!r}: {intent} with {len(calls)} calls")
    if calls and INTENT_OF[calls[0].name] is not intent:
        raise ValueError(f"{row['question']!r}: {intent} is not served by {calls[0].name}")
    before = tuple(Exchange(one["user"], one["assistant"]) for one in row.get("before", ()))
    also = tuple(_calls(other) for other in row.get("also", ()))
    return RoutedQuestion(template, row["kind"], row["question"], before, intent, calls, also)


def _calls(rows: Iterable[Mapping[str, Any]]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(row["tool"], dict(row["arguments"])) for row in rows)


def judge(
    router: Router, questions: Iterable[RoutedQuestion], *, now: datetime, zone: ZoneInfo
) -> list[Judged]:
    """Route each question once and grade it; `now` and `zone` as for `grade`."""
    judged = []
    for question in questions:
        route = router.route(question.question, turns=question.turns(now=now))
        mark = grade(question, route.intent, route.calls, now=now, zone=zone)
        judged.append(Judged(question, route, mark))
    return judged


def grade(
    question: RoutedQuestion,
    intent: Intent,
    calls: Sequence[ToolCall],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Grade:
    """What a decision is worth: calls count, in any order; the intent is named in `why` only.

    Periods agree when they are the same half-open interval. One that is no period of the calendar
    refers to an event, and agrees when its words do, case and articles aside. An argument that is
    None is not there. What is searched for or remembered is not graded.

    Args:
        now: when the question is asked; for the shipped set that of the sample,
            2026-09-30 20:15 in New York.
        zone: where the person lives.
    """
    if not question.calls or not calls:
        right = not question.calls and not calls
        names = ", ".join(_names(calls or question.calls))
        why = f"{names} called, but no tool helps" if calls else f"{intent}, but {names} helps"
        return Grade(right, right, not calls, "" if right else why)
    fits = [
        [fault for pair in zip(wanted, order, strict=True) for fault in _faults(*pair, now, zone)]
        for wanted in (question.calls, *question.also) if len(wanted) == len(calls)
        for order in permutations(calls) if _names(order) == _names(wanted)
    ]  # fmt: skip
    if not fits:
        wanted, called = (", ".join(_names(some)) for some in (question.calls, calls))
        return Grade(False, False, False, f"{wanted} wanted, {called} called")
    best = min(fits, key=len)
    return Grade(True, not best, False, "; ".join(best))


def _names(calls: Sequence[ToolCall]) -> list[str]:
    return [call.name for call in calls]


def _faults(wanted: ToolCall, given: ToolCall, now: datetime, zone: ZoneInfo) -> list[str]:
    """Each graded argument that differs, in words."""
    sides = [
        {name: value for name, value in call.arguments.items()
         if value is not None and name not in FREE_TEXT}
        for call in (wanted, given)
    ]  # fmt: skip
    faults = []
    for name in sorted(sides[0].keys() | sides[1].keys()):
        want, got = sides[0].get(name), sides[1].get(name)
        if name in PERIODS and isinstance(want, str) and isinstance(got, str):
            same = _meaning(want, now, zone) == _meaning(got, now, zone)
        else:
            same = want == got
        if not same:
            faults.append(f"{name} of {wanted.name}: wanted {want!r}, got {got!r}")
    return faults


def _meaning(phrase: str, now: datetime, zone: ZoneInfo) -> tuple[object, ...]:
    """Start and end of a period, or the words that name an event."""
    try:
        period = parse(phrase, now=now, zone=zone)
    except PeriodError:
        words = phrase.lower().replace("\u2019", "'").strip(" .,;:!?").split()
        return tuple(word for word in words if word not in UNIMPORTANT)
    return period.start_s, period.end_s
