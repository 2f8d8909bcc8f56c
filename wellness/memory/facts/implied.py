"""What goes without saying: tokens that another token implies."""

from __future__ import annotations

from wellness.memory.facts import lexicon, phrases
from wellness.memory.facts.tokens import QUANTITY, Token

BESIDE = {  # words that say nothing beside a metric
    "StepCount": {"walk", "run", "reach"}, "ActiveEnergyBurned": {"burn"}, "HeartRate": {"beat"},
    "RestingHeartRate": {"beat"}, "FlightsClimbed": {"climb", "increase"},
    "DietaryWater": {"drink"}, "DietaryEnergyConsumed": {"eat"}, "DietaryProtein": {"eat"},
    "DietaryFiber": {"eat"}, "DietaryCarbohydrates": {"eat"},
}  # fmt: skip
REWORDED = {  # beside a metric, the same
    "BodyMass": {"lose": "decrease", "gain": "increase"},
    "SleepAnalysis": {
        "longest": "maximum", "shortest": "minimum", "longer": "more", "shorter": "less",
    },
}  # fmt: skip
TOGETHER = {  # a metric and a word that are another metric
    ("DistanceWalkingRunning", "cycle"): "DistanceCycling",
    ("DistanceWalkingRunning", "swim"): "DistanceSwimming",
    ("ActiveEnergyBurned", "eat"): "DietaryEnergyConsumed",
}
DRINKS = """
coffee tea beer wine alcohol juice soda lemonade cola espresso whisky smoothie milkshake shake
"""
FOODS = """
meat fish bread cheese egg dairy gluten sugar sweets fruit vegetables chocolate nut porridge oatmeal
pasta rice breakfast lunch dinner meal snack yoghurt salad soup
"""
RACES = frozenset(("marathon", "parkrun", "race"))
TAKEN = {  # what one does with these goes without saying
    "drink": frozenset(DRINKS.split()),
    "eat": frozenset(FOODS.split()),
    "finish": RACES,
}
PARTS_OF_DAY = {"morning", "afternoon", "evening", "breakfast", "lunch", "dinner"}
WAYS = {("increase", "above"), ("decrease", "below")}
REPLACED = (phrases.ACTIVITY, phrases.CONCEPT, phrases.AGGREGATION, phrases.WORD)


def settle(tokens: list[Token]) -> list[Token]:
    """Tokens without what others imply.

    One walks steps and burns calories; losing weight is less of it; a yoga session is yoga; how far
    one cycled is the distance cycled.
    """
    tokens = _without_ways(tokens)
    tokens = _without_generals(_together(_energetic(_daily(tokens))))
    metrics = {token.name for token in tokens if token.kind == phrases.METRIC}
    silent = set[str]().union(*(BESIDE.get(metric, set()) for metric in metrics))
    other = {a: b for metric in metrics for a, b in REWORDED.get(metric, {}).items()}
    tokens, gone = _taken(tokens)
    silent |= gone
    return _lone_metric(
        [
            Token(kind, other.get(name, name)) if kind in REPLACED else Token(kind, name)
            for kind, name in tokens
            if not (kind in REPLACED and name in silent)
        ]
    )


def _without_ways(tokens: list[Token]) -> list[Token]:
    """What rose above a value is above it."""
    kept = tokens[-1:]
    for token in reversed(tokens[:-1]):
        kind, name = kept[-1]
        if kind != QUANTITY or (token.name, name.partition(" ")[0]) not in WAYS:
            kept.append(token)
    return kept[::-1]


def _daily(tokens: list[Token]) -> list[Token]:
    """Every evening is in the evening, each day."""
    every, daily = Token(phrases.CONCEPT, "every"), Token(phrases.CONCEPT, "per day")
    if every not in tokens or not PARTS_OF_DAY & {token.name for token in tokens}:
        return tokens
    return [daily if token == every else token for token in tokens]


def _energetic(tokens: list[Token]) -> list[Token]:
    """Energy that is burnt is measured; else it is how one feels."""
    energy = Token(phrases.WORD, "energy")
    if energy not in tokens or Token(phrases.CONCEPT, "burn") not in tokens:
        return tokens
    burnt = Token(phrases.METRIC, "ActiveEnergyBurned")
    return [burnt if token == energy else token for token in tokens]


def _taken(tokens: list[Token]) -> tuple[list[Token], set[str]]:
    """What one eats or drinks says so itself; of what is given up, the verb is told.

    A marathon is run, whether that is said or not.
    """
    said = {token.name.removeprefix("not "): token for token in tokens}
    verbs = [verb for verb, things in TAKEN.items() if things & said.keys()]
    if RACES & said.keys() and "run" not in said:
        tokens = [*tokens, Token(phrases.ACTIVITY, "run")]
    if "stop" not in said:
        marks = ("", "not ") if "finish" not in verbs else ("",)
        return tokens, {mark + verb for verb in verbs for mark in marks}
    missing = [verb for verb in verbs if len(verbs) == 1 and verb not in said]
    told = [Token(phrases.CONCEPT, f"not {verb}") for verb in missing]
    return [*tokens, *told], set()


def _together(tokens: list[Token]) -> list[Token]:
    metrics = [token for token in tokens if token.kind == phrases.METRIC]
    if len(metrics) != 1:
        return tokens
    words = {token.name for token in tokens if token.kind in REPLACED}
    for (metric, word), both in TOGETHER.items():
        if metrics[0].name == metric and word in words:
            gone = [token for token in tokens if token.name != word]
            return [Token(token.kind, both) if token == metrics[0] else token for token in gone]
    return tokens


def _without_generals(tokens: list[Token]) -> list[Token]:
    """A session next to a sport is that sport."""
    general = Token(phrases.ACTIVITY, lexicon.GENERAL)
    if general not in tokens:
        return tokens
    kept = []
    for at, token in enumerate(tokens):
        beside = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
        sport = any(
            one.name in lexicon.SPORTS or (one.kind == phrases.ACTIVITY and one != general)
            for one in beside
        )
        if token != general or not sport:
            kept.append(token)
    return kept


def _lone_metric(tokens: list[Token]) -> list[Token]:
    """A metric is not negated by itself where something else is: "my weight does not drop"."""
    metrics = [token for token in tokens if token.kind == phrases.METRIC]
    marked = [token for token in tokens if token.name.startswith(("not ", "stop"))]
    if len(metrics) != 1 or metrics[0] not in marked or len(marked) < 2:
        return tokens
    bare = Token(phrases.METRIC, metrics[0].name.removeprefix("not "))
    return [bare if token == metrics[0] else token for token in tokens]
