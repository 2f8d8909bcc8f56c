"""Remembered events as times: "before my injury", "since I changed gyms", "on the trip to Tokyo".

Only the memory knows when they were; here they are phrases, and how far a phrase goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wellness.agent.classifier.beside import When, meet
from wellness.agent.classifier.patterns import joined

# Where a phrase about an event ends
STOP = joined(
    r"""(?=\s*(?:$|[,;:?!.()]|\b(?:than|compared|versus|vs|against|what|how|which|please|on average
    |in total|per|each|a (?:day|night|week)|thanks|overall|instead|too|or|was my|were my|is my
    |are my|did|do i|am i|was i|does my|had i
    |from (?:before|after|during)|have i|has my|show|tell|give|compare|relative
    |average|and (?:before|after|since
    |during|how|what|my|did|when|the other|now)|to (?:after|now|before)|with (?:after|before|now
    |the time|my|today|those|that|what|how|it|the ones?))\b|\b(?:before|after) (?:it|that)\b))"""
)
# What comes after "before" or "since" and is no event that somebody told about
NO_EVENT = joined(
    r"""(?:that|this|it|then|which|who|bed(?:time)?|bedtimes|lunch|dinner|breakfast|noon|midnight
    |sleep(?:ing)?|work(?:ing)?|meals?|food|eating|exercis\w+|training|waking|going|getting|lights
    |the (?:day|night|week|month|year|weekend|summer|winter|spring|autumn|fall|end|last|past
    |previous|same|day|morning|evening|gym)\b|the (?:start|beginning|middle)|long|all|you|we talk
    |one|two|N|P|a (?:run|walk|swim|workout|meal|ride)|(?:my |a )?(?:runs?|walks?|swims?|rides?
    |workouts?|meals?|coffee|dinner|lunch|breakfast)\b|running|swimming|cycling|walking|yoga|an? |\d
    |do(?:es)?|did|how|what|when|the time i|(?:i |my |the )(?:have )?(?:last|previous|next)\b|now
    |today|i (?:have )?(?:last |even )?(?:checked|measured|tested|weighed|recorded|logged)|any
    |i (?:am (?:at|N|\d)|reach|hit|get to|weigh)\b|(?:\w+ ){0,3}(?:goal|target)s?)"""
)
PEOPLE = frozenset(("i", "we", "he", "she", "they", "you"))  # "before I", and no more
# "Before my meeting starts": no past time, but why somebody is in a hurry
PRESENT = re.compile(
    r"\b(?:starts|begins|comes|arrives|leaves|calls|opens|closes|gets|forget|go|leave|head|wait"
    r"|am|is|are)\b"
)
EVENT = re.compile(
    r"\b(?:ever )?(?P<phrase>(?:before|after|(?<!have )(?<!has )since|during|until|till"
    r"|following|prior to|throughout)"
    rf"\s+(?!{NO_EVENT}\b)(?P<event>\w+(?:['-]\w+)*(?:\s+[\w'-]+){{0,8}}?)){STOP}"
)
WHILE = re.compile(
    r"\b(?P<phrase>(?:while|when|whilst) (?P<event>(?:i|we) (?:was|were|had|lived|stayed|got|moved"
    rf"|took|trained|worked)\b(?:\s+[\w'-]+){{0,6}}?)){STOP}"
)
TRIP = re.compile(
    r"\b(?P<phrase>(?:on|in) (?:my|our|the) (?P<event>(?:\w+ )?(?:trip|holidays?|vacation|honeymoon"
    rf"|cruise|tour|journey|break)(?: (?:to|in|through|around|with) [\w'-]+(?: [\w'-]+)?)?)){STOP}"
)
RELATIONS = "before|after|during|since"
BOTH = re.compile(
    rf"\b(?P<first>{RELATIONS})(?:,? (?:and|or|to|with|than|compared (?:to|with)|against|vs\.?"
    rf"|versus)| ?/) ?(?P<last>{RELATIONS})\b(?= )"
)
TAIL = re.compile(
    r"\b(?:than|compared (?:to|with)|versus|vs\.?|and|or|to|with|against|from) "
    r"(?P<relation>before|after(?:wards)?|since)(?: (?:it|that|then))?(?=\s*(?:$|[?.!,]))"
)


def find(text: str, periods: Sequence[When]) -> Iterator[When]:
    """The events of a text; what is a period is none.

    Args:
        text: tidied, in its own case.
        periods: those that were found in it.

    >>> [event.phrase for event in find("HRV before and after my flu", [])]
    ['before my flu', 'after my flu']
    """
    lower, found = text.lower(), list[When]()
    both = BOTH.search(lower)
    masked = _without_first(lower, both) if both else lower
    for pattern in (EVENT, WHILE, TRIP):
        for match in pattern.finditer(masked):
            start, end = match.span("phrase")
            begins, ends = match.span("event")
            known = any(one.start <= begins and one.end >= ends for one in periods)
            if known or any(one.start < end and start < one.end for one in found):
                continue
            phrase = text[start:end].strip()
            if match["event"] in PEOPLE or PRESENT.search(match["event"]):
                continue
            if both and both.start("last") == start:
                other = both["first"] + phrase.removeprefix(text[slice(*both.span("last"))])
                yield When(other, both.start(), both.start("last"), None)
            found.append(When(phrase, start, end, None))
            yield found[-1]
    last = found[-1] if found else None
    if last and (tail := TAIL.search(lower, last.end)):
        yield When(other_side(last.phrase, tail["relation"]), *tail.span("relation"), None)


def _without_first(lower: str, both: re.Match[str]) -> str:
    """For "before and after my flu": only "after my flu" is a phrase."""
    start, stop = both.start(), both.start("last")
    return lower[:start] + " " * (stop - start) + lower[stop:]


def other_side(phrase: str, relation: str) -> str:
    """The same event with another relation.

    >>> other_side("before my flu", "afterwards")
    'after my flu'
    """
    relation = "after" if relation.startswith("after") else relation
    return re.sub(r"^\w+", relation, phrase)


def apart_from(events: Sequence[When], taken: Sequence[When]) -> list[When]:
    """Those events that share no word with what is taken."""
    return [event for event in events if not any(meet(one, event) for one in taken)]
