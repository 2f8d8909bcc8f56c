"""What belongs to everybody, where it lies on another shard than the user's own memories.

On a single server one index holds both. On a Cluster whose Search knows one shard each, a question
is asked twice, and the rankings are put together: distances are comparable between shards, BM25
scores nearly, as each shard knows only its own texts' frequencies of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from wellness.errors import RedisUnavailable
from wellness.memory import queries
from wellness.memory.index import MemoryIndex
from wellness.memory.queries import Found

MISSING = "What belongs to everybody could not be searched, only what is the user's own."


def ask_both(
    own: MemoryIndex, common: MemoryIndex, commands: Sequence[Sequence[Any]]
) -> tuple[list[list[Any]], str]:
    """The replies of the user's index and, if it is another one, of everybody's.

    Returns:
        For each index that was asked, a reply for each command; and what did not work.

    Raises:
        RedisUnavailable: the user's own shard does not answer.
    """
    replies = [own.ask(commands)]
    if common.name == own.name:
        return replies, ""
    try:
        return [*replies, common.ask(commands)], ""
    except RedisUnavailable:  # another shard's trouble
        return replies, MISSING


def merge(replies: Sequence[Any], *, nearest: bool) -> list[Found]:
    """The results of one search in several indexes, best first.

    Args:
        replies: of each index.
        nearest: the scores are distances.
    """
    if len(replies) == 1:
        return queries.read(replies[0])
    found = chain.from_iterable(map(queries.read, replies))
    return sorted(found, key=lambda one: one.score, reverse=not nearest)
