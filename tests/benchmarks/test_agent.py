"""The agent: what a turn costs besides its models, and the twin experiment in full.

The experiment is played with each of the kit's own models that is here, the smallest by default;
`TWIN_MODELS=1.5b,0.5b` names others. Each run is kept under build/twins, where lesson 06
finds it.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median

import pytest
from agent.ann import NOW, import_sample
from agent.scripted import Scripted

from wellness.agent.agent import Agent
from wellness.agent.meter import TimedEmbedder
from wellness.agent.model import open_chat
from wellness.agent.opening import memory_of
from wellness.client import Client, connect
from wellness.health.store import Store
from wellness.lesson import twin_runs
from wellness.lesson.dialogues import Fresh, load_dialogues
from wellness.local_ollama import LocalOllama
from wellness.memory.embedder import OllamaEmbedder
from wellness.models import chat as chat_models
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
MOST_OVERHEAD_S = 0.025
ROUNDS = 200
QUESTIONS = (
    "How many steps did I take last week?",
    "And the week before?",
    "How did I sleep in August?",
    "Did I walk more this month than last month?",
    "What is my goal weight?",
)
SIZES = os.environ.get("TWIN_MODELS", "0.5b").split(",")


@pytest.fixture(scope="module")
def own(redis_server: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


@pytest.fixture
def store(own: Client, namespace: str) -> Store:
    return import_sample(own, namespace, Settings())


def test_what_a_turn_costs_besides_its_models(store: Store, embedder: OllamaEmbedder) -> None:
    timed, settings = TimedEmbedder(embedder), Settings()
    memory = memory_of(store, timed, settings, clock=time.time)
    chat = Scripted("As the facts say.")
    agent = Agent(store, chat, memory=memory, settings=settings, embedding=timed)
    agent.ask("My goal weight is 165 lb.", now=NOW, conversation="bench")
    for question in QUESTIONS:
        agent.ask(question, now=NOW, conversation="bench")  # warm: rollups, caches, imports
    turns = [
        agent.ask(QUESTIONS[n % len(QUESTIONS)], now=NOW, conversation="bench")
        for n in range(ROUNDS)
    ]
    own = sorted(turn.seconds - turn.waited_s for turn in turns)
    nodes: dict[str, list[float]] = {}
    for turn in turns:
        for step in turn.steps:
            nodes.setdefault(step["name"], []).append(step["seconds"] - step["waited_s"])
    print(f"\nA turn without its models, n {ROUNDS}, one by one:")
    for name, seconds in nodes.items():
        print(f"  {name:>10} p50 {1e3 * median(seconds):6.2f} ms")
    graph = median(own) - sum(median(seconds) for seconds in nodes.values())
    print(f"  {'LangGraph':>10} p50 {1e3 * graph:6.2f} ms, with the checkpoint")
    p50, p95 = own[ROUNDS // 2], own[int(0.95 * ROUNDS)]
    word = "pass" if p50 <= MOST_OVERHEAD_S else "fail"
    print(f"{word}: the agent's own time p50 {1e3 * p50:.1f} ms, p95 {1e3 * p95:.1f} ms "
          f"(p50 at most {1e3 * MOST_OVERHEAD_S:.0f} ms)")  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_twins(
    size: str, store: Store, embedder: OllamaEmbedder, model_server: LocalOllama
) -> None:
    found = chat_models.find(size, Settings())
    if found is None:
        pytest.skip(f"`wellness models --size {size}` fetches it")
    settings = Settings(ollama_host=model_server.url, chat_model=found.name)
    with open_chat(settings) as chat:

        def stateful(dialogue: str) -> Agent:
            timed = TimedEmbedder(embedder)
            memory = memory_of(store, timed, settings, clock=time.time, speaker=f"of {dialogue}")
            return Agent(store, chat, memory=memory, settings=settings, embedding=timed)

        without = Agent(
            store, chat, memory=None, settings=settings, embedding=TimedEmbedder(embedder)
        )
        players = {
            twin_runs.STATEFUL: Fresh(stateful), twin_runs.STATELESS: Fresh(lambda _: without),
        }  # fmt: skip
        twins = twin_runs.run(
            load_dialogues(), players, model=chat.model, at=datetime.now(UTC),
            versions={name: version(name) for name in ("redis-wellness", "redis", "langgraph")},
        )  # fmt: skip
    twin_runs.save(twins)
    print(f"\n{chat.model}\n{twins!r}\n{twins.costs_to_frame()}")
    for played in (twins.stateful, twins.stateless):
        wrong = [turn for turn in played.turns if turn.right is False][:12]
        print(f"\n{played.name}: {len(wrong)} of its wrong answers")
        for turn in wrong:
            print(f"  {turn.dialogue}.{turn.nth} {turn.question!r}: {turn.answer!r} ({turn.why})")
