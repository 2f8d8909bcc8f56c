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
from wellness.agent.results import ToolResult
from wellness.agent.routes import Intent, Route
from wellness.agent.state import By, Setting, Step, TurnState
from wellness.agent.validator import Validation
from wellness.agent.validator import validate as check
from wellness.errors import ModelUnavailable, WellnessError
from wellness.memory.facts import parse_slots
from wellness.memory.messages import Message, Role, ToolCall
from wellness.memory.turns import turn

Node = Callable[[TurnState, Setting], tuple[TurnState, dict[str, Any]]]
TOLD_BY_TOOL = (Intent.REMEMBER, Intent.FORGET)  # nothing is left to be worded
ECHOES = (Intent.RECALL, Intent.GOALS, Intent.FORGET, Intent.OUT_OF_SCOPE)  # nothing new in them
BARE_WORDS = 12  # a question as short as this tells nothing about the person
CHAT_WORDS = 3  # "thanks a lot"


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
    return TurnState(route=route, rounds=state["rounds"] + 1), detail


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
    changed = TurnState(validation=found)
    ok = found.ok and bool(state["answer"])
    detail = {"ok": ok, "checked": len(found.numbers), "problems": faults(found)}
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


def faults(found: Validation) -> list[str]:
    """What is wrong with the numbers of an answer, a line each."""
    return [f"{one.text}: {one.reason}" for one in found.wrong]


def distinct(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """Calls without those that repeat an earlier one, each with an id of its own."""
    unlike = {(call.name, json.dumps(call.arguments, sort_keys=True)): call for call in calls}
    return [replace(call, id=str(at)) for at, call in enumerate(unlike.values())]


def without_model(route: Route, results: Sequence[ToolResult]) -> tuple[str, By] | None:
    """The answer where no model is needed, or none could help."""
    if route.intent is Intent.OUT_OF_SCOPE and not results:
        return prompts.REFUSAL, "template"
    if results and (route.intent in TOLD_BY_TOOL or not any(one.ok for one in results)):
        return prompts.plain(results), "tool"
    return None


def last_resort(results: Sequence[ToolResult]) -> str:
    """What is said when no model's answer can be used."""
    return prompts.plain(results) if results else prompts.GREETING


def conversation(state: TurnState, setting: Setting) -> list[dict[str, Any]]:
    """What the model reads: context, question with facts, and what was wrong with its last try."""
    recalled = state["recalled"]
    context: tuple[Message, ...] = (Message("system", prompts.SYSTEM),)
    always = setting.settings.agent_context == "always"
    needed = not state["results"] and len(state["question"].split()) > CHAT_WORDS
    if recalled and (always or needed):
        context = recalled.context.messages
    said = [message.to_ollama() for message in context]
    said.append({"role": "user", "content": prompts.ask(state["question"], state["results"])})
    if (last := state["validation"]) and not last.ok:
        said.append({"role": "assistant", "content": state["answer"]})
        said.append({"role": "user", "content": prompts.again(faults(last))})
    return said


def messages(state: TurnState) -> list[Message]:
    """The turn as it is kept."""
    question = Message("user", state["question"])
    if state["route"].intent is Intent.FORGET:
        return [question, Message("assistant", prompts.FORGOTTEN)]
    calls = tuple(
        ToolCall(one.tool, dict(one.arguments), str(at)) for at, one in enumerate(state["results"])
    )
    found = [
        Message("tool", one.conclusion or one.error, tool_name=one.tool, tool_call_id=str(at))
        for at, one in enumerate(state["results"])
    ]
    asked = [Message("assistant", "", calls)] if calls else []
    return [question, *asked, *found, Message("assistant", state["answer"])]
