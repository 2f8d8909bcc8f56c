"""What turns of an agent cost here, and what that says about claim 20, by a rule that stands here.

The claim: it scales to millions of users by sharding on the user. It has parts, each of which can
be looked at: whether Redis' memory and time for a million people fit into one Cluster, whether
people spread evenly, whether a search finds all it should, whether somebody can move without
noticing, and whether models, to which sharding Redis does nothing, keep up with a million people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from wellness.agent.agent import Agent
from wellness.agent.meter import Chat, TimedEmbedder
from wellness.agent.opening import Silent, memory_of
from wellness.errors import ModelUnavailable
from wellness.health.store import Store
from wellness.keys import parse, scan
from wellness.lesson.capacity import Capacity
from wellness.lesson.footprint import Footprint, measure_health, measure_turns
from wellness.lesson.moving import Move
from wellness.lesson.partial_answers import PartialAnswer
from wellness.lesson.population import Balance
from wellness.lesson.verdicts import Verdict, verdict_from
from wellness.memory.embedder import Embedder, Vectors
from wellness.memory.index_info import IndexInfo
from wellness.settings import Settings

MILLION = 1_000_000
NODES = 1_000  # of a Cluster, at the very most: Redis' own specification of Cluster
EVEN = 1.25  # people of the fullest shard beside the mean, up to which they are spread evenly
BLOCK = 1_024  # vectors for which an index takes memory at a time: the default of Search
DRAFTS = (
    "How many steps did I take {n} days ago?",
    "My goal weight is {weight} lb.",
    "What was my average heart rate in the last {n} days?",
    "I ran {n} km with Ben, and it was hard.",
)


def turn_text(number: int) -> str:
    """What a person says in a turn: a question, or something to remember, never the same twice.

    >>> turn_text(1), turn_text(4)
    ('My goal weight is 151 lb.', 'How many steps did I take 6 days ago?')
    """
    return DRAFTS[number % len(DRAFTS)].format(n=number + 2, weight=150 + number)


class CountedEmbedder(TimedEmbedder):
    """A timed embedder that also counts; `texts` is how many it was given."""

    texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `wellness.memory.embedder.Embedder.embed`."""
        self.texts += len(texts)
        return super().embed(texts)


def footprint_of(
    store: Store, embedder: Embedder, *, settings: Settings, clock: Callable[[], float],
    now: datetime, turns: int, chat: Chat | None = None, spoken: int = 0,
) -> Footprint:  # fmt: skip
    """What a person's data and a turn of the agent cost on this Redis, which nobody else uses now.

    Redis is measured over `turns` in which rules route and the tools' own words answer: a chat
    model changes nothing of that, and takes seconds. It is timed apart, over `spoken` others.

    Args:
        store: with a person's health data.
        embedder: of the memory, without a cache.
        settings: of memory and agent.
        clock: seconds since the epoch, for expiry.
        now: of the questions.
        turns: that are counted.
        chat: a chat model; without one its seconds are 0.
        spoken: turns that it words.
    """
    health, counted = measure_health(store), CountedEmbedder(embedder)
    memory = memory_of(store, counted, settings, clock=clock)
    nobody = ModelUnavailable("chat", "this machine", "It is left out of this measurement.")
    silent: Chat = Silent(nobody)

    def agent(speaker: Chat) -> Agent:
        return Agent(store, speaker, memory=memory, settings=settings, embedding=counted)

    quiet, vectors = agent(silent), _vectors(store)

    def play(number: int) -> None:
        quiet.ask(turn_text(number), now=now, conversation="weighed")

    for number in range(len(DRAFTS)):  # each kind once: what is made only once is no cost of a turn
        play(turns + 1 + number)
    cost, played = measure_turns(store.client, play, n=turns), turns + 1 + len(DRAFTS)
    kept = (_vectors(store) - vectors) / played
    texts, embed_s = counted.texts, counted.seconds
    chat_s = 0.0
    if chat and spoken:
        said = [
            agent(chat).ask(turn_text(4 * n), now=now, conversation="spoken")
            for n in range(1, spoken + 1)
        ]
        waited_s = sum(one.waited_s for one in said) - (counted.seconds - embed_s)
        chat_s = waited_s / spoken
    return Footprint(
        health_bytes_year=health,
        turn_bytes=cost.memory_bytes + kept * _index_bytes(memory.long.index.info()),
        commands=cost.commands,
        redis_s=cost.cpu_s,
        net_bytes=cost.net_bytes,
        embeds=texts / played,
        vectors=kept,
        embed_s=embed_s / max(1, texts),
        chat_s=chat_s,
    )


def _index_bytes(index: IndexInfo) -> float:
    """What a vector takes in the index, which takes memory in blocks, the first at once."""
    return index.vector_bytes / (math.ceil(index.documents / BLOCK) * BLOCK)


def _vectors(store: Store) -> int:
    names = scan(store.client, store.keys.namespace, store.user)
    return sum(parse(name).kind == "memory" for name in set(names))


def growth_conditions(
    capacity: Capacity, balance: Balance, asked: PartialAnswer, move: Move
) -> Mapping[str, Verdict]:
    """Claim 20, a condition for each of its parts.

    Args:
        capacity: with a plan for a million people.
        balance: of people over shards.
        asked: a search by one index, and by an index for each shard.
        move: of a person who was served meanwhile.
    """
    plan, copies = capacity[MILLION], 1 + capacity.load.replicas
    nodes, models = plan.shards * copies, (plan.chat_models + plan.embedders) / capacity.load.busy
    return {
        f"memory and time of Redis for {MILLION:,} people, in {nodes:,} nodes": verdict_from(
            (nodes, nodes), claimed_high=NODES
        ),
        "people spread evenly by hash tag": verdict_from(
            (balance.fullest, balance.fullest), claimed_high=EVEN
        ),
        "a person's search, on their own shard": _said(asked.answered == asked.documents),
        "a search by one index for all": _said(asked.found == asked.documents),
        "a person who moves while being served": _said(move.held),
        f"models for {MILLION:,} people, which sharding Redis does not divide: "
        f"{math.ceil(models):,} at a time": _said(models <= 1),
    }


def _said(true: bool) -> Verdict:
    return Verdict("confirmed" if true else "refuted")
