"""What follows something that was told, asked of the memory, or forgotten."""

from __future__ import annotations

import re

from wellness.agent.classifier import asks, cues, friendly, limits, requests
from wellness.agent.classifier.leaning import ALSO, corrects
from wellness.agent.classifier.openers import SUBJECTLESS
from wellness.agent.classifier.parts import Part, call, phrase_of
from wellness.agent.classifier.reading import Reading
from wellness.agent.classifier.rules import FALLBACKS, decide, goal_metric, recall, remember
from wellness.agent.routes import Intent

# "It is Dr. Evans", told after it was asked
IT_IS = re.compile(
    r"^(?:(?:oh|well|no|actually|sorry|so|and),? )*(?:it|he|she|they) (?:is|was|are) "
)
THEIR = re.compile(r"\b(?:his|her|hers|him|their|he|she)\b")  # of whom was asked
NEW = re.compile(r"\b(?:it|he|she|they|that|mine|my [\w ]{1,20}?|the \w+) (?:is|are|was)\b")
IT_WAS = re.compile(
    r"^(?:(?:oh|well|no|actually|and|but|also),? )*(?:it|he|she|they|this|that|the \w+(?: \w+)?) "
    r"(?:is|was|are|were|has|had|happened|started|began|still|hurts?|only|got|comes?|came|does"
    r"|did)\b"
)
# "Cashews too"; "my coach too" asks
TOO = re.compile(
    r"^(?:(?:oh|yes|and|well|no),? )*(?!(?:my|me|the|what|how|your?|i|same)\b)[\w ]{2,30}? "
    r"(?:too|as well)\b(?=\W+\w|[.!]*$)"
)
ASIDE = re.compile(r"^(?:and|also) (?:where|what|who|how|when) (?:i|my|we|our)\b")  # no question


def stated(reading: Reading) -> Part:
    """What a message wants that asks nothing: to be remembered, if it is about the person.

    What is about nobody, or about the assistant, is talk: "that was quick", "you are a gem".
    """
    if why := limits.is_trouble(reading.shape):
        return Part(Intent.OUT_OF_SCOPE, (), why, reading)
    shape = friendly.VOCATIVE.sub("", reading.shape)
    own = (
        reading.has(asks.LIFE) or friendly.ONESELF.search(shape) or SUBJECTLESS.match(reading.text)
    )
    if own or reading.topics or any(letter.isdigit() for letter in reading.text):
        return remember(reading, "states something")
    return Part(Intent.SMALL_TALK, (), "says nothing of the person", reading)


def of_memory(reading: Reading, before: Part, elliptic: bool) -> Part | None:
    """What follows something told, asked or forgotten, and points back to it."""
    points = elliptic or reading.has(cues.PRONOUN) or reading.has(THEIR)
    tells = "?" not in reading.text and not reading.has(asks.WH)
    if before.intent is Intent.RECALL and tells and IT_IS.match(reading.shape):
        return corrected(reading)
    renewed = corrects(reading) and (
        before.intent is Intent.REMEMBER or (before.intent is Intent.RECALL and reading.has(NEW))
    )
    if renewed or (tells and details(reading, before)):
        return corrected(reading)
    goal = before.intent is Intent.REMEMBER and before.reading.has(asks.GOAL)
    if goal and not reading.topics and reading.has(asks.REACHED):
        period = phrase_of(reading.whens)
        made = call(Intent.PROGRESS, metric=goal_metric(before.reading), period=period)
        return Part(Intent.PROGRESS, (made,), "progress against that", reading)
    told = not reading.whens and (
        not reading.has(asks.WH) or ASIDE.match(reading.shape) is not None
    )
    if before.intent is Intent.FORGET and elliptic and told and reading.has(ALSO):
        made = call(Intent.FORGET, query=reading.text.strip(" ?!."))
        return Part(Intent.FORGET, (made,), "asked to forget more", reading)
    asked = reading.has(requests.FORGET) or reading.has(requests.REMEMBER)
    if reading.topics or not points or asked:
        return None
    if decide(reading).rule not in FALLBACKS:
        return None
    if before.intent is Intent.RECALL:
        return recall(reading, "asks more of that", before.reading.text)
    told = told and not reading.has(friendly.PRAISES)
    return corrected(reading) if before.intent is Intent.REMEMBER and told else None


def details(reading: Reading, before: Part) -> bool:
    """Whether more is told of what was told or asked: "it was the right one", "cashews too"."""
    talks = reading.has(friendly.GREETS) or reading.has(friendly.PRAISES)
    if before.intent not in (Intent.REMEMBER, Intent.RECALL) or talks:
        return False
    also = TOO.match(reading.shape) is not None
    if before.intent is Intent.RECALL:
        return also
    said = bool(reading.whens or reading.amounts or reading.unknown)
    return also or (said and IT_WAS.match(reading.shape) is not None)


def corrected(reading: Reading) -> Part:
    """A fact that sets another one right."""
    made = call(Intent.REMEMBER, text=reading.text.strip(" ?!."))
    return Part(Intent.REMEMBER, (made,), "corrects that", reading)
