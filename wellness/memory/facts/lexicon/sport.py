"""What people do with their bodies. A sport of its own line is never another one."""

ACTIVITIES = {
    "workout": (
        "workout | workouts | work out | works out | worked out | working out | exercise | "
        "exercises | exercised | exercising | train | trains | trained | training | session | "
        "sessions | workout session | workout sessions | training session | training sessions | "
        "exercise session | exercise sessions | work outs | get a workout in | do sport | "
        "physical exercise"
    ),
    "run": (
        "run | runs | ran | running | jog | jogs | jogged | jogging | go for a run | went for a "
        "run | go running | went running | go jogging | went jogging | going for a run | go for "
        "a jog | go on a run | go out for a run | go out running | be a runner | be runners | "
        "be a jogger"
    ),
    "walk": (
        "walk~ | go for a walk | went for a walk | go walking | went walking | stroll~ | on "
        "foot | go on a walk | go for a stroll | go out for a walk | take a walk | go on foot | "
        "be a walker"
    ),
    "cycle": (
        "cycle~ | bike | bikes | biked | biking | bicycle | ride | rides | rode | riding | bike "
        "ride | bike rides | go cycling | went cycling | ride my bike | go for a bike ride | go "
        "biking | by bike | by bicycle | on my bike | ride a bike | go for a ride | go by bike "
        "| ride my bicycle | be a cyclist | bicycle ride | cycle ride | go on a bike ride"
    ),
    "swim": (
        "swim | swims | swam | swum | swimming | go swimming | went swimming | go for a swim | "
        "went for a swim | swim laps | be a swimmer"
    ),
    "hike": "hike~ | go hiking | went hiking | go on a hike | go for a hike",
    "strength": (
        "strength training | lift weights | lifts weights | lifted weights | lifting weights | "
        "weightlifting | weight lifting | weight training | strength workout | strength session "
        "| strength workouts | strength sessions | strength train | resistance training | train "
        "with weights | strength exercise"
    ),
}
SPORTS = {  # these are words of a sentence
    "yoga": "yoga | do yoga | practise yoga | practice yoga",
    "pilates": "pilates",
    "row": "row | rows | rowed | rowing | go rowing | rowing machine | use the rowing machine",
    "hiit": "hiit | interval training | high intensity interval training | do intervals",
    "spin": "spinning | spin class | spin classes | spinning class",
    "elliptical": "elliptical | cross trainer | elliptical trainer",
    "stretch": "stretch~ | stretches | do stretches | stretching exercise",
    "dance": "dance~ | go dancing",
    "climbing": "go climbing | rock climbing | go rock climbing | rock climb",
    "bouldering": "bouldering | go bouldering | boulder",
    "ski": "ski | skis | skied | skiing | go skiing",
    "snowboard": "snowboard~ | go snowboarding",
    "skate": "skate~ | go skating | ice skating | ice skate | go ice skating",
    "surf": "surf~ | go surfing",
    "kayak": "kayak~ | go kayaking",
    "canoe": "canoe~ | go canoeing",
    "sail": "sail~ | go sailing",
    "dive": "scuba dive | go diving | scuba diving | go scuba diving",
    "tennis": "tennis", "table tennis": "table tennis | ping pong", "badminton": "badminton",
    "squash": "squash", "padel": "padel", "pickleball": "pickleball", "football": "football",
    "soccer": "soccer", "rugby": "rugby", "hockey": "hockey", "cricket": "cricket",
    "basketball": "basketball | hoops", "volleyball": "volleyball", "handball": "handball",
    "baseball": "baseball", "golf": "golf~", "boxing": "boxing", "karate": "karate",
    "judo": "judo", "tai chi": "tai chi", "crossfit": "crossfit", "zumba": "zumba",
    "aerobics": "aerobics", "gymnastics": "gymnastics", "triathlon": "triathlon | triathlons",
    "garden": "gardening | do gardening | do the gardening",
    "horse": "horse riding | horseback riding | go horse riding | ride horses | ride a horse",
    "race": "race~",
}  # fmt: skip
GENERAL = "workout"  # beside a sport it adds nothing: "a yoga session"
