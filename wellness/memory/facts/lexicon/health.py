"""How people are: pain and injuries, illness, medicine, and those who look after it."""

CONCEPTS = {
    "intolerance": "intolerant | intolerant to | intolerance | intolerance to | intolerant of",
    "allergy": (
        "allergic | allergic to | allergy | allergy to | allergies | allergic reaction to | "
        "allergic reaction | react allergically to | allergy against | be allergic to"
    ),
    "pain": (
        "hurt | hurts | hurting | ache | aches | ached | aching | sore | painful | pain | pains "
        "| soreness | be in pain | achy"
    ),
    "injury": "injure~ | injury | injuries | injured",
    "sprain": "sprain~ | twist~",
    "surgery": "surgery | surgeries | operation | operations | operate on | operated on | op",
    "fracture": "break | broke | broken | breaking | fracture~ | fractures",
    "torn": "tear | tore | torn | tearing | rupture~",
    "strain": "strain~",
    "pulled": "pull~",
    "swollen": "swell | swollen | swelling | swelled | puffy",
    "stiff": "stiff | stiffness",
    "cramp": "cramp~ | cramps",
    "itch": "itch~ | itchy",
    "heal": "heal~ | recover~ | recovery",
}

# Words in other words; unlike a concept, a word counts by its place too.
WORDS = {
    "physio": "physio | physiotherapist | physical therapist",
    "doctor": "doctor | doctors | physician | gp | doc | general practitioner",
    "ill": "ill | sick | unwell | illness | sickness | under the weather",
    "nausea": "nausea | nauseous | nauseated | queasy",
    "dizzy": "dizzy | dizziness | light headed | lightheaded | dizzy spell",
    "faint": "faint~ | pass out",
    "headache": "headache | head ache | head hurts | my head aches",
    "migraine": "migraine | migraine attack | migraine headache",
    "tired": "tired | fatigue | fatigued | tiredness | weary | weariness",
    "exhausted": "exhausted | exhaustion | worn out | burnt out | burned out",
    "sleepy": "sleepy | drowsy | sleepiness | drowsiness",
    "stress": (
        "stress | stressed | stressful | stressed out | under stress | stresses | stressing | "
        "feel stressed | make me feel stressed | stress me out"
    ),
    "anxious": "anxious | anxiety | anxiousness",
    "depressed": "depressed | depression",
    "happy": "happy | cheerful | happiness",
    "sad": "sad | sadness | down in the dumps",
    "calm": "calm | calmness",
    "relax": "relax~ | relaxed | unwind~ | chill out | relaxing",
    "mood": "mood | moods | state of mind",
    "insomnia": "insomnia | sleeplessness",
    "snore": "snore~",
    "cough": "cough~",
    "fever": "fever | feverish | high temperature",
    "flu": "flu | influenza",
    "asthma": "asthma | asthmatic",
    "diabetes": "diabetes | diabetic | diabetics",
    "hypertension": "hypertension | high blood pressure | hypertensive | high bp",
    "hypotension": "hypotension | low blood pressure | low bp",
    "pregnant": "pregnant | pregnancy",
    "medicine": "medicine | medicines | medication | medications | meds",
    "pill": "pill | pills | tablet | tablets",
    "painkiller": (
        "painkiller | painkillers | pain killer | pain reliever | pain relief | analgesic"
    ),
    "dose": "dose | dosage",
    "prescription": "prescription | prescribe~",
    "vaccine": "vaccine | vaccination | vaccinated | vaccinate | jab | immunisation | immunization",
    "inhaler": "inhaler | puffer",
    "supplement": "supplement | supplements | dietary supplement",
    "inject": "inject~ | injection | injections",
    "smoke": "smoke~ | smoker | smoke cigarettes | cigarettes | smokes",
    "physiotherapy": "physiotherapy | physical therapy",
    "trainer": "trainer | personal trainer | fitness trainer",
    "dietitian": "dietitian | dietician",
    "appointment": "appointment | appointments | appt",
    "checkup": "checkup | check up | medical checkup | health check",
    "diagnose": "diagnose~ | diagnosis",
    "test": "test~ | tests",
    "suffer": "have trouble with | have problems with | have issues with",
    "lower back": "lower back",
    "upper back": "upper back",
    "stomach": "stomach | tummy | belly",
    "blood test": "blood test | blood work | bloodwork | blood tests",
    "contacts": "contact lens | contact lenses | contacts",
    "glasses": "eyeglasses | spectacles | reading glasses",
    "bath": "have a bath | take a bath",
    "sauna": "sauna | saunas | go to the sauna",
    "massage": "massage~",
}
