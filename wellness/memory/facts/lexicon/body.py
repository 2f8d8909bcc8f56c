"""What is measured of a body, by the names that the catalogue does not have, and how values add up.

How often and for how long are ways to add up too; what is not a metric may have them.
"""

METRIC_WORDS = {
    "Height": "height | how tall | tall",
    "BodyMass": (
        "weigh~ | weight | body weight | bodyweight | scale | scales | body mass | how heavy | "
        "weigh in | weigh ins | weighing | weigh in at | step on the scale | step on the scales | "
        "get on the scale | get on the scales | stand on the scale | stand on the scales"
    ),
    "BodyMassIndex": "bmi | body mass index",
    "BodyFatPercentage": "body fat | body fat percentage | fat percentage | body fat level",
    "LeanBodyMass": "lean body mass | lean mass | muscle mass",
    "StepCount": "step | steps | step count | steps count | stepcount | number of steps",
    "SleepAnalysis": (
        "sleep | sleeps | slept | sleeping | asleep | time asleep | sleep time | sleep duration "
        "| amount of sleep | hours of sleep | shut eye | shuteye | night sleep | nights sleep | "
        "minutes of sleep | time spent asleep | sleep length | length of sleep"
    ),
    "HeartRate": (
        "heart rate | heartrate | pulse | hr | heart beat | heartbeat | bpm | pulse rate | "
        "beats per minute | heart beats | heart rates"
    ),
    "RestingHeartRate": (
        "resting heart rate | resting pulse | rhr | resting hr | heart rate at rest | pulse at "
        "rest | resting heartrate | resting pulse rate | heart rate when resting | resting bpm | "
        "resting heart beat | resting heartbeat"
    ),
    "WalkingHeartRateAverage": (
        "walking heart rate | walking pulse | walking hr | heart rate when walking | "
        "heart rate while walking | heart rate when i walk | pulse when i walk | "
        "pulse while walking"
    ),
    "HeartRateVariabilitySDNN": "hrv | heart rate variability | heart variability",
    "ActiveEnergyBurned": (
        "active energy | active calories | calories | kcal | kilocalories | calorie burn | "
        "active calorie burn | energy burned | energy burnt | calories burned | calories burnt | "
        "active energy burned | active energy burnt | energy expenditure | calorie expenditure"
    ),
    "BasalEnergyBurned": "resting energy | basal energy | resting calories | basal calories",
    "DietaryEnergyConsumed": (
        "calorie intake | energy intake | caloric intake | calories consumed | intake of calories"
    ),
    "DietaryProtein": "protein | protein intake | intake of protein",
    "DietaryCarbohydrates": "carbs | carbohydrates | carbohydrate | carb intake",
    "DietaryFiber": "fibre | fiber",
    "DietaryCaffeine": "caffeine | caffeine intake",
    "DietarySodium": "sodium | sodium intake",
    "DistanceWalkingRunning": "distance | how far | distance covered | mileage",
    "FlightsClimbed": (
        "flights | flights of stairs | flight of stairs | stairs | floors | flights climbed | "
        "floors climbed | stairs climbed"
    ),
    "AppleExerciseTime": "exercise time | exercise minutes | minutes of exercise",
    "AppleStandTime": "stand time | standing time | time standing",
    "AppleStandHour": "stand hours | standing hours",
    "TimeInDaylight": "daylight | time in daylight | daylight time",
    "OxygenSaturation": (
        "blood oxygen | spo2 | oxygen saturation | oxygen level | o2 | blood oxygen level | "
        "blood oxygen saturation | oxygen levels | o2 saturation | oxygen | sats"
    ),
    "RespiratoryRate": (
        "respiratory rate | respiration rate | breathing rate | breathing frequency | breaths per "
        "minute | rate of breathing | breathing speed | how fast was i breathing | how fast do i "
        "breathe | how fast did i breathe | how fast am i breathing"
    ),
    "VO2Max": "vo2 max | vo2max | vo2 | cardio fitness | cardiorespiratory fitness",
    "BodyTemperature": "body temperature | temperature | body temp | temp",
    "MindfulSession": (
        "meditate~ | meditation | meditations | mindfulness | mindful minutes | meditation session "
        "| meditation sessions | mindful session | mindful sessions | meditation practice"
    ),
    "DietaryWater": "water | fluids | water intake | fluid intake | hydration | intake of water",
    "BloodPressure": "blood pressure | bp | blood pressures",
    "BloodPressureSystolic": (
        "systolic | systolic blood pressure | systolic pressure | systolic bp | blood pressure "
        "systolic"
    ),
    "BloodPressureDiastolic": (
        "diastolic | diastolic blood pressure | diastolic pressure | diastolic bp | blood "
        "pressure diastolic"
    ),
    "BloodGlucose": (
        "blood sugar | glucose | blood glucose | blood sugar level | glucose level | blood "
        "glucose level | sugar level | blood sugars | glucose levels | blood sugar levels"
    ),
    "WalkingSpeed": "walking speed",
    "WalkingStepLength": "step length | stride length",
    "EnvironmentalAudioExposure": (
        "noise | noise level | noise exposure | noise levels | how loud | sound level | "
        "sound levels | ambient noise | loudness"
    ),
}

# How values become one.
AGGREGATIONS = {
    "average": (
        "average | averages | averaged | averaging | mean | typical | on average | avg | on an "
        "average | an average of | on an average day | on a typical day | average day | typical "
        "day | average night | typical night | on a typical night"
    ),
    "maximum": (
        "maximum | max | highest | peak | peaked | top | biggest | largest | most | record high "
        "| best day for | highest number of | maximum number of | largest number of | at its "
        "highest | at its peak | highest ever | all time high | greatest | biggest number of | "
        "top out | topped out | highest value"
    ),
    "minimum": (
        "minimum | min | lowest | least | smallest | fewest | lowest number of | at its lowest | "
        "minimum number of | smallest number of | fewest number of | bottom out | bottomed out | "
        "record low | all time low | lowest value"
    ),
    "longest": "longest | longest time",
    "shortest": "shortest | shortest time",
    "sum": (
        "total | in total | totals | altogether | in all | sum | combined | all together | total "
        "amount of | total number of | totalled | totaled"
    ),
    "latest": (
        "latest | most recent | newest | last recorded | most recently | latest recorded | most "
        "recent time"
    ),
    "last": "last | last time",
    "count": (
        "how often | how many times | number of times | how frequently | how many occasions | "
        "how many separate times"
    ),
    "how many": "how many | number of | number | count | count of | numbers of",
    "how much": "how much",
    "trend": "trend | trends | trending | develop~ | evolve~ | over time | progress~ | progression",
    "change": "change | changes | changed | changing | difference | differ~",
    "duration": (
        "how long | duration | length of time | how much time | amount of time "
        "| time spent | for how long | length | time"
    ),
    "hours": "hours | how many hours | number of hours",
    "minutes": "minutes | how many minutes | number of minutes",
}
