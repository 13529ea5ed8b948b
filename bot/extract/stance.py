"""The stance of a claim: by its cue first, and for neutral cues by what the content plainly says.

CONTRACT rules 7, 9 and 12: denied, rejected and dismissed always deny; a neutral cue asserts, but for plain support and for
negated content that answers something told in the same report (that last part is `disputes.answering`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.attribution import Attribution
from bot.extract.unsaid import is_doubt
from bot.model.report import Span
from bot.model.summary import Stance

_CUES: tuple[tuple[Stance, str], ...] = (
    (
        "denies",
        r"den(?:y|ies|ied|ying|ial)|reject(?:s|ed|ing|ion)?|dismiss(?:es|ed|ing|al)?|refut(?:es?|ed|ing)|rebut(?:s|ted)?"
        r"|disput(?:es?|ed|ing)|contradict(?:s|ed|ing)?|repudiat\w+|disavow\w*|withdr(?:ew|awn|aws|awing)|retract\w*|took back|takes back|(?:brush|wav|swep|sweep|laugh|bat|shrugg?|toss)(?:e?s|e?d|t|ted|ing|es)? (?:off|aside|away)|ruled? out|rules out"
        r"|debunk\w*|disclaim\w*|gives? the lie|gave the lie|(?:scoff|laugh|sneer)(?:s|ed|ing)? at|(?:makes?|made|making) (?:fun|light) of|pok(?:es?|ed|ing) fun at|poured? scorn on"
        r"|(?:is|was|were|are) at (?:odds|variance) with|belie[sd]?|took issue with|takes issue with|rubbish(?:es|ed)|throw back|threw back",
    ),
    (
        "accuses",
        r"accus(?:es?|ed|ing|ations?)|blam(?:es?|ed|ing)|h(?:o|e)ld(?:s|ing)? \w*\s*(?:fully |directly )?responsible|charg(?:es?|ed|ing) (?:that|\w+ with)"
        r"|charged|charging|charge$|denounc(?:es?|ed|ing)|attribut(?:es?|ed|ing) (?:\w+ )?to|alleg(?:es?|ed|ing)|hold|holds|held|fault(?:s|ed)",
    ),
    (
        "acknowledges",
        r"acknowledg\w+|admit(?:s|ted|ting)?|admission|conced(?:es?|ed|ing)|confess\w*|took responsibility|claim(?:s|ed|ing)? responsibility"
        r"|taken responsibility|accept(?:s|ed) responsibility|confirm(?:s|ed|ing)?|owned up|apologi[sz](?:es?|ed|ing)",
    ),
    (
        "demands",
        r"urg(?:es?|ed|ing)|call(?:s|ed|ing)?(?: once)?(?: again)? (?:for|on|upon)|demand(?:s|ed|ing)?|appeal(?:s|ed|ing)?|insist(?:s|ed) on|ask(?:s|ed|ing)? (?:for|the|that)"
        r"|order(?:s|ed|ing)?|request(?:s|ed|ing)?|press(?:es|ed) for|plead(?:s|ed)|exhort\w*|implor\w+|instruct\w*|summon\w*|invit(?:es?|ed|ing)|wants?|wanted|beg(?:s|ged)?|seek(?:s|ing)|sought",
    ),
    (
        "warns",
        r"warn(?:s|ed|ing|ings)?|threaten(?:s|ed|ing)?|vow(?:s|ed|ing)?|pledg(?:es?|ed|ing) to (?:retaliate|respond|avenge)|caution(?:s|ed|ing)?|threat",
    ),
    (
        "supports",
        r"(?<!wrote )(?<!writes )(?<!shot )(?<!hit )(?<!fired )(?<!called )back(?:s|ed|ing)?|support(?:s|ed|ing)?|(?:express|voic|declar|pledg|offer|reiterat|reaffirm)\w* (?:\w+ ){0,3}?(?:support|solidarity|backing)|endors(?:es?|ed|ing)|welcom(?:es?|ed|ing)|prais(?:es?|ed|ing)|applaud\w*|hail(?:s|ed|ing)?|sided with|stood by",
    ),
)
_COMPILED = tuple((stance, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for stance, words in _CUES)
_VOICES = re.compile(r"\b(?:express|voic|declar|pledg|offer|reiterat|reaffirm|extend|convey)\w*\b", re.IGNORECASE)
_SUPPORT = re.compile(
    r"^\W*(?:(?:its|his|her|their|our|the|full|strong|firm|unwavering|country['’]s|\w+['’]s)\s+){0,4}(?:support|solidarity|backing)\b"
    r"|\b(?:we|i|they|it|he|she)\s+(?:fully\s+|firmly\s+|strongly\s+)?(?:back|support|stand\s+(?:with|by))(?:s|ed)?\b",
    re.IGNORECASE,
)
_DENIED_WORDS = re.compile(
    r"\b(?:false|fabricat\w+|untrue|baseless|unfounded|groundless|lies?\b|lying|hoax|fake|disinformation|misinformation|absurd|ridiculous|preposterous|laughable|ludicrous|incorrect|inaccurate|erroneous|without foundation|no truth|rubbish|bogus|forger(?:y|ies)|forged|doctored|premature|nonsense"
    r"|pure hype|propaganda|slander\w*|not correspond\w* (?:with|to) (?:the )?(?:reality|truth)|nothing to do with|no (?:involvement|role|part|hand) in"
    r"|not (?:involved|responsible|true)|invent(?:ed|ion)|fiction|myth|unverifiable|rumou?rs?|gossip|fantas(?:y|ies)|fables?|smears?|fairy[- ]?tales?|(?:bedtime|tall) (?:stor(?:y|ies)|tales?))\b",
    re.IGNORECASE,
)
_BELITTLED = re.compile(
    r"\b(?:gossip|rumou?rs?|theat(?:re|er)|stor(?:y|ies)|tales?|novels?|fantas(?:y|ies)|jokes?|circus|farce|comedy|imagin\w+|smears?"
    r"|unverifi\w+|unconfirmed|exaggerat\w+|inflat\w+|childish|dreams?|misread\w*|mislead\w*|distort\w*|understatement|reflex|wrong|mistaken|upside down"
    r"|hogwash|claptrap|sham|stunt|charade|whitewash|smokescreen|spin|figment|hot air|hysteri\w+|paranoi\w+|delusion\w*|wishful|twisted|half-truths?"
    r"|speculation|conjecture|hearsay|guesswork|recycled|malicious)\b",
    re.IGNORECASE,
)
"""Words for what is not to be believed, where something is called so."""
_CALLS = re.compile(
    r"\b(?:call(?:s|ed|ing)?|describ(?:es?|ed|ing)|brand(?:s|ed|ing)?|label\w*|term(?:s|ed)|characteri[sz]\w+)\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:report|claim|allegation|accusation|charge|statement|account|version|figure|finding|suggestion|story|news|footage|recording|video|this|that(?=\s+(?:is|was|were)\b)|it|them|these|those)s?\b",
    re.IGNORECASE,
)
_RESPONSIBLE = re.compile(
    r"\b(?:responsibility (?:\w+ ){0,3}(?:lies|rests|falls)|(?:is|are|was|were|be) (?:to blame|fully responsible|responsible)|bears? (?:full |the )?responsibility|fully responsible)\b",
    re.IGNORECASE,
)
_WARNED = re.compile(
    r"\bwill (?:pay (?:dearly|the price|a price)|perish|regret|face (?:consequences|retaliation)|not (?:remain|go) un\w+)\b|\bthere will be consequences\b",
    re.IGNORECASE,
)
_CALL = re.compile(r"\bcall(?:s|ed|ing)?\b", re.IGNORECASE)
_CALL_FOR = re.compile(r"\bcall\w*\s+(?:\w+\s+)?(?:for|on|upon)\b", re.IGNORECASE)
_ANSWERED = re.compile(
    r"\W*(?!(?:\w+\s+)?(?:earlier|previous|first|initial|own)\b)(?:(?:any|all|the|these|those|this|that|such|both|his|her|its|their|\w+['’]s)\s+){0,2}(?:[\w-]+\s+)?"
    r"(?:reports?|claims?|allegations?|accusations?|charges?|statements?|accounts?|versions?|figures?|counts?|tolls?|findings?|suggestions?|talk|stor(?:y|ies)"
    r"|recordings?|footage|videos?|registers?|lists?|letters?|messages?|rumou?rs?)\b(?!\s+(?:[\w-]+\s+)?(?:attack|strike|raid|killing|move|step|decision|incident|operation)s?\b)",
    re.IGNORECASE,
)
"""What is called something, where it is what somebody said: "called the reports a campaign"."""
_SAID_BEFORE = re.compile(r"\W*(?:this|that)\W+(?:as\s+)?(?:an?\b|[\"“'‘])", re.IGNORECASE)
"""What was said just before, where it is called something: "described this as gossip"; "it" may be what happened."""
_CALLED_IT = re.compile(r"\W*(?:it|them|him|her)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:point(?:s|ed|ing)?|lay|laid|lays|put|puts|pin|pins|pinned)\s+(?:the|a)\s+(?:finger|blame)\b", re.IGNORECASE
)
_LEAD = 24
_MOCKS = re.compile(r"\b(?:mock|ridicul|derid|question|challeng|doubt|contest)\w*\b", re.IGNORECASE)
_SEES = re.compile(r"\b(?:sees?|saw|suspect\w*|believ\w*|think\w*)\b", re.IGNORECASE)
"""Before "somebody behind the bombing"."""
_POINTS_AT_IT = re.compile(r"\W*(?:it|this|that|them|these|those|him|her)\b(?!\s+[a-z])", re.IGNORECASE)
"""A pronoun that is all there is, or all before an account of one's own: "contested that: nobody had …"."""
_VERDICT = re.compile(
    r"\W*(?:(?:that|this|it)\s+(?:is|was)\s+)?(?:simply\s+|just\s+)?(?:(?:an?|the|all|pure|utter|complete|total|sheer|plain)\s+){0,2}"
    r"(?:not\s+(?:so|true|correct)|untrue|false|wrong|lies?|nonsense|rubbish|fiction|inventions?|fabrications?|fair(?:y|ies)[- ]?tales?|hoax|propaganda)\W*",
    re.IGNORECASE,
)
"""All that is said of what was told before: "A fairy tale", "That is not so"."""
_OWN_ACCOUNT = re.compile(
    r"\W*(?:its|his|her|their)\s+(?:[\w-]+\s+)?(?:accounts?|versions?|claims?|reports?|statements?|words?|story|figures?|findings?)\b",
    re.IGNORECASE,
)
"""Who stands by it, supports nobody."""
_SWEARS = re.compile(r"\bsw(?:ore|ears?|earing)\b", re.IGNORECASE)
_AHEAD = re.compile(r"\W*to\b|\b(?:will|would|revenge|vengeance|retaliat\w+|aveng\w+|never)\b", re.IGNORECASE)
"""What is sworn of things to come threatens; of things past it asserts."""
_HARMFUL = re.compile(
    r"\b(?:attacks?|actions?|killings?|murders?|shelling|strikes?|raids?|bomb\w*|explosions?|blasts?|massacre|ambush\w*|deaths?|violence|assault|incident)\b",
    re.IGNORECASE,
)
_THIRD = re.compile(
    r"\b(?:mission|U\.?N\.?|European Union|EU|OSCE|Red (?:Cross|Crescent)|monitor\w*|observers?|volunteers?|witness(?:es)?|charity|network)\b"
)
"""Who confirms what others did."""
_CIVIL = re.compile(
    r"\b(?:police|mayor|governor|hospitals?|doctors?|medics?|consulate|embassy|prosecutors?|coroner|fire (?:service|brigade|department)|firefighters|rescuers|civil (?:defence|defense|protection)|coast ?guard|municipality|town hall|district chief|health (?:ministry|minister|officials?|department)|ministry of health|union|diocese|church|family|relatives|airline|company)\b",
    re.IGNORECASE,
)
"""Who confirms what befell others, unless it says that they were its own."""
_OWN = re.compile(
    r"\b(?:it|its|they|their|he|his|she|her|we|our|i|my|officers?|police(?:man|men|woman)?|staff)\b", re.IGNORECASE
)
_IDENTIFIES = re.compile(r"\b(?:was|were|is|are)\s+(?:an?\s+|the\s+)?(?-i:[A-Z])")
_GOOD_NEWS = re.compile(
    r"\b(?:freed|released|rescued|evacuated|found alive|safe|arriv\w+|received|ceasefire|truce|agreement|talks|visit|meeting)\b",
    re.IGNORECASE,
)
"""What is no act or loss that one could own up to."""
_TOLD_TO = re.compile(r"\W*(?:(?:the\s+|its\s+|all\s+)?[\w’'-]+\s+){0,2}(?:not\s+)?to\s+[a-z]+")
"""Whom one is told to do something: "told Paris to mind its own affairs"."""
_ASKED_TO = re.compile(
    r"\W*(?!whether\b|if\b|how\b|why\b|what\b|who\b|when\b|where\b|about\b|[\"“'‘](?:[^\s\"”]+\s+){4})(?:[\"“][^\"”]{1,40}[\"”]+\s+)?[^\"“]{0,80}?\b(?:not\s+)?to\s+[a-z]+",
    re.IGNORECASE,
)
_NEGATES = re.compile(r"\W*(?:no|not|nobody|none|nothing|never)\b", re.IGNORECASE)


def words_of(text: str, spans: Sequence[Span]) -> str:
    """The text of several spans, joined by blanks."""
    return " ".join(text[start:end] for start, end in spans)


def stances(text: str, attributions: Sequence[Attribution]) -> tuple[Stance, ...]:
    """The stance of each attribution by its own words; see `disputes.answering` for denials by negation."""
    found: list[Stance] = []
    for number, one in enumerate(attributions):
        before = attributions[number - 1] if number else None
        beside_denial = before is not None and before.sentence == one.sentence and found[-1] == "denies"
        cue, content = words_of(text, one.cue), words_of(text, one.content)
        lead = _between(text, one)
        if _CALLS.search(cue) and (
            _SAID_BEFORE.match(f"{lead} {content}") or (beside_denial and _CALLED_IT.match(f"{lead} {content}"))
        ):
            found.append("denies")
        elif _POINTS.search(f"{cue} {lead or content[:_LEAD]}"):
            found.append("accuses")
        else:
            found.append(_stance(cue, content, words_of(text, one.source)))
    return tuple(found)


def _between(text: str, attribution: Attribution) -> str:
    """The few words between a cue and what is said, which belong to neither: "called that a lie"."""
    start, end = attribution.cue[-1][1] if attribution.cue else 0, attribution.content[0][0]
    return text[start:end].strip() if 0 <= end - start <= _LEAD else ""


def _stance(cue: str, content: str, source: str) -> Stance:
    if is_doubt(cue):
        return "denies"
    if (
        _CALLS.search(cue)
        and is_belittling(f"{cue} {content}")
        and not re.search(r"\bcall\w* (?:for|on|upon)\b", cue, re.I)
    ):
        return "denies"
    if _CALL.search(cue):
        if re.match(r"\W*(?:for|on|upon)\b", content, re.I) or _CALL_FOR.search(cue):
            return "demands"
        return "denies" if _ANSWERED.match(content) else "asserts"
    if _CALLS.search(cue) and _ANSWERED.match(content):
        return "denies"
    if _MOCKS.search(cue):
        return "denies" if _ANSWERED.match(content) or _POINTS_AT_IT.match(content) else "asserts"
    if _VERDICT.fullmatch(content):
        return "denies"
    if re.search(r"\b(?:claim|t[ao]k|took|accept|assum|own)\w*\b", cue, re.I) and re.match(
        r"\W*(?:the\s+)?responsibility\b", content, re.I
    ):
        return "acknowledges"
    if re.search(r"\bh[eo]ld", cue, re.I):
        return "accuses" if "responsible" in f"{cue} {content}" else "asserts"
    if re.match(r"\W*(?:its|the|his|her|their)\s+(?:\w+\s+)?accusations?\b", content, re.I) and re.search(
        r"\brepeat|\brenew|\breiterat|\blevel", cue, re.I
    ):
        return "accuses"
    if re.search(r"\bconfirm\w*\b", cue, re.I) and (
        _GOOD_NEWS.search(content)
        or _IDENTIFIES.search(content)
        or _THIRD.search(source)
        or (_CIVIL.search(source) and not _OWN.search(content))
    ):
        return "asserts"
    if re.search(r"\bask(?:s|ed|ing)?\b", cue, re.I) and _ASKED_TO.match(content):
        return "demands"
    if re.search(
        r"\b(?:counter(?:s|ed)|retort\w*|repl(?:y|ied|ies)|answer(?:s|ed)|respond(?:s|ed)|shot back|hit back|insist\w*|maintain\w*|protest(?:s|ed))\b",
        cue,
        re.I,
    ) and _NEGATES.match(content):
        return "denies"
    if _VOICES.search(cue):
        return (
            "supports"
            if _SUPPORT.search(f"{content}") or re.search(r"\b(?:support|solidarity)\b", cue, re.I)
            else "asserts"
        )
    if _SWEARS.search(cue):
        return "warns" if _AHEAD.search(content) else "asserts"
    if re.search(r"\battribut", cue, re.I):
        return "accuses" if _HARMFUL.search(content) else "asserts"
    if _SEES.search(cue) and re.search(r"\bbehind\s+(?:the|it|this|that|these)\b", content, re.I):
        return "accuses"
    if re.search(r"\btell|\btold\b", cue, re.I) and _TOLD_TO.match(content):
        return "demands"
    for stance, pattern in _COMPILED:
        if pattern.search(cue):
            return "asserts" if stance == "supports" and _OWN_ACCOUNT.match(content) else stance
    if _DENIED_WORDS.search(content) and _REPORTS.search(content):
        return "denies"
    if _RESPONSIBLE.search(content):
        return "accuses"
    if _WARNED.search(content):
        return "warns"
    if re.search(
        r"^\W*(?:we|i|it|he|she|they)\s+(?:fully\s+|firmly\s+|strongly\s+)?(?:back|support)s?\b"
        r"|^\W*(?:we|i|it|he|she|they)\s+(?:fully\s+|firmly\s+|strongly\s+)?stands?\s+(?:firmly\s+)?(?:with|by|behind)\b",
        content,
        re.I,
    ):
        return "supports"
    return "asserts"


def is_belittling(words: str) -> bool:
    """Whether words say of something that it is not to be believed."""
    return bool(_DENIED_WORDS.search(words) or _BELITTLED.search(words))
