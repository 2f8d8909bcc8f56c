"""Tables of small talk: see `scope`."""

from __future__ import annotations

import re

from wellness.agent.classifier.patterns import word_set, words

SMALL_WORDS = word_set(
    """hi hello hey hiya howdy yo greetings good morning afternoon evening night day bye goodbye
    cheers thanks thank you ta merci ok okay k kk cool great nice perfect awesome excellent
    super wonderful brilliant lovely fantastic amazing wow ha haha hahaha lol hehe yes yeah yep
    yup no nope sure fine alright right got it i see understood makes sense that is that's all
    for now today so very much a lot many again then there my friend buddy mate pal coach later
    soon tomorrow next time take care have one weekend well done job how are doing going what up
    sup been helpful was really the too just and oh ah hmm hm um welcome back please to meet
    pleased love same you're best bot assistant dear sir madam everyone interesting sounds noted
    know never mind nevermind worries problem not bad whatever sorry appreciate appreciated help
    your this me of as always kind regards cheerio ciao hola talk everything go on enough stop
    waiting wait moment sec second let think about who can do name yourself tell were made able
    in neat sweet ace glad happy helps remembering indeed exactly true agreed absolutely course
    totally fair gotcha day's at i'm im am off bed sleep tight feel better lott star legend rock
    hold brb minute hang stuff from will be tonight champ hero life saver lifesaver genius works
    enjoy ok-ay fab super-duper impressive wild crazy funny gosh whoa woah phew hooray yay
    congrats bravo chat speak catch being here cheering lovely-to nothing else more ready
    goodnight gn ttyl cya bless wonders angel smart clever handy useful quick fast home bunch
    million until ton heaps loads"""
)
GREETS = words(
    r"""hi|S (?:well|tight)|sweet dreams|hello|hey|hiya|howdy|yo|greetings|good (?:morning
    |afternoon|evening|night|day|job|one
    |stuff|to know|point)|morning|bye|goodbye|cheers|thanks?|ta|ok|okay|cool|great|nice|perfect
    |welcome|awesome|excellent|super|wonderful|brilliant|lovely|fantastic|amazing|wow|ha(?:ha)+
    |lol|yes|yeah
    |yep|no|nope|sure|fine|alright|got it|i see|understood|makes sense|that is all|see you
    |take care|sup|well done|helpful|never ?mind|no worries|interesting|noted|nice to meet
    |sounds good|love it|neat|sweet|appreciate|gotcha|ciao|ace|fair enough|sorry|hmm+
    |(?:talk|speak|chat)(?: (?:to|with) you)? (?:soon|later)|(?:that is|that will be
    |this is) (?:it|all)
    |you are (?:an? |the |so |very |really |my |too )|have an? (?:\w+ ){1,2}(?:day|evening|night
    |weekend|one|time|week)|catch you|great|whoa|woah|phew|yay|gosh|congrats|bravo|goodnight|nothing
    |impressive|funny|next time|i am (?:back|here|home)|it is me|good|hehe|(?:just )?(?:a
    |one) (?:sec
    |second|moment|minute)|brb
    |ha?o?(?:ng|ld) on"""
)
THANKS = re.compile(
    r"^(?:oh |ok |okay )?(?:thanks|thank you|cheers)\b(?:,? (?!but\b)[\w']+){0,5}[.!]*$"
)
PARTS_TODAY = words("thanks|thank you|all|bye|goodbye|see you|good|done|cheers")
ABOUT_YOU = words(
    r"""who are you|what are you|what can you do|how are (?:you|things)|what is your name
    |are you (?:a|an|there|real|human|ok|okay|sure|serious)|what do you (?:do|know about (?!me|my))
    |tell me about yourself|how (?:is it|are things) going|how is (?:it going|your day|life)
    |who (?:made|built|created|trained) you|how do you (?:feel|work)|what is up|how can you help
    |what else can you"""
)
# What is said of an answer, or of who gave it, and adds nothing to what was told
PRAISES = words(
    r"""quick|fast|kind|clever|smart|useful|funny|easy|helpful|sweet|great|perfect|brilliant|amazing
    |awesome|lovely|cool|nice|(?:good|kind|sweet|nice|thoughtful) of you|you are|what i (?:needed
    |wanted)|you"""
)
# Who speaks, as one of whom something can be remembered; "my dear" and "just me" are none
ONESELF = words("i|my|mine|me|we|our|us|myself|ours")
VOCATIVE = re.compile(
    r"\b(?:my (?:dear\w*|friend|love|lovely|goodness|god|word|hero|pleasure|bad|man|lord|days"
    r"|mistake|sweet|honey|star|saviou?r)|(?:only|just|it is|it was) me|(?:help\w*|tell\w*|told"
    r"|for|to|saved?"
    r"|excuse|forgive|pardon|by|with|from|let|bear with|thank\w*) (?:me|us)|i (?:see|understand"
    r"|think|guess"
    r"|suppose|know|bet|like (?:it|that|you)|love (?:it|that|you)|owe you\b.*|appreciate\b.*|mean"
    r"|hear you|agree|(?:really )?(?:love|like|adore|enjoy|trust|miss|hate)\b.*\byou)"
    r"|(?:made|makes) my day|(?:all|what|just what|exactly what) i (?:needed|need|wanted"
    r"|was looking for)|i am (?:so |very |really |just |all )?(?:good|fine|ok|okay|set|grateful"
    r"|impressed|happy|glad|pleased|delighted|thankful|amazed)(?! at| with)"
    r"|i (?:was|got|am) (?:just |only )?(?:distracted|busy|away|confused"
    r"|interrupted|joking|kidding|asking|wondering|curious|bored|done|off|back|here|testing))\b"
)
