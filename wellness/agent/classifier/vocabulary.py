"""What questions are about, beyond the lexicon of `wellness.memory.facts`: metrics, activities.

The lexicon's tables say when two sentences mean the same; these say what a tool is to be asked for.
They stand before the lexicon's, and a longer phrase before a shorter one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from wellness.agent.classifier.activities import ACTIVITIES
from wellness.agent.classifier.rare import RARE_WORDS
from wellness.health import catalogue
from wellness.memory.facts import phrases
from wellness.memory.facts.phrases import Meaning, listed

MOST_WORDS = 6  # of the name of a stored metric
METRIC, ACTIVITY, SLEEP = "metric", "activity", "sleep"
BLOOD_PRESSURE = "BloodPressure"  # two metrics in one name
PARTS_OF = {BLOOD_PRESSURE: ("BloodPressureSystolic", "BloodPressureDiastolic")}

METRIC_WORDS = {
    "StepCount": "steps taken | paces | daily steps | step total | step totals",
    "BodyMass": (
        "weigh in | weigh ins | weigh myself | weighed myself | weighing myself | weighings | "
        "how heavy | heavy | heavier | lighter | slimmer | slimming | my weights | all weights | "
        "heaviest i have | heaviest i was | heaviest have i | heaviest was i | heaviest i got | "
        "lightest i have | lightest i was | lightest have i | lightest was i | lightest i got | "
        "bodymass | weighing | how many kilos | how many pounds | "
        "the pounds | the kilos | the lbs | extra pounds | pounds off | "
        "on the scale | on the scales | step on the scale | stepped on the scale | "
        "stand on the scale | get on the scale | got on the scale"
    ),
    "HeartRate": "heart | heartbeats | beats per minute | cardio rate",
    "RestingHeartRate": (
        "rest heart rate | rest pulse | rhr | resting beats per minute | resting bpm | "
        "resting heart"
    ),
    "WalkingHeartRateAverage": (
        "walking heart rate | walking pulse | heart rate when walking | heart rate when i walk | "
        "heart rate while walking | pulse while walking | walking hr"
    ),
    "HeartRateVariabilitySDNN": "hrv sdnn | heart rate variabilities",
    "ActiveEnergyBurned": (
        "calories burned | calories burnt | calorie | calories burning | cals | energy burned "
        "| energy burnt | active kcal | "
        "active burn | how much energy | calorie burn | calories i burned | move calories"
    ),
    "BasalEnergyBurned": "resting calories | basal calories | basal metabolism | resting burn",
    "DietaryEnergyConsumed": (
        "calories eaten | calories consumed | calorie intake | calories i ate | food intake | "
        "energy intake | calories from food | dietary calories | calories in my food | "
        "dietary energy"
    ),
    "DistanceWalkingRunning": (
        "distance walked | walking and running distance | walk run distance | distance on foot | "
        "distance covered | distance travelled | distance traveled | how many miles | "
        "how many kilometers | how many kilometres | how many km | miles | kilometers | "
        "kilometres | mileage | walking running distance"
    ),
    "DistanceCycling": "cycling distance | distance cycled | biking distance | distance biked",
    "DistanceSwimming": "swimming distance | distance swum | swim distance",
    "FlightsClimbed": "flights climbed | stairs climbed | floors climbed | staircases | storeys",
    "AppleExerciseTime": (
        "exercise time | exercise minutes | minutes of exercise | minutes of activity | active "
        "minutes | exercise mins | activity minutes | active time | minutes exercising | "
        "minutes did i exercise | minutes of exercising | time exercising | apple exercise time"
    ),
    "AppleStandTime": (
        "stand time | stand minutes | standing minutes | standing time | minutes standing | "
        "time standing | stood | standing | did i stand"
    ),
    "AppleStandHour": "stand hours | hours standing | standing hours | hours did i stand",
    "TimeInDaylight": (
        "daylight | sunlight | time outside | time outdoors | time in the sun | spend outdoors | "
        "spend outside | spent outdoors | spent outside | outdoors"
    ),
    "OxygenSaturation": "oxygen levels | o2 sat | o2 sats | oxygen sats | ox sat | ox sats "
    "| sats | blood o2 | oxygen",
    "RespiratoryRate": (
        "breathing rate | respiration | respiration rate | breaths per minute | breaths a minute "
        "| breathing | respiratory | how fast do i breathe"
    ),
    "VO2Max": (
        "vo2max | vo2 max | fitness level | vo 2 max | v o 2 max | cardio fitness | "
        "aerobic fitness | aerobic capacity | cardiorespiratory fitness"
    ),
    "BodyTemperature": "body temp | thermometer | temperature | body temperature",
    "BloodGlucose": "sugar level | sugar levels | glucose levels | blood sugars",
    "WalkingSpeed": "walking speed | walking pace | how fast do i walk | how fast did i walk",
    "WalkingStepLength": "step length | stride length",
    "BodyFatPercentage": "body fat | fat percentage | bodyfat | body fat percentage",
    "LeanBodyMass": "lean mass | muscle mass | lean body mass",
    "BodyMassIndex": "bmi | body mass index",
    "EnvironmentalAudioExposure": (
        "noise | noisy | noisier | noisiest | loud | loudest | louder | quieter | quietest "
        "| racket | din | noise level | noise levels | "
        "noise exposure | sound level | "
        "sound levels | "
        "environmental sound | environmental noise | ambient noise | sound exposure | how loud | "
        "decibels"
    ),
    "HeadphoneAudioExposure": (
        "headphone volume | headphone level | headphone levels | headphone audio | headphone "
        "exposure | headphone loudness | headphone noise | headphone sound"
    ),
    "MindfulSession": "mindful sessions | mindful session | meditation sessions | mindful time",
    "DietaryWater": (
        "hydration | hydrated | drink enough | drink more than | drink less than | "
        "drink at least | fluid intake | water intake | glasses of water"
    ),
    "NumberOfAlcoholicBeverages": (
        "alcohol | alcoholic drinks | alcoholic beverages | drinks | beer | beers | pint | pints | "
        "glasses of wine | wine | booze | alcoholic drink | units of alcohol | cocktails | "
        "drinks of alcohol | boozy drinks"
    ),
    "DietaryProtein": "protein | protein intake",
    "DietaryCarbohydrates": "carbs | carbohydrates | carb intake",
    "DietaryFatTotal": (
        "dietary fat | fat intake | grams of fat | total fat | fats | fat i ate | fat consumed"
    ),
    "DietarySugar": "sugar | sugar intake",
    "DietaryFiber": "fiber | fibre",
    "DietaryCaffeine": "caffeine",
    "DietarySodium": "sodium | salt intake | salt",
    "BloodPressureSystolic": (
        "top number of my blood pressure | upper blood pressure | top blood pressure | top number "
        "| upper number | upper value | top value | systolic pressure | systolic blood pressure"
    ),
    "BloodPressureDiastolic": (
        "bottom number of my blood pressure | lower blood pressure | bottom number | lower number "
        "| bottom value | diastolic pressure | diastolic blood pressure"
    ),
    BLOOD_PRESSURE: "blood pressure | bp | blood pressures | bloodpressure",
}

SLEEP_WORDS = """
sleep | sleeps | slept | sleeping | asleep | sleeper | sleep time | sleep duration | time asleep
hours of sleep | amount of sleep | shut eye | shuteye | nap~ | naps | napped | napping | rem
rem sleep | deep sleep | core sleep | light sleep | time in bed | hours in bed | in bed
bedtime | bed time | bedtimes | go to bed | went to bed | going to bed | goes to bed | get to bed
got to bed | go to sleep | went to sleep | fall asleep | fell asleep | falling asleep
nod off | nodded off | drop off | dropped off | drift off | drifted off | turn in
wake up | woke up | waking up | woken up | wake | woke | night s sleep | nights sleep
sleep quality | sleep stages | sleep score | awake | snooze | doze | kip | rest at night
nights | shortest night | longest night | best night | worst night
oversleep~ | overslept | sleepless | insomniac
get up | got up | getting up | rise and shine
forty winks | head hit the pillow | conk out | conked out | out like a light
sleep analysis | hit the hay | hit the sack | hit the pillow | lights out | sleep schedule
"""


def _entries() -> Iterable[tuple[str, Meaning]]:
    for name, line in (METRIC_WORDS | RARE_WORDS).items():
        for phrase in listed(line):
            yield phrase, Meaning(METRIC, name)
    for phrase in listed(SLEEP_WORDS):
        yield phrase, Meaning(SLEEP, "SleepAnalysis")
    for name, line in ACTIVITIES.items():
        for phrase in [*listed(line), *([spoken(name)] if name else ())]:
            yield phrase, Meaning(ACTIVITY, name)
    for phrase in NO_TOPIC:
        yield phrase, Meaning(phrases.FILLER, "")


def spoken(name: str) -> str:
    """Apple's name in words.

    >>> spoken("DietaryVitaminC"), spoken("VO2Max")
    ('dietary vitamin c', 'vo2 max')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


# Known phrases in which a metric or an activity is none.
NO_TOPIC = (
    "how far", "in a row", "row of", "in the long run", "in the short run", "run out", "rest of",
    "in decibels", "in miles", "in kilometers", "in kilometres", "in km", "in kilos", "in pounds",
    "weight on my mind", "worked out well", "take steps", "step by step", "train station",
    "work out my", "work out the", "work out how", "get up to", "got up to", "getting up to",
    "rest day", "on the train", "flights to", "flight to",
    "it been climbing", "they been climbing", "it climbing", "they climbing", "it climbed",
    "a heads up", "in light of",
    "stretch that", "stretch it", "stretch this",
)  # fmt: skip
OWN: Mapping[str, Meaning] = dict(_entries())
# The lexicon's activities, by Apple's names.
APPLE = {"run": "Running", "walk": "Walking", "cycle": "Cycling", "swim": "Swimming",
         "hike": "Hiking", "strength": "TraditionalStrengthTraining", "workout": ""}  # fmt: skip


def _topics() -> dict[str, Meaning]:
    """All phrases of topics; where the lexicon means another one, these tables count."""
    found: dict[str, Meaning] = {}
    for phrase, meaning in phrases.PHRASES.items():
        if meaning.kind == phrases.METRIC:
            asleep = meaning.name == "SleepAnalysis"
            found[phrase] = Meaning(SLEEP if asleep else METRIC, meaning.name)
        elif meaning.kind == phrases.ACTIVITY and meaning.name in APPLE:
            found[phrase] = Meaning(ACTIVITY, APPLE[meaning.name])
    return found | dict(OWN)


TOPICS = _topics()
LONGEST: dict[str, int] = {}  # by the first word: of how many words a phrase may be
for _phrase in TOPICS:
    _words = _phrase.split()
    LONGEST[_words[0]] = max(LONGEST.get(_words[0], 0), len(_words))


def topic_at(
    words: Sequence[str], at: int, further: Mapping[str, Meaning]
) -> tuple[Meaning, int] | None:
    """The topic that the longest known phrase at a place names, and of how many words it is.

    Args:
        words: in lower case.
        at: where the phrase begins.
        further: names that only this person has, such as those of stored metrics.

    >>> topic_at("how often did i go for a run".split(), 4, {})
    (Meaning(kind='activity', name='Running'), 4)
    """
    longest = max(LONGEST.get(words[at], 0), MOST_WORDS if further else 0)
    for size in range(min(longest, len(words) - at), 0, -1):
        phrase = " ".join(words[at : at + size])
        if found := TOPICS.get(phrase) or further.get(phrase):
            return found, size
    return None


def names_of(metrics: Iterable[str]) -> dict[str, Meaning]:
    """Phrases for metrics that are stored: their names in words.

    >>> names_of(["HKQuantityTypeIdentifierDietaryVitaminC"])
    {'dietary vitamin c': Meaning(kind='metric', name='DietaryVitaminC'), \
'vitamin c': Meaning(kind='metric', name='DietaryVitaminC')}
    """
    found: dict[str, Meaning] = {}
    for metric in metrics:
        name = catalogue.describe(metric).name
        phrase = spoken(name)
        if name == "SleepAnalysis":
            continue
        for each in (phrase, phrase.removeprefix("dietary ")):
            found.setdefault(each, Meaning(METRIC, name))
    return found
