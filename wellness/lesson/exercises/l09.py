"""Checks of lesson 09: what to persist, what to repeat, when to stop asking, what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import redis
from redis.exceptions import ResponseError

from wellness.client import Client, connect
from wellness.errors import ServerStartError
from wellness.keys import LESSON, Keys
from wellness.lesson.breakable import breakable
from wellness.lesson.checks import Verdict
from wellness.lesson.exercises.breakers import find_fault
from wellness.lesson.exercises.promises import find_broken_promise
from wellness.lesson.relay import Line, line
from wellness.settings import Settings
from wellness.topologies import replicated

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

DIRECTIVES = ("appendonly", "appendfsync", "save")
MOST_LOST_S = 300  # of the rollups
MOST_TRIES = 10  # of one command; more is no patience but an attack
HARMLESS: tuple[tuple[str, ...], ...] = (
    ("GET", "text"), ("LRANGE", "list", "0", "-1"), ("SET", "text", "new"),
    ("HSET", "hash", "steps", "8214"), ("ZADD", "sorted", "7", "monday"), ("UNLINK", "text"),
    ("SADD", "set", "monday"),
)  # fmt: skip
HARMFUL: tuple[tuple[str, ...], ...] = (
    ("INCR", "number"), ("RPUSH", "list", "turn"), ("APPEND", "text", "more"),
    ("LPOP", "list"), ("HINCRBY", "hash", "steps", "1"), ("ZINCRBY", "sorted", "1", "monday"),
    ("ZADD", "sorted", "INCR", "1", "monday"),
)  # fmt: skip
THERE: dict[str, tuple[str, ...]] = {
    "text": ("SET", "old"), "list": ("RPUSH", "a", "b", "c", "d"), "hash": ("HSET", "steps", "1"),
    "number": ("SET", "41"), "sorted": ("ZADD", "1", "monday"), "set": ("SADD", "sunday"),
}  # fmt: skip
ANSWERED = ("GET", "LRANGE", "SET")  # whose reply is the same when they are repeated


def check_1(lesson: Lesson, chosen: Mapping[str, Any]) -> Verdict:
    """Each configuration on a server that is killed, against what the requirement says."""
    for name, judge in REQUIREMENTS.items():
        config = chosen.get(name) if isinstance(chosen, Mapping) else None
        if not isinstance(config, Mapping) or "appendonly" not in config:
            return Verdict(False, f"For {name!r} give a dictionary that says at least appendonly.")
        if strange := sorted(set(config) - set(DIRECTIVES)):
            return Verdict(False, f"{name}: of {', '.join(DIRECTIVES)} only, not {strange}.")
        arguments = [text for key in config for text in (f"--{key}", str(config[key]))]
        try:
            in_force, survived = _killed(lesson.settings, arguments)
        except ServerStartError:
            return Verdict(False, f"{name}: Redis does not start with {dict(config)}.")
        if fault := judge(in_force, survived):
            return Verdict(False, f"{name}: {fault}")
    return Verdict(True, "Three servers ran with them, and were killed.")


def _killed(settings: Settings, arguments: list[str]) -> tuple[dict[str, str], bool]:
    """What a server says is in force, and whether a write survived its kill -9."""
    key = Keys(LESSON, "exercise").scratch("survivor")
    with breakable(settings, *arguments) as own:
        in_force = {name: str(own.client.config_get(name)[name]) for name in DIRECTIVES}
        own.client.set(key, "said")
        own.server.kill()
        own.restart()
        with connect(own.settings) as client:
            return in_force, bool(client.get(key) == b"said")


def _rollups(config: Mapping[str, str], survived: bool) -> str:
    if config["appendonly"] == "yes":
        return "no log was wanted, and a log is every write again at the next start."
    numbers = list(map(int, config["save"].split()))
    points = zip(numbers[::2], numbers[1::2], strict=True)
    if not any(seconds <= MOST_LOST_S and changes == 1 for seconds, changes in points):
        return f"with save {config['save']!r} a single change may be lost after five minutes."
    return ""


def _conversations(config: Mapping[str, str], survived: bool) -> str:
    if config["appendonly"] == "no" or not survived:
        return "a turn was acknowledged, the process was killed, and the turn is gone."
    if config["appendfsync"] == "always":
        return "each turn waits for the disk; look at what a write takes in the table above."
    if config["appendfsync"] == "no":
        return "when the disk has it is up to the kernel: half a minute is usual."
    return ""


def _audit(config: Mapping[str, str], survived: bool) -> str:
    if config["appendonly"] == "no" or not survived:
        return "an entry was acknowledged, the process was killed, and the entry is gone."
    if config["appendfsync"] != "always":
        return "a power cut may take entries that were acknowledged."
    return ""


REQUIREMENTS: dict[str, Callable[[Mapping[str, str], bool], str]] = {
    "rollups": _rollups, "conversations": _conversations, "audit": _audit
}  # fmt: skip


class _Enough(BaseException):
    """Ends an answer that would ask for ever, whatever it catches."""


class _Counted(Client):
    """A client that counts what is sent through it."""

    def __init__(self, of: Client) -> None:
        super().__init__(of.connection_pool, of.guard)
        self.tries = 0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command, or stop whoever sends too many."""
        self.tries += 1
        if self.tries > MOST_TRIES:
            raise _Enough
        return super().execute_command(*args, **options)


def check_2(lesson: Lesson, send: Callable[..., Any]) -> Verdict:
    """Commands whose reply is lost: repeated where that does no harm, else told."""
    owner = lesson.keys("exercise 2")
    settings = lesson.settings.model_copy(update={"breaker_reset_s": 0.05})
    try:
        with line(lesson.client, settings) as way:
            for command in (*HARMLESS, *HARMFUL):
                if fault := _lost_reply(lesson.client, way, owner, command, send):
                    return Verdict(False, f"{' '.join(command)}: {fault}")
            return _other_errors(way, owner, send)
    except _Enough:
        return Verdict(False, f"It asked more than {MOST_TRIES} times. Some day, give up.")
    finally:
        lesson.client.unlink(*(owner.scratch(kind) for kind in THERE), owner.scratch("once"))


def _lost_reply(
    near: Client, way: Line, owner: Keys, command: tuple[str, ...], send: Callable[..., Any]
) -> str:
    name, kind, *rest = command
    key, once = owner.scratch(kind), owner.scratch("once")
    for each in (key, once):
        near.delete(each)
        near.execute_command(THERE[kind][0], each, *THERE[kind][1:])
    expected = near.execute_command(name, once, *rest)
    way.client.ping()  # connects, so that the next reply is the command's
    way.tear()
    raised, found = False, None
    try:
        found = send(_Counted(way.client), name, key, *rest)
    except redis.ConnectionError:
        raised = True
    finally:
        way.mend()
    if near.dump(key) != near.dump(once):
        return "it was carried out twice."
    if command in HARMFUL:
        return "" if raised else "nobody knows whether it happened, and the caller is not told."
    if raised:
        return "to do it twice is to do it once, so it could have been repeated."
    if name in ANSWERED and found != expected:
        return f"Redis answered {expected!r}; you return {found!r}."
    return ""


def _other_errors(way: Line, owner: Keys, send: Callable[..., Any]) -> Verdict:
    """An error that Redis sent is an answer; a dead Redis is no reason to ask for ever."""
    with suppress(ResponseError):
        send(_Counted(way.client), "LRANGE", owner.scratch("hash"), "0", "-1")
        return Verdict(False, "LRANGE of a hash is an error; the caller must see it.")
    way.cut()
    with suppress(redis.ConnectionError):
        send(_Counted(way.client), "GET", owner.scratch("text"))
        return Verdict(False, "Redis was dead all the while, and the caller is not told.")
    total = len(HARMLESS) + len(HARMFUL)
    return Verdict(True, f"{total} commands whose reply was lost, none of them done twice.")


def check_3(lesson: Lesson, breaker: type) -> Verdict:
    """Opens, refuses, lets one probe through, closes; on a clock that stands still."""
    fault = find_fault(breaker)
    return Verdict(not fault, fault or "It opens, and exactly one of many threads may probe.")


def check_4(lesson: Lesson, keep: Callable[..., Any]) -> Verdict:
    """A write on a primary with two replicas: well, suspended, refused, without an answer."""
    with replicated(lesson.settings, replicas=2) as local:
        fault = find_broken_promise(local, keep)
    return Verdict(not fault, fault or "Four ends of a write, and each has its word.")
