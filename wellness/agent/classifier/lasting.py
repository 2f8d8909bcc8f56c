"""Facts that last, told in a sentence of their own before a question, as "I am vegan now" is.

Talk around a question is nothing to keep; these are, whatever is asked after them.
"""

from __future__ import annotations

import re

from wellness.agent.classifier.patterns import joined

LONGEST = 10  # words: what is longer is a story
LASTING = re.compile(
    joined(
        r"""^(?:(?:and|so|ok|okay|well|hi|hey|oh|by the way|just so you know|fyi|news)[,: ]+)*(?:
        my (?:new |daily |weekly |current )*(?:[\w-]+ ){0,2}?(?:goal|target|aim)(?: weight)?
         (?:is|will be)(?: now)? (?!to know|not\b|a secret)
        |(?:my |a )?new (?:\w+ )?(?:goal|target)(?: for me)?: \w
        |my (?:new |current )*(?:physio\w*|coach|trainer|doctor|gp|dentist|dietitian|nutritionist
        |cardiologist|therapist|gym|instructor|surgeon|specialist)
         is (?:now |called |named )*(?-i:[A-Z])\w*
        |(?:i|we) (?:have |have just |just )?(?:hurt|broke|broken|sprained|twisted|tore|torn|injured
        |fractured|pulled|strained|dislocated) my (?:left |right )?\w+
        |i (?:have |have just |just )?(?:moved|relocated) to (?-i:[A-Z])\w*
        |i am (?:now |allergic |intolerant )+to \w+|i am (?:now )?(?:an? )?(?:strict )?(?:vegan
        |vegetarian|pescatarian|coeliac|celiac|diabetic|asthmatic|pregnant|lactose intolerant
    |retired
        |teetotal)
        |i am allergic to \w+|i (?:have )?(?:just )?(?:joined|switched to|changed) (?:an?|my|the
    |gyms)
        |i (?:no longer|do not) (?:eat|drink|smoke) \w+|i (?:have )?(?:quit|given up|gave up
    |stopped)
         (?:smoking|drinking|caffeine|alcohol|coffee|sugar|meat|dairy|gluten)
        |i (?:have )?(?:just )?(?:started|begun|began) (?:taking|on)? ?(?:\w+)(?: tablets| pills)?$
        )\b"""
    ),
    re.I,
)


def lasts(text: str, ends: str) -> bool:
    """Whether a clause is a short sentence that tells a lasting fact of oneself.

    >>> lasts("My goal is 12,000 steps a day.", "."), lasts("My dog ate it.", ".")
    (True, False)
    """
    return ends in (".", "!") and len(text.split()) <= LONGEST and bool(LASTING.match(text))
