"""The nodes of the graph: recall, classify, act, answer, validate, remember.

Each takes the state of the turn and the setting it works in, and returns what it changes. What a
node cannot do without (Redis, a model) it does without, and says so in `degraded`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter
from typing import Any, Protocol

from langgraph.runtime import Runtime

from wellness.agent import prompts
from wellness.agent.phrasing import (
    CHAT_WORDS,
    conversation,
    faults,
    last_resort,
    messages,
    without_model,
)
from wellness.agent.routes import Intent
from wellness.agent.routing import NO_OPINION
from wellness.agent.state import By, Setting, Step, TurnState
from wellness.agent.validator import validate as check
from wellness.errors import ModelUnavailable, WellnessError
from wellness.memory.facts import parse_slots
from wellness.memory.messages import Role, ToolCall
from wellness.memory.turns import turn

Node = Callable[[TurnState, Setting], tuple[TurnState, dict[str, Any]]]
ECHOES = (Intent.RECALL, Intent.GOALS, Intent.FORGET, Intent.OUT_OF_SCOPE)  # nothing new in them
BARE_WORDS = 12  # a question as short as this tells nothing about the person


class Run(Protocol):
    """A node as LangGraph calls it."""

    __name__: str

    def __call__(self, state: TurnState, runtime: Runtime[Setting]) -> TurnState:
        """What the node changes."""


def observed(node: Node) -> Run:
    """A node as LangGraph calls it: timed, its step recorded and shown to whoever watches."""

    def run(state: TurnState, runtime: Runtime[Setting]) -> TurnState:
        setting = runtime.context
        begun, waited = perf_counter(), setting.waited_s
        changed, detail = node(state, setting)
        step = Step(node.__name__, perf_counter() - begun, setting.waited_s - waited, detail)
        if setting.on_step:
            setting.on_step(step)
        return TurnState(**changed, steps=[*state["steps"], step.to_dict()])

    # not functools.wraps: LangGraph reads the signature to know what to pass
    run.__name__, run.__doc__ = node.__name__, node.__doc__
    return run


@observed
def recall(state: TurnState, setting: Setting) -> tuple[TurnState, dict[str, Any]]:
    """What bears on the question: memories and the conversation, within a budget of tokens."""
    assert setting.memory
    found = setting.memory.recall(
        state["question"],
        conversation=state["conversation"],
        now=setting.now,
        system=prompts.SYSTEM,
        budget=setting.settings.agent_context_tokens,
        k=setting.settings.agent_recall,
    )
    detail = {
        "memories": [{"text": hit.memory.fact.text, "why": str(hit.why)} for hit in found.hits],
        "turns": found.context.report.kept_turns,
        "tokens": found.context.report.used,
    }
    return TurnState(recalled=found, degraded=[*state["degraded"], *found.degraded]), detail


@observed
def classify(state: TurnState, setting: Setting) -> tuple[TurnState, dict[str, Any]]:
    """Where the question goes; a second round asks the router that was not asked before."""
    again = state["rounds"] > 0 and setting.second is not None
    router = setting.second if again and setting.second else setting.router
    recalled = state["recalled"]
    route = router.route(state["question"], turns=recalled.turns if recalled else ())
    detail = {
        "intent": route.intent.value,
        "confidence": route.confidence,
        "by": route.by,
        "calls": [{"tool": call.name, "arguments": call.arguments} for call in route.calls],
        "why": list(route.why),
    }
    lacking = [why for why in route.why if why.startswith(NO_OPINION)]
    degraded = [*state["degraded"], *(f"Routed by rules: {why}" for why in lacking)]
    return TurnState(route=route, rounds=state["rounds"] + 1, degraded=degraded), detail


@observed
def act(state: TurnState, setting: Setting) -> tuple[TurnState, dict[str, Any]]:
    """Carry out the calls of the route, side by side, each once."""
    calls = distinct(state["route"].calls)[: setting.settings.agent_calls]
    if len(calls) > 1:
        with ThreadPoolExecutor(len(calls)) as threads:
            results = tuple(threads.map(setting.tools.call, calls))
    else:
        results = tuple(setting.tools.call(call) for call in calls)
    secret = state["route"].intent is Intent.FORGET  # what is forgotten shall not be kept here
    detail = {
        "results": [
            {"tool": one.tool, "ok": one.ok, "said": "" if secret else one.conclusion or one.error,
             "commands": list(one.commands)}
            for one in results
        ],
    }  # fmt: skip
    return TurnState(results=results), detail


@observed
def answer(state: TurnState, setting: Setting) -> tuple[TurnState, dict[str, Any]]:
    """Put what the tools found into words: the model's, unless there is nothing to be worded."""
    attempts = state["attempts"] + 1
    degraded = state["degraded"]
    by: By
    if fixed := without_model(state["route"], state["results"]):
        text, by = fixed
        detail: dict[str, Any] = {"by": by}
    else:
        try:
            limit = prompts.ANSWER_TOKENS if state["results"] else prompts.SMALL_TALK_TOKENS
            words = setting.chat.say(
                conversation(state, setting), on_token=setting.on_token, max_tokens=limit
            )
            text, by = words.text.strip(), "model"
            detail = {"by": by, "tokens_in": words.prompt_tokens, "tokens_out": words.tokens}
        except ModelUnavailable as error:
            text, by = last_resort(state["results"]), "template"
            degraded = [*degraded, f"The answer is in the tools' own words. {error.message}"]
            detail = {"by": by}
    changed = TurnState(answer=text, by=by, attempts=attempts, degraded=degraded)
    return changed, detail | {"attempt": attempts}


@observed
def validate(state: TurnState, setting: Setting) -> tuple[TurnState, dict[str, Any]]:
    """Hold each number of the model's answer against what this turn's tools found."""
    if state["by"] != "model":
        return TurnState(validation=None), {"ok": True, "checked": 0}
    found = check(
        state["answer"], state["results"], now=setting.now, zone=setting.zone,
        question=state["question"],
    )  # fmt: skip
    changed, problems = TurnState(validation=found), faults(found, state["results"])
    ok = not problems
    detail = {"ok": ok, "checked": len(found.numbers), "problems": problems}
    if not ok and state["attempts"] >= setting.settings.agent_attempts:
        changed["answer"], changed["by"] = last_resort(state["results"]), "template"
        detail["replaced"] = state["answer"]
    return changed, detail


@observed
def remember(state: TurnState, setting: Setting) -> tuple[TurnState, dict[str, Any]]:
    """Keep the turn, and learn what the person stated."""
    assert setting.memory
    recalled = state["recalled"]
    speakers: tuple[Role, ...] = ("user",) if worth_it(state, setting) else ()
    try:
        done = setting.memory.remember(
            state["conversation"],
            turn(messages(state), at=int(setting.now.timestamp() * 1000)),
            recalled=recalled.memories if recalled else (),
            words=speakers,
        )
    except WellnessError as error:  # Redis is full: the answer is right all the same
        return TurnState(degraded=[*state["degraded"], f"Not remembered. {error.message}"]), {}
    detail = {"turns": done.turns, "learned": [one.outcome for one in done.learned]}
    return TurnState(remembered=done, degraded=[*state["degraded"], *done.degraded]), detail


def worth_it(state: TurnState, setting: Setting) -> bool:
    """Whether the person's words shall be found again, besides the facts that were read in them.

    Answers never are: their numbers get stale, and an error is no memory.
    """
    intent, words = state["route"].intent, state["question"].split()
    if intent is Intent.REMEMBER:
        return True
    if intent in ECHOES or len(words) <= CHAT_WORDS:
        return False
    asks = parse_slots(state["question"], now=setting.now, zone=setting.zone).asks
    return not asks or len(words) > BARE_WORDS


def distinct(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """Calls without those that repeat an earlier one, each with an id of its own."""
    unlike = {(call.name, json.dumps(call.arguments, sort_keys=True)): call for call in calls}
    return [replace(call, id=str(at)) for at, call in enumerate(unlike.values())]
