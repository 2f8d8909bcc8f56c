"""What short-term memory adds to Redis: append and last ten, beside the same written by hand.

Both go through the same guarded client and send the same commands; by hand means redis-py and
`json`, keys made beforehand, and plain dictionaries in and out.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from wellness.client import Client, connect
from wellness.keys import Keys
from wellness.lesson.timing import compare
from wellness.memory.conversations import BEGIN
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Message, ToolCall, Turn, encode, turn
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
LIMIT = 1.15
KEPT, LAST, ROUNDS = 1_000, 10, 2_000
AT = 1_790_000_000_000
QUESTION = "How many steps did I take in week {}, and how does it compare with the week before?"
ANSWER = "You took {} steps, about 6 percent more than the week before. Saturday was the best day."
RESULT = {"steps": 61_234, "unit": "count", "period": "2026-09-21 to 2026-09-27", "merged": True}


def plain(i: int) -> Turn:
    """A question and its answer."""
    return turn(
        [Message("user", QUESTION.format(i)), Message("assistant", ANSWER.format(i))], at=AT + i
    )


def with_tool(i: int) -> Turn:
    """A question that a tool is called for: four messages."""
    question, answer = plain(i).messages
    call = Message("assistant", "", (ToolCall("steps", {"period": f"week {i}", "compare": True}),))
    return turn([question, call, Message("tool", json.dumps(RESULT), tool_name="steps"), answer],
                at=AT + i)  # fmt: skip


def by_hand(client: Client, settings: Settings, namespace: str) -> Callable[[dict[str, Any]], Any]:
    """Append and last ten as one would write it for one conversation and nothing else."""
    keys, ttl = Keys(namespace, "hand"), settings.conversation_ttl_s
    turns, ends, titles = keys.turns("chat"), keys.conversations, keys.titles

    def append_and_read(fields: dict[str, Any]) -> list[Any]:
        now = time.time()
        pipe = client.pipeline(transaction=True)
        pipe.eval(BEGIN, 3, ends, titles, turns, now, "chat")
        pipe.zadd(ends, {"chat": now + ttl})
        pipe.expire(ends, ttl)
        pipe.expire(titles, ttl)
        pipe.rpush(turns, json.dumps(fields, ensure_ascii=False, separators=(",", ":")))
        pipe.ltrim(turns, -KEPT, -1)
        pipe.expire(turns, ttl)
        pipe.lrange(turns, -LAST, -1)
        return [json.loads(element) for element in pipe.execute()[-1]]

    return append_and_read


@pytest.mark.parametrize("make", [plain, with_tool])
def test_append_and_last_ten(
    redis_server: EmbeddedServer, namespace: str, make: Callable[[int], Turn]
) -> None:
    settings = Settings(redis_url=redis_server.url, conversation_turns=KEPT)
    told = [make(i) for i in range(KEPT)]
    fields = [json.loads(encode(one)) for one in told]
    with connect(settings) as client:
        memory = ShortTerm(client, "ours", settings=settings, clock=time.time, namespace=namespace)
        hand = by_hand(client, settings, namespace)
        for one, same in zip(told, fields, strict=True):
            assert [json.loads(encode(read)) for read in memory.append_and_read("chat", one)] == (
                hand(same)
            )
        next_ours, next_hand = itertools.cycle(told), itertools.cycle(fields)
        found = compare(
            {
                "by hand": lambda: hand(next(next_hand)),
                "ShortTerm": lambda: memory.append_and_read("chat", next(next_ours), LAST),
            },
            baseline="by hand",
            n=ROUNDS,
            equal=None,  # compared above: they answer with different types
        )
    ratio = found.ratios["ShortTerm"]
    state = "pass" if ratio.value <= LIMIT else "FAIL"
    print(f"\n{found}\n{state}: {make.__name__}: {ratio} of the same by hand (at most {LIMIT})")
