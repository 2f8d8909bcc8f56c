"""RedisVL's SemanticRouter behind the same protocol: nearest example, arguments by rules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from wellness import keys
from wellness.agent.classifier import Classifier
from wellness.agent.examples import EXAMPLES
from wellness.agent.routes import Intent
from wellness.agent.semantic_router import SemanticRoutes
from wellness.memory.embedder import OllamaEmbedder

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)


@pytest.fixture
def routes(client: Redis, namespace: str, embedder: OllamaEmbedder) -> Iterator[SemanticRoutes]:
    rules = Classifier(now=NOW, zone=HOME)
    with SemanticRoutes(client, embedder, rules, namespace=namespace) as routes:
        yield routes


def test_an_example_goes_to_its_own_intent(routes: SemanticRoutes) -> None:
    for one in EXAMPLES:
        if len(one.calls) == 1 and not one.before:
            route = routes.route(one.question)
            assert route.intent is one.intent, one.question
            assert route.confidence > 0.9


def test_what_is_near_is_called_with_what_was_read(routes: SemanticRoutes) -> None:
    route = routes.route("How many bike rides have I done since I moved house?")
    assert route.intent is Intent.WORKOUTS
    (call,) = route.calls
    assert call.arguments == {"activity": "Cycling", "period": "since I moved house"}
    assert "nearest to an example of workouts" in route.why[0]


def test_a_distance_cannot_tell_whose_sleep_it_is(routes: SemanticRoutes) -> None:
    """The reason why it is a contestant only: what is one word apart is near."""
    asked = [routes.route(f"How long did {who} sleep on Monday?") for who in ("my cousin", "I")]
    assert {one.intent for one in asked} == {Intent.OUT_OF_SCOPE}


def test_nothing_near_calls_nothing(routes: SemanticRoutes) -> None:
    route = routes.route("zxqv 0x3f ;; lorem")
    assert not route.calls


def test_it_leaves_nothing_behind(client: Redis, namespace: str, embedder: OllamaEmbedder) -> None:
    rules = Classifier(now=NOW, zone=HOME)
    routes = SemanticRoutes(client, embedder, rules, namespace=namespace)
    assert list(keys.scan(client, namespace))
    assert keys.audit(client, namespace) == []
    routes.close()
    assert not list(keys.scan(client, namespace))


def test_redisvl_is_loaded_when_it_is_used() -> None:
    code = "import sys, wellness.agent.semantic_router; assert 'redisvl' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
