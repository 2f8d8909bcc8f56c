"""What the build writes into a lesson about the other lessons, and about showing this one.

`<!-- nav -->` becomes the links to the lesson before and after, and where to skip to when there are
two minutes; `<!-- ten-minutes -->` becomes the way through the kit in ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wellness.lesson.stage import Stage, skip_to

if TYPE_CHECKING:
    from wellness.lesson.build import Lesson


def place(text: str, lesson: Lesson, lessons: Sequence[Lesson], stage: Stage | None) -> str:
    """The Markdown of a lesson's cell with its signposts in it."""
    text = text.replace("<!-- nav -->", navigation(lesson, lessons, stage))
    return text.replace("<!-- ten-minutes -->", ten_minutes(lessons, stage))


def navigation(lesson: Lesson, lessons: Sequence[Lesson], stage: Stage | None = None) -> str:
    """Links to the lessons before and after, and to what is shown of this one."""
    at = lessons.index(lesson)
    links = [f"Previous: {before.link}" for before in lessons[max(at - 1, 0) : at]]
    links += [f"Next: {after.link}" for after in lessons[at + 1 : at + 2]]
    act = stage.acts.get(lesson.number) if stage else None
    return "\n\n".join(
        part for part in (" · ".join(links), skip_to(act) if act and act.slides else "") if part
    )


def ten_minutes(lessons: Sequence[Lesson], stage: Stage | None) -> str:
    """A table of the way: the minute at which a lesson begins, the lesson, and why."""
    if stage is None:
        return ""
    by_number, minute = {lesson.number: lesson for lesson in lessons}, 0
    rows = ["| From minute | Lesson | What it shows |", "|--:|:--|:--|"]
    for stop in stage.path:
        link = by_number[stop.lesson].link.replace("|", "\\|")
        rows.append(f"| {minute} | {link} | {stop.why} |")
        minute += stop.minutes
    return "\n".join(rows)
