"""Where models answer: a real Ollama, or the kit's own server, which is started again if killed.

`explained` turns what a client raises into one error that says what to do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import ollama

from wellness import local_ollama
from wellness.errors import BootstrapError, ModelUnavailable, ServerError
from wellness.local_ollama import LocalOllama
from wellness.settings import Settings

USUAL_HOST = "http://127.0.0.1:11434"  # where an Ollama listens unless told otherwise
GLANCE_S = 0.5  # an Ollama on loopback says which models it has in milliseconds
REMEDY = "Start Ollama there, or unset OLLAMA_HOST."
UNREACHABLE = (ConnectionError, httpx.HTTPError)
STRANGE = (ValueError, TypeError)  # how the client takes an answer that is not of Ollama's form


class Host:
    """An address, and the share in the kit's own server if that is the one behind it.

    Attributes:
        url: for `ollama.Client(host=...)`; another one after `renew`.
        whose: for people: whose server it is.
        remedy: what to do when nobody answers there.
    """

    def __init__(self, url: str, settings: Settings, own: LocalOllama | None = None) -> None:
        self.url, self._settings, self._own = url, settings, own
        self.whose = "the kit's own model server" if own else f"Ollama at {url}"
        self.remedy = f"{own.log} may say why." if own else REMEDY
        self._renewing = threading.Lock()

    def renew(self, failed: str) -> bool:
        """Whether the server is now at another address than the one that failed."""
        with self._renewing:
            if self._own and self.url == failed:
                try:
                    server = local_ollama.start(self._settings)
                except (ServerError, BootstrapError):
                    return False
                self._own.close()
                self._own, self.url = server, server.url
            return self.url != failed

    def close(self) -> None:
        """Give the share in the kit's own server back; more than once does no harm."""
        with self._renewing:
            own, self._own = self._own, None
            if own:
                own.close()


def connect(host: str, timeout_s: float) -> ollama.Client:
    """A client of a host; what is on loopback is never asked through a proxy.

    Raises:
        ValueError, httpx.InvalidURL: that is no address.
    """
    return ollama.Client(host, timeout=timeout_s, trust_env=not is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine.

    >>> is_loopback("127.0.0.1:11434"), is_loopback("http://ollama.example")
    (True, False)
    """
    named = urlsplit(host if "://" in host else f"//{host}").hostname
    return named in ("127.0.0.1", "localhost", "::1", "0.0.0.0", None)


def has_model(host: str, model: str) -> bool:
    """Whether an Ollama answers at once, and has a model."""
    try:
        listed = connect(host, GLANCE_S).list().models
    except (*UNREACHABLE, *STRANGE, ollama.ResponseError, httpx.InvalidURL):
        return False
    names = {entry.model for entry in listed}
    return model in names or f"{model}:latest" in names


@contextmanager
def explained(model: str, host: str, remedy: str) -> Iterator[None]:
    """What goes wrong inside becomes an error that names the model, the host and a remedy.

    Raises:
        ModelUnavailable: instead of all that an `ollama.Client` raises.
    """
    try:
        yield
    except ollama.ResponseError as error:
        if error.status_code == 404:
            hint = f"Fetch it with `ollama pull {model}`."
            raise unavailable(model, host, "there is no such model", hint) from error
        raise unavailable(model, host, error.error) from error
    except httpx.InvalidURL as error:
        raise unavailable(model, host, "that is no address", "Correct OLLAMA_HOST.") from error
    except httpx.TimeoutException as error:
        raise unavailable(model, host, "no answer in time", remedy) from error
    except UNREACHABLE as error:
        raise unavailable(model, host, "nobody answers there", remedy) from error
    except STRANGE as error:
        raise unavailable(model, host, "the answer is not one of Ollama's", remedy) from error


def unavailable(model: str, host: str, reason: str, hint: str | None = None) -> ModelUnavailable:
    """The error; `reason` continues "does not answer: "."""
    return ModelUnavailable(model, host, reason.rstrip("."), hint=hint)


def sound(text: str) -> str:
    """A text without halves of surrogate pairs, which no request can carry."""
    return text.encode("utf-8", "replace").decode()
