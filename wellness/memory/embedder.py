"""Texts to vectors, through the `ollama` client: a real Ollama, or the kit's own model server.

The dimension always comes from the model that answers; nothing here knows a number for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol, Self
from urllib.parse import urlsplit

import httpx
import numpy as np
import ollama
from numpy.typing import NDArray

from wellness import local_ollama
from wellness.errors import BootstrapError, ModelUnavailable, ServerError
from wellness.local_ollama import LocalOllama
from wellness.settings import Settings

Vectors = NDArray[np.float32]

USUAL_HOST = "http://127.0.0.1:11434"  # where an Ollama listens unless told otherwise
GLANCE_S = 0.5  # an Ollama on loopback says which models it has in milliseconds
BATCH = 64  # texts in one request: keeps each well below the timeout on two slow cores
UNREACHABLE = (ConnectionError, httpx.HTTPError)
STRANGE = (ValueError, TypeError)  # how the client takes an answer that is not of Ollama's form


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

    remedy = "Start Ollama there, or unset OLLAMA_HOST."

    def __init__(self, host: str, model: str, *, timeout_s: float) -> None:
        self.host, self.model = host, model
        try:
            self._client = _client(host, timeout_s)
        except (ValueError, httpx.InvalidURL) as error:
            raise self._unavailable("that is no address", "Correct OLLAMA_HOST.") from error
        self.dimensions = self._ask(["dimension"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; an empty text is embedded as a blank one."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for low in range(0, len(texts), BATCH):
            batch = [_sound(text) or " " for text in texts[low : low + BATCH]]
            rows = self._ask(batch)
            if rows.shape[1] != self.dimensions:
                raise self._unavailable(
                    f"its vectors have {rows.shape[1]} dimensions, and had {self.dimensions}"
                )
            vectors[low : low + BATCH] = rows
        return vectors

    def _ask(self, texts: list[str]) -> Vectors:
        """One request: rows of length 1, one a text, checked."""
        try:
            rows = np.asarray(self._client.embed(self.model, texts).embeddings, dtype=np.float32)
        except ollama.ResponseError as error:
            if error.status_code == 404:
                hint = f"Fetch it with `ollama pull {self.model}`."
                raise self._unavailable("there is no such model", hint) from error
            raise self._unavailable(error.error) from error
        except httpx.TimeoutException as error:
            raise self._unavailable("no answer in time", self.remedy) from error
        except UNREACHABLE as error:
            raise self._unavailable("nobody answers there", self.remedy) from error
        except STRANGE as error:
            raise self._unavailable("the answer is not one of Ollama's", self.remedy) from error
        if rows.ndim != 2 or len(rows) != len(texts):
            raise self._unavailable(f"it gave vectors of shape {rows.shape} for {len(texts)} texts")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise self._unavailable("it gave a vector that has no direction")
        unit: Vectors = rows / lengths
        return unit

    def _unavailable(self, reason: str, hint: str | None = None) -> ModelUnavailable:
        return ModelUnavailable(self.model, self.host, reason.rstrip("."), hint=hint)

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
        self._settings, self._own = settings, own
        self._renewing = threading.Lock()
        if own:
            self.remedy = f"{own.log} may say why."
        super().__init__(host, model, timeout_s=settings.embed_timeout_s)
        whose = "the kit's own model server" if own else f"Ollama at {host}"
        self.where = f"{model} ({self.dimensions} dimensions) from {whose}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; an empty text is embedded as a blank one."""
        asked = self.host
        try:
            return super().embed(texts)
        except ModelUnavailable:
            if not self._renewed(asked):
                raise
        return super().embed(texts)

    def _renewed(self, failed: str) -> bool:
        """Whether the server is now at another address than the one that failed."""
        with self._renewing:
            if self._own and self.host == failed:
                try:
                    server = local_ollama.start(self._settings)
                except (ServerError, BootstrapError):
                    return False
                self._own.close()
                self._own, self.host = server, server.url
                self._client = _client(server.url, self._settings.embed_timeout_s)
            return self.host != failed

    def close(self) -> None:
        """Give the share in the kit's own server back; more than once does no harm."""
        with self._renewing:
            own, self._own = self._own, None
            if own:
                own.close()

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


def has_model(host: str, model: str) -> bool:
    """Whether an Ollama answers at once, and has a model."""
    try:
        listed = _client(host, GLANCE_S).list().models
    except (*UNREACHABLE, *STRANGE, ollama.ResponseError, httpx.InvalidURL):
        return False
    names = {entry.model for entry in listed}
    return model in names or f"{model}:latest" in names


def _client(host: str, timeout_s: float) -> ollama.Client:
    """A client of a host; what is on loopback is never asked through a proxy."""
    named = urlsplit(host if "://" in host else f"//{host}").hostname
    remote = named not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", None)
    return ollama.Client(host, timeout=timeout_s, trust_env=remote)


def _sound(text: str) -> str:
    """A text without halves of surrogate pairs, which no request can carry."""
    return text.encode("utf-8", "replace").decode()
