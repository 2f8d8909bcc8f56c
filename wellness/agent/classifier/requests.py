"""Cues of requests to the memory: to keep something, or to forget it."""

from __future__ import annotations

from wellness.agent.classifier.patterns import anywhere, joined, words

BEFORE = joined(
    r"""^(?:(?:please|and|also|then|ok|okay|now|actually|no|just|so|oh|hey|well|maybe|better
    |completely|by the way|one more thing|can you|could you|would you|will you|you can|you may
    |you should|go ahead and|wait|hold on|sorry|hm+|um|right|then|thanks
    |on second thoughts?|i (?:would like|want|need) (?:you )?to)[, ]+)*"""
)
FORGET = anywhere(
    BEFORE
    + r"""(?:forget|delete|remove|erase|wipe|scrap|discard|unlearn|take back|retract|drop|clear
    |strike|get rid of
    |throw away|purge|(?:lose|ditch|bin|trash|dump)(?= (?:the|that|any|my) (?:\w+ )?(?:notes?
    |facts?|entry
    |bit|memory|thing|info\w*))
    |cancel(?= .*\b(?:goals?|targets?|notes?|facts?|that|this|it|allerg\w+)\b))\b(?! to\b
    | how\b)(?! it\s*$)""",
    r"""\b(?:stop remembering|do not (?:remember|keep|store|save)|no longer (?:remember|keep)
    |(?:do not|no longer) (?:want|need) you to (?:remember|know|keep|store)
    |(?:rather|prefer)(?: that| if)? you (?:did not|do not|not|no longer|stop(?:ped)?|to stop)
     (?:remember\w*|ke(?:ep|pt)|kn[eo]w|stor\w+)
    |(?:rather|prefer|better)(?: that| if)? you (?:to )?forg[eo]t
    |you (?:need not|do not (?:need|have) to|can stop) (?:remember|keep|know|store)\w*
    |take (?:that|it) (?:back|out)|(?:out of|from) your (?:memory|notes|records)
    |i (?:hereby )?(?:take|took) back|, forget (?:it|that|about (?:it|that)))\b""",
)
FORGETS_BACK = anywhere(
    BEFORE
    + r"""(?:forget|delete|remove|erase|scrap|drop|wipe) (?:about )?(?:that|this|it|them|all that)
    (?: (?:now|please|again|for me|at once))*\s*[.!]*$"""
)
REMEMBER = anywhere(
    r"\b(?:do not|never) forget\b(?! to (?:tell|show))",
    BEFORE
    + r"""(?:remember(?! (?:when|what|how|who|where|which|if|whether|me)\b)|note|make a note
    |take (?:a )?note|write (?:this |that |it )?down|jot|save|store
    |(?:keep|bear) (?:(?:that|this|it) )?in mind|keep a note
    |memori[sz]e|know that|let it be known|be aware|for the record|fyi
    |put (?:this |that |it )?(?:down|in your)|record (?:that|the fact)|log that
    |add (?:a note|to your (?:memory|notes))|(?:set|change|update|make|adjust|raise|lower|move
    |increase|put|bring|reset|correct|edit|replace) (?:my|the|our) (?:new |weekly |daily |current )?
    (?:[\w-]+ |[MSAW] ){0,3}?(?:goal|target|aim|allergy|allergies|doctor|physio|name
    |preference)s?)\b""",
    r"\b(?:remember|note|keep in mind|know) that (?:i|my|we|our)\b|, (?:please )?remember\b",
)

# Keeps what was told right before: "please keep that in mind"
POINTS_BACK = anywhere(
    BEFORE
    + r"""(?:remember|note|save|store|keep|bear|write|put|know|jot) (?:that|this|it|them)
    (?: (?:in mind|down|please|for (?:me|later)|in your (?:notes|memory)))*\s*[.!]*$"""
)
# Says why something is to be kept, and is nothing to keep itself
FORGETFUL = words(
    r"""forget(?:ting|ful|s)?|forgot(?:ten)?|blank(?:ing)?|remember|(?:slips?|slipping) my mind
    |(?:lose|losing) track|memory|mix (?:it|them) up|wrong|mistakes?|mistaken|changed my mind
    |not true|confused|any ?more|no longer|not (?:doing|going)|g[ai]ven? (?:\w+ )?up|called off
    |cancel\w*|out of date|outdated|old news|long gone|(?:fine|better|healed|over|gone) now|healed
    |recovered"""
)
