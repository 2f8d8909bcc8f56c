"""The agent in conversation: answers that hold, memory that works, and what happens without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import OutOfMemoryError

from agent.ann import NOW
from agent.scripted import GONE, Fixed, Scripted, Switched
from wellness import keys
from wellness.agent import prompts
from wellness.agent.agent import Agent, Answer
from wellness.agent.graph import mermaid
from wellness.agent.meter import Chat, Meter, TimedEmbedder
from wellness.agent.model import OpenChat
from wellness.agent.nodes import distinct
from wellness.agent.opening import Silent, memory_of
from wellness.agent.routes import Intent, Route
from wellness.agent.state import Setting, Step
from wellness.agent.stateless import twin
from wellness.errors import RecallError
from wellness.health.store import Store
from wellness.lesson.relay import line
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.kinds import MemoryKind
from wellness.memory.messages import Message, ToolCall
from wellness.settings import Settings

VAGUE = "As the facts say."  # gives no number, so the tools' own words will be taken
STEPS = "How many steps did I take last week?"
Make = Callable[..., Agent]


@pytest.fixture
def make(
    request: pytest.FixtureRequest, sample: Store, embedder: OllamaEmbedder, told_settings: Settings
) -> Iterator[Make]:
    """Makes agents with a memory of this test's own over the sample."""
    speaker = f"speaker of {request.node.name}"

    def build(chat: Chat, *, embedding: Any = None, store: Store = sample, **changed: Any) -> Agent:
        settings = told_settings.model_copy(update=changed)
        timed = TimedEmbedder(embedding or embedder)
        memory = memory_of(store, timed, settings, clock=time.time, speaker=speaker)
        return Agent(store, chat, memory=memory, settings=settings, embedding=timed)

    yield build
    keys.delete(sample.client, sample.keys.namespace, speaker)


def ask(agent: Agent, question: str, conversation: str = "c1", days: int = 0) -> Answer:
    return agent.ask(question, now=NOW - timedelta(days=days), conversation=conversation)


def names(answer: Answer) -> list[str]:
    return [step["name"] for step in answer.steps]


def lasting(agent: Agent) -> list[tuple[MemoryKind, str]]:
    assert agent.memory
    return [(one.fact.kind, one.fact.text) for one in agent.memory.long.all()]


# --- with the real model ---------------------------------------------------------------------


def test_a_question_is_answered_from_the_data_in_the_models_words(
    make: Make, chat: OpenChat, truth: dict[str, Any]
) -> None:
    said = ask(make(chat), STEPS)
    days = truth["steps"]["by_day"]
    total = sum(days[f"2026-09-{day}"]["merged"] for day in range(21, 28))
    assert f"{total:,.0f}" in said.answer
    assert (said.by, said.model, said.model_calls) == ("model", chat.model, 1)
    assert said.validation
    assert said.validation.ok
    assert names(said) == ["recall", "classify", "act", "answer", "validate", "remember"]
    assert said.tokens_in > said.tokens_out > 0
    assert 0 < said.waited_s < said.seconds
    assert not said.degraded


def test_what_was_told_in_one_conversation_is_known_in_another(make: Make, chat: OpenChat) -> None:
    agent = make(chat)
    without = twin(agent)
    for one in (agent, without):
        ask(one, "My physio is called Okonkwo.", "first", days=30)
    assert "Okonkwo" in ask(agent, "What is my physio called?", "second").answer
    said = ask(without, "What is my physio called?", "second")
    assert "Okonkwo" not in said.answer
    assert said.recalled is said.remembered is None


def test_what_goes_on_with_nothing_is_asked_back_without_a_model(make: Make) -> None:
    agent = make(Scripted("never asked"))
    for one in (agent, twin(agent)):
        said = ask(one, "And in July?", "a new conversation")
        assert (said.by, said.answer) == ("template", prompts.ASKS_BACK)
        assert (said.model_calls, said.results) == (0, ())


def test_an_answer_can_be_shown_as_json(make: Make, chat: OpenChat) -> None:
    import json

    shown = json.loads(json.dumps(ask(make(chat), STEPS).to_dict()))
    assert shown["tools"][0]["arguments"]["metric"] == "StepCount"
    assert shown["tools"][0]["commands"]
    assert shown["validation"]["ok"]
    assert shown["timings_s"]["all"] > shown["timings_s"]["models"] > 0


# --- the twin --------------------------------------------------------------------------------


def test_the_twins_route_with_the_same_second_opinion(make: Make) -> None:
    agent = make(Scripted(VAGUE))
    shares = []
    for one in (agent, twin(agent)):
        why = ask(one, STEPS, "a new conversation").route.why
        shares.append([line for line in why if "a second opinion agrees" in line])
    assert shares[0] == shares[1] != []


def test_without_the_embedding_model_rules_route_and_the_answer_says_so(
    make: Make, embedder: OllamaEmbedder
) -> None:
    switched = Switched(embedder)
    without = twin(make(Scripted(VAGUE), embedding=switched))
    switched.on = False
    said = ask(without, STEPS)
    assert said.results[0].ok
    assert said.degraded == (f"Routed by rules: there is no second opinion: {GONE}",)


def test_the_twins_differ_in_memory_alone(make: Make) -> None:
    one, other = Scripted("You took 74,041 steps."), Scripted("You took 74,041 steps.")
    agent = make(one)
    without = twin(make(other))
    first, second = ask(agent, STEPS), ask(without, STEPS)
    assert one.heard == other.heard
    assert one.limits == other.limits
    assert first.results == second.results
    assert first.model_calls == second.model_calls == 1
    meter = Meter(one)
    ours, theirs = agent.setting(meter, NOW), without.setting(meter, NOW)
    assert (ours.settings, ours.now, ours.zone) == (theirs.settings, theirs.now, theirs.zone)
    assert type(ours.router) is type(theirs.router)
    assert ours.tools.schemas() == theirs.tools.schemas()  # type: ignore[attr-defined]
    nodes = {graph: set(graph.nodes) for graph in (agent.graph, without.graph)}
    assert nodes[agent.graph] - nodes[without.graph] == {"recall", "remember"}
    assert not nodes[without.graph] - nodes[agent.graph]


def test_the_twins_have_equal_room_for_calls(make: Make) -> None:
    """Both may ask the model as often, also when it lies."""
    for build in (lambda chat: make(chat), lambda chat: twin(make(chat))):
        liar = Scripted("You took 99,999 steps.")
        said = ask(build(liar), STEPS)
        assert said.model_calls == 2
        assert said.by == "template"


def test_the_graph_can_be_drawn(make: Make) -> None:
    agent = make(Scripted("yes"))
    drawn = mermaid(agent.graph)
    for node in ("recall", "classify", "act", "answer", "validate", "remember"):
        assert f"{node}({node})" in drawn
    assert "graph LR;" in drawn
    assert "remember" not in mermaid(twin(agent).graph)
    assert "```mermaid" in agent._repr_mimebundle_()["text/markdown"]


# --- numbers that do not hold ----------------------------------------------------------------


def test_a_number_that_was_made_up_is_asked_for_again(make: Make) -> None:
    chat = Scripted("You took 99,999 steps last week.", "You took 74,041 steps last week.")
    said = ask(make(chat), STEPS)
    assert said.answer == "You took 74,041 steps last week."
    assert said.by == "model"
    assert names(said).count("answer") == 2
    complaint = chat.heard[1][-1]["content"]
    assert "Rewrite these facts" in complaint
    assert said.results[0].conclusion in complaint
    assert "99,999" not in complaint
    assert len(chat.heard[1]) == len(chat.heard[0]), "the lie is not quoted"
    assert said.tokens_in == 22


def test_after_two_made_up_numbers_the_tool_speaks(make: Make) -> None:
    said = ask(make(Scripted("99,999 steps.", "88,888 steps.")), STEPS)
    assert said.by == "template"
    assert said.answer == said.results[0].conclusion
    assert said.validation
    assert not said.validation.ok
    checks = [step["detail"] for step in said.steps if step["name"] == "validate"]
    assert checks[-1]["replaced"] == "88,888 steps."


def test_a_number_of_an_earlier_turn_is_no_evidence(make: Make) -> None:
    agent = make(Scripted("You took 74,041 steps last week.", "You took 74,041 steps yesterday.",
                          "You took 74,041 steps yesterday."))  # fmt: skip
    assert ask(agent, STEPS).by == "model"
    assert ask(agent, "How many steps did I take yesterday?").by == "template"


def test_an_answer_without_any_of_the_numbers_is_none(make: Make) -> None:
    chat = Scripted("Yes, you walked a lot.", "On 21 September 2026 it was fine.")
    said = ask(make(chat), STEPS)
    assert (said.by, said.answer) == ("template", said.results[0].conclusion)
    assert said.model_calls == 2


def test_an_empty_answer_is_none(make: Make) -> None:
    said = ask(make(Scripted("", " ")), STEPS)
    assert (said.by, said.answer) == ("template", said.results[0].conclusion)


# --- memory ----------------------------------------------------------------------------------


def test_a_follow_up_is_understood_from_the_conversation(make: Make) -> None:
    agent = make(Scripted(VAGUE))
    ask(agent, STEPS)
    said = ask(agent, "And the week before?")
    assert said.results[0].ok
    assert said.results[0].periods[0].start.startswith("2026-09-14")
    assert said.results[0].arguments["metric"] == "StepCount"
    assert not ask(twin(agent), "And the week before?").results
    assert not ask(agent, "And the week before?", "another conversation").results


def test_a_goal_is_learned_corrected_and_forgotten(make: Make) -> None:
    agent = make(Scripted(VAGUE))
    first = ask(agent, "My goal weight is 165 lb.", days=60)
    assert first.by == "tool"
    ask(agent, "Actually, my goal weight is 160 lb.", days=10)
    assert agent.memory
    held = agent.memory.long.history("goal: BodyMass")
    assert [("165" in one.fact.text, one.current) for one in held] == [(True, False), (False, True)]
    goals = ask(agent, "What are my goals?").results[0]
    assert "160" in goals.conclusion
    assert "165" not in goals.conclusion
    then = ask(agent, "What was my goal weight in August?").results[0]
    assert "165" in then.conclusion
    gone = ask(agent, "Forget my goal weight.")
    assert gone.results[0].ok
    assert not [text for kind, text in lasting(agent) if kind is MemoryKind.GOAL]
    last = agent.memory.short.read("c1", 1)[-1]
    assert [m.content for m in last.messages] == ["Forget my goal weight.", prompts.FORGOTTEN]


def test_questions_are_not_stored_as_goals_and_echoes_not_at_all(make: Make) -> None:
    agent = make(Scripted("Your goal weight is 165 lb."))
    for question in ("What is my goal weight?", "Do I want to see my workouts?", STEPS,
                     "What's the weather in Paris?", "Thanks!"):  # fmt: skip
        ask(agent, question)
    assert lasting(agent) == []
    assert agent.memory
    assert len(agent.memory.short.read("c1", 10)) == 5


def test_what_is_told_beside_a_question_is_kept(make: Make) -> None:
    agent = make(Scripted(VAGUE))
    ask(agent, "My sister Julia and I have been training for the race in Boston since June, so "
               "how many runs did I do last month?")  # fmt: skip
    assert any("Julia" in text for _, text in lasting(agent))
    assert not any("facts say" in text for _, text in lasting(agent))


def test_an_error_is_no_fact(make: Make) -> None:
    agent = make(Scripted("never asked"))
    said = ask(agent, "How many steps did I take in March 1999?")
    assert said.by == "tool"
    assert not said.results[0].ok
    assert lasting(agent) == []


def test_a_turn_can_be_looked_at_from_another_process(make: Make, client: Redis) -> None:
    agent = make(Scripted("You took 74,041 steps last week."))
    assert not agent.last("c1")
    ask(agent, STEPS)
    ask(agent, "Thanks!", "c2")
    seen = make(Scripted("never asked")).last("c1")
    assert (seen["question"], seen["answer"]) == (STEPS, "You took 74,041 steps last week.")
    assert [step["name"] for step in seen["steps"]][-1] == "remember"
    assert not keys.audit(client, agent.store.keys.namespace)
    assert not list(client.scan_iter(match="*write_registry*"))
    assert not list(client.scan_iter(match="checkpoint*"))
    again = ask(agent, STEPS)
    assert len(again.steps) == 6, "steps of an earlier turn have piled up"


# --- what is not there -----------------------------------------------------------------------


def test_without_a_chat_model_the_tools_speak(make: Make) -> None:
    for chat in (Scripted(GONE), Silent(GONE)):
        said = ask(make(chat), STEPS)
        assert (said.by, said.answer) == ("template", said.results[0].conclusion)
        assert "switched off" in said.degraded[0]
    again = Scripted(GONE, "You took 74,041 steps.")
    agent = make(again)
    assert ask(agent, STEPS).degraded
    recovered = ask(agent, STEPS)
    assert (recovered.by, recovered.degraded) == ("model", ())


def test_without_an_embedding_model_the_rest_goes_on(make: Make, embedder: OllamaEmbedder) -> None:
    switched = Switched(embedder)
    agent = make(Scripted(VAGUE), embedding=switched)
    ask(agent, "My physio is called Okonkwo.")
    switched.on = False
    said = ask(agent, "Is Okonkwo my physio?")
    assert any("Only words were searched" in one for one in said.degraded)
    assert said.recalled
    assert any("Okonkwo" in hit.memory.fact.text for hit in said.recalled.hits)
    assert ask(agent, STEPS).results[0].ok
    told = ask(agent, "My dentist is called Brown and I like her a lot.")
    assert any("Nothing was learned" in one for one in told.degraded)
    switched.on = True
    assert not ask(agent, STEPS).degraded


def test_without_redis_it_says_so_and_comes_back(
    make: Make, sample: Store, told_settings: Settings
) -> None:
    brisk = told_settings.model_copy(update={"breaker_failures": 2, "breaker_reset_s": 0.2})
    with line(sample.client, brisk) as way:
        store = Store(way.client, sample.user, namespace=sample.keys.namespace)
        agent = make(Scripted("You took 74,041 steps last week."), store=store)
        assert not ask(agent, STEPS).degraded
        way.cut()
        for _ in range(3):
            begun = time.monotonic()
            said = ask(agent, STEPS)
            assert time.monotonic() - begun < brisk.socket_timeout_s + 1
            assert "Redis" in said.answer
            assert said.by == "tool"
            assert any("not kept" in one for one in said.degraded)
        assert ask(agent, "Thanks!").answer
        way.mend()
        time.sleep(0.3)
        said = ask(agent, STEPS)
        assert (said.answer, said.degraded) == ("You took 74,041 steps last week.", ())
        assert agent.memory
        assert len(agent.memory.short.read("c1", 10)) == 2


def test_a_full_redis_does_not_take_the_answer_away(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = make(Scripted("You took 74,041 steps last week."))
    assert agent.memory

    def full(*_: object, **__: object) -> None:
        raise RecallError("Redis is out of memory.") from OutOfMemoryError()

    monkeypatch.setattr(agent.memory.short, "append", full)
    said = ask(agent, STEPS)
    assert said.answer == "You took 74,041 steps last week."
    assert said.degraded == ("Not remembered. Redis is out of memory.",)


# --- calls -----------------------------------------------------------------------------------


def route(*calls: ToolCall, by: Any = "rules") -> Route:
    return Route(Intent.AGGREGATE, calls, 0.9, by, {})


def steps_of(period: str) -> ToolCall:
    return ToolCall(
        "aggregate_metrics", {"metric": "StepCount", "aggregation": "sum", "period": period}
    )


def with_routers(agent: Agent, monkeypatch: pytest.MonkeyPatch, *routes: Route) -> list[Fixed]:
    routers = [Fixed(one) for one in routes]
    original = Agent.setting

    def setting(self: Agent, *args: Any) -> Setting:
        found = original(self, *args)
        second = routers[1] if len(routers) > 1 else None
        return replace(found, router=routers[0], second=second)

    monkeypatch.setattr(Agent, "setting", setting)
    return routers


def test_each_call_is_made_once_and_no_more_than_allowed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [steps_of(day) for day in ("yesterday", "today", "yesterday", "last week", "May")]
    agent = make(Scripted(VAGUE), agent_calls=3)
    with_routers(agent, monkeypatch, route(*wanted))
    said = ask(agent, "one question")
    assert [one.arguments["period"] for one in said.results] == ["yesterday", "today", "last week"]
    assert all(one.ok for one in said.results)
    assert agent.memory
    (kept,) = agent.memory.short.read("c1", 5)
    assert [call.id for call in kept.messages[1].tool_calls] == ["0", "1", "2"]
    assert [call.id for call in distinct(wanted)] == ["0", "1", "2", "3"]


def test_what_the_rules_misread_the_model_may_repair_once(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = make(Scripted(VAGUE))
    bad, good = route(steps_of("blursday")), route(steps_of("last week"), by="model")
    first, second = with_routers(agent, monkeypatch, bad, good)
    said = ask(agent, "one question")
    assert said.results[0].ok
    assert (first.asked, second.asked) == (1, 1)
    assert names(said).count("classify") == 2
    first, second = with_routers(agent, monkeypatch, bad, bad)
    said = ask(agent, "one question")
    assert not said.results[0].ok
    assert (first.asked, second.asked) == (1, 1)
    assert "blursday" in said.answer


def test_an_empty_period_is_no_reason_to_ask_the_model(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = make(Scripted("never asked"))
    empty = route(steps_of("March 1999"))
    _, second = with_routers(agent, monkeypatch, empty, empty)
    assert not ask(agent, "one question").results[0].ok
    assert second.asked == 0


def test_several_parts_are_answered_together(make: Make) -> None:
    chat = Scripted(VAGUE)
    said = ask(make(chat), "How many steps did I take yesterday, and how did I sleep on Monday?")
    assert {one.tool for one in said.results} == {"aggregate_metrics", "get_sleep_analysis"}
    asked = chat.heard[0][-1]["content"]
    assert all(one.conclusion in asked for one in said.results)


def test_who_watches_sees_steps_and_words_as_they_come(make: Make) -> None:
    seen: list[Step | str] = []
    agent = make(Scripted("You took 74,041 steps."))
    agent.ask(STEPS, now=NOW, conversation="c1", on_step=seen.append, on_token=seen.append)
    order = [one if isinstance(one, str) else one.name for one in seen]
    assert order == ["recall", "classify", "act", "You", "took", "74,041", "steps.", "answer",
                     "validate", "remember"]  # fmt: skip


def test_context_is_read_where_it_is_needed(make: Make) -> None:
    chat = Scripted("That is good to hear.")
    agent = make(chat)
    ask(agent, "My name is Ann and I live by the sea.")
    ask(agent, STEPS)
    assert [message["role"] for message in chat.heard[-1]] == ["system", "user"]
    always = make(chat, agent_context="always")
    ask(always, STEPS)
    assert len(chat.heard[-1]) > 2
    assert chat.heard[-1][0]["content"].startswith(prompts.SYSTEM)


def test_messages_of_a_turn_pair_calls_with_results(make: Make) -> None:
    agent = make(Scripted("You took 74,041 steps last week."))
    said = ask(agent, STEPS)
    assert agent.memory
    (kept,) = agent.memory.short.read("c1", 1)
    assert [message.role for message in kept.messages] == ["user", "assistant", "tool", "assistant"]
    assert kept.messages[2] == Message(
        "tool", said.results[0].conclusion, tool_name="aggregate_metrics", tool_call_id="0"
    )
