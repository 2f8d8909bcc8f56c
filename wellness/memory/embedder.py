"""Texts to vectors, through the `ollama` client: a real Ollama, or the kit's own model server.

The dimension always comes from the model that answers; nothing here knows a number for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self

import httpx
import numpy as np
from numpy.typing import NDArray

from wellness import local_ollama
from wellness.errors import ModelUnavailable
from wellness.hosts import (
    REMEDY,
    USUAL_HOST,
    Host,
    connect,
    explained,
    has_model,
    sound,
    unavailable,
)
from wellness.local_ollama import LocalOllama
from wellness.settings import Settings

Vectors = NDArray[np.float32]

BATCH = 64  # texts in one request: keeps each well below the timeout on two slow cores


class Embedder(Protocol):
    """Turns texts into vectors of unit length, so that a dot product is the cosine."""

    @property
    def model(self) -> str:
        """Name of the model; vectors of different models cannot be compared."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimensions), float32, each of length 1.

        Raises:
            ModelUnavailable: the model does not answer.
        """


class OllamaEmbedder:
    """An embedding model of an Ollama; asks it for one vector to learn the dimension.

    Args:
        host: for instance `http://127.0.0.1:11434`.
        model: as `ollama list` names it.
        timeout_s: seconds one batch may take.

    Raises:
        ModelUnavailable: nobody answers there, or there is no such model.
    """

    remedy = REMEDY

    def __init__(self, host: str, model: str, *, timeout_s: float) -> None:
        self.host, self.model = host, model
        try:
            self._client = connect(host, timeout_s)
        except (ValueError, httpx.InvalidURL) as error:
            raise self._unavailable("that is no address", "Correct OLLAMA_HOST.") from error
        self.dimensions = self._ask(["dimension"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; an empty text is embedded as a blank one."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for low in range(0, len(texts), BATCH):
            batch = [sound(text) or " " for text in texts[low : low + BATCH]]
            rows = self._ask(batch)
            if rows.shape[1] != self.dimensions:
                raise self._unavailable(
                    f"its vectors have {rows.shape[1]} dimensions, and had {self.dimensions}"
                )
            vectors[low : low + BATCH] = rows
        return vectors

    def _ask(self, texts: list[str]) -> Vectors:
        """One request: rows of length 1, one a text, checked."""
        with explained(self.model, self.host, self.remedy):
            rows = np.asarray(self._client.embed(self.model, texts).embeddings, dtype=np.float32)
        if rows.ndim != 2 or len(rows) != len(texts):
            raise self._unavailable(f"it gave vectors of shape {rows.shape} for {len(texts)} texts")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise self._unavailable("it gave a vector that has no direction")
        unit: Vectors = rows / lengths
        return unit

    def _unavailable(self, reason: str, hint: str | None = None) -> ModelUnavailable:
        return unavailable(self.model, self.host, reason, hint)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.model} at {self.host}, {self.dimensions} dimensions>"


class OpenEmbedder(OllamaEmbedder):
    """An embedder together with the share in the server behind it; see `open_embedder`.

    When the kit's own server was killed, the next call starts another one.

    Attributes:
        where: one line for people: which model answers, and whose server it is.
    """

    def __init__(
        self, host: str, model: str, settings: Settings, own: LocalOllama | None = None
    ) -> None:
        self._where, self._timeout_s = Host(host, settings, own), settings.embed_timeout_s
        self.remedy = self._where.remedy
        super().__init__(host, model, timeout_s=self._timeout_s)
        self.where = f"{model} ({self.dimensions} dimensions) from {self._where.whose}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; an empty text is embedded as a blank one."""
        asked = self.host
        try:
            return super().embed(texts)
        except ModelUnavailable:
            if not self._where.renew(asked):
                raise
        self.host = self._where.url
        self._client = connect(self.host, self._timeout_s)
        return super().embed(texts)

    def close(self) -> None:
        """Give the share in the kit's own server back; more than once does no harm."""
        self._where.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_embedder(
    settings: Settings, *, progress: Callable[[int, int], None] | None = None
) -> OpenEmbedder:
    """The embedder of this machine.

    With `settings.ollama_host` it is that Ollama and no other. Without, an Ollama on the usual
    port if it answers and has `settings.embed_model`; else the kit's own server, which this keeps
    running until `close()`.

    Args:
        settings: say where to ask and how long to wait.
        progress: told about the fetch of the kit's own model, if it is not there yet, in bytes.

    Raises:
        ModelUnavailable: the Ollama that was asked for does not answer or lacks the model.
        ServerError, BootstrapError: the kit's own server cannot start, or has no model.
    """
    if settings.ollama_host:
        return OpenEmbedder(settings.ollama_host, settings.embed_model, settings)
    if has_model(USUAL_HOST, settings.embed_model):
        return OpenEmbedder(USUAL_HOST, settings.embed_model, settings)
    server = local_ollama.start(settings, progress=progress)
    try:
        return OpenEmbedder(server.url, local_ollama.EMBEDDING_MODEL, settings, server)
    except BaseException:
        server.close()
        raise
