"""What the capstone's checks work with: memories made anew, the keys that are there, a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wellness import keys
from wellness.client import Client
from wellness.errors import LessonError
from wellness.settings import Settings


class Broken(LessonError):
    """A promise is not kept; the message says what was done and what was seen."""


@dataclass(frozen=True)
class Bench:
    """What a check works with; `make` is called like `ShortTerm`."""

    make: Callable[..., Any]
    client: Client
    namespace: str
    settings: Settings
    clock: Callable[[], float]

    def memory(self, user: str = "ann", client: Client | None = None, **changed: Any) -> Any:
        """A new memory, with settings by keyword."""
        settings = self.settings.model_copy(update=changed)
        return self.make(client or self.client, user, settings=settings, clock=self.clock,
                         namespace=self.namespace)  # fmt: skip

    def keys(self, user: str | None = None) -> list[str]:
        """The keys that are there now."""
        return sorted(set(keys.scan(self.client, self.namespace, user)))

    def without_expiry(self) -> list[str]:
        """The keys that would stay for ever."""
        return [key for key in self.keys() if self.client.pttl(key) == -1]

    def hasten(self, soon_ms: int) -> None:
        """Let all keys expire soon, as if the rest of their time had passed."""
        for key in self.keys():
            self.client.pexpire(key, soon_ms)


def expect(what: str, found: object, expected: object) -> None:
    """Raise `Broken` unless what was found is what was expected."""
    if found != expected:
        raise Broken(f"{what}: expected {short(expected)}, found {short(found)}.")


def short(value: object) -> str:
    """A value as a message can hold it."""
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}..."
