"""Both memories of a lesson's person, over whichever connection an exhibit has to break."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wellness.health.sample import story
from wellness.lesson.states import SAMPLE_USER
from wellness.memory.dual import DualMemory
from wellness.memory.long_term import LongTerm
from wellness.memory.short_term import ShortTerm
from wellness.memory.tokens import Tiktoken

if TYPE_CHECKING:
    from wellness.client import Client
    from wellness.lesson.kit import Lesson
    from wellness.settings import Settings


def open_memory(
    lesson: Lesson, client: Client | None = None, settings: Settings | None = None
) -> DualMemory:
    """The memory of the sample's person in a lesson's namespace; needs no health data.

    Args:
        lesson: whose namespace and embedding model.
        client: by default the lesson's own.
        settings: by default the lesson's own.

    Raises:
        ModelUnavailable, ServerError, BootstrapError: there is no embedding model.
        RedisError, RedisUnavailable: Redis does not answer; it must, to begin with.
    """
    client, settings = client or lesson.client, settings or lesson.settings
    known: dict[str, Any] = {
        "settings": settings, "clock": time.time, "namespace": lesson.namespace
    }  # fmt: skip
    return DualMemory(
        ShortTerm(client, SAMPLE_USER, **known),
        LongTerm(client, lesson.embedder(), SAMPLE_USER, **known),
        counter=Tiktoken(),
        zone=ZoneInfo(story.HOME),
        settings=settings,
    )
