"""What is out of scope, and what is only said to be friendly.

The agent knows one person's past: their data, and what they told. The future, other people's data,
the world, diagnoses, and changes to anything but its own memory it can neither know nor do.
"""

from __future__ import annotations

import re

from wellness.agent.classifier import ailments, asks, beyond, friendly
from wellness.agent.classifier.people import ANYBODY, is_about_another
from wellness.agent.classifier.reading import Reading

WORD = re.compile(r"[a-z']+|[A-Z]")
WILL_I = re.compile(r"^(?:\w+ )?(?:(?:when|how \w+|what) )?will i\b")
AHEAD = "it is about the future"
IS_IT_GOOD = re.compile(
    r"\bis it (?:\w+ )?(?:ok|okay|bad|good|healthy|unhealthy|safe|normal|better|worse|harmful)\b"
)
DOSED = frozenset(("InsulinDelivery", "InhalerUsage"))
ADVICE = re.compile(
    r"\b(?:should|can|could|may|shall|must|do) (?:i|we) (?!take per|use per)"
    r"(?:need|have to|take|use|inject|increase|reduce|change|stop|skip|start|double"
    r"|up|lower|get|mix)\b"
)
ONESELF = re.compile(r"\b(?:i|my)\b")


def is_small_talk(shape: str) -> bool:
    """Whether a whole message is a greeting, thanks, or talk about the assistant itself.

    >>> is_small_talk("perfect, thanks a lot!"), is_small_talk("thanks, and my M?")
    (True, False)
    """
    if friendly.ABOUT_YOU.search(shape) and not beyond.TOPIC.search(shape):
        return True
    if "?" in shape or not friendly.GREETS.search(shape):
        return False
    if friendly.THANKS.match(shape) and not beyond.TOPIC.search(shape):
        return True
    if "P" in shape and not friendly.PARTS_TODAY.search(shape):
        return False
    bare = shape.replace("S tight", "").replace("S well", "").replace("good S", "")
    return all(word in friendly.SMALL_WORDS or word in ("P", "N") for word in WORD.findall(bare))


def refusal(reading: Reading) -> str:
    """Why a clause is out of scope; "" if nothing says so."""
    shape = reading.shape
    topic = beyond.TOPIC.search(shape) is not None
    if beyond.ACTIONS.search(shape) or alters(reading):
        return "it asks to do something that this agent cannot do"
    asked = beyond.ASKED_TO.match(shape)
    if asked and not topic and asked["verb"] not in beyond.ABLE:
        return "it asks to do something that this agent cannot do"
    told = beyond.ASKS_WHEN.search(shape) or beyond.ASKS_BACK.search(shape)
    if ailments.DIAGNOSIS.search(shape) and not told:
        return "it asks for a diagnosis or a treatment"
    if doses(reading) and not told:
        return "it asks for a diagnosis or a treatment"
    if is_ahead(shape):
        return AHEAD
    general = reading.has(asks.KNOWLEDGE) and ANYBODY.search(shape) and not reading.whens
    own = topic or beyond.GOALS.search(shape) or beyond.OF_BODIES.search(shape)
    if own and not general and is_about_another(reading):
        return "it is about somebody else"
    if beyond.DEVICES.search(shape):
        return "it is about a device"
    mine = ONESELF.search(shape) and (topic or beyond.ASKS_BACK.search(shape))
    personal = bool(mine or (topic and IS_IT_GOOD.search(shape)))
    if (beyond.WORLD.search(shape) or is_weather(reading)) and not personal:
        return "it is about the world"
    return ""


def doses(reading: Reading) -> bool:
    """Whether it is asked how much of a medicine to take that is also measured: insulin."""
    measured = any(one.name in DOSED for one in reading.topics)
    return measured and ADVICE.search(reading.shape) is not None


def is_weather(reading: Reading) -> bool:
    """Whether a temperature or a noise is that of a place: "the temperature in Madrid"."""
    match = beyond.PLACE.search(reading.text)
    return match is not None and match["place"].lower() in reading.unknown


def alters(reading: Reading) -> bool:
    """Whether readings, workouts or nights are to be changed, which are not the agent's."""
    return beyond.ALTERS.search(reading.shape) is not None


def is_ahead(shape: str) -> bool:
    """Whether data or a goal is asked for that only the future can show."""
    if beyond.AHEAD.match(shape) and not beyond.BACK.search(shape):
        return not beyond.AIMS.search(shape) or bool(beyond.PREDICTS.search(shape))
    ahead = beyond.FUTURE.search(shape) or (
        beyond.SOON.search(shape) and not beyond.BACK.search(shape) and not IS_IT_GOOD.search(shape)
    )
    aims = beyond.AIMS.search(shape) is not None
    topic = beyond.TOPIC.search(shape) is not None or WILL_I.match(shape) is not None
    return bool(ahead) and (topic or aims) and (not aims or bool(beyond.PREDICTS.search(shape)))
