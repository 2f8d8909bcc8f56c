"""English words that are no misspelling, though one slip makes a word of questions of them.

They were found by running `spelling.repaired` over the 24,000 words of the cl100k vocabulary and
keeping what is English. What is no word, such as "nicht" for "night", was left out.
"""

from wellness.agent.classifier.patterns import word_set

ENGLISH = word_set(
    """
abort about after alarm alarms alter anemia angry ankle ankles anxiety arte aster asthma batter
beer better bitter blond bloody bloom book booked booking boss boyfriend bread breakfast
breaking brother brothers butter cancer capital cat catch cats changer charge charged chart city
cloned close closer closes closet coach code cold colleague colonies companion comparer
compassion competed compiled complied composed computed cook couch cough could couldn country
county course court cunt dad dairy daring daughter deceased delegate deleted dentist depleted
depressed depressing depression diabetes diabetic different dinner disease distinct doctor
doctoral dog dogs dose doses email emails expertise fairness father fever fights film flight
flights flu forge forged forgot friend friends game games girlfriend giver goat goats headache
headaches hear heard hears hearty heat heats heel heels hell hiding hike hiked hiring horse
hotel house hungry husband importing imposing improvise increasingly insights jane java joke
jokes june jung junk jury kid kids knee knees lash latent lease leash legs lens less lest ling
linger list lone look looks loser lover lovers lunch lung lungs lust mane mare mary mast match
meal meals measurement measurements meat mediated mediation medication medications melted mere
migraine migraines milk mist mode moist mole mom moot mote moth mother mounting mourning mouse
mouth mouths movie mum munch mush music neck need needed neighbor neighbour nerves news noisy
nose numbered nurse offend other oven over partner patch peanut peanuts phone phones physic pill
pills pirates place plane plates pleased pleasure poem poems precious pressured previews price
prices programs progressed progresses purse python race rage rake rare rated rats rave react
reacted reacting readiness recipe recipes relating relent remembered renting repent resent
resetting resisting resizing restoring resulting rib ribs rigs ring rins rounding ruining saw
script seep serving sheep shim skim sims stim shin shins shoe shop shortcut shot shoulder
shoulders shouldn simmer
since sincere sine sister sisters situation slamming sleek sleepy slim slimmer slimming slipping
slow snack snacks son song songs sons speeding stains stars steak steep steering stemming stems
stepping stock stocks stories story strengthen strengthening summary summed surgeon sweep
sweeping swept swinging swirling symbolic systemic tank tanks targeted tea teal team text texts
thank thaw thin thunk till tired tiring toll took topical trailed trailing train translate
trapping tread treating trendy tropical unusually verses viability vitamin vitamins wager waist
wait waiter walker walkers watch weak weakened weed weeds weighted weighting weird wheat whit
whole whore wife wine winger winner wore world worn worse worst wouldn wound wounds wrist wrists
write written wrote yeah years
"""
)
