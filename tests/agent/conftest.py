"""The sample with its true figures, and tools over it: imported once a worker, and only read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.ann import NOW, Call, caller, import_sample, load_truth, memory_of, tell_story
from wellness import keys
from wellness.agent.tools import Toolbox
from wellness.client import Client, connect
from wellness.health.store import Store
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.long_term import LongTerm
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture(scope="session")
def told_settings(redis_server: EmbeddedServer, run_dir: Path) -> Settings:
    """Settings for all that only reads the sample."""
    return Settings(home=run_dir / "home", redis_url=redis_server.url)


@pytest.fixture(scope="session")
def guarded(told_settings: Settings) -> Iterator[Client]:
    """The kit's own client, which tells what it sends."""
    with connect(told_settings) as client:
        yield client


@pytest.fixture(scope="session")
def sample_namespace(guarded: Client) -> Iterator[str]:
    """Where the sample lies; emptied at the end of the run."""
    name = f"wellness:test:{uuid.uuid4().hex[:12]}"
    yield name
    keys.delete(guarded, name)


@pytest.fixture(scope="session")
def sample(guarded: Client, sample_namespace: str, told_settings: Settings) -> Store:
    """Ann's data; nobody may write to it."""
    return import_sample(guarded, sample_namespace, told_settings)


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """What the generator counted while it wrote the sample."""
    return load_truth()


@pytest.fixture(scope="session")
def ann(
    sample: Store, embedder: OllamaEmbedder, told_settings: Settings, sample_namespace: str
) -> LongTerm:
    """What Ann told in two years; nobody may add to it."""
    memory = memory_of(sample.client, embedder, told_settings, sample_namespace)
    tell_story(memory)
    return memory


@pytest.fixture
def call(sample: Store, told_settings: Settings) -> Call:
    """Tools without memory."""
    return caller(Toolbox(sample, None, settings=told_settings, now=NOW))


@pytest.fixture
def recalling(sample: Store, ann: LongTerm, told_settings: Settings) -> Call:
    """Tools with what Ann told."""
    return caller(Toolbox(sample, ann, settings=told_settings, now=NOW))


@pytest.fixture
def memory(
    client: Client, embedder: OllamaEmbedder, settings: Settings, namespace: str
) -> LongTerm:
    """An empty memory of this test's own."""
    return memory_of(client, embedder, settings, namespace)


@pytest.fixture
def telling(sample: Store, memory: LongTerm, told_settings: Settings) -> Call:
    """Tools with this test's own memory."""
    return caller(Toolbox(sample, memory, settings=told_settings, now=NOW))
