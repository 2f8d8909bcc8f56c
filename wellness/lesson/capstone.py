"""The capstone: a short-term memory of your own, held against what the kit's promises.

    from wellness.lesson import capstone
    capstone.check_short_term(StreamMemory)

`StreamMemory` stands for anything that is called like `wellness.memory.short_term.ShortTerm`, and
has its `append` and `read`. How it keeps the turns is its own affair; all its keys must begin with
`Keys(namespace, user).prefix`, so that a person can be deleted. docs/capstone.md is the task.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

from redis import Redis

from wellness import keys
from wellness.client import connect
from wellness.lesson import lease
from wellness.lesson.capstone_bench import Bench, Broken
from wellness.lesson.capstone_checks import CHECKS
from wellness.memory.turns import Turn
from wellness.settings import Settings, load


class Memory(Protocol):
    """What is asked of a short-term memory; see `ShortTerm` for the same in full."""

    def append(self, conversation: str, turn: Turn) -> int:
        """Add a turn, drop the oldest beyond the limit, set the expiry; how many there are now."""

    def read(self, conversation: str, n: int = 10) -> list[Turn]:
        """The last `n` turns, oldest first."""


class Make(Protocol):
    """A class, or a function, that makes the memory of one user."""

    def __call__(
        self,
        client: Redis,
        user: str,
        *,
        settings: Settings,
        clock: Callable[[], float],
        namespace: str,
    ) -> Memory:
        """A memory of the user, in a namespace, by `settings.conversation_*`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, in words; `problem` is empty where it is kept, else what was seen."""

    promise: str
    problem: str


@dataclass(frozen=True, repr=False)
class Report:
    """What became of each promise."""

    name: str
    findings: Sequence[Finding]

    @property
    def passed(self) -> bool:
        """Whether every promise is kept."""
        return not any(finding.problem for finding in self.findings)

    @property
    def headline(self) -> str:
        """The result in one line."""
        kept = sum(not finding.problem for finding in self.findings)
        return f"{self.name} keeps {kept} of {len(self.findings)} promises of a short-term memory"

    def __repr__(self) -> str:
        lines = [self.headline]
        for one in self.findings:
            lines.append(f"  {'broken' if one.problem else 'kept'}: {one.promise}")
            lines += [f"    {line}" for line in one.problem.splitlines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(one.promise)}</th>'
            f'<td style="text-align:left">{"broken" if one.problem else "kept"}</td>'
            f'<td style="text-align:left">{escape(one.problem)}</td></tr>'
            for one in self.findings
        )
        heads = "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("Promise", "Result", "What was seen")
        )
        return (
            f'<table><caption style="text-align:left">{escape(self.headline)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


def check_short_term(make: Make, *, settings: Settings | None = None) -> Report:
    """Try every promise of a short-term memory on a Redis, in a namespace that is removed again.

    Args:
        make: the class; each check makes memories of its own with it.
        settings: where the Redis is; by default those of the environment.

    Raises:
        ServerError: there is no Redis to try it on; the hint says how to get one.
    """
    settings = settings or load()
    with ExitStack() as stack:
        client = stack.enter_context(connect(settings))
        place = lease.take(lease.folder(settings), "capstone")
        stack.callback(place.release, client)
        findings = []
        for check in CHECKS:
            keys.delete(client, place.namespace)
            bench = Bench(make, client, place.namespace, settings, time.time)
            findings.append(Finding(promise(check), _problem(check, bench)))
        return Report(getattr(make, "__name__", repr(make)), findings)


def promise(check: Callable[[Bench], None]) -> str:
    """The promise that a check tries: the first line of its docstring.

    >>> promise(CHECKS[0])
    'The last turns come back whole, oldest first, as many as were asked for.'
    """
    return (check.__doc__ or "").strip().splitlines()[0]


def _problem(check: Callable[[Bench], None], bench: Bench) -> str:
    """What a check saw; an exception comes from what was called and is a broken promise too."""
    try:
        check(bench)
    except Broken as broken:
        return broken.message
    except Exception as error:
        return f"It raised {type(error).__name__}: {error}"
    return ""


def main(arguments: Sequence[str]) -> int:
    """Check a class, named as `module:Class`; the exit code is 0 if every promise is kept."""
    from importlib import import_module

    if len(arguments) != 1 or ":" not in arguments[0]:
        sys.stderr.write("Usage: python -m wellness.lesson.capstone MODULE:CLASS\n")
        return 2
    module, _, name = arguments[0].partition(":")
    make: Any = getattr(import_module(module), name)
    report = check_short_term(make)
    sys.stdout.write(f"{report!r}\n")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
