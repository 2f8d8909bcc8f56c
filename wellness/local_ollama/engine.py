"""One GGUF model in llama.cpp, through xllamacpp."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import xllamacpp


class TooLong(ValueError):
    """A text has more tokens than the model takes."""


@dataclass(frozen=True)
class Embedded:
    """Vectors of one request, in its order, and how many tokens it had."""

    vectors: list[list[float]]
    tokens: int


class Engine:
    """A loaded embedding model.

    Attributes:
        context: tokens that one text may have, with the two that the model adds.
    """

    context = 512

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        settings = xllamacpp.CommonParams()
        settings.model.path = str(path)
        settings.n_parallel = 1
        settings.verbosity = 0
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = os.cpu_count() or 1
        settings.embedding = True
        settings.n_ctx = settings.n_batch = settings.n_ubatch = self.context
        settings.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        self._llama = xllamacpp.Server(settings)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def modified_at(self) -> str:
        """When the file was made, in ISO 8601."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC).isoformat()

    @cached_property
    def dimensions(self) -> int:
        """Length of a vector."""
        return len(self.embed([""], truncate=True).vectors[0])

    def embed(self, texts: list[str], *, truncate: bool) -> Embedded:
        """Vectors of unit length for texts.

        Raises:
            TooLong: a text has too many tokens and may not be cut.
        """
        answer = self._ask(texts)
        if "data" not in answer:
            answer = self._ask([self._cut(text, truncate) for text in texts])
        if "data" not in answer:
            raise RuntimeError(answer["error"]["message"])
        rows = sorted(answer["data"], key=lambda row: row["index"])
        return Embedded([row["embedding"] for row in rows], answer["usage"]["prompt_tokens"])

    def _ask(self, texts: list[Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._llama.handle_embeddings({"input": texts, "model": self.name})
        return answer

    def _cut(self, text: str, truncate: bool) -> list[int]:
        tokens = self._tokens(text)
        if len(tokens) <= self.context:
            return tokens
        if not truncate:
            raise TooLong(f"{len(tokens)} tokens, {self.context} is the most")
        return [*tokens[: self.context - 1], tokens[-1]]  # the last one closes the text

    def _tokens(self, text: str) -> list[int]:
        request = urllib.request.Request(
            f"{self._llama.listening_address}/tokenize",
            json.dumps({"content": text, "add_special": True}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            tokens: list[int] = json.load(answer)["tokens"]
        return tokens
