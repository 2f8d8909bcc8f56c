"""RedisVL's SemanticRouter as a router: the intent of the nearest example, by meaning alone.

A contestant, not what the agent uses. It knows no arguments, so rules read them, as they do for
themselves; what it is measured by is the tool. Embeddings place "steps today" beside "steps of my
brother" (see `wellness.memory.facts`), which is what a distance cannot tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from redis import Redis

from wellness import keys
from wellness.agent.classifier.heads import usual
from wellness.agent.examples import EXAMPLES, Example
from wellness.agent.routes import TOOL_OF, Intent, Route, Router
from wellness.memory.embedder import Embedder
from wellness.memory.messages import ToolCall, Turn

if TYPE_CHECKING:
    from redisvl.extensions.router import SemanticRouter

FARTHEST = 0.8  # cosine distance beyond which no example is near: then nothing is called
ARGUMENTS = {
    Intent.RECORDS: ("metric", "period"), Intent.AGGREGATE: ("metric", "aggregation", "period"),
    Intent.COMPARE: ("metric", "period", "other_period"), Intent.TREND: ("metric", "period"),
    Intent.WORKOUTS: ("activity", "period"), Intent.SLEEP: ("period",),
    Intent.PROGRESS: ("metric", "target", "period"), Intent.RECALL: ("query",),
    Intent.GOALS: ("period",), Intent.REMEMBER: ("text",), Intent.FORGET: ("query",),
}  # fmt: skip


class SemanticRoutes:
    """Routes to the intent of the nearest example.

    Args:
        client: a Redis with the Search module.
        embedder: its vectors are compared.
        rules: read the arguments.
        namespace: where the index lies; `close` removes it.
        examples: those with one call count; a question of two parts has no one intent.
    """

    def __init__(
        self,
        client: Redis,
        embedder: Embedder,
        rules: Router,
        *,
        namespace: str,
        examples: Iterable[Example] = EXAMPLES,
    ) -> None:
        self._rules, self._embedder = rules, embedder
        name = keys.Keys(namespace, "router").scratch("routes")
        self._router = _build(client, embedder, name, examples)

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """Where a question goes; the confidence is the similarity, which is not calibrated."""
        rules = self._rules.route(question, turns=turns)
        vector = self._embedder.embed([question])[0].tolist()
        match = self._router(vector=vector)
        if match.name is None:
            return Route(Intent.OUT_OF_SCOPE, (), 0.0, "rules", rules.slots, ("nothing is near",))
        intent = Intent(match.name)
        near = max(0.0, 1.0 - float(match.distance or 0.0))
        why = (f"nearest to an example of {intent.value}: distance {1 - near:.2f}",)
        return Route(intent, _calls(intent, rules, question), near, "rules", rules.slots, why)

    def close(self) -> None:
        """Remove the index and its documents."""
        self._router.delete()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _build(
    client: Redis, embedder: Embedder, name: str, examples: Iterable[Example]
) -> SemanticRouter:
    from redisvl.extensions.router import Route as SemanticRoute
    from redisvl.extensions.router import RoutingConfig, SemanticRouter
    from redisvl.extensions.router.schema import DistanceAggregationMethod
    from redisvl.utils.vectorize import CustomVectorizer

    def embed(text: str) -> list[float]:
        return [float(value) for value in embedder.embed([text])[0]]

    def embed_many(texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in row] for row in embedder.embed(texts)]

    by_intent: dict[str, list[str]] = {}
    for one in examples:
        if len(one.calls) == 1 and not one.before:
            by_intent.setdefault(one.intent.value, []).append(one.question)
    return SemanticRouter(
        name=name,
        routes=[
            SemanticRoute(name=intent, references=asked, distance_threshold=FARTHEST)
            for intent, asked in by_intent.items()
        ],
        vectorizer=CustomVectorizer(embed=embed, embed_many=embed_many),
        routing_config=RoutingConfig(aggregation_method=DistanceAggregationMethod.min),
        redis_client=client,
        overwrite=True,
    )


def _calls(intent: Intent, rules: Route, question: str) -> tuple[ToolCall, ...]:
    """The call of an intent: the rules' own, if they agree, else with what they have read."""
    if intent not in TOOL_OF:
        return ()
    if rules.intent is intent:
        return rules.calls
    slots = rules.slots
    metric = next(iter(slots.get("metrics", ())), "")
    periods = [*slots.get("periods", ()), "", ""]
    read: dict[str, Any] = {
        "metric": metric, "aggregation": usual(metric) if metric else "",
        "period": periods[0], "other_period": periods[1],
        "activity": next(iter(slots.get("activities", ())), ""),
        "target": next(iter(slots.get("numbers", ())), None),
        "query": question, "text": question,
    }  # fmt: skip
    named = {name: read[name] for name in ARGUMENTS[intent] if read[name]}
    return (ToolCall(TOOL_OF[intent], named),)
