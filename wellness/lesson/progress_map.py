"""The course as a map: its lessons and exercises, what is passed already, and what comes next.

What was passed stands in Redis, in a hash of the learner that outlives every lesson: one field an
exercise, and when it was passed.

>>> from wellness.lesson.syllabus import Chapter, Exercise
>>> tasks = Exercise("01-1", "repair a member"), Exercise("01-2", "count")
>>> lesson = Chapter("01", "01_health_data", "Health data", 5, 40, tasks)
>>> ProgressMap((lesson,), {"01-1": datetime(2026, 9, 30, 20)})
Your progress: 1 of 2 exercises passed
  01 Health data, 5 minutes to present, 40 to practise: 1 of 2 passed
    passed 01-1: repair a member (30 September 2026)
    open   01-2: count
Next: exercise 01-2: count, in lesson 01 Health data (01_health_data.ipynb)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from redis import Redis

from wellness.keys import PROGRESS, Keys
from wellness.lesson.syllabus import Chapter, Exercise, chapters
from wellness.settings import project_root

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

LEFT = "text-align:left;vertical-align:top"
RIGHT = "text-align:right;vertical-align:top"


@dataclass(frozen=True, repr=False)
class ProgressMap:
    """All lessons with their exercises; `passed` is exercise to when its check last passed."""

    lessons: tuple[Chapter, ...]
    passed: Mapping[str, datetime]

    @property
    def done(self) -> int:
        """Exercises of these lessons that are passed."""
        return sum(map(self.done_in, self.lessons))

    @property
    def total(self) -> int:
        """Exercises there are."""
        return sum(len(lesson.exercises) for lesson in self.lessons)

    def done_in(self, lesson: Chapter) -> int:
        """Exercises of a lesson that are passed."""
        return sum(one.number in self.passed for one in lesson.exercises)

    @property
    def next_step(self) -> tuple[Chapter, Exercise] | None:
        """The first exercise that is open, with its lesson; None when all are passed."""
        tasks = ((lesson, one) for lesson in self.lessons for one in lesson.exercises)
        return next(((lesson, one) for lesson, one in tasks if one.number not in self.passed), None)

    @property
    def minutes_left(self) -> int:
        """Minutes of practice in the lessons that have an open exercise, as the lessons say."""
        return sum(
            lesson.practise
            for lesson in self.lessons
            if self.done_in(lesson) < len(lesson.exercises)
        )

    @property
    def headline(self) -> str:
        """How far the learner is, in one line."""
        return f"Your progress: {self.done} of {self.total} exercises passed"

    def _state(self, exercise: Exercise) -> tuple[str, str]:
        when = self.passed.get(exercise.number)
        return ("passed", f" ({when.day} {when:%B %Y})") if when else ("open", "")

    def _count(self, lesson: Chapter) -> str:
        total = len(lesson.exercises)
        return f"{self.done_in(lesson)} of {total} passed" if total else "no exercises"

    def __repr__(self) -> str:
        lines = [self.headline]
        for lesson in self.lessons:
            times = f"{lesson.present} minutes to present, {lesson.practise} to practise"
            lines.append(f"  {lesson.number} {lesson.title}, {times}: {self._count(lesson)}")
            for one in lesson.exercises:
                state, when = self._state(one)
                lines.append(f"    {state:6} {one}{when}")
        return "\n".join([*lines, self._next()])

    def _next(self) -> str:
        if (step := self.next_step) is None:
            return "Next: all exercises are passed; the capstone is described in docs/capstone.md"
        lesson, exercise = step
        where = f"lesson {lesson.number} {lesson.title} ({lesson.file})"
        return f"Next: exercise {exercise}, in {where}"

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="{RIGHT if name.startswith("Minutes") else LEFT}">{name}</th>'
            for name in ("Lesson", "Minutes to present", "Minutes to practise", "Exercises", "Done")
        )
        rows = "".join(map(self._row, self.lessons))
        return (
            f'<table><caption style="text-align:left">{self.headline}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{self._html_next()}"
        )

    def _row(self, lesson: Chapter) -> str:
        return (
            f'<tr><th scope="row" style="{LEFT}">{_link(lesson)}</th>'
            f'<td style="{RIGHT}">{lesson.present}</td><td style="{RIGHT}">{lesson.practise}</td>'
            f'<td style="{LEFT}">{self._tasks(lesson)}</td>'
            f'<td style="{LEFT};white-space:nowrap">{self._bar(lesson)}</td></tr>'
        )

    def _tasks(self, lesson: Chapter) -> str:
        lines = []
        for one in lesson.exercises:
            state, when = self._state(one)
            word = f"<strong>{state}</strong>" if state == "passed" else state
            lines.append(f"<li>{escape(str(one))}: {word}{when}</li>")
        style = "margin:0;padding-left:1.2em;list-style:none"
        return f'<ul style="{style}">{"".join(lines)}</ul>' if lines else "none"

    def _bar(self, lesson: Chapter) -> str:
        count, total = self._count(lesson), len(lesson.exercises)
        if not total:
            return count
        name = escape(f"Lesson {lesson.number}: {count}", quote=True)
        bar = f'<progress aria-label="{name}" value="{self.done_in(lesson)}" max="{total}">'
        return f"{count}<br>{bar}{count}</progress>"

    def _html_next(self) -> str:
        if (step := self.next_step) is None:
            return f"<p>{self._next()}.</p>"
        lesson, exercise = step
        left = f"about {self.minutes_left} minutes of practice are left"
        return (
            f"<p><strong>Next:</strong> exercise {escape(str(exercise))}, in {_link(lesson)}; "
            f"{left}.</p>"
        )


def _link(lesson: Chapter) -> str:
    text = escape(f"{lesson.number} {lesson.title}")
    return f'<a href="{escape(lesson.file, quote=True)}">{text}</a>'


def read(client: Redis, user: str) -> dict[str, datetime]:
    """What a learner has passed: exercise to when. A field that holds no time is left out."""
    fields: Any = client.hgetall(Keys(PROGRESS, user).progress)
    passed = {}
    for exercise, when in fields.items():
        try:
            passed[exercise.decode()] = datetime.fromisoformat(when.decode())
        except ValueError:  # also what is no UTF-8
            continue
    return passed


def of(lesson: Lesson) -> ProgressMap:
    """The map of this checkout's lessons, with what the learner has passed on this Redis.

    Raises:
        LessonError: the sources of the lessons are not there.
    """
    source = project_root() / "notebooks" / "source"
    return ProgressMap(tuple(chapters(source)), read(lesson.client, lesson.settings.user))
