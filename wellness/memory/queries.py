"""The searches for memories: prepared commands and their replies.

RedisVL builds and reads such queries too, for any schema; these are for one, which makes them
cheap enough to be sent on each turn of a conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from wellness import keys
from wellness.memory.index import tag_query, user_tag
from wellness.memory.kinds import MemoryKind

# Of a question: more and longer than one has, and they bound the work on hostile text.
WORDS, LONGEST_WORD = 64, 100
# Words that nearly every memory has: they would rank what is short, not what fits.
COMMON = frozenset((
    "a", "about", "am", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can",
    "could", "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if",
    "in", "is", "it", "its", "me", "my", "of", "on", "or", "our", "so", "some", "than",
    "that", "the", "their", "them", "then", "there", "they", "this", "to", "was", "we",
    "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you",
    "your",
))  # fmt: skip


class Found(NamedTuple):
    """One result of one search."""

    key: bytes
    score: float  # a distance or a BM25 score
    said_at: int


def content_words(text: str) -> list[str]:
    """The different words of a text that say something, in their order, in lower case.

    Only letters and digits are left, which have no meaning in a query.

    >>> content_words("What was my 5k time in Lisbon -- @user:{ben}?")
    ['5k', 'time', 'lisbon', 'user', 'ben']
    """
    words = dict.fromkeys(re.findall(r"[^\W_]+", text.lower()))
    return [word for word in words if word not in COMMON]


def words_query(question: str) -> str:
    """The question's words for a text search, any of which may be there; empty if it has none.

    >>> words_query("What is my goal weight?")
    'goal|weight'
    """
    return "|".join([word[:LONGEST_WORD] for word in content_words(question)][:WORDS])


def scope(user: str, *, shared: bool = True) -> str:
    """The part of a query that keeps to one user and to what belongs to everybody."""
    owners = [user, keys.EVERYONE] if shared else [user]
    return unscored("user", [tag_query(user_tag(owner)) for owner in owners])


def unscored(field: str, tags: Sequence[str]) -> str:
    """A filter by tags that leaves BM25 scores alone.

    In Redis 7.4 a tag is scored like a word. Its share depends on the length of the text, and is
    huge when more entries of the tag wait for garbage collection than there are documents. A
    weight of zero takes it out, but only of a union: one tag is written twice.

    Args:
        field: of type TAG.
        tags: at least one, escaped.
    """
    union = "{" + "|".join([*tags, *tags[: len(tags) == 1]]) + "}"
    return f"(@{field}:{union})=>{{$weight: 0}}"


def holds(now: float, during: tuple[float, float] | None, kinds: Iterable[MemoryKind] = ()) -> str:
    """The part of a query that leaves out what had expired, and what did not hold in a period.

    Args:
        now: epoch seconds by the clock that sets expiries.
        during: half-open interval of epoch seconds; None for all that ever held.
        kinds: by default all.
    """
    parts = [f"@expires_at:[({now:.3f} +inf]"]
    if during:
        parts.append(f"@valid_from:[-inf ({during[1]:.0f}] @valid_until:[({during[0]:.0f} +inf]")
    if chosen := [kind.value for kind in kinds]:
        parts.append(unscored("kind", chosen))
    return " ".join(parts)


def nearest(index: str, where: str, vector: bytes, n: int, ef: int) -> list[Any]:
    """The command that finds the `n` nearest memories: their ids, distances and times."""
    return [
        "FT.SEARCH", index, f"({where})=>[KNN {n} @embedding $vector EF_RUNTIME {ef} AS distance]",
        "PARAMS", 2, "vector", vector, "SORTBY", "distance", "RETURN", 2, "distance", "said_at",
        "LIMIT", 0, n, "DIALECT", 2,
    ]  # fmt: skip


def matching(index: str, where: str, words: str, n: int) -> list[Any]:
    """The command that finds the `n` best memories by BM25: their ids, scores and times.

    One of the words must be there, and each that is counts: they are asked for as a union without
    weight, and once more as optional (`~`). Beside a filter, the Search of Redis 7.4 does not add
    up the scores of all words of a union that match.
    """
    each = " ".join(f"~@text:({word})" for word in words.split("|"))
    return [
        "FT.SEARCH", index, f"({where}) (@text:({words}))=>{{$weight: 0}} {each}",
        "WITHSCORES", "SCORER", "BM25STD", "RETURN", 1, "said_at", "LIMIT", 0, n, "DIALECT", 2,
    ]  # fmt: skip


def read(reply: Any) -> list[Found]:
    """The results of either command, best first, whichever protocol they came by.

    Rows without fields are left out: their hash has just expired.

    Args:
        reply: a map of RESP3, or an array of RESP2.
    """
    return [
        Found(key, float(fields.get(b"distance", score)), int(fields[b"said_at"]))
        for key, score, fields in _rows(reply)
        if fields and b"said_at" in fields
    ]


def _rows(reply: Any) -> Iterable[tuple[bytes, Any, dict[bytes, bytes]]]:
    if isinstance(reply, dict):
        for row in reply[b"results"]:
            yield row[b"id"], row.get(b"score"), row[b"extra_attributes"]
        return
    rest = reply[1:]
    at = 0
    while at < len(rest):
        key, score = rest[at], None
        at += 1
        if not isinstance(rest[at], list):
            score = rest[at]
            at += 1
        flat = rest[at] or []
        at += 1
        yield key, score, dict(zip(flat[::2], flat[1::2], strict=True))
