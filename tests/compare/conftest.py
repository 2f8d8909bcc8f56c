"""Every engine once a session; a missing one is an error here, never a skipped test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from wellness.compare import engines
from wellness.compare.conformance import DIMENSIONS
from wellness.compare.protocols import Durability, Engine
from wellness.settings import Settings


class Running:
    """Engines that run, started when they are first asked for."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self._settings, self._stack = settings, stack
        self._engines: dict[tuple[str, Durability, float], Engine] = {}

    def get(self, name: str, durability: Durability | None = None, ttl_s: float = 600.0) -> Engine:
        """In its weakest class, unless one is named: what is asked here does not depend on it."""
        chosen = durability or engines.classes(name)[-1]
        key = (name, chosen, ttl_s)
        if key not in self._engines:
            engine = engines.start(
                name, chosen, settings=self._settings, dimensions=DIMENSIONS, ttl_s=ttl_s
            )
            self._stack.callback(engine.close)
            self._engines[key] = engine
        return self._engines[key]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("engines")
    with ExitStack() as stack:
        yield Running(Settings(home=home, checks="strict"), stack)
