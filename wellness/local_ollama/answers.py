"""What each call of Ollama's protocol answers: which models there are, and embeddings.

`GET` and `POST` are the tables of calls; a call that is not in them is answered with 404. What chat
models answer stands in `wellness.local_ollama.replies`.
Sources: https://github.com/ollama/ollama/blob/main/docs/api.md and, where that is silent (what is
no text, nothing to embed, the order of checks), server/routes.go beside it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from wellness.local_ollama import replies
from wellness.local_ollama.engine import Engine, TooLong
from wellness.local_ollama.replies import Client, Stream
from wellness.local_ollama.requests import bad
from wellness.local_ollama.runner import CONTEXT
from wellness.local_ollama.shelf import OnDisk, Shelf

VERSION = "0.0.0-wellness"
Json = dict[str, Any]


Model = Engine | OnDisk

NEVER = "9999-12-31T23:59:59Z"  # when a model leaves memory by itself


def greet(_: Shelf) -> str:
    """What clients look for when they ask whether an Ollama is there."""
    return "Ollama is running"


def version(_: Shelf) -> Json:
    """A version that no Ollama has."""
    return {"version": VERSION}


def tags(shelf: Shelf) -> Json:
    """All models that there are."""
    return {
        "models": [
            _entry(model) | {"modified_at": model.modified_at, "context_length": model.context}
            for model in shelf.all()
        ]
    }


def running(shelf: Shelf) -> Json:
    """The models in memory, all of it the processor's."""
    return {
        "models": [
            _entry(model) | {"expires_at": NEVER, "size_vram": 0, "context_length": _context(model)}
            for model in shelf.loaded()
        ]
    }


def show(_: Shelf, model: Model, __: Json, ___: Client) -> Json:
    """One model."""
    return {
        "modified_at": model.modified_at,
        "details": _details(model),
        "model_info": {
            "general.architecture": model.family,
            "general.parameter_count": model.parameters,
            f"{model.family}.context_length": model.context,
            f"{model.family}.embedding_length": model.dimensions,
        },
        "capabilities": ["embedding"] if isinstance(model, Engine) else ["completion", "tools"],
    }


def chat(shelf: Shelf, model: Model, body: Json, client: Client) -> Stream | Json:
    """A message, as a stream unless that is not wanted."""
    if isinstance(model, Engine):
        raise bad(f'"{model.name}" does not support chat')
    return _streamed(replies.chat(shelf, model, body, client), body)


def generate(shelf: Shelf, model: Model, body: Json, client: Client) -> Stream | Json:
    """A text, as a stream unless that is not wanted."""
    if isinstance(model, Engine):
        raise bad(f'"{model.name}" does not support generate')
    return _streamed(replies.generate(shelf, model, body, client), body)


def embed(_: Shelf, model: Model, body: Json, __: Client) -> Json:
    """One vector of unit length for each text of `input`, in order."""
    return _embedded(model, body)


def _embedded(model: Model, body: Json) -> Json:
    if not isinstance(model, Engine):
        raise bad("this model does not support embeddings")
    begun = time.perf_counter_ns()
    name = body.get("model") or model.name
    texts, dimensions = _texts(body.get("input")), body.get("dimensions")
    if dimensions is not None and type(dimensions) is not int:
        raise bad("invalid dimensions type")
    if not texts:
        return {"model": name, "embeddings": []}
    try:
        found = model.embed(texts, truncate=body.get("truncate") is not False)
    except TooLong as error:
        raise bad(f"the input length exceeds the context length: {error}") from error
    return {
        "model": name,
        "embeddings": [_shortened(vector, dimensions or 0) for vector in found.vectors],
        "total_duration": time.perf_counter_ns() - begun,
        "load_duration": 0,  # it is loaded before the first request
        "prompt_eval_count": found.tokens,
    }


def embedding(_: Shelf, model: Model, body: Json, __: Client) -> Json:
    """The older call: one text in, one vector out."""
    prompt = body.get("prompt", "")
    if not isinstance(prompt, str):
        raise bad("invalid prompt type")
    found = _embedded(model, {"input": prompt})["embeddings"]
    return {"embedding": found[0] if found else []}


def _streamed(items: Stream, body: Json) -> Stream | Json:
    return replies.together(items) if body.get("stream") is False else items


def _context(model: Model) -> int:
    """Tokens that a loaded model takes at once."""
    return model.context if isinstance(model, Engine) else min(CONTEXT, model.context)


def _entry(model: Model) -> Json:
    return {
        "name": model.name,
        "model": model.name,
        "size": model.path.stat().st_size,
        "digest": model.digest,
        "details": _details(model),
    }


def _details(model: Model) -> Json:
    return {
        "format": "gguf",
        "family": model.family,
        "families": [model.family],
        "parameter_size": f"{model.parameters / 1e6:.0f}M",
        "quantization_level": model.quantization,
    }


def _texts(given: object) -> list[str]:
    """The texts of an `input`: a string or a list; one empty string is no text."""
    if given in ("", None):
        return []
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts):
        raise bad("invalid input type")
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


Get = Callable[[Shelf], Json | str]
Post = Callable[[Shelf, Model, Json, Client], Json | Stream]

GET: dict[str, Get] = {
    "/": greet,
    "/api/version": version,
    "/api/tags": tags,
    "/api/ps": running,
}
POST: dict[str, Post] = {
    "/api/chat": chat,
    "/api/generate": generate,
    "/api/embed": embed,
    "/api/embeddings": embedding,
    "/api/show": show,
}
