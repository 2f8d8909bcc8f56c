"""Texts to vectors, through the `ollama` client: a real Ollama, or the kit's own model server.

The dimension always comes from the model that answers; nothing here knows a number for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self

import httpx
import numpy as np
import ollama
from numpy.typing import NDArray

from wellness import local_ollama
from wellness.errors import ModelUnavailable
from wellness.settings import Settings

Vectors = NDArray[np.float32]

USUAL_HOST = "http://127.0.0.1:11434"  # where an Ollama listens unless told otherwise
GLANCE_S = 0.5  # an Ollama on loopback says which models it has in milliseconds
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

    def __init__(self, host: str, model: str, *, timeout_s: float) -> None:
        self.host, self.model = host, model
        self._client = ollama.Client(host=host, timeout=timeout_s)
        self.dimensions = len(self._ask(["dimension"])[0])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; an empty text is embedded as a blank one."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for low in range(0, len(texts), BATCH):
            batch = [text or " " for text in texts[low : low + BATCH]]
            rows = np.asarray(self._ask(batch), dtype=np.float32)
            if rows.shape != (len(batch), self.dimensions) or not np.isfinite(rows).all():
                raise self._unavailable(f"it gave vectors of shape {rows.shape}")
            vectors[low : low + BATCH] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return vectors

    def _ask(self, texts: list[str]) -> Sequence[Sequence[float]]:
        try:
            return self._client.embed(model=self.model, input=texts).embeddings
        except ollama.ResponseError as error:
            if error.status_code == 404:
                hint = f"Fetch it with `ollama pull {self.model}`."
                raise self._unavailable("there is no such model", hint) from error
            raise self._unavailable(error.error) from error
        except (ConnectionError, httpx.TransportError) as error:
            reason = str(error) or type(error).__name__
            raise self._unavailable(reason, "Start Ollama there, or unset OLLAMA_HOST.") from error

    def _unavailable(self, reason: str, hint: str | None = None) -> ModelUnavailable:
        return ModelUnavailable(self.model, self.host, reason.rstrip("."), hint=hint)

    def __repr__(self) -> str:
        return f"<OllamaEmbedder {self.model} at {self.host}, {self.dimensions} dimensions>"


class OpenEmbedder(OllamaEmbedder):
    """An embedder together with the share in the server behind it; see `open_embedder`.

    Attributes:
        where: one line for people: which model answers, and whose server it is.
    """

    def __init__(
        self, host: str, model: str, settings: Settings, own: Callable[[], None] | None
    ) -> None:
        self._own = own
        super().__init__(host, model, timeout_s=settings.embed_timeout_s)
        whose = "the kit's own model server" if own else f"Ollama at {host}"
        self.where = f"{model} ({self.dimensions} dimensions) from {whose}"

    def close(self) -> None:
        """Give the share in the kit's own server back; more than once does no harm."""
        own, self._own = self._own, None
        if own:
            own()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_embedder(settings: Settings) -> OpenEmbedder:
    """The embedder of this machine.

    With `settings.ollama_host` it is that Ollama and no other. Without, an Ollama on the usual
    port if it answers and has `settings.embed_model`; else the kit's own server, which this keeps
    running until `close()`.

    Raises:
        ModelUnavailable: the Ollama that was asked for does not answer or lacks the model.
        ServerError, BootstrapError: the kit's own server cannot start, or has no model.
    """
    if settings.ollama_host:
        return OpenEmbedder(settings.ollama_host, settings.embed_model, settings, None)
    if has_model(USUAL_HOST, settings.embed_model):
        return OpenEmbedder(USUAL_HOST, settings.embed_model, settings, None)
    server = local_ollama.start(settings)
    try:
        return OpenEmbedder(server.url, local_ollama.EMBEDDING_MODEL, settings, server.close)
    except BaseException:
        server.close()
        raise


def has_model(host: str, model: str) -> bool:
    """Whether an Ollama answers at once, and has a model."""
    try:
        listed = ollama.Client(host=host, timeout=GLANCE_S).list().models
    except (ConnectionError, httpx.HTTPError, ollama.ResponseError):
        return False
    names = {entry.model for entry in listed}
    return model in names or f"{model}:latest" in names
