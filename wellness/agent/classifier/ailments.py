"""Illnesses and medicines: what a doctor is asked, and this agent never answers; see `scope`."""

from __future__ import annotations

from wellness.agent.classifier.patterns import anywhere, joined

ILLNESS = joined(
    r"""(?:diabet\w+|pre-?diabet\w+|cancer|ap(?:n|no)o?ea|hypertension|high blood pressure|high M
    |arr?h?ythmi\w+|afib|a-fib|atrial|covid(?:-19)?|flu|influenza|infection\w*|ana?emi[ac]|asthma
    |depress\w+|anxiety|adhd|autis\w+|burn-?out|(?:heart|M|thyroid|kidney|liver|lung|eating|sleep|S
    |mental|panic) (?:disease|condition|problems?|failure|attack|trouble|disorder|issues?)
    |insomni\w+|pneumonia|bronchitis|stroke|tumou?r|concussion|fracture\w*|broken|pregnan\w+
    |deficien\w+|migraines?|\w+itis|\w+osis|\w+a?emia|disorder|disease|syndrome|ill|sick|illness
    |virus|fever|overtrain\w*|allergic reaction|torn|sprained|dehydrat\w+|lyme|coeliac|celiac
    |thyroid|menopause|parkinson\S*|alzheimer\S*|ulcer|hernia|blood clot|long covid
    |something (?:wrong|serious)|dying|burnt out|obese|underweight|overweight)"""
)
MEDICINE = joined(
    r"""(?:medicines?|medications?|meds|drugs?|pills?|antibiotics?|ibuprofen|aspirin|paracetamol
    |painkillers?|antihistamines?|laxatives?|steroids?|tablets?|insulin|antidepressants?|statins?
    |melatonin|beta blockers?|drops
    |creams?|ointments?|syrups?|sprays?)"""
)
DIAGNOSIS = anywhere(
    rf"""\b(?:(?:do|could|might|may|would|have|can) i (?:really |possibly |maybe |perhaps )?(?:have
    |got|be|suffer\w*|be having|be suffering from|get|caught|contracted|developed)?|(?:am|was) i
     (?:getting |having |coming down with |at risk (?:of|for) |developing |suffering from |going )?
    |i (?:might |may |could )?(?:have(?: got)?|am having|am|be|suffer from|be having|get)
    |(?:is|are|was|could|might|can)
     (?:this|it(?! (?:\w+ )?(?:normal|okay|ok|safe|healthy|common|good|bad|usual|possible|true
    |unhealthy|harmful|dangerous|better|worse|important))|that|these|they|my [\w ]{{1,20}}?)
    (?: [\w ]{{1,35}}?)?(?: be)?|^(?:could|might|may|can) the [\w ]{{1,40}}? be|(?:sign|signs
    |symptom|symptoms|chance|risk) of|risk (?:of|for)
    |(?:likely|chances) (?:that )?i have|caused by|because of)(?:\s*\b(?:a|an|the|any|some|having
    |getting|type (?:1|2|N)|chronic|mild|severe|maybe|got|early|sleep|S|M)\b)*\s*\b{ILLNESS}\b""",
    r"\bhave i (?:just )?had an? (?:M|heart|panic|asthma)? ?(?:attack|stroke|concussion)",
    rf"\b(?:suggests?|indicates?|point(?:s|ing)? to|impl(?:y|ies)|(?:look|sound)s? like"
    rf"|means? (?:that )?i (?:have|am)"
    rf"|signs? of) (?:(?:that|i|have|am|got|an?|some|the|early) )*{ILLNESS}\b",
    rf"\b(?:think|believe|reckon|suspect|guess|say|sure|worried) (?:that )?(?:it|this|that|these"
    rf"|they) "
    rf"(?:is|are|(?:could|might|may) be) (?:(?:an?|the|some|early) )*(?:\w+ )?{ILLNESS}\b",
    r"\bdiagnos\w*|\bsymptoms?\b",
    r"""\b(?:what (?:is|might be|could be)|(?:something|anything)) (?:seriously |badly )?wrong with
     (?:me|my)\b""",
    r"\b(?:what|which) (?:illness|disease|condition|disorder) (?:do|have|might|could|causes?|is"
    r"|gives?"
    r"|makes?|explains?)\b",
    rf"""\b(?:which|what|how much|how many|should i take|can i take|do i need|need)\b.*
    \b(?:{MEDICINE}|dose|dosage)\b.*\b(?:should|need|ok|okay|safe|help|helps)\b""",
    rf"""\b(?:which|what) {MEDICINE} (?:should|can|could|would|is (?:best|good))""",
    rf"\bshould i (?:\w+ ){{1,4}}?(?:my |some |an? |any )?{MEDICINE}\b",
    rf"""\b(?:(?:can|could|may|shall|must|do) i (?:have to |need to )?|(?:wise|safe|ok|okay|alright
    |fine|dangerous|sensible|advisable|good idea|better|bad)(?: for me)? to |should i )
    (?:(?:just|also|safely) )?(?:stop|start|skip|double|halve|combine|mix|come off|quit
    |increase|reduce|change|take)\b.*\b{MEDICINE}\b""",
    r"\bprescri(?:be|ption)\b(?!.*\bdid\b)",
    r"""\bshould i (?:see|go to|call|visit)(?: (?:a|the|my))? (?:doctor|hospital|er|emergency
    |specialist|gp|dentist|ambulance)\b""",
    r"""^(?:\w+ )?(?:is|are) my [\w ]{1,20}? (?:underactive|overactive|inflamed|infected|fractured
    |torn
    |damaged|enlarged|failing|blocked|dislocated)\b""",
    r"""^(?:\w+ )?(?:is|are) my (?:thyroid|liver|kidneys?|lungs?|knees?|back|ears?|eyes?|hips?|skin
    |stomach|gut|joints?|bones?|tendons?|meniscus|hormones?) (?:ok|okay|fine|alright|all right
    |healthy|normal|working|damaged)\b""",
    r"\b(?:am|was) i (?:dying|(?:seriously |really )?(?:ill|sick))\b",
    r"""\bis (?:this|my|the) [\w ]{0,25}?(?:lump|rash|mole|pain|lesion|swelling|ankle|wrist|knee
    |arm|leg|toe|rib)
    (?: (?:on|in|of|under) my \w+)? (?:broken|contagious|malignant|benign|cancer\w*|dangerous
    |serious|infected|sprained|torn
    |fractured)\b""",
    r"""\bwhy (?:does|do|is|are) my (?:chest|head|stomach|back|knee|arm|leg|throat|tummy|belly|eye
    |ear|hip|neck|foot|feet|hand|shoulder)s?\b[\w ]* (?:hurt|ach|sore|pain|burn|numb|swollen)""",
)
