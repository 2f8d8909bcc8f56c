"""Commands that talk with the agent: ask, chat."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellness.cli.audit import missing, recorded
from wellness.cli.console import Json, Now, User, now_for, progress, store_of, write, write_json

if TYPE_CHECKING:  # these take long to import, and `--help` needs none of them
    from wellness.agent.agent import Answer
    from wellness.ops.gate import Gate, Pass
    from wellness.ops.metrics import Metrics
    from wellness.ops.observed import Observed

Conversation = Annotated[
    str, typer.Option(help="Which conversation it belongs to; any name begins a new one.")
]
Stateless = Annotated[
    bool, typer.Option("--stateless", help="Ask the twin that has no memory, for comparison.")
]
HELP = """\
Ask about your data, or tell something about yourself. Also:
  /why     how the last answer came about
  /help    this text
  /quit    the end (Ctrl-D too)"""


def ask(
    question: Annotated[str, typer.Argument(help='For instance "how did I sleep last week?"')],
    user: User = "",
    conversation: Conversation = "default",
    now: Now = "",
    stateless: Stateless = False,
    json: Json = False,
) -> None:
    """Ask the agent. It shows which tools it used, what it recalled, and what checks its numbers.

    Exit code 1 means that something did not work and the answer is degraded; it says what. 2 also
    means that a limit is reached (WELLNESS_LIMIT_TURNS, WELLNESS_QUOTA_TOKENS_HOUR and _DAY).
    """
    from wellness.agent.opening import open_agent
    from wellness.ops.gate import Gate
    from wellness.ops.metrics import Metrics

    with store_of(user, metrics=(metrics := Metrics())) as (store, settings):
        at, now_from = now_for(store, now)
        gate = Gate(store.client, settings, namespace=settings.namespace)
        turn = gate.admit(store.user)
        turn.check()
        with (
            progress("Fetching models", quiet=json) as update,
            open_agent(
                store, settings, clock=time.time, memory=not stateless, progress=update
            ) as agent,
            recorded(agent, store, settings) as watched,
        ):
            said = watched.ask(question, now=at, conversation=conversation, on_step=metrics.on_step)
        uncounted = _settle(gate, turn, said)
    if json:
        written = {"audit": watched.recorder.to_dict(), "uncounted": uncounted}
        write_json({"user": store.user, "now": at, **said.to_dict(), **written})
    else:
        write(said.answer)
        write(f"\n{origin(said)} Now is {at:%a %d %b %Y %H:%M} ({now_from}).")
        explain(said)
        if gone := missing(watched.recorder):
            write(gone)
        for problem in uncounted:
            write(f"Not counted: {problem}")
    if said.degraded or uncounted:
        raise SystemExit(1)


def chat(
    user: User = "",
    conversation: Conversation = "chat",
    now: Now = "",
    stateless: Stateless = False,
) -> None:
    """Talk with the agent in the terminal. What you say is remembered, unless --stateless."""
    from wellness.agent.opening import open_agent
    from wellness.ops.gate import Gate
    from wellness.ops.metrics import Metrics

    with store_of(user, metrics=(metrics := Metrics())) as (store, settings):
        at, now_from = now_for(store, now)
        gate = Gate(store.client, settings, namespace=settings.namespace)
        with (
            progress("Fetching models", quiet=False) as update,
            open_agent(
                store, settings, clock=time.time, memory=not stateless, progress=update
            ) as agent,
            recorded(agent, store, settings) as watched,
        ):
            kept = "nothing is remembered" if stateless else f"conversation {conversation!r}"
            write(f"{agent.chat.model}, data of {store.user!r}, {kept}.")
            write(f"Now is {at:%a %d %b %Y %H:%M} ({now_from}). /help says what else there is.")
            last: Answer | None = None
            while (line := _line()) is not None:
                if line == "/quit":
                    break
                if line == "/help":
                    write(HELP)
                elif line == "/why":
                    explain(last) if last else write("Nothing was asked yet.")
                elif line and (turn := _admitted(gate, store.user)):
                    at, _ = now_for(store, now)
                    last = _answer(watched, line, at, conversation, metrics)
                    for problem in _settle(gate, turn, last):
                        write(f"  ! {problem}")


def _line() -> str | None:
    """What the person types; None at the end of input, or after Ctrl-C."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.strip() if line else None
    try:
        return str(typer.prompt("\n>", default="", show_default=False, prompt_suffix=" ")).strip()
    except typer.Abort:
        return None


def _answer(
    watched: Observed[Answer], question: str, at: Any, conversation: str, metrics: Metrics
) -> Answer:
    said = watched.ask(question, now=at, conversation=conversation, on_step=metrics.on_step)
    write(said.answer)
    for problem in said.degraded:
        write(f"  ! {problem}")
    if gone := missing(watched.recorder):
        write(f"  ! {gone}")
    write(f"  [{origin(said)}]")
    return said


def _admitted(gate: Gate, user: str) -> Pass | None:
    turn = gate.admit(user)
    if turn.allowed:
        return turn
    write(f"{turn.refusal} Ask again in {max(1, round(turn.retry_after_s)):,} s.")
    return None


def _settle(gate: Gate, turn: Pass, said: Answer) -> list[str]:
    """Count the tokens of a turn; what of its limits Redis could not count."""
    unsettled = gate.settle(turn, said.tokens_in + said.tokens_out)
    return [*turn.problems, *([unsettled] if unsettled else [])]


def origin(said: Answer) -> str:
    """One line: whose words, how long, how many tokens."""
    whose = {
        "model": f"Worded by {said.model}",
        "tool": "In the tool's own words",
        "template": "In fixed words, for want of a model's that pass the check",
    }[said.by]
    return (
        f"{whose}, {said.seconds:.1f} s, {said.model_calls} calls of the model, "
        f"{said.tokens_in:,} tokens read, {said.tokens_out:,} written."
    )


def explain(said: Answer) -> None:
    """How an answer came about: routing, tools, recalled memories, the check, the time."""
    from wellness.agent.validator.verdicts import Verdict

    route = said.route
    write(f"Routed by {route.by}: {route.intent.value} (confidence {route.confidence:.2f})")
    for result in said.results:
        arguments = ", ".join(f"{name}={value!r}" for name, value in result.arguments.items())
        write(f"Tool: {result.tool}({arguments}), {result.samples:,} samples")
        for note in result.notes:
            write(f"  note: {note}")
    for hit in said.recalled.hits if said.recalled else ():
        write(f"Recalled: {hit.memory.fact.text.splitlines()[0]} ({hit.why})")
    for stored in said.remembered.learned if said.remembered else ():
        write(f"Learned: {stored.outcome} {stored.id}")
    for number in said.validation.numbers if said.validation else ():
        if number.verdict != Verdict.NOT_CHECKED:  # part of a date, for instance
            write(f"Number {number.text!r}: {number.verdict}. {number.reason}")
    write("Time: " + ", ".join(_took(step) for step in said.steps))
    for problem in said.degraded:
        write(f"Degraded: {problem}")


def _took(step: Mapping[str, Any]) -> str:
    waited = f" ({step['waited_s'] * 1e3:.0f} of models)" if step["waited_s"] else ""
    return f"{step['name']} {step['seconds'] * 1e3:.0f} ms{waited}"
