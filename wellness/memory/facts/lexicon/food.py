"""What people eat and drink, and what they say of it."""

CONCEPTS = {
    "drink": "drink | drinks | drank | drunk | drinking | sip~",
    "eat": "eat | eats | ate | eaten | eating | consume~ | consumption of | intake",
    "breakfast": "breakfast | breakfasts",
    "vegetarian": "vegetarian | veggie | vegetarians",
}

# Words in other words; unlike a concept, a word counts by its place too.
WORDS = {
    "lunch": "lunch | lunches | luncheon",
    "dinner": "dinner | dinners | supper | evening meal",
    "meal": "meal | meals",
    "snack": "snack~ | eat snacks | have a snack | have snacks",
    "skip": "skip~ | miss out",
    "vegan": "vegan | vegans",
    "alcohol": "alcohol | booze | alcoholic drink | alcoholic beverage | drink alcohol",
    "vegetables": "vegetables | veg | veggies | vegetable | greens",
    "fruit": "fruit | fruits",
    "soda": "soda | sodas | soft drink | fizzy drink | carbonated drink",
    "sweets": "sweets | candy | candies",
    "dairy": "dairy | dairy product | milk product",
    "yoghurt": "yoghurt | yogurt",
    "diet": "diet",
    "dieting": "on a diet | dieting | be on a diet",
    "portion": "portion | serving | helpings",
    "cola": "cola | coke",
    "fries": "french fries | fries",
    "gluten free": "gluten free | glutenfree",
    "hungry": "hungry | hunger",
    "thirsty": "thirsty | thirst",
    "appetite": "appetite",
    "fasting": "fasting | fasted | on an empty stomach | intermittent fasting",
    "cook": "cook~ | prepare food | make food",
    "caffeine free": "caffeine free | decaf | decaffeinated",
    "sugar": "sugar | sugary",
    "salt": "salt | salty",
    "spicy": "spicy | spicy food",
}
