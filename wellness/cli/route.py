"""The command that shows where a question goes: route."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import typer

from wellness.cli.console import (
    Json,
    Now,
    User,
    moment,
    now_for,
    progress,
    store_of,
    write,
    write_json,
)
from wellness.errors import UnknownUser
from wellness.zones import machine_zone, zone_named

if TYPE_CHECKING:  # these take long to import, and `--help` needs none of them
    from wellness.agent.routes import Route, Router
    from wellness.memory.messages import Turn


class _Asked(NamedTuple):
    """What a question is asked against."""

    now: datetime
    zone: ZoneInfo
    metrics: Sequence[str] = ()
    turns: Sequence[Turn] = ()


def route(
    question: Annotated[str, typer.Argument(help='For instance "and in March?".')],
    after: Annotated[
        list[str] | None,
        typer.Option(help="What was asked before, oldest first; may be given several times."),
    ] = None,
    conversation: Annotated[
        str, typer.Option(help="A stored conversation that the question goes on with.")
    ] = "",
    user: User = "",
    now: Now = "",
    zone: Annotated[
        str, typer.Option(help="IANA time zone; the person's, else this machine's.")
    ] = "",
    model: Annotated[
        bool,
        typer.Option(
            "--model", help="With a second opinion, and the chat model where that differs."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Show where a question goes: its intent, the calls that answer it, how sure that is, and why.

    Nothing is called, answered or remembered. Redis is asked for --user and --conversation only.
    """
    asked = _asked(user, conversation, now, zone, after or ())
    with _router(asked, model=model, quiet=json) as router:
        found = router.route(question, turns=asked.turns)
    if json:
        write_json({"question": question, "now": asked.now, "zone": asked.zone.key, **_row(found)})
        return
    write(f"{found.intent.value}, {found.confidence:.0%} sure, by {found.by}")
    for call in found.calls:
        given = ", ".join(f"{name}={value!r}" for name, value in call.arguments.items())
        write(f"  {call.name}({given})")
    if not found.calls:
        write("  no tool")
    write("why: " + "; ".join(found.why))
    for name, values in found.slots.items():
        write(f"{name}: " + ", ".join(map(str, values)))


def _row(found: Route) -> dict[str, Any]:
    return {
        "intent": found.intent.value,
        "confidence": round(found.confidence, 4),
        "by": found.by,
        "calls": [{"tool": call.name, "arguments": call.arguments} for call in found.calls],
        "slots": found.slots,
        "why": list(found.why),
    }


def _asked(user: str, conversation: str, now: str, zone: str, after: Sequence[str]) -> _Asked:
    """Now, zone, metrics and turns: the person's, if one is named, else this machine's."""
    from wellness.memory.messages import Message, Turn

    said = [Turn(str(n), 0, (Message("user", text),)) for n, text in enumerate(after)]
    if not user and not conversation:
        here = zone_named(zone) if zone else machine_zone()
        return _Asked(moment(now, here) if now else datetime.now(here), here, (), said)
    from wellness.memory.short_term import ShortTerm

    with store_of(user) as (store, settings):
        try:
            at, _ = now_for(store, now)
            here = zone_named(zone) if zone else store.zone()
        except UnknownUser:  # who has only talked lives where the machine is
            here = zone_named(zone) if zone else machine_zone()
            at = moment(now, here) if now else datetime.now(here)
        turns: list[Turn] = []
        if conversation:
            memory = ShortTerm(
                store.client, store.user, settings=settings, clock=time.time,
                namespace=store.keys.namespace,
            )  # fmt: skip
            turns = memory.read(conversation)
        return _Asked(at, here, store.types(), [*turns, *said])


@contextmanager
def _router(asked: _Asked, *, model: bool, quiet: bool) -> Iterator[Router]:
    """Rules; with `model` also a second opinion, and the chat model of this machine."""
    from wellness.agent.classifier import Classifier
    from wellness.settings import load

    at: dict[str, Any] = {"now": asked.now, "zone": asked.zone, "metrics": asked.metrics}
    rules = Classifier(**at)
    if not model:
        yield rules
        return
    from wellness.agent.doubts import second_opinion
    from wellness.agent.model import open_chat
    from wellness.agent.opening import embedder_for_routing
    from wellness.agent.routing import ModelRouter, RulesThenModel

    settings = load()
    with ExitStack() as stack:
        update = stack.enter_context(progress("Fetching the chat model", quiet=quiet))
        chat = stack.enter_context(open_chat(settings, progress=update))
        embedder = stack.enter_context(embedder_for_routing(settings))
        asking = ModelRouter(chat.choose, **at)
        yield RulesThenModel(
            rules, asking, threshold=settings.route_threshold,
            second=second_opinion(rules, embedder, chat.choose),
        )  # fmt: skip
