"""Words that carry no meaning of their own, words that turn meanings round, words that relate."""

# What carries no meaning of its own in a sentence about oneself.
FILLERS = """
a | an | the | of | in | on | at | for | to | my | mine | i | me | myself | am | is | are | was
were | be | been | being | do | does | did | done | have | has | had | having | it | its | this
that | these | those | there | so | then | as | by any chance | with | into
please | thanks | thank you | hi | hello | hey | well now | ok | okay | just | really | actually
basically | also | too | very | quite | overall | can you | could you | would you | will you
are you able to | tell me | show me | let me know | let me see | remind me
i would like to know | i want to know | i need to know | i would like to see | do you know
do you remember | look up | check | find out | find | calculate | work out for me | say | what
what about | how about | which | how high is | how high was
amount | figure | value | reading | data | result | report | levels | statistic | stats
measurement | measurements | a pair of | pair of | it true | it correct | at all | anything
come to | came to | add up to | according to my data | in my data | ever | exactly | precisely
currently | current | right now | at the moment | at present | presently | these days | as of now
now | so far | up to now | up till now | recorded | recording | measure~ | log~ | track~
nowadays | at this point | at this time | lasts | lasted | lasting
show~ | shown | manage~ to | happen~ to | person | someone | thing
get | take | make | go | use~ | would you say | you | your | due | level | for me
still | already | even | own | any | some | all of | all my | all the | all of my | all of the
definitely | certainly | surely | obviously | of course | honestly | truly | simply | literally
in fact | indeed | in order to | so that | in my life | personally | myself | suffer from
play~ | practise~ | practice~ | perform~ | spend~ | spent | experience~
work as | works as | worked as | working as | down as | out of curiosity
whole | entire | throughout | fully | completely
totally | entirely | kindly | oh | um | yes | both | up to date
"""

# These turn round the rest of their clause; the first also what stands before them in it.
NEGATIONS = {
    "not": ("not | no | never | none | neither | n t | nothing | nobody | no one"),
    "not the rest": (
        "not to | without | dislike~ | hate~ | detest~ | loathe~ | avoid~ | free of | never to | "
        "refrain from | stay away from | steer clear of | abstain from | can not stand"
    ),
    "stop": (
        "stop | stops | stopped | stopping | quit | quits | quitting | give up | gave up | given "
        "up | giving up | no longer | not any more | not anymore | any more | anymore | cease~ | "
        "any longer | not any longer | cut out | do away with"
    ),
}
DISLIKES = ("dislik", "hat", "detest", "loath", "can not stand")  # they also say what they negate

# These say how what follows is related to the rest.
RELATIONS = {
    "before": "before | prior to | ahead of",
    "after": "after | following",
    "than": "than | instead of | rather than | as opposed to | over and above",
    "above": (
        "above | more than | exceed~ | greater than | higher than | beyond | in excess of "
        "| larger than"
    ),
    "below": "below | less than | under | fewer than | lower than | smaller than | underneath",
    "over": "over",
    "longer": "longer than",
    "shorter": "shorter than",
    "from": "from | starting from",
    "by": "by | no later than",
    "until": "until | till",
    "since": "since",
    "except": "except | except for | apart from | excluding | other than | aside from",
    "because": "because | because of | due to | owing to | on account of | as a result of",
    "if": "if | whether | whenever | while | whilst | as long as | in case | as soon as",
    "during": "during | in the course of",
    "even if": "even if | even when | even though | even while",
    "between": "between",
    "within": "within",
    "cause": (
        "cause~ | trigger~ | lead to | bring on | set off | bring about | result in | make me | "
        "makes me | made me | cause me"
    ),
    "help": "help~ | help me | help with | helps me",
    "affect": "affect~ | influence~ | impact~ | have an effect on | have an impact on",
}
COMPARISONS = {"above": "more", "below": "less", "longer": "longer", "shorter": "shorter"}
OF_NUMBERS = {
    "over": "above",
    "longer": "above",
    "shorter": "below",
}  # of what is no number: "more than last week"

JOINS = {"and": "and | plus | as well as", "or": "or | nor"}
CLAUSE_ENDS = "but | however | although | though | yet"
