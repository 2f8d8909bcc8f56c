"""Times of the day, how often and how sure; what is wanted, liked, must and can be."""

CONCEPTS = {
    "goal": (
        "goal | goals | target | targets | aim | aims | aiming for | aim for | objective | aim "
        "to | aiming to | want to | wants to | would like to | plan to | planning to | hope to | "
        "hoping to | intend to | trying to | try to | going to | working towards | working "
        "toward | want | wish to | determined to | will | striving for | shooting for | set out "
        "to | aspire to | strive to | strive for | hope for | hoping for | ambition | work "
        "towards | keen to | target of | goal of"
    ),
    "like": (
        "like | likes | liked | love | loves | loved | enjoy~ | prefer | prefers | preferred | "
        "favour~ | favor~ | fond of | keen on | i am into | preference | am a fan of | "
        "preferably | would rather | rather | take pleasure in | be a big fan of | be a fan of"
    ),
    "favourite": (
        "favourite | favorite | like most | like best | love most | enjoy most | most favourite"
    ),
    "need": "need~ | have to | has to | had to | need to | required to",
    "should": "should | ought to | supposed to | must | meant to",
    "could": "could",
    "can": "can | able to | am able to | can manage to",
    "allowed": "allowed to | permitted to | allowed",
    "maybe": (
        "maybe | perhaps | might | may | possibly | probably | i think | i guess | i believe | "
        "not sure | i suppose | likely | i assume | it seems | seem~ to | apparently | unsure"
    ),
    "used to": "used to | formerly | previously | in the past | back then",
    "per day": (
        "per day | a day | each day | daily | every day | everyday | every single day | on a "
        "daily basis"
    ),
    "per week": "per week | a week | each week | weekly | every week | on a weekly basis",
    "per night": "per night | a night | each night | nightly | every night",
    "per month": "per month | a month | each month | monthly | every month | on a monthly basis",
    "per year": "per year | a year | each year | yearly | every year | annually | annual",
    "per hour": "per hour | hourly | each hour | every hour",
    "every": "every | each | every single",
    "every other": "every other | every second | alternate | alternating",
    "usually": (
        "usually | normally | generally | typically | mostly | tend to | as a rule | most days | "
        "most of the time | usual | most mornings | most evenings | most nights | in general | "
        "for the most part"
    ),
    "often": "often | frequently | regularly | a lot of the time",
    "always": "always | all the time | without exception | every time | without fail | constantly",
    "sometimes": (
        "sometimes | occasionally | now and then | from time to time | once in a while | at times "
        "| every now and then | every so often | now and again | on occasion | every once in a "
        "while"
    ),
    "rarely": "rarely | seldom | hardly ever | almost never | barely ever | scarcely ever",
    "morning": "morning | mornings | in the morning | a m | in the mornings",
    "afternoon": "afternoon | afternoons",
    "evening": "evening | evenings | in the evening | p m | in the evenings",
    "night": "night | nights | at night | night time | nighttime | overnight | during the night",
    "weekend": "weekend | weekends | at weekends | on weekends | at the weekend | on the weekend",
    "weekday": (
        "weekday | weekdays | working day | working days | workday | workdays | on weekdays | "
        "during the week | on workdays | work day"
    ),
    **{
        f"each {name}": f"{name}s"
        for name in (
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "spring",
            "summer",
            "autumn",
            "winter",
        )
    },
    "when": (
        "date of | when | what time | at what time | what day | which day | on what day | "
        "what date | on which day | which date | which days | what days | on what date | on which "
        "date"
    ),
    "where": "where | which city | what city | which town | what town | which place | what place",
    "who": "who | whom",
    "how": "how",
    "why": "why | how come | for what reason | what is the reason | reason",
    "kind": "kind of | sort of | type of | kinds of | types of | sorts of",
    "at least": (
        "at least | no less than | not less than | or more | minimum of | no fewer than | not "
        "fewer than | a minimum of"
    ),
    "at most": (
        "at most | no more than | not more than | or less | maximum of | up to | a maximum of | "
        "or fewer | not over | limit myself to | restrict myself to | max of"
    ),
    "approximately": (
        "about | around | roughly | approximately | approx | some where near | nearly | almost | "
        "more or less | or so | somewhere around"
    ),
    "more": "more | higher | greater | larger | bigger",
    "less": "less | lower | fewer | smaller",
    "longer": "longer",
    "shorter": "shorter",
    "better": "better",
    "worse": "worse",
    "too much": "too much | too many | too high",
    "too little": "too little | too few | not enough | too low",
    "enough": "enough | sufficient | sufficiently",
    "much": "a lot | a lot of | lots of | plenty of | lots | many | much | loads of",
    "a little": "a little | a bit | slightly | a little bit | a bit of",
    "hardly": "hardly | barely | scarcely",
    "track": "the track | a track",
    "long": "long | for a long time | a long time",
    "only": "only | nothing but | solely",
    "not all": "not all | not every | not always | not everything",
    "recently": "recently | lately | of late",
    "in a row": "in a row | consecutive | consecutively",
    "first": "first | first time | for the first time",
    "again": "again | once more | another time",
    "compare": (
        "compare~ | comparison | compared to | compared with | versus | vs | in comparison | "
        "relative to | in comparison to | in comparison with"
    ),
}
