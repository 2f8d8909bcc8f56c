"""How each search index is called, and which keys it covers."""

from __future__ import annotations

from wellness.keys.names import encode


def index_name(namespace: str, holds: str, model: str, dimensions: int, tag: str = "") -> str:
    """Name of a search index over one namespace: what it holds, and whose vectors.

    Args:
        namespace: whose keys.
        holds: the kind of record.
        model, dimensions: of the vectors.
        tag: a hash tag of the shard that it is for, on a Cluster whose Search knows no others.

    >>> index_name("wellness", "memory", "all-minilm:latest", 384)
    'wellness:index:memory:all-minilm%3Alatest:384'
    """
    name = f"{_indexes(namespace)}{holds}:{encode(model)}:{dimensions}"
    return f"{name}:{{{tag}}}" if tag else name


def index_tag(name: str) -> str:
    """The hash tag in the name of a search index; empty if there is none.

    >>> index_tag(index_name("wellness", "memory", "all-minilm", 384, "17"))
    '17'
    """
    return name.rpartition(":{")[2].removesuffix("}") if name.endswith("}") else ""


def is_index_of(namespace: str, name: str) -> bool:
    """Whether a search index belongs to a namespace."""
    return name.startswith(_indexes(namespace))


def index_prefix(namespace: str) -> str:
    """What all keys of a namespace's people begin with: the PREFIX of its indexes."""
    return f"{namespace}:{{"


def _indexes(namespace: str) -> str:
    return f"{namespace}:index:"
