"""Metrics that few people measure, in their words: wheelchairs, inhalers, insulin, falls, snow."""

from __future__ import annotations

RARE_WORDS = {
    "PushCount": (
        "pushes | push count | wheelchair pushes | pushes of my wheelchair | wheel pushes"
    ),
    "DistanceWheelchair": (
        "wheelchair distance | distance in my wheelchair | wheelchair miles | wheelchair kilometres"
        " | in my wheelchair | in the wheelchair | by wheelchair | my wheelchair | wheelchair"
    ),
    "InhalerUsage": (
        "inhaler | inhalers | puffs | puffs of my inhaler | inhaler puffs | inhaler use | inhaler"
        " usage | puffer | reliever inhaler | puffs from my inhaler | rescue inhaler"
    ),
    "InsulinDelivery": (
        "insulin | units of insulin | insulin units | insulin delivery | insulin dose | insulin"
        " doses | doses of insulin | basal insulin | bolus insulin"
    ),
    "NumberOfTimesFallen": (
        "times fallen | times did i fall | did i fall over | have i fallen over | times i fell"
        " | number of falls | my falls | times have i fallen | any falls | more falls | fewer falls"
        " | many falls | falls did i | falls have i | falls in total"
        " | times i have fallen | falls did i have | falls have i had | did i have a fall"
    ),
    "AppleMoveTime": "move time | move minutes",
    "Height": "how tall | my height | body height",
    "AtrialFibrillationBurden": (
        "afib burden | a fib burden | atrial fibrillation burden | afib history | time in afib"
    ),
    "SwimmingStrokeCount": (
        "strokes | swimming strokes | swim strokes | strokes swum | stroke count"
    ),
    "DistanceRowing": "rowing distance | distance rowed | metres rowed | meters rowed",
    "DistancePaddleSports": "paddle sports distance | paddling distance | distance paddled "
    "| kayaking distance",
    "DistanceSkatingSports": "skating sports distance | skating distance | distance skated",
    "DistanceDownhillSnowSports": "downhill snow sports distance | snow sports distance "
    "| skiing distance | distance skied | snowboarding distance",
    "DistanceCrossCountrySkiing": "cross country skiing distance",
}
