"""The words by which a phrase tells what kind of actor it names."""

from __future__ import annotations

import re

FORCES = re.compile(
    r"\b(?:army|armies|armed forces|military|militar(?:y|ies)|troops|forces|air force|navy|artillery|soldiers?|servicem[ae]n"
    r"|peacekeepers?|peacekeeping\s+(?:contingent|force|mission)|general staff|(?<!fire )(?<!rescue )brigades?|battalions?|regiments?|units"
    r"|coast\s?guards?|border\s+guards?|joint chiefs(?: of staff)?|defen[cs]e forces|warships?|warplanes?|jets|marines|paratroopers|air defen[cs]e"
    r"|high command|general command|(?:central|southern|northern|eastern|western|africa|army|naval|military|cyber)\s+command"
    r"|border\s+(?:service|troops|forces?)|national guard|commanders?' office|aviation|personnel|formations|divisions?|gunners)\b",
    re.IGNORECASE,
)
BRANCHES = tuple(
    (re.compile(rf"\b{words}\b", re.IGNORECASE), name)
    for words, name in (
        (r"coast\s?guards?", "Coast Guard"),
        (r"air force", "Air Force"),
        (r"navy", "Navy"),
        (r"general staff", "General Staff"),
        (r"peacekeep\w+(?:\s+(?:contingent|force|mission))?", "Peacekeepers"),
        (r"border\s+guards?", "Border Guard"),
    )
)
NOBODY = re.compile(
    r"^(?:both|each|either|all|the two|two)\s+(?:sides?|parties|of them)$|^(?:not\s+)?(?:everyone|everybody|nobody|no one|anyone|others|some|many|few|most)(?:\s+(?:here|there|else))?$"
    r"|\b(?:data|figures|statistics|footage|documents?|records|evidence|letters?|memos?|memorandum|cables?)$",
    re.IGNORECASE,
)
ARMED = re.compile(
    r"\b(?:rebels?|militants?|insurgents?|guerrillas?|gunm[ae]n|fighters|militias?|militiam[ae]n|separatists?|jihadists?"
    r"|paramilitar(?:y|ies)|armed groups?|armed m[ae]n|extremists?|bandits?|terrorists?|attackers?|assailants?|gangs?"
    r"|cartels?|illegal formations|raiders|hijackers|kidnappers|death squads?|liberation (?:front|army|movement)|resistance army|(?<!home )(?<!political )front)\b",
    re.IGNORECASE,
)
GOVERNMENT = re.compile(
    r"\b(?:government|presidency|parliament|authorit(?:y|ies)|prosecutors?|prosecutor['’]s office|prosecution|cabinet|council"
    r"|commission|agency|administration|police|court|tribunal|assembly|congress|senate|directorate|department|bureau|office"
    r"|emergency services?|civil defen[cs]e|fire brigade|firefighters|regime|embassy|consulate|central bank|intelligence"
    r"|municipality|city hall|junta|judiciary|rescue services?|service|committee|customs|institute of|headquarters|mission|embassies"
    r"|railways|(?:police|electoral|election|anti-corruption)\s+watchdog|treasury|inspectorate|division|prefecture|governorate|foreign office|home office|ombudsman['’]s office|military council|white house|kremlin|chancellery|politburo)\b",
    re.IGNORECASE,
)
OFFICE = re.compile(
    r"\b(?:officials?|presidents?|vice[- ]presidents?|prime\s+ministers?|premiers?|chancellors?|ministers?|secretar(?:y|ies)"
    r"|governors?|mayors?|spokes(?:man|woman|person|people|persons|men|women)|ambassadors?|envoys?|advis[eo]rs?|aides?"
    r"|diplomats?|commanders?|generals?|colonels?|majors?|captains?|lieutenants?|admirals?|commodores?|brigadiers?|chief"
    r"|heads?|director|senators?|lawmakers?|legislators?|deput(?:y|ies)|mps?|congress(?:man|woman)|representatives?"
    r"|ombudsm[ae]n|prosecutor|judges?|officers?|policem[ae]n|policewom[ae]n|prefects?|second-in-command|candidates?|inspectors?|sheriffs?|coordinator|commissioner|negotiators?|kings?|queen"
    r"|emirs?|sheikhs?|sultan|princes?|pope|ayatollahs?|leaders?|delegates?|attorney\s+general|police chief|coroner|pm"
    r"|gov\.|sen\.|rep\.|gen\.|brig\.|lt\.|col\.|maj\.|capt\.|adm\.|sgt\.|cmdr\.|insp\.|undersecretar(?:y|ies)|magistrates?|detectives?|constables?"
    r"|harbou?r\s?master|akims?|headm[ae]n|councilwom[ae]n|councilm[ae]n|councillors?|parliamentarians?|counterpart|counsell?or|mediators|superintendent|staffers?|chair(?:m[ae]n|wom[ae]n|person)?|justice)(?!\w)",
    re.IGNORECASE,
)
NO_OFFICE = re.compile(
    r"\b(?:general\s+(?:staff|command|directorate|assembly)|major\s+(?:power|donor|party)\w*|chief\s+of\s+staff['’]s\s+office|head\s*quarters)\b",
    re.IGNORECASE,
)
"""Bodies in whose names an office's word stands."""
OF_NO_STATE = re.compile(
    r"\b(?:humanitarian coordinator|resident coordinator|special rapporteur|secretary[- ]general|high commissioner|(?:head of (?:the )?mission|mission (?:head|chief))|peacekeeping|western|rebels?|guerrillas?|militias?"
    r"|separatists?|gangs?|insurgents?|militants?|bloc['’]s|coalition\s+spokes\w+|pope|the\s+mission)\b",
    re.IGNORECASE,
)
"""Offices that are of no one state."""
PRIVATE = re.compile(
    r"\b(?:compan(?:y|ies)|firm|bank|union|club|hospital|clinic|universit(?:y|ies)|school|associations?|federation|charit(?:y|ies)|ngo|airline|operator|church"
    r"|campaign|chief executive|ceo|chief strategist|chief economist|coach|manager|lawyers?|attorney for|convoy|rescue|red cross|red crescent|students['’]?|strike"
    r"|fishermen['’]?s?|farmers['’]?|retired|cooperative|factory|plant|mine|foundation|institute|newspaper)\b",
    re.IGNORECASE,
)
"""Offices beside these words are no state's: "chief executive", "the union's secretary"."""
OF_NOWHERE = re.compile(
    r"\b(?:compan(?:y|ies)|firm|bank|club|charit(?:y|ies)|ngo|chief executive|ceo|chief strategist|chief economist|coach|manager|convoy|rescue"
    r"|ship|vessel|tanker|plant)\b",
    re.IGNORECASE,
)
"""Who works there may be from anywhere; the other private offices are at home where the report is."""
OUTLET = re.compile(
    r"^(?:(?:the|The|THE)\s+)?(?:[A-Z][\w’'-]*\s+)*(?:Herald|Tribune|Post|Times|Gazette|Courier|Chronicle|Dispatch|News|Noticias|Telegraph|Examiner|Ledger|Mail"
    r"|Sentinel|Echo|Star|Standard|Bulletin|Kop|Observer|Monitor|Wire|Press|Journal|TV|Radio|Television)(?:\s+(?:[A-Z][\w’'-]*|of|the))*$"
    r"|^(?:the\s+)?(?:Radio|Televisión|Canal|Channel|Diario|Noticias)\s+(?:[A-Z][\w’'-]*\s*)+$"
)
"""Names that newspapers and stations bear."""
NATIONAL_OUTLET = re.compile(
    r"\b(?:daily|weekly|newspaper|paper|tabloid|broadcaster|state[- ](?:media|television|tv|radio|run)|state news|official (?:media|news)|magazine|station|radio|noticias|television|tv)\b",
    re.IGNORECASE,
)
"""An outlet so called is at home where the report is; an agency, network or website may be anywhere."""
MEDIA = re.compile(
    r"\b(?:media|newspapers?|daily|weekly|magazine|television|tv|radio|broadcasters?|news agenc(?:y|ies)|news website"
    r"|press|channel|outlets?|journal|wire|correspondents?|reporters?|website|newsletter|columnist|propagandists|news agency)\b",
    re.IGNORECASE,
)
NGO = re.compile(
    r"\b(?:charit(?:y|ies)|ngos?|aid (?:groups?|agency|agencies|organi[sz]ations?|workers)|rights (?:groups?|organi[sz]ations?|monitors?|network|workers)"
    r"|humanitarian (?:partners|organi[sz]ations?)|non-governmental|watchdog|relief (?:group|agency)|monitoring group"
    r"|monitor|observatory|partners|peace union|campaigners|activists|women['’]s (?:organi[sz]ation|groups?)|relief|\w+\s+watch$|data project|law society|collective|(?:bar|medical|relief|succour|aid|nurses['’]) association)\b",
    re.IGNORECASE,
)
NAMED_NGO = re.compile(
    r"\b(?:network|league|association|cent(?:re|er)|coalition|forum|movement|collective|observatory|congress)\s+(?:for|of|in defen[cs]e of)\s+(?:the\s+)?(?:\w+\s+){0,4}"
    r"(?:rights|justice|dignity|peace|missing|disappeared|attorneys|lawyers|jurists|prisoners|victims|mothers)\b",
    re.IGNORECASE,
)
"""Bodies of citizens whose names tell what they stand for: "Network for the Defence of Rights"."""
AT_HOME_NGO = re.compile(
    r"\b(?:law society|observatory|network|collective|league|congress|(?:bar|medical|nurses['’]|lawyers['’]?)\s+association|association of)\b(?!\s+(?:of|for)\s+(?:aid|charities))",
    re.IGNORECASE,
)
"""Bodies of citizens that stand in one country, which a charity or a monitoring group need not."""
SETTLED = re.compile(
    r"\b(?:residents?|villagers?|inhabitants|islanders|townspeople|townsfolk|locals|people\s+living|elders?)\b",
    re.IGNORECASE,
)
"""People who live where the report is."""
POPULATION = re.compile(
    r"\b(?:people|residents?|villagers?|inhabitants|islanders|townspeople|townsfolk|civilians?|citizens|population|locals|protesters"
    r"|demonstrators|refugees|students|workers|peasants)\b",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"\b(?:sources?|witness(?:es)?|eyewitness(?:es)?|analysts?|experts?|observers|doctors?|medics|survivors?|drivers?|critics"
    r"|rescuers?|relatives|lawyers?|company|union|firm|operator|owner|hospital|clinic|university|researchers?|fisherm[ae]n"
    r"|farmers?|teachers?|priests?|(?:arch)?bishops?|(?:arch)?diocese|airline|cooperative|coach|opposition|party|both sides|each side|families|parents|survivors)\b",
    re.IGNORECASE,
)
CALLINGS = re.compile(
    r"\b(?:engineers?|nurses?|surgeons?|midwi(?:fe|ves)|morgues?|mortuary|institutes?|laborator(?:y|ies)|schools?|pupils?|students?|elders?|traders?|shopkeepers?"
    r"|prisoners?|inmates?|mothers?|fathers?|brothers?|sisters?|widows?|wife|wives|husband|sons?|daughters?|neighbou?rs?|passengers?|workers|herders|climbers|monks?|nuns?)\b",
    re.IGNORECASE,
)
"""Further people and houses that can say something, by what they are."""
DISPUTED = re.compile(
    r"\b(?:separatist|breakaway|unrecogni[sz]ed|self-proclaimed|moscow-installed|russian-installed|russian-backed|ethnic"
    r"|karabakh|rebel-held|rebel-run|occupied|de facto|rebel|houthi|parallel|secessionist)\b",
    re.IGNORECASE,
)
DISPUTED_STATES = frozenset(("XK",))
"""Codes that ISO 3166-1 does not give, of states that only some recognise: their bodies are of no country."""
WRITING = re.compile(
    r"\b(?:letter|memo|memorandum|message|notice|e-?mail|leaflet|cable|diary|note|recording)s?(?=$|\s+(?:seen|obtained|reviewed|viewed|leaked|sent|dated|addressed)\b)"
    r"|\b(?:report|document|statement|video|transcript|order|dossier|draft)s?(?=\s+(?:seen|obtained|reviewed|viewed|leaked)\b)",
    re.IGNORECASE,
)
"""What is read or heard, and says so itself: "a letter seen by an agency"."""
WHOSE_WORDS = re.compile(
    r"\b(?:attributed\s+to|signed\s+by|issued\s+by|posted\s+by|published\s+by|from)\b", re.IGNORECASE
)
"""After a writing: whoever is named next speaks by it."""
OF_A_COUNTRY = re.compile(
    r"(?<!ship['’]s )(?<!tanker['’]s )\b(?:(?:company|firm|operator|owner|union|party|bloc|bench|opposition|association|federation|chamber|institute|league|guild|conference|campaign|hospital|clinic"
    r"|university|cooperative|airline|diocese|archdiocese|bishop|archbishop|cardinal|lawyer|socialist|dispatcher)s?"
    r"|(?:state|state-owned|national|public)\s+(?:\w+\s+)?(?:company|firm|operator))(?=$|\s+(?-i:[A-Z])|\s+that\b)",
    re.IGNORECASE,
)
"""Bodies that are no state's but at home in the country that the report speaks of; a company may be anybody's."""
STATE_SOURCE = re.compile(
    r"\b(?:police|military|army|security|government|official|intelligence|judicial|diplomatic|presidential|ministry|naval|defen[cs]e)\s+sources?$",
    re.IGNORECASE,
)
