"""The claims of an earlier demo and its review about Redis as the memory of an agent.

None came with a measurement. They are data, not prose of ours: their numbers are what is tested.
"""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """A claim, the lesson that measures it, and the experiment that would be fair to it."""

    number: int
    lesson: str
    text: str
    experiment: str


CLAIMS = {
    claim.number: claim
    for claim in (
        Claim(1, "03", "An embedding-cache hit takes 200 ms down to under 1 ms, 99.5 % less.",
              "p50 and p95 of a hit with decoding against the real embedder, single and batched; "
              "JSON against bytes"),
        Claim(2, "03", "A hit rate of 30 to 50 % is typical.",
              "three query streams: exact repeats, paraphrases, unique turns"),
        Claim(3, "02", "LIST operations take under 5 ms (in its test: under 10 ms).",
              "percentiles of append and last-ten by list length, position and transport"),
        Claim(4, "04", "HNSW search takes under 50 ms (in its test: under 100 ms) and is O(log N).",
              "100 to 100,000 vectors, FLAT beside HNSW, recall beside latency, search apart from "
              "encoding"),
        Claim(5, "07", "Combined memory retrieval takes under 100 ms.",
              "waterfall of one agent turn"),
        Claim(6, "05", "Query classification lifts tool accuracy from 60 % to 95 %.",
              "labelled questions, three routers, intervals"),
        Claim(7, "01", "Pipelining is 5 to 10 times faster.",
              "batch size swept, by transport and injected round-trip time"),
        Claim(8, "01", "Sorted sets beat the JSON blob; indexes are 50 to 1000 times faster.",
              "same question, same answer, several layouts and sizes, bytes too"),
        Claim(9, "02", "Redis LIST reads are O(1).",
              "LRANGE at head, middle and tail of long lists"),
        Claim(10, "02", "A pipeline is all or nothing.",
              "a command that fails in the middle, with and without MULTI"),
        Claim(11, "08", "TTL means no garbage collection and no junk.",
              "TTL audit, sliding against fixed, expiry under load, against a cron delete"),
        Claim(12, "06", "A budget of 24,000 tokens, trimmed at 19,200 and keeping two messages, "
              "is safe.",
              "counting error of tiktoken for this model; recall after trimming"),
        Claim(13, "06", "The validator catches hallucinated numbers.",
              "corruption benchmark: precision and recall by class"),
        Claim(14, "08", "Postgres is slow at recent messages.",
              "equal durability, right index, prepared statement"),
        Claim(15, "08", "Postgres has no native TTL, so expiry there is complex.",
              "cost and code of each, measured"),
        Claim(16, "08", "Chroma stores vectors only, so it needs a second database.",
              "the same feature built on it, counted and timed"),
        Claim(17, "08", "A Python dict is lost on restart.",
              "restart it; and what it wins until then"),
        Claim(18, "08", "Redis is the only database that does conversation state and semantic "
              "search in one system.",
              "the conformance suite run on each engine"),
        Claim(19, "09", "The circuit breaker prevents cascading failure.",
              "the default client against ours on a dead, silent and slow server"),
        Claim(20, "10", "It scales to millions of users by sharding on the user.",
              "capacity model with measured bytes and milliseconds; a real small cluster"),
        Claim(21, "09", "Conversations persist.",
              "kill -9 under each persistence setting"),
        Claim(22, "04", "mxbai embeddings of 1024 dimensions give accurate search.",
              "recall on the labelled set by embedder and dimension"),
        Claim(23, "06", "Memory makes the agent better.",
              "the twin experiment: the same agent with and without memory"),
    )
}  # fmt: skip
