"""As much of a lesson as checks need that only work on a Redis."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis

from wellness.keys import Keys
from wellness.settings import Settings


@dataclass
class Bench:
    """A client, a namespace, and the settings."""

    client: Redis
    namespace: str
    settings: Settings

    def keys(self, user: str) -> Keys:
        return Keys(self.namespace, user)
