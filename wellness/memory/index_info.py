"""What Redis says about a search index, as plain values.

FT.INFO answers with arrays of names and values in between flags under RESP2, and with maps under
RESP3; both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wellness.replies import pairs, text


@dataclass(frozen=True)
class IndexInfo:
    """What Redis says about an index.

    Attributes:
        documents: hashes in it.
        failures: hashes that could not be indexed, such as those with a vector of a wrong length.
        vector_bytes: memory of the vectors and their graph.
        indexed: the part of the existing hashes that is in it by now, 0 to 1.
    """

    documents: int
    failures: int
    vector_bytes: int
    indexed: float
    m: int
    ef_construction: int
    dimensions: int


def index_info(reply: Mapping[Any, Any]) -> IndexInfo:
    """The answer to FT.INFO, as redis-py gives it."""
    said, made = pairs(reply), definition(reply)
    return IndexInfo(
        documents=int(said["num_docs"]),
        failures=int(said["hash_indexing_failures"]),
        vector_bytes=round(float(said["vector_index_sz_mb"]) * (1 << 20)),
        indexed=float(said["percent_indexed"]),
        m=made["M"],
        ef_construction=made["EF_CONSTRUCTION"],
        dimensions=made["dimensions"],
    )


def definition(reply: Mapping[Any, Any]) -> dict[str, Any]:
    """What an index was made with, under the names that a message to people has for it.

    Its `fields` are text: names and types, sorted.
    """
    said = pairs(reply)
    fields = [pairs(given) for given in said["attributes"]]
    (vector,) = [field for field in fields if field["type"] == "VECTOR"]
    return {
        "M": int(vector["m"]),
        "EF_CONSTRUCTION": int(vector["ef_construction"]),
        "dimensions": int(vector["dim"]),
        "fields": ", ".join(sorted(f"{field['identifier']} {field['type']}" for field in fields)),
        "filter": pairs(said["index_definition"]).get("filter", ""),
        "stop words": ", ".join(map(text, said.get("stopwords_list", ["default"]))) or "none",
    }
