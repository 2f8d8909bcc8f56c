"""The eleven tools behind one call: checked arguments in, a result out, whatever goes wrong.

    toolbox = Toolbox(store, memory, settings=settings, now=now)
    toolbox.call(ToolCall("aggregate_metrics", {"metric": "StepCount", "aggregation": "sum"}))

What a person or a model may get wrong, and a Redis or an embedding model that is not there, stand
in the result's `error` with their remedy. A bug is raised.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

from wellness.agent.results import ToolResult
from wellness.agent.tools.arguments import Arguments
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.specs import SPECS, ToolSpec, parameters
from wellness.agent.tools.tape import recording
from wellness.agent.tools.wording import clean
from wellness.errors import PeriodError, RedisUnavailable, ToolError, UnknownMetric, WellnessError
from wellness.health.store import Store
from wellness.memory.long_term import LongTerm
from wellness.memory.messages import ToolCall
from wellness.settings import Settings

DOWN = (RedisConnectionError, RedisTimeoutError)
FULL = (OutOfMemoryError, ReadOnlyError)
FAULTS = (ToolError, PeriodError, UnknownMetric)  # of whoever made the call
MESSAGE_MOST = 600  # characters of an error


class Toolbox:
    """One person's tools at one moment.

    Args:
        store: whose health data.
        memory: their long-term memory; None for an agent that keeps none.
        settings: `heart_rate_gap_s` counts here.
        now: when the tools are called; aware.
        zone: whose days are meant; by default the person's home zone.

    Raises:
        ValueError: `now` has no zone.
    """

    specs: Mapping[str, ToolSpec] = SPECS

    def __init__(
        self,
        store: Store,
        memory: LongTerm | None,
        *,
        settings: Settings,
        now: datetime,
        zone: ZoneInfo | None = None,
    ) -> None:
        if now.utcoffset() is None:
            raise ValueError("now must be aware, since it decides which day is today")
        self.store, self.memory = store, memory
        self._settings, self._now, self._zone = settings, now, zone

    @staticmethod
    def schemas() -> list[dict[str, Any]]:
        """All tools in the form of Ollama's and OpenAI's `tools=`."""
        return [spec.schema for spec in SPECS.values()]

    def call(self, call: ToolCall) -> ToolResult:
        """Carry out a call; what goes wrong stands in the result's `error`, with its remedy.

        Raises:
            Exception: a bug, of the kit or of Redis' scripts; nothing that a caller did.
        """
        zone, misunderstood = "", False
        given = _shown(call.arguments)
        clients = [self.store.client, *([self.memory.client] if self.memory else [])]
        with recording(*clients) as tape:
            try:
                spec, checked = _checked(call)
                given = checked.model_dump(exclude_none=True)
                home = self._zone or self.store.zone()
                zone = home.key
                desk = Desk(self.store, self.memory, self._settings, self._now, home)
                draft = spec.run(desk, checked)
                return draft.result(spec.name, given, zone, tape.lines())
            except WellnessError as error:
                said, misunderstood = str(error), isinstance(error, FAULTS)
            except DOWN as error:
                said = f"Redis does not answer: {error}. {RedisUnavailable.hint}"
            except FULL as error:
                said = f"Redis takes nothing in: {error}. Raise maxmemory, or ask its primary."
            return ToolResult(
                clean(str(call.name), 60), given, zone=zone, commands=tape.lines(),
                error=clean(said, MESSAGE_MOST), misunderstood=misunderstood,
            )  # fmt: skip

    def __repr__(self) -> str:
        kept = "with memory" if self.memory else "without memory"
        return f"<Toolbox of {self.store.user!r}, {kept}, at {self._now.isoformat()}>"


def _checked(call: ToolCall) -> tuple[ToolSpec, Arguments]:
    """The tool and its arguments.

    Raises:
        ToolError: there is no such tool, or it does not take these.
    """
    spec = SPECS.get(call.name) if isinstance(call.name, str) else None
    if spec is None:
        close = difflib.get_close_matches(str(call.name)[:60], SPECS, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise ToolError(
            f"There is no tool {clean(str(call.name), 60)!r}.{meant}",
            hint=f"There are: {', '.join(SPECS)}.",
        )
    if not isinstance(call.arguments, Mapping):
        raise ToolError(f"{spec.name} takes its arguments by name.", hint=_takes(spec))
    try:
        return spec, spec.arguments.model_validate(dict(call.arguments))
    except ValidationError as error:
        problems = [_problem(one) for one in error.errors(include_url=False)[:3]]
        raise ToolError(f"{spec.name}: {'; '.join(problems)}.", hint=_takes(spec)) from error


def _problem(error: Any) -> str:
    name = clean(".".join(str(part) for part in error["loc"]), 60)
    match error["type"]:
        case "missing":
            return f"{name} is missing"
        case "extra_forbidden":
            return f"there is no argument {name!r}"
        case _:
            return f"{name} cannot be {_value(error['input'])}: {error['msg'].lower()}"


def _value(value: Any) -> str:
    return clean(repr(value), 60)


def _takes(spec: ToolSpec) -> str:
    """The arguments of a tool: `metric, aggregation (sum, average...), period?`."""
    found = parameters(spec.arguments)
    required = found.get("required", ())
    parts = []
    for name, form in found["properties"].items():
        choice = f" ({', '.join(form['enum'])})" if "enum" in form else ""
        parts.append(f"{name}{'' if name in required else '?'}{choice}")
    return f"It takes {', '.join(parts)}."


def _shown(arguments: object) -> dict[str, Any]:
    """What was given, as far as it can be shown: it may be anything."""
    if not isinstance(arguments, Mapping):
        return {}
    return {
        clean(str(name), 60): clean(value, 100) if isinstance(value, str) else value
        for name, value in list(arguments.items())[:10]
        if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
    }
