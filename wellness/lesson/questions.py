"""The questions to expect in an interview, with talking points, claims and proofs.

They are data: no figure stands here, since a figure comes from the ledger or from a proof.
"""

from __future__ import annotations

from dataclasses import dataclass

from wellness.lesson import proofs
from wellness.lesson.claims import CLAIMS
from wellness.lesson.proofs import Proof


@dataclass(frozen=True)
class Question:
    """A question from the room.

    Attributes:
        name: a word to call it by.
        text: as it is asked.
        points: what to say, in this order; no figures.
        claims: numbers of the claims that are its evidence; empty where no claim is about it.
        lesson: two digits of the lesson that treats it.
        proof: the experiment in small; None where the lesson's own is the smallest there is.

    Raises:
        ValueError: there is no such claim, or nothing to say.
    """

    name: str
    text: str
    points: tuple[str, ...]
    claims: tuple[int, ...]
    lesson: str
    proof: Proof | None = None

    def __post_init__(self) -> None:
        if unknown := set(self.claims) - CLAIMS.keys():
            raise ValueError(f"There is no claim {min(unknown)}.")
        if not self.points or not self.text:
            raise ValueError("A question needs a text and at least one point.")


EXPECTED = (
    Question(
        "pgvector", "Why not pgvector?",
        ("If a well-kept Postgres is there, use it: turns, vectors and facts share a transaction.",
         "Redis is worth a second server when a turn reads and writes small things all the time "
         "and much of it must end by itself.",
         "Compare in the same class of durability, with the same answers, recall beside time."),
        (14, 15, 16, 18), "08", proofs.against_postgres,
    ),
    Question(
        "scale", "How does it scale to millions of users?",
        ("A person's keys share a hash tag, so they lie in one slot and one shard answers.",
         "Ask what gives in first: the model, the memory or Redis' main thread. The lesson works "
         "it out from measured bytes and times.",
         "A search over all people at once, and a person who is hot, are what sharding by user "
         "does not help with."),
        (20,), "10", proofs.slots_of_people,
    ),
    Question(
        "memory", "What happens when memory is full?",
        ("Everything is in RAM, vectors and their graph included; that is the price.",
         "Conversations end by a TTL; facts stay. An eviction policy that takes any key may take "
         "facts, so it is chosen by what may be lost.",
         "The context of the model is bounded as well: a budget of tokens, and a report of what "
         "was left out."),
        (11, 12), "10", proofs.expiry,
    ),
    Question(
        "latency", "How fast is it?",
        ("Give a percentile, not a mean, and say over which transport.",
         "The round trip is most of a small command; a pipeline saves round trips, no work.",
         "A turn of an agent also has an embedding and a model in it: look at the waterfall."),
        (3, 4, 5, 7, 8), "07", proofs.append_and_read,
    ),
    Question(
        "7b", "Why a local 7B model?",
        ("Health data stays on the machine, and the demo needs no network.",
         "Tools compute the verdict, the model words it, a validator checks its numbers: so a "
         "small model is enough, and a smaller one than 7B runs where no Ollama is.",
         "Rules route most questions; the model is asked where they are not sure."),
        (6, 13), "05", proofs.rules_alone,
    ),
    Question(
        "badly", "What does Redis do badly?",
        ("It holds everything in memory, and a crash takes what was not synced.",
         "A LIST is walked from its ends; what the middle of a long one costs is in the proof.",
         "A library in your own process has no round trip and wins wherever nothing is shared.",
         "It has no SQL for the question that nobody thought of, and no rollback."),
        (9, 16, 17), "02", proofs.middle_of_a_list,
    ),
    Question(
        "safe", "Is a pipeline a transaction?",
        ("A pipeline saves round trips, MULTI keeps others out, and neither rolls back.",
         "What must not be half done is one command, a Lua script, or checked with WATCH."),
        (10,), "02", proofs.half_a_pipeline,
    ),
    Question(
        "cache", "Is a cache of embeddings worth it?",
        ("It saves what the model would have taken, as often as texts repeat: people differ.",
         "A semantic cache is another thing: it may answer today with yesterday, and is guarded "
         "by comparing slots."),
        (1, 2), "03",
    ),
    Question(
        "search", "Does vector search find the right thing?",
        ("Recall stands beside every latency; a graph may miss a neighbour.",
         "Embeddings can hardly tell numbers apart, so words and slots take part in recall."),
        (4, 22), "04",
    ),
    Question(
        "better", "Does memory make the agent better?",
        ("Ask twins: same model, tools, prompt and number of calls, and only one remembers.",
         "Look where it helps: a question about the data alone needs no memory."),
        (23,), "06",
    ),
    Question(
        "down", "What if Redis is down?",
        ("The agent answers without memory, says so, and recovers by itself.",
         "A breaker spares waiting; what was acknowledged survives as far as persistence was "
         "asked for."),
        (19, 21), "09", proofs.silent_server,
    ),
)  # fmt: skip

LEFT_OUT = (
    Question(
        "multi-region", "Where is multi-region?",
        ("Left out: two regions that both write need a rule for conflicts, and one machine "
         "cannot show what the distance between them does.",
         "Here: replicas with Sentinel, a Cluster, and what a failover loses."),
        (20, 21), "10",
    ),
    Question(
        "vault", "Where are the secrets kept: Vault?",
        ("Left out: a store of secrets would be the only other server of the kit, to guard "
         "passwords that a local demo does not have.",
         "Here: secrets come from the environment, and ACL users have the rights they need. No "
         "claim of the ledger is about it."),
        (), "10",
    ),
    Question(
        "cold data", "Where does old data go: object storage?",
        ("Left out: years of one person's readings fit into memory, and a second store would "
         "have to be kept in step.",
         "Here: daily rollups answer long ranges, and an export to Parquet is one command. What "
         "a year of a person takes is measured in the lesson on production."),
        (8, 20), "10",
    ),
    Question(
        "pinecone", "Why no Pinecone?",
        ("Left out: a hosted service has no place in a kit that runs offline and keeps health "
         "data on the machine, and its time would be that of your network.",
         "Here: Postgres, SQLite, Chroma and numpy, which run where Redis runs."),
        (16, 18), "08",
    ),
    Question(
        "hipaa", "Is it certified for HIPAA?",
        ("No, and a program cannot be: it is about an organisation, its contracts and people. "
         "For a real one, ask counsel.",
         "Here: data on one machine, expiry that is audited, a log that shows tampering, and "
         "deletion of a person by prefix. Expired is not erased: files keep it for a while."),
        (11, 21), "07",
    ),
    Question(
        "hosted models", "Why no hosted model?",
        ("Left out: it would send health data away, needs a network and a key, and may be "
         "another model tomorrow.",
         "Here: Ollama's protocol, so that any model which speaks it can be put in, and the same "
         "experiments run on each size that is there."),
        (6, 13, 23), "06", proofs.rules_alone,
    ),
)  # fmt: skip
