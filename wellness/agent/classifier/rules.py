"""The rules: what a clause that asks or requests wants, by its cues and slots, tried in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from wellness.agent.classifier import asks, beyond, cues, people, requests, scope
from wellness.agent.classifier.figures import compared, compares, data, direction
from wellness.agent.classifier.heads import metrics_of
from wellness.agent.classifier.parts import SLEEP_METRIC, Part, call, phrase_of
from wellness.agent.classifier.reading import Mention, Reading
from wellness.agent.classifier.vocabulary import METRIC, SLEEP
from wellness.agent.routes import Intent

GOAL_OF = {"": "AppleExerciseTime", "Walking": "StepCount"}  # the metric of an activity's goal
ASKED_TO_KEEP = re.compile(
    r"^(?:(?:please|and|also|can you|could you|would you|will you|hey|oh|ok|okay|so|i want you to)"
    r"[, ]+)*(?:remember|note(?: down)?|make a note|take a note|keep in mind|bear in mind|save"
    r"|store|do not forget|never forget|write down|know|for the record|fyi|memori[sz]e)\b"
    r"(?: that| this| it| of)?[:, ]*",
    re.I,
)
TOPIC = re.compile("[MSAW]")
DATA_TOPIC = re.compile("[MS]")
HOURS = re.compile(
    r"\bhow (?:many hours|long|much|many did i get)\b|\b(?:hours|up|out|restless|N)\b|"
    r"^(?:\w+ )?how was (?:my (?:rest|night) )?P|\b(?:good|bad|rough|quiet|restful|better|decent"
    r"|proper)\b"
)
FITNESS = re.compile(r"\b(?:fitter|fitness|in (?:\w+ )?shape)\b")
ADVICE = re.compile(r"\b(?:should|can|could|may|shall) (?:i|we)\b")
REQUESTED = re.compile(r"^(?:please )?(?:can|could|will|would) you\b(?! remember)")
TAKES_ME = re.compile(r"\btakes? me\b")
AMOUNT = re.compile(
    r"\bhow much\b|\bwhat (?:did|have) i burn|\bhow many (?:did|have) i\b"
    r"|\bhow many (?:lit(?:re|er)s|glasses|cups|bottles|ml"
    r"|ounces|kcal)\b|\b(?:more"
    r"|less|enough|too much|a lot|most|least)\b"
    r"|^(?:(?:and|or|but|what about|how about),? )*\w+\s*[?.!]*$"
)
VERBS = {
    "DietaryWater": re.compile(r"\bdr[aiu]nk\b"),
    "ActiveEnergyBurned": re.compile(r"\bburn(?:ed|t)?\b"),
    "DietaryEnergyConsumed": re.compile(r"\b(?:eat|ate|eaten|consume)\b"),
}
HOW_IT_HAPPENED = "asks how it happened"
UNKNOWN = "nothing in it is known here"
FALLBACKS = frozenset(
    (UNKNOWN, "asks about oneself without data",
     "a wellness topic without data")
)  # fmt: skip


def decide(reading: Reading) -> Part:
    """What a clause wants that asks or requests something, taken by itself."""
    for rule in RULES:
        if part := rule(reading):
            return part
    if reading.has(asks.HEALTH):
        return recall(reading, "a wellness topic without data")
    return Part(Intent.OUT_OF_SCOPE, (), UNKNOWN, reading)


def recall(reading: Reading, rule: str, about: str = "") -> Part:
    """A search of the memory for a clause's own words, and for what they point at."""
    query = reading.text.strip(" ?!.") + (f" ({about.strip(' ?!.')})" if about else "")
    topics = tuple(one.name for one in reading.topics)
    return Part(
        Intent.RECALL, (call(Intent.RECALL, query=query),), rule, reading, topics, reading.whens
    )


def remember(reading: Reading, rule: str) -> Part:
    """A fact to keep, without the words that ask for it."""
    text = ASKED_TO_KEEP.sub("", reading.text).strip(" ,") or reading.text
    made = call(Intent.REMEMBER, text=text[0].upper() + text[1:])
    return Part(Intent.REMEMBER, (made,), rule, reading)


def forget(reading: Reading) -> Part:
    """What a clause wants forgotten, without the words that ask for it."""
    query = requests.FORGET.sub("", reading.text.lower(), count=1).strip(" ?!.,") or reading.text
    return Part(Intent.FORGET, (call(Intent.FORGET, query=query),), "asked to forget", reading)


def _memory(reading: Reading) -> Part | None:
    if reading.has(requests.REMEMBER) and not reading.has(beyond.ON_DEVICE):
        return remember(reading, "asked to remember")
    if reading.has(requests.FORGET) and not scope.alters(reading):
        return forget(reading)
    return None


def _refusal(reading: Reading) -> Part | None:
    why = scope.refusal(reading)
    return Part(Intent.OUT_OF_SCOPE, (), why, reading) if why else None


def _told(reading: Reading) -> Part | None:
    goal = reading.has(asks.GOAL)
    if reading.has(asks.RECALL) and not (goal and not reading.topics):
        return recall(reading, "asks what was told")
    if reading.has(asks.WHY):
        return recall(reading, "asks why")
    thing = reading.has(asks.THINGS) or (reading.has(asks.KIND_OF) and not reading.has(DATA_TOPIC))
    thing = thing or reading.has(asks.GEAR)
    if thing and reading.has(asks.ONESELF) and not goal and not reading.has(asks.RINGS):
        return recall(reading, "asks for a person, a place or a thing")
    return None


def _progress(reading: Reading) -> Part | None:
    if reading.has(asks.RINGS) and not reading.has(asks.KNOWLEDGE):
        return _progress_of(reading, "", None, "asks about rings")
    target = reading.amounts[0].said if reading.amounts else None
    goal, reached = reading.has(asks.GOAL), reading.has(asks.REACHED)
    metric = goal_metric(reading)
    counted = metric and metric != SLEEP_METRIC
    days = reading.has(asks.DAYS_REACHING) or (reached and reading.has(asks.EVERY_DAY))
    if days and counted and (target or (goal and reached)):
        return _progress_of(reading, metric, target, "counts days that reached a value")
    close = reading.has(asks.CLOSE_TO) or reading.has(asks.LEFT_TO)
    if close and counted and target:
        return _progress_of(reading, metric, target, "how far from a value")
    left = reading.has(asks.HAS_GOAL) or (reading.has(asks.GOALS_LEFT) and not counted)
    if goal and reached and not left and not reading.has(asks.AIMED_AT):
        return _progress_of(reading, metric, target, "progress against a goal")
    return None


def _progress_of(reading: Reading, metric: str, target: float | None, rule: str) -> Part:
    number = int(target) if target is not None and target == int(target) else target
    made = call(Intent.PROGRESS, metric=metric, target=number, period=phrase_of(reading.whens))
    metrics = (metric,) if metric else ()
    return Part(Intent.PROGRESS, (made,), rule, reading, metrics, reading.whens)


def goal_metric(reading: Reading) -> str:
    """The metric that a goal is about; "" if none is named."""
    for one in reading.topics:
        if one.kind in (METRIC, SLEEP):
            return metrics_of(one.name)[0]
    if reading.topics:
        return GOAL_OF.get(reading.topics[0].name, "")
    weighs = any(one.quantity.unit == "kg" for one in reading.amounts)
    return "BodyMass" if weighs else ""  # nobody aims for any other mass


def _goals(reading: Reading) -> Part | None:
    if not reading.has(asks.GOAL):
        return None
    made = call(Intent.GOALS, period=phrase_of(reading.whens))
    metric = goal_metric(reading)
    metrics = (metric,) if metric else ()
    return Part(Intent.GOALS, (made,), "asks for goals", reading, metrics, reading.whens)


def _knowledge(reading: Reading) -> Part | None:
    """What holds for everybody: no time is named, or nobody in particular."""
    personal = reading.has(asks.PERSONAL)
    if len(reading.whens) > 1 and reading.topics:  # "which was better for steps, May or June?"
        return None
    if reading.whens and personal:
        return None
    if reading.whens and reading.has(cues.READINGS) and reading.has(TOPIC):
        return None
    general = not reading.whens and not personal and reading.has(asks.GENERAL)
    general = general and not (reading.has(cues.LATEST) or reading.has(TAKES_ME))
    general = general and not any(_said(one, reading).startswith("the ") for one in reading.topics)
    if reading.has(asks.KNOWLEDGE) and reading.has(asks.HEALTH):
        return recall(reading, "asks for general knowledge")
    if general and reading.has(TOPIC) and not reading.has(asks.META):
        return recall(reading, "asks for general knowledge")
    return None


def _said(topic: Mention, reading: Reading) -> str:
    """A topic in the words that named it: "the pounds" are somebody's."""
    return reading.text[topic.start : topic.end].lower()


def _night(reading: Reading) -> Part | None:
    """ "How many hours last night?" names no sleep and means it."""
    nights = any("night" in when.phrase for when in reading.whens)
    if reading.topics or not nights:
        return None
    if len(reading.whens) > 1 and compares(reading):
        return compared(reading, SLEEP_METRIC, reading.whens)
    if not reading.has(HOURS):
        return None
    calls = tuple(call(Intent.SLEEP, period=when.phrase) for when in reading.whens)
    return Part(Intent.SLEEP, calls, "asks about a night", reading, (SLEEP_METRIC,), reading.whens)


def _fitness(reading: Reading) -> Part | None:
    """Fitness has no metric of its own; what comes nearest is the VO2 max."""
    asked = reading.has(cues.TREND) or reading.has(cues.COMPARATIVE)
    if reading.topics or not asked or not reading.has(FITNESS):
        return None
    if len(reading.whens) > 1:
        return compared(reading, "VO2Max", reading.whens, ())
    return direction(reading, "VO2Max", reading.whens)


def _verb(reading: Reading) -> Part | None:
    """ "How much did I drink?" names no metric, and means what the verb adds up."""
    metric = implied(reading)
    return data(replace(reading, topics=(Mention(METRIC, metric, 0, 0),))) if metric else None


def implied(reading: Reading) -> str:
    """The metric that a verb means where an amount of it is asked; "" if none."""
    if reading.topics:
        return ""
    weighs = any(one.quantity.unit == "kg" for one in reading.amounts)
    if weighs and (reading.has(cues.ABOVE) or reading.has(cues.BELOW)):
        return "BodyMass"  # "was I above 160 lb?"
    if not reading.has(AMOUNT):
        return ""
    return next((name for name, verb in VERBS.items() if reading.has(verb)), "")


def _personal(reading: Reading) -> Part | None:
    """A question about oneself without data is one about what was told."""
    unlike = (REQUESTED, asks.HOW_TO, ADVICE)
    own = reading.has(asks.PERSONAL) or reading.has(asks.LIFE) or people.named_somebody(reading)
    if not own or any(reading.has(one) for one in unlike):
        return None
    return recall(reading, "asks about oneself without data")


RULES: tuple[Callable[[Reading], Part | None], ...] = (
    _memory, _refusal, _told, _progress, _goals, _knowledge, data, _night, _fitness, _verb,
    _personal,
)  # fmt: skip
