"""Replies of Redis as plain values: text instead of bytes, names with values instead of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text(value: Any) -> Any:
    """Bytes as text, what is no UTF-8 in them marked; anything else as it is.

    >>> text(b"zset"), text("zset"), text(7)
    ('zset', 'zset', 7)
    """
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def pairs(given: Any) -> dict[str, Any]:
    """A description by name in lower case, from pairs with perhaps flags at the end, or a map.

    >>> pairs([b"Type", b"VECTOR", b"dim", 384, b"SORTABLE"])
    {'type': 'VECTOR', 'dim': 384}
    """
    if isinstance(given, Mapping):
        return {str(text(name)).lower(): text(value) for name, value in given.items()}
    flat = [text(part) for part in given]
    return {str(flat[i]).lower(): flat[i + 1] for i in range(0, len(flat) - 1, 2)}
