"""English words that are no misspelling, though one slip makes a word of questions of them.

They were found by running `spelling.repaired` over the words of two vocabularies (cl100k, and that
of the embedding model) and keeping what is English. What is no word, such as "nicht" for "night",
was left out.
"""

from wellness.agent.classifier.patterns import word_set

ENGLISH = word_set(
    """
abort about activate actively activism activist activists after alarm alarms alist alter anemia
angry ankle ankles anxiety apply arte aster asthma aware baked baking barred barry basel basil
batter battery bears beast beasts beer beers better bitter bleed blond bloody bloom boats book
booked booking boss boxer boxes boyfriend breaches bread breakfast breaking brother brothers buren
butter calling cancer capital captivity cat catch cats ceiling celery changer chanting charge
charged chart checksum cheeks chose choses city clause clauses claws cling clone cloned clones close
closer closes closet cloud cloves clues coach code cold colleague colonies color companies companion
comparer compassion competed compiled complied composed computed consumer cook cooled cooling
correctly couch cough could couldn country county course court coveted crows cunt currency dad dairy
danes daring daughter dawn deadly deceased deed deem deer delegate deleted delight deliver delta
dentist depleted depressed depressing depression developer diabetes diabetic different dinner
disease distinct doctor doctoral dog dogs dose doses draft drafted draped dripping drowning drying
email emails expertise failing fairness fallon falls father fever fight fights filing filling fills
film finer flight flights floods flowers flu flyers flying forge forged forgot forte forth friend
friends game games girlfriend giver glass goalie goat goats grinding hacked hacking hairs headache
headaches hear heard hears hearty heat heats heel heels hell hiding hike hiked hired hiring hooked
horse hotel house hungry husband importing imposing improvise increasingly insights jagged jagger
jane java jelly joke jokes june jung junk jury kid kids kills knee knees lash latent lawyer lawyers
lease leash leasing legs lengthy lens less lest letters lighted ling linger list loader logger lone
look looks loser lounge lover lovers loving lunch lung lungs lust lying males mane mare marital mary
mast match meal meals measurement measurements meat mediated mediation medication medications melted
mere migraine migraines milk mist mixer mixes mode moist mole mom money moot mote moth mother
mounting mourning mouse mouth mouths movie mum munch mush music myles nausea neck need needed
neighbor neighbour nerves news noisy nose numbered nurse offend other outsider oven over padded
padding pants partner patch peanut peanuts peeked phone phones physic pill pills pilots pints
pirates place plane plates pleased pleasure poem poems poles ponds precious pressured previews price
prices programs progressed progresses proton puddle purse python qualify race rage raining rake
ranges rape rare rated ratio ratios rats rave react reacted reacting readiness recipe recipes
recorder regarding relating relent relieve relieved remembered renting repent rescued resent
resetting resisting resizing restoring resulting rewarding rib ribs riders rigs ring rins risking
rites rocket rotate rotates rounding route routes ruining sales sandy saw scala scaled scaler
scanning scape scare scheduled scheduler scored scorer script seats section sections seep separated
serving setup setups shane sheep shield shim shin shins shiny shoe shone shop shops shortcut shot
shoulder shoulders shouldn simmer sims since sincere sine singer singly sipping sister sisters
situation skies skim slamming slate slated sleek sleepy slim slimmer slimming slipping slope slopes
slow snack snacks son song songs sons sounding spanking spanning speeding spots stabbing stacking
staffing stage staged staining stains stalking stares starring stars startups starving statue
statues statutes stead steak steep steering stem stemming stems stepping stew stim stock stocks
stoke stokes stool stories story strand strengthen strengthening strife strike strikes strode
stunning sturdy summary summed surged surgeon swear sweaty sweep sweeping sweet swept swinging
swirling symbolic systemic tank tanks tapped targeted tea teal team text texts thank thaw thin thunk
till timed timer timers tipped tired tiring token toll tonnes took tools topical toppled trailed
trailing train trans translate trapping tread treating trendy tropical turned unusually valued verse
verses viability virus vitamin vitamins wage wager wages waist wait waiter wales walker walkers wall
waller walls ware watch wave waves weak weakened weed weeds weighted weighting weird whale wheat
whit white whole whore wield wife wilkes wine winger winner wires women wore world worms worn worse
worst wouldn wound wounds wrist wrists write written wrote yeah years
"""
)
