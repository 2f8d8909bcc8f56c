"""Workout activities by Apple's names, and the words and forms that people have for them."""

from __future__ import annotations

# Apple's names of workout activities, and how people call them.
ACTIVITIES = {
    "Running": (
        "run | runs | ran | running | jog | jogs | jogged | jogging | go for a run | went for a "
        "run | go running | went running | go jogging | went jogging | runner | joggings"
    ),
    "Walking": (
        "walk~ | go for a walk | went for a walk | go walking | went walking | stroll~ | on foot "
        "| going for a walk | go on a walk | went on a walk"
    ),
    "Cycling": (
        "cycle~ | bike | bikes | biked | biking | bicycle | bicycling | ride | rides | rode | "
        "riding | bike ride | bike rides | cycle rides | go cycling | went cycling | spinning | "
        "spin class | on the bike | ride my bike | rode my bike | pedal~"
    ),
    "Swimming": "swim | swims | swam | swum | swimming | go swimming | went swimming | laps",
    "Hiking": "hike~ | go hiking | went hiking | trek~ | went on a hike",
    "Yoga": "yoga | yoga session | yoga sessions | yoga class | yoga classes | do yoga",
    "TraditionalStrengthTraining": (
        "strength training | lift weights | lifts weights | lifted weights | lifting weights | "
        "weightlifting | weight lifting | weight training | strength workout | strength session "
        "| strength workouts | strength sessions | strength | lifting | lift | lifted | weights | "
        "weight session | weight sessions | resistance training | pump iron | traditional "
        "strength training | strength trainings | strength train | weight lift | weight workouts"
    ),
    "FunctionalStrengthTraining": (
        "functional strength | functional strength training | functional training"
    ),
    "Pilates": "pilates",
    "Rowing": "row | rows | rowed | rowing | rowing machine | erg",
    "Elliptical": "elliptical | cross trainer | crosstrainer",
    "HighIntensityIntervalTraining": (
        "hiit | interval training | intervals | high intensity interval training | hit workout"
    ),
    "CoreTraining": "core training | core workout | core workouts | core session | abs workout",
    "CardioDance": "dance~ | dance class | dance workout | zumba",
    "Tennis": "tennis", "TableTennis": "table tennis | ping pong", "Pickleball": "pickleball",
    "Badminton": "badminton", "Squash": "squash", "Soccer": "soccer | football",
    "Basketball": "basketball", "Volleyball": "volleyball", "Baseball": "baseball",
    "Golf": "golf | golfing | golfed", "Boxing": "boxing | boxed", "Kickboxing": "kickboxing",
    "MartialArts": "martial arts | karate | judo | taekwondo",
    "Climbing": "rock climbing | climbing | bouldering | bouldered",
    "StairClimbing": "stair climbing | stair climber | stairmaster",
    "StairStepper": "stair stepper",
    "DownhillSkiing": "ski~ | skied | skiing | downhill skiing | go skiing | went skiing",
    "CrossCountrySkiing": "cross country skiing | nordic skiing",
    "Snowboarding": "snowboard~ | snowboarding", "SkatingSports": "skating | skate | skated",
    "SurfingSports": "surfing | surf | surfed", "PaddleSports": "kayak~ | canoe~ | paddling",
    "Barre": "barre", "TaiChi": "tai chi", "CrossTraining": "cross training | crossfit",
    "JumpRope": "jump rope | jumping rope | skipping rope | rope jumping | rope skipping",
    "Flexibility": "stretching | stretched | stretch | flexibility training",
    "MindAndBody": "mind and body", "Cooldown": "cooldown | cool down",
    "MixedCardio": "mixed cardio | cardio | cardio session | cardio sessions | cardio workout",
    "Hockey": "hockey", "Rugby": "rugby", "Cricket": "cricket", "WaterFitness": "aqua fitness",
    "SwimBikeRun": "triathlon | triathlons",
    "": (
        "workout | workouts | work out | works out | worked out | working out | work outs | "
        "exercise | exercises | exercised | exercising | train | trains | trained | training | "
        "session | sessions | workout session | workout sessions | training session | training "
        "sessions | trainings | gym session | gym sessions | gym visits | hit the gym | at the gym "
        "| to the gym | in the gym | go to the gym | went to the gym | sport | sports | activities "
        "| sporty | sweat session"
    ),
}  # fmt: skip
# The metric that comes nearest to an activity where a metric is needed
NEAREST = {
    "Walking": "StepCount", "Running": "DistanceWalkingRunning", "Hiking": "DistanceWalkingRunning",
    "Cycling": "DistanceCycling", "Swimming": "DistanceSwimming", "": "AppleExerciseTime",
}  # fmt: skip
