"""Topologies that several tests share; who kills a server here starts it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wellness.settings import Settings
from wellness.topologies import Clustered, Replicated, clustered, replicated


@pytest.fixture(scope="session")
def hasty(run_dir: Path) -> Settings:
    """Settings of a client that does not wait for long."""
    return Settings(home=run_dir / "shared", socket_timeout_s=0.5, breaker_reset_s=0.5)


@pytest.fixture(scope="session")
def sentinels(hasty: Settings) -> Iterator[Replicated]:
    """A primary with two replicas and three Sentinels."""
    with replicated(hasty) as local:
        yield local


@pytest.fixture(scope="session")
def cluster(hasty: Settings) -> Iterator[Clustered]:
    """Three shards, each with a replica."""
    with clustered(hasty) as local:
        yield local
