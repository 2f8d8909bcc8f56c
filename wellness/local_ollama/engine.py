"""One embedding model in llama.cpp, through xllamacpp.

It is loaded once for each core (the weights are mapped, so they are in memory once), and each of
these workers computes on one thread. The other way, one worker with several threads, splits every
layer of this small model and waits after each part: threads that spin while they wait take the
cores from whoever needs them, threads that sleep make it slower than one alone. So the texts of a
request are divided, not the layers.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import xllamacpp

from wellness.local_ollama.runner import cores

MOST_WORKERS = 4  # more would only fill memory: a text takes milliseconds
CHUNK = 8  # texts that one worker takes at a time, so that requests take turns


class TooLong(ValueError):
    """A text has more tokens than the model takes."""


@dataclass(frozen=True)
class Embedded:
    """Vectors of texts, in their order, and how many tokens these had."""

    vectors: list[list[float]]
    tokens: int


class Engine:
    """A loaded embedding model.

    Attributes:
        name: what clients call it.
        path: the GGUF file.
        context: tokens that one text may have, with the two that the model adds.
        dimensions: length of a vector.
        parameters: how many weights there are.
        quantization: how they are stored, for instance "F16".
        family: the architecture.
        digest: SHA-256 of the file.
        modified_at: when the file was made, in ISO 8601.
    """

    context = 512  # as many positions as BERT learned
    family = "bert"

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        workers = [_load(path, self.context) for _ in range(min(cores(), MOST_WORKERS))]
        self._workers = len(workers)
        self._threads = ThreadPoolExecutor(self._workers)
        self._free: SimpleQueue[xllamacpp.Server] = SimpleQueue()
        for worker in workers:
            self._free.put(worker)
        about = _call(workers[0], "GET", "/v1/models")["data"][0]["meta"]
        self.dimensions: int = about["n_embd"]
        self.parameters: int = about["n_params"]
        self.quantization: str = about["ftype"]
        with path.open("rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()

    def embed(self, texts: list[str], *, truncate: bool) -> Embedded:
        """Vectors of unit length for texts.

        Raises:
            TooLong: a text has too many tokens and may not be cut.
            RuntimeError: llama.cpp gave no vectors; says why.
        """
        size = max(1, min(CHUNK, math.ceil(len(texts) / self._workers)))
        chunks = [texts[low : low + size] for low in range(0, len(texts), size)]
        parts = list(self._threads.map(partial(self._embed, truncate=truncate), chunks))
        return Embedded(
            [vector for part in parts for vector in part.vectors],
            sum(part.tokens for part in parts),
        )

    def _embed(self, texts: list[str], truncate: bool) -> Embedded:
        worker = self._free.get()
        try:
            answer = _ask(worker, [_sound(text) for text in texts])
            if "data" not in answer:  # tokens are counted only when it is needed
                answer = _ask(worker, [self._cut(worker, text, truncate) for text in texts])
        finally:
            self._free.put(worker)
        if "data" not in answer:
            raise RuntimeError(answer["error"]["message"])
        rows = sorted(answer["data"], key=lambda row: row["index"])
        return Embedded([row["embedding"] for row in rows], answer["usage"]["prompt_tokens"])

    def _cut(self, worker: xllamacpp.Server, text: str, truncate: bool) -> list[int]:
        request = {"content": _sound(text), "add_special": True}
        tokens: list[int] = _call(worker, "POST", "/tokenize", request)["tokens"]
        if len(tokens) <= self.context:
            return tokens
        if not truncate:
            raise TooLong(f"{len(tokens)} tokens, {self.context} is the most")
        return [*tokens[: self.context - 1], tokens[-1]]  # the last one closes the text


def _load(path: Path, context: int) -> xllamacpp.Server:
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_parallel = 1
    settings.verbosity = 0
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.embedding = True
    settings.n_ctx = settings.n_batch = settings.n_ubatch = context
    settings.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    settings.ui = settings.endpoint_slots = False  # what of its own HTTP nobody here needs
    return xllamacpp.Server(settings)


def _ask(worker: xllamacpp.Server, texts: list[Any]) -> dict[str, Any]:
    answer: dict[str, Any] = worker.handle_embeddings({"input": texts})
    return answer


def _call(worker: xllamacpp.Server, method: str, path: str, fields: Any = None) -> Any:
    """What only llama.cpp's own HTTP server answers, which is on loopback too."""
    address = urlsplit(worker.listening_address)
    connection = http.client.HTTPConnection(address.netloc)
    try:
        body = None if fields is None else json.dumps(fields)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return json.load(connection.getresponse())
    finally:
        connection.close()


def _sound(text: str) -> str:
    """A text without halves of surrogate pairs, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
