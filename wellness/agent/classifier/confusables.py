"""English words that are no misspelling, though one slip makes a word of questions of them.

They were found by running `spelling.repaired` over the 24,000 words of the cl100k vocabulary and
keeping what is English. What is no word, such as "nicht" for "night", was left out.
"""

from wellness.agent.classifier.patterns import word_set

ENGLISH = word_set(
    """
abort about activate actively activism activist activists after alarm alarms alist alter anemia
angry ankle ankles anxiety arte aster asthma aware batter battery beer beers better bitter bleed
blond bloody bloom book booked booking boss boyfriend breaches bread breakfast breaking brother
brothers butter calling cancer capital captivity cat catch cats ceiling celery changer charge
charged chart checksum cheeks chose choses city clause clauses cling clone cloned clones close
closer closes closet cloud cloves clues coach code cold colleague colonies color companies
companion comparer compassion competed compiled complied composed computed cook cooled cooling
correctly couch cough could couldn country county course court cunt currency dad dairy daring
daughter dawn deadly deceased deed deem deer delegate deleted delight delta dentist depleted
depressed depressing depression diabetes diabetic different dinner disease distinct doctor
doctoral dog dogs dose doses draped dripping drowning drying email emails expertise failing
fairness falls father fever fights filing filling film flight flights floods flowers flu flyers
flying forge forged forgot friend friends game games girlfriend giver glass goalie goat goats
grinding hacked hacking hairs headache headaches hear heard hears hearty heat heats heel heels
hell hiding hike hiked hired hiring hooked horse hotel house hungry husband importing imposing
improvise increasingly insights jane java jelly joke jokes june jung junk jury kid kids kills knee
knees lash latent lawyer lawyers lease leash leasing legs lens less lest letters ling linger list
logger lone look looks loser lounge lover lovers loving lunch lung lungs lust lying mane mare mary
mast match meal meals measurement measurements meat mediated mediation medication medications
melted mere migraine migraines milk mist mode moist mole mom money moot mote moth mother mounting
mourning mouse mouth mouths movie mum munch mush music nausea neck need needed neighbor neighbour
nerves news noisy nose numbered nurse offend other oven over partner patch peanut peanuts phone
phones physic pill pills pilots pints pirates place plane plates pleased pleasure poem poems poles
ponds precious pressured previews price prices programs progressed progresses proton purse python
race rage raining rake ranges rape rare rated ratio ratios rats rave react reacted reacting
readiness recipe recipes regarding relating relent remembered renting repent resent resetting
resisting resizing restoring resulting rewarding rib ribs rigs ring rins risking rotate rotates
rounding route routes ruining sandy saw scanning script seats section sections seep serving setup
setups sheep shield shim shin shins shoe shop shops shortcut shot shoulder shoulders shouldn
simmer sims since sincere sine singer singly sister sisters situation skim slamming sleek sleepy
slim slimmer slimming slipping slope slopes slow snack snacks son song songs sons sounding
spanking spanning speeding stabbing stacking staffing staining stains stalking stares starring
stars startups starving statue statues statutes stead steak steep steering stem stemming stems
stepping stew stim stock stocks stool stories story strengthen strengthening stunning sturdy
summary summed surgeon sweep sweeping swept swinging swirling symbolic systemic tank tanks
targeted tea teal team text texts thank thaw thin thunk till tired tiring toll tonnes took tools
topical trailed trailing train translate trapping tread treating trendy tropical turned unusually
verse verses viability virus vitamin vitamins wage wager wages waist wait waiter walker walkers
wall walls ware watch wave waves weak weakened weed weeds weighted weighting weird wheat whit
white whole whore wield wife wine winger winner wires wore world worn worse worst wouldn wound
wounds wrist wrists write written wrote yeah years
"""
)
