"""Whether a clause leans on what was said before it, and on what of it."""

from __future__ import annotations

import re

from wellness.agent.classifier import cues, requests
from wellness.agent.classifier.reading import Reading

SHORT = 6  # words of a fragment
WORD = re.compile(r"\w+")
# Points at the time of the question before: "my heart rate during that?", "how much of it"
THAT_TIME = re.compile(
    r"\b(?:during|in|over|on|at|for|throughout|within) (?:that|then|those|the same)"
    r"(?: (?:day|night|week|month|time|period|year|trip|days|nights|weekend))?\s*(?:$|[?.!,])"
    r"|\b(?:is|was|were|are) (?:that|it|those)\s*[?.!]*$"
    r"|\bof (?:it|that|those|them)\b|\bthat (?:day|night|week|weekend|month|year|time|period)\b"
    r"|\b(?:then|at the time|back then|meanwhile|the same (?:day|night|week|month|time|period))\b"
)
# Holds the figure of the question before against a goal: "how far is that from my goal?"
OF_THAT = re.compile(rf"{THAT_TIME.pattern}|\b(?:is|was|were|are) (?:that|this|those|it)\b")
TAKEN = re.compile(
    r"^(?:and )?(?:on )?(?:when|(?:what|which) (?:day|date))(?: exactly)?\s*[?.!]*$|"
    r"^(?:\w+,? ){0,2}?(?:when|what (?:day|date|time)|how long ago"
    r"|on (?:which|what) (?:day|date))\b"
    r"(?!.*\bi\b).*\b(?:that|it|this|those|they|reading|value|measurement|one)\b"
)
CORRECTS = re.compile(
    r"^(?:(?:oh|oops|ah|um|hm+|well|but|and),? )*(?:sorry|no|nope|wait|actually|i meant?|correction"
    r"|rather|make (?:it|that)|(?:change|set|make|update|raise|lower|put|adjust) "
    r"(?:it|that|this|them|the \w+(?: one)?) (?:to|at)|it is|(?:it|that) should be|(?:not"
    r"|no) (?:any"
    r" ?more|longer)|(?:that|this|it|the \w+)(?: is| was| has)? (?:outdated|out of date|old\b"
    r"|old news|ancient"
    r"|wrong"
    r"|changed|not (?:right|true|correct|current|up to date)|no longer \w+|history|incorrect)"
    r"|i (?:have )?(?:since )?(?:changed|raised|lowered|made|upped|moved|bumped|cut|dropped|set)"
    r" (?:it|that|this) (?:up |down )?(?:to )?(?=[N\w]))\b[,:. ]*"
    r"(?!(?:worr\w+|problem|thanks?|matter|need|bad|mind|it|that|this|me|about|for|to|i|not|all"
    r"|again"
    r"|later|\W)*[.!?]*$)(?!.*\?)"
)
ALSO = re.compile(r"\b(?:too|also|as well|likewise|can go|goes)\b|^(?:and|also)\b")


def is_elliptic(reading: Reading) -> bool:
    """Whether a clause goes on with what was said before: "and in May?", "per day?"."""
    fragment = not reading.has(cues.VERB) and len(WORD.findall(reading.shape)) <= SHORT
    return reading.has(cues.ELLIPTIC) or fragment


def points_at_time(reading: Reading) -> bool:
    """Whether a clause names the time of the question before by a pronoun: "during that"."""
    return reading.has(THAT_TIME)


def points_back(reading: Reading) -> bool:
    """Whether a clause shows that it goes on with something: "and in May?", "what was it then?"."""
    cues_of_it = reading.has(cues.ELLIPTIC) or reading.has(cues.PRONOUN)
    return cues_of_it or bool(reading.whens and is_elliptic(reading))


def corrects(reading: Reading) -> bool:
    """Whether a clause sets right what was said before: "sorry, the right one"."""
    return reading.has(CORRECTS) and not reading.has(requests.FORGET)
