"""States a lesson can begin from, so that each can be opened alone and in any order.

`after-01` is what Redis holds when lesson 01 has been worked through. A state is made in the
lesson's own namespace by the same code that the lessons teach, never from a dump.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wellness.errors import LessonError
from wellness.health.sample import story
from wellness.settings import project_root

if TYPE_CHECKING:
    from wellness.health.store import Store
    from wellness.lesson.kit import Lesson

SAMPLE = project_root() / "data" / "sample-export.zip"
SAMPLE_USER = "sample"
State = Callable[["Lesson"], "Store"]


def prepare(lesson: Lesson, state: str) -> Store:
    """Make a state and return the store of its user.

    Raises:
        LessonError: there is no such state.
    """
    if state not in STATES:
        raise LessonError(
            f"There is no prepared state {state!r}.", hint=f"There are: {', '.join(STATES)}."
        )
    return STATES[state](lesson)


def _sample(lesson: Lesson) -> Store:
    """The shipped export, read by the real importer."""
    from wellness.health.importer import import_export
    from wellness.health.store import Store

    store = Store(lesson.client, SAMPLE_USER, namespace=lesson.namespace)
    progress = lesson.progress("Importing the sample")
    import_export(
        SAMPLE, store, settings=lesson.settings, zone=ZoneInfo(story.HOME), progress=progress
    )
    return store


STATES: dict[str, State] = {
    "sample": _sample,
    "after-01": _sample,  # lesson 01 ends with the sample in sorted sets
}
