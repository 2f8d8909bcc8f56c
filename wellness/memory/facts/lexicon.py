"""The words of wellness questions and statements, by what they mean here.

What stands in one line of a table is taken to say the same. A word that is in no table stands for
itself: not knowing a synonym costs a cache hit, a wrong one would cost the truth.

`walk~` also stands for its regular forms: walks, walked, walking.
"""

from __future__ import annotations

# What carries no meaning of its own in a sentence about oneself.
FILLERS = """
a | an | the | of | in | on | at | for | to | my | mine | i | me | myself | am | is | are | was
were | be | been | being | do | does | did | done | have | has | had | having | it | its | this
that | these | those | there | and | or | so | then | as | by any chance | with | into | during
please | thanks | thank you | hi | hello | hey | well now | ok | okay | just | really | actually
basically | also | too | very | quite | overall | can you | could you | would you | will you
are you able to | tell me | show me | give me | let me know | let me see | remind me | help me
i would like to know | i want to know | i need to know | i would like to see | do you know
do you remember | look up | check | find out | find | calculate | work out for me | say | what
what about | how about | which | how high is | how high was
amount | figure | value | reading | data | result | report
come to | came to | add up to | according to my data | in my data | ever | exactly
currently | current | right now | at the moment | at present | presently | these days | as of now
now | so far | up to now | up till now | recorded | record~ | measure~ | log~ | logged | logging
track~ | show~ | shown | manage~ to | happen~ to | person | someone | thing | use to be | get
gets | got | getting | gotten | take | takes | took | taken | taking | make | makes | made
would you say | go | goes | went | gone | you | your | due | level
"""

# Metrics by the names that the catalogue does not have.
METRIC_WORDS = {
    "Height": "height | how tall | tall",
    "BodyMass": "weigh~ | weight | body weight | bodyweight | scale | scales | body mass",
    "StepCount": "step | steps | step count | steps count | stepcount | number of steps",
    "SleepAnalysis": (
        "sleep | sleeps | slept | sleeping | asleep | time asleep | sleep time | sleep duration "
        "| amount of sleep | hours of sleep | shut eye"
    ),
    "HeartRate": "heart rate | heartrate | pulse | hr | heart beat | heartbeat | bpm | pulse rate",
    "RestingHeartRate": (
        "resting heart rate | resting pulse | rhr | resting hr | heart rate at rest | pulse at "
        "rest | resting heartrate | resting pulse rate"
    ),
    "HeartRateVariabilitySDNN": "hrv | heart rate variability | heart variability",
    "ActiveEnergyBurned": (
        "active energy | active calories | calories | kcal | kilocalories | calorie burn | "
        "active calorie burn"
    ),
    "DistanceWalkingRunning": "distance | how far | walking distance",
    "DistanceCycling": "cycling distance | distance cycled",
    "FlightsClimbed": "flights | flights of stairs | flight of stairs | stairs | floors",
    "AppleExerciseTime": "exercise time | exercise minutes | minutes of exercise",
    "OxygenSaturation": "blood oxygen | spo2 | oxygen saturation | oxygen level | o2",
    "MindfulSession": "meditate~ | meditation | meditations | mindfulness | mindful minutes",
    "DietaryWater": "water | fluids",
    "BloodPressure": "blood pressure | bp",
    "BloodGlucose": "blood sugar | glucose | blood glucose",
}

# How values become one.
AGGREGATIONS = {
    "average": "average | averages | averaged | averaging | mean | typical | on average | avg",
    "maximum": (
        "how high did | maximum | max | highest | peak | peaked | top | biggest | largest | "
        "most | record high | best day for"
    ),
    "minimum": "how low did | minimum | min | lowest | least | smallest | fewest",
    "sum": "total | in total | totals | altogether | in all | sum | combined | all together",
    "latest": "latest | most recent | newest | last recorded",
    "count": "how often | how many times | number of times | how frequently",
    "how many": "how many | number of | the number of | number | count",
    "how much": "how much",
    "trend": "trend | trends | trending | develop~ | evolve~ | over time",
    "change": "change | changes | changed | changing | difference | differ~",
    "duration": "how long | duration | hours | minutes | length of time",
}

# What people do with their bodies.
ACTIVITIES = {
    "workout": (
        "workout | workouts | work out | works out | worked out | working out | exercise | "
        "exercises | exercised | exercising | train | trains | trained | training | session | "
        "sessions | workout session | workout sessions | training session | training sessions"
    ),
    "run": (
        "run | runs | ran | running | jog | jogs | jogged | jogging | go for a run | went for a "
        "run | go running | went running | go jogging | went jogging | going for a run"
    ),
    "walk": (
        "walk~ | go for a walk | went for a walk | go walking | went walking | stroll~ | on foot"
    ),
    "cycle": (
        "cycle~ | bike | bikes | biked | biking | bicycle | ride | rides | rode | riding | bike "
        "ride | bike rides | go cycling | went cycling | ride my bike | go for a bike ride"
    ),
    "swim": (
        "swim | swims | swam | swum | swimming | go swimming | went swimming | go for a swim | "
        "went for a swim"
    ),
    "hike": "hike~ | go hiking | went hiking",
    "strength": (
        "strength training | lift weights | lifts weights | lifted weights | lifting weights | "
        "weightlifting | weight lifting | weight training | strength workout | strength session "
        "| strength workouts | strength sessions"
    ),
}

# Everything else that a sentence here is made of.
CONCEPTS = {
    "goal": (
        "goal | goals | target | targets | aim | aims | aiming for | aim for | objective | aim "
        "to | aiming to | want to | wants to | would like to | plan to | planning to | hope to | "
        "hoping to | intend to | trying to | try to | going to | working towards | working "
        "toward | want | wish to | determined to | will | striving for | shooting for | set out "
        "to | aspire to"
    ),
    "reach": (
        "reach | reaches | reached | reaching | hit | hits | hitting | meet | met | meeting | "
        "achieve~ | attain~ | accomplish~"
    ),
    "like": (
        "like | likes | liked | love | loves | loved | enjoy~ | prefer | prefers | preferred | "
        "favour~ | favor~ | fond of | favourite | favorite | keen on | i am into | preference | "
        "am a fan of | preferably | would rather | rather"
    ),
    "allergy": "allergic | allergic to | allergy | allergy to | allergies",
    "climb": "climb~",
    "burn": "burn~ | burnt",
    "beat": "beat | beats | beating",
    "drink": "drink | drinks | drank | drunk | drinking",
    "eat": "eat | eats | ate | eaten | eating",
    "increase": (
        "increase~ | go up | goes up | went up | gone up | going up | rise | rises | rose | "
        "risen | rising | grow | grows | grew | growing | climbing up | raise~"
    ),
    "decrease": (
        "decrease~ | go down | goes down | went down | gone down | going down | drop | drops | "
        "dropped | dropping | fall | falls | fell | fallen | falling | decline~ | reduce~ | "
        "lower~"
    ),
    "gain": "gain~ | put on | putting on | puts on",
    "lose": "lose | loses | lost | losing | shed | sheds | shedding | loss",
    "improve": "improve~ | improvement | get better | got better | getting better",
    "worsen": "worsen~ | get worse | got worse | getting worse",
    "pain": (
        "hurt | hurts | hurting | ache | aches | ached | aching | sore | painful | pain | pains"
    ),
    "injury": "injure~ | injury | injuries",
    "sprain": "sprain~ | twist~",
    "doctor": "doctor | doctors | physician | gp",
    "physio": "physio | physiotherapist | physical therapist",
    "begin": (
        "begin | begins | began | begun | beginning | start | starts | started | starting | take "
        "up | took up | taken up"
    ),
    "buy": "buy | buys | bought | buying | purchase~",
    "move": "move | moves | moved | moving",
    "live": "live | lives | lived | living | reside~",
    "see": "see | sees | saw | seen | seeing | visit~",
    "feel": "feel | feels | felt | feeling",
    "compare": (
        "compare~ | comparison | compared to | compared with | versus | vs | in comparison | "
        "relative to"
    ),
    "when": (
        "date of | when | what time | at what time | what day | which day | on what day | "
        "what date | on which day | which date"
    ),
    "bedtime": (
        "bedtime | go to bed | went to bed | goes to bed | going to bed | go to sleep | went to "
        "sleep | fall asleep | fell asleep | get to bed | got to bed | turn in"
    ),
    "wake": (
        "wake | wakes | woke | woken | waking | wake up | woke up | waking up | get up | got up "
        "| getting up | gets up | wakes up"
    ),
    "per day": "per day | a day | each day | daily | every day | everyday | every single day",
    "per week": "per week | a week | each week | weekly | every week",
    "per night": "per night | a night | each night | nightly | every night",
    "per month": "per month | a month | each month | monthly | every month",
    "usually": "usually | normally | often | generally | typically | mostly | tend to | as a rule",
    "always": "always | all the time | without exception | every time",
    "sometimes": "sometimes | occasionally | now and then | from time to time",
    "rarely": "rarely | seldom | hardly ever",
    "morning": "morning | mornings | in the morning | a m | in the mornings",
    "evening": "evening | evenings | in the evening | p m | in the evenings",
    "weekend": "weekend | weekends | at weekends | on weekends | at the weekend",
    "weekday": "weekday | weekdays | working day | working days | workday | workdays",
    "at least": "at least | no less than | not less than | or more | minimum of | no fewer than",
    "at most": "at most | no more than | not more than | or less | maximum of | up to",
    "approximately": (
        "about | around | roughly | approximately | approx | some where near | nearly | almost"
    ),
    "maybe": (
        "maybe | perhaps | might | may | possibly | probably | i think | i guess | i believe | "
        "not sure"
    ),
    "used to": "used to | formerly | previously | in the past | back then",
    "again": "again | once more",
    "good": "good | well | great | fine",
    "bad": "bad | badly | poor | poorly",
    "fast": "fast | quick | quickly",
    "breakfast": "breakfast | breakfasts",
    "vegetarian": "vegetarian",
    "need": "need~ | must | have to | has to | had to",
    "should": "should | ought to | supposed to",
    "all time": "of all time | all time",
}

# These turn round the rest of their clause.
NEGATIONS = {
    "not": (
        "not | no | never | none | neither | nor | without | cannot | can not | dislike~ | hate~ "
        "| detest~ | avoid~ | free of | n t"
    ),
    "stop": (
        "stop | stops | stopped | stopping | quit | quits | quitting | give up | gave up | given "
        "up | giving up | no longer | not any more | not anymore | any more | anymore | cease~"
    ),
}

# These say how what follows is related to the rest.
RELATIONS = {
    "before": "before | prior to | ahead of",
    "after": "after | following",
    "than": "than | instead of | rather than | as opposed to",
    "above": "above | more than | over | exceed~ | greater than | higher than | beyond",
    "below": "below | less than | under | fewer than | lower than",
    "from": "from | starting from",
    "by": "by | no later than",
    "until": "until | till",
    "since": "since",
    "except": "except | except for | apart from | excluding",
    "because": "because | because of",
    "while": "while | whilst",
    "if": "if | whether",
    "between": "between",
}

CLAUSE_ENDS = "but | however | although | though | yet"
