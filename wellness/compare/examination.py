"""The conformance checks run on every engine at once: who can do what, and does it right."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from wellness.compare import conformance, engines
from wellness.compare.arena import Arena
from wellness.compare.protocols import Adapter, CannotDo, Clock
from wellness.compare.results import table_html
from wellness.errors import WrongAnswer
from wellness.settings import Settings

LIVE_S = 1.0  # seconds a conversation lives in the check of its end
RIGHT = "✓ right"


@dataclass(frozen=True)
class Examined:
    """What came of each check, by engine and check; a wrong answer begins with ✗, else – or ✓."""

    found: Mapping[str, Mapping[str, str]]

    def passed(self, engine: str, *checks: str) -> bool:
        """Whether an engine did all of some checks right."""
        return all(self.found[engine][check].startswith(RIGHT) for check in checks)

    @property
    def wrong(self) -> dict[str, str]:
        """Engines that gave a wrong answer, with the first of them."""
        return {
            engine: text
            for engine, checks in self.found.items()
            for text in checks.values()
            if text.startswith("✗")
        }

    def __repr__(self) -> str:
        rows = (
            f"{engine}: " + ", ".join(f"{check} {text}" for check, text in checks.items())
            for engine, checks in self.found.items()
        )
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        checks = list(next(iter(self.found.values())))
        rows = [[engine, *each.values()] for engine, each in self.found.items()]
        return table_html(["", *checks], rows)


def examine(settings: Settings, clock: Clock) -> Examined:
    """Run the conformance checks on every engine that is here.

    All are examined at the same time: nothing is timed here.
    """
    with (
        Arena(settings, clock, dimensions=conformance.DIMENSIONS, ttl_s=LIVE_S) as brief,
        ThreadPoolExecutor(len(brief.adapters)) as pool,
    ):
        ends = dict(zip(brief.adapters, pool.map(_expiry, brief.adapters.values()), strict=True))
    with (
        Arena(settings, clock, dimensions=conformance.DIMENSIONS) as arena,
        ThreadPoolExecutor(len(arena.adapters)) as pool,
    ):
        found = dict(zip(arena.adapters, pool.map(_all, arena.adapters.values()), strict=True))
    return Examined(
        {
            name: {
                **checks,
                "expiry": ends[name],
                "several processes": RIGHT if engines.ENGINES[name].shared else "– one only",
            }
            for name, checks in found.items()
        }
    )


def _all(adapter: Adapter) -> dict[str, str]:
    return {
        "turns": _judge(_turns, adapter),
        "search": _judge(_search, adapter),
        "one agent turn": _judge(conformance.check_gather, adapter),
        "daily means": _judge(conformance.check_days, adapter),
    }


def _expiry(adapter: Adapter) -> str:
    return _judge(lambda one: conformance.check_expiry(one, time.sleep), adapter)


def _turns(adapter: Adapter) -> None:
    conformance.check_order(adapter)
    conformance.check_exchange(adapter)


def _search(adapter: Adapter) -> str:
    everybody = type(adapter).__name__ != "KitRedis"  # which never searches over all users
    return f"recall {conformance.check_nearest(adapter, everybody=everybody):.2f}"


def _judge(check: Callable[[Adapter], object], adapter: Adapter) -> str:
    try:
        told = check(adapter)
    except CannotDo as error:
        return f"– cannot: {error.why}"
    except WrongAnswer as error:
        return f"✗ wrong: {error.message}"
    return f"{RIGHT}, {told}" if isinstance(told, str) else RIGHT
