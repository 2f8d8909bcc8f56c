"""What each call of Ollama's protocol answers: which models there are, and embeddings.

`GET` and `POST` are the tables of calls; a call that is not in them is answered with 404.
Sources: https://github.com/ollama/ollama/blob/main/docs/api.md and, where that is silent (what is
no text, nothing to embed, the order of checks), server/routes.go beside it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from wellness.local_ollama.engine import Engine, TooLong

VERSION = "0.0.0-wellness"
Json = dict[str, Any]


class Refused(Exception):
    """A request that is answered with an error, as Ollama words it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


def greet(_: Sequence[Engine]) -> str:
    """What clients look for when they ask whether an Ollama is there."""
    return "Ollama is running"


def version(_: Sequence[Engine]) -> Json:
    """A version that no Ollama has."""
    return {"version": VERSION}


def listed(engines: Sequence[Engine]) -> Json:
    """The models, all of which are loaded."""
    return {
        "models": [
            {
                "name": engine.name,
                "model": engine.name,
                "modified_at": engine.modified_at,
                "size": engine.path.stat().st_size,
                "digest": engine.digest,
                "details": _details(engine),
                "context_length": engine.context,
            }
            for engine in engines
        ]
    }


def show(engine: Engine, _: Json) -> Json:
    """One model."""
    return {
        "modified_at": engine.modified_at,
        "details": _details(engine),
        "model_info": {
            "general.architecture": engine.family,
            "general.parameter_count": engine.parameters,
            f"{engine.family}.context_length": engine.context,
            f"{engine.family}.embedding_length": engine.dimensions,
        },
        "capabilities": ["embedding"],
    }


def embed(engine: Engine, body: Json) -> Json:
    """One vector of unit length for each text of `input`, in order."""
    begun = time.perf_counter_ns()
    name = body.get("model") or engine.name
    texts, dimensions = _texts(body.get("input")), body.get("dimensions")
    if dimensions is not None and type(dimensions) is not int:
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid dimensions type")
    if not texts:
        return {"model": name, "embeddings": []}
    try:
        found = engine.embed(texts, truncate=body.get("truncate") is not False)
    except TooLong as error:
        message = f"the input length exceeds the context length: {error}"
        raise Refused(HTTPStatus.BAD_REQUEST, message) from error
    return {
        "model": name,
        "embeddings": [_shortened(vector, dimensions or 0) for vector in found.vectors],
        "total_duration": time.perf_counter_ns() - begun,
        "load_duration": 0,  # models are loaded before the first request
        "prompt_eval_count": found.tokens,
    }


def embedding(engine: Engine, body: Json) -> Json:
    """The older call: one text in, one vector out."""
    prompt = body.get("prompt", "")
    if not isinstance(prompt, str):
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid prompt type")
    found = embed(engine, {"input": prompt})["embeddings"]
    return {"embedding": found[0] if found else []}


def _details(engine: Engine) -> Json:
    return {
        "format": "gguf",
        "family": engine.family,
        "families": [engine.family],
        "parameter_size": f"{engine.parameters / 1e6:.0f}M",
        "quantization_level": engine.quantization,
    }


def _texts(given: object) -> list[str]:
    """The texts of an `input`: a string or a list; one empty string is no text."""
    if given in ("", None):
        return []
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid input type")
    return [str(text) for text in texts]


def _shortened(vector: list[float], dimensions: int) -> list[float]:
    """The first dimensions, at unit length again; all of them if that many are not there.

    >>> _shortened([3.0, 4.0, 12.0], 2)
    [0.6, 0.8]
    """
    if not 0 < dimensions < len(vector):
        return vector
    part = vector[:dimensions]
    length = math.hypot(*part) or 1.0
    return [value / length for value in part]


GET: dict[str, Callable[[Sequence[Engine]], Json | str]] = {
    "/": greet,
    "/api/version": version,
    "/api/tags": listed,
    "/api/ps": listed,
}
POST: dict[str, Callable[[Engine, Json], Json]] = {
    "/api/embed": embed,
    "/api/embeddings": embedding,
    "/api/show": show,
}
