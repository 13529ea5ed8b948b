"""Figures that a text leaves open: of a condition, a forecast, a fear, or of some share of the people that it counts.

"If 500 people die", "the toll could rise to 100", "a crew of seven is feared drowned", "half of the 40 passengers were hurt":
none of these says that so many people came to harm.
"""

from __future__ import annotations

import re

from bot.extract.casualty_words import Trigger
from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import State

_CONDITION = re.compile(
    r"\b(?:if|whether|unless|lest|in\s+case|whenever|(?:each|every)\s+time)\b[^,;:.]*$", re.IGNORECASE
)
_SHOULD_IT = re.compile(
    r"\s*[\"“]?\s*(?:and\s+|but\s+)?if\b[^.;]*\b(?:will|would|shall|could|might)\b"
    r"(?:(?!\b(?:when|who|whose|whom|which|that|since|after|where|said|says|say)\b)[^.;,])*$",
    re.IGNORECASE,
)
_MAY_BE = re.compile(
    r"\bthere\s+(?:could|might|may|would|will)\s+(?:well\s+|also\s+)?be\s+(?:(?:more|fewer|less)\s+than\s+|at\s+least\s+|up\s+to\s+|as\s+many\s+as\s+|about\s+|some\s+|over\s+|an?\s+)*$"
    r"|\b(?:could|might|may)\s+have\s+(?:been\s+)?\w+\s+and\s+(?:another\s+|about\s+|some\s+|at\s+least\s+)*$",
    re.IGNORECASE,
)
"""Before what may be so: "there could be more than 300 wounded", "four may have been killed and seven wounded"."""
_DENIED = re.compile(r"\b(?:den(?:y|ies|ied|ying)|not\s+true|untrue|false)\s+that\b[^,;:.]*$", re.IGNORECASE)
_FORECAST = re.compile(
    r"\b(?:tolls?|numbers?|counts?|figures?|deaths)\b[^,;.]{0,60}"
    r"\b(?:could|(?<!\d\s)(?-i:may)|might|would|will|can|expected|likely|feared|bound)\b[^,;.]{0,40}$",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:half|thirds?|quarters?|fifths?|majority|most|many|some|few|several|part|per\s?cent|percent|%)\s+of\s+"
    r"(?:(?:the|its|their|those|these|about|around|some|more\s+than|at\s+least|nearly|almost)\s+)*$"
    r"|\bhalf\s+(?:the|its|their)\s+$",
    re.IGNORECASE,
)
_ONE_IN = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|\d+)\s+(?:in|out\s+of)\s+(?:every\s+)?$", re.IGNORECASE
)
_ANY = re.compile(
    r"\b(?:any|no|none\s+of)\s+(?:(?:the|its|their|our|of|those)\s+)*$"
    r"|\b(?:none|neither)\s+of\s+[^,;.]{1,50}\s(?:and|or|nor)\s+(?:(?:the|its|their|our|about|around|some|approximately|nearly|almost)\s+)*$",
    re.IGNORECASE,
)
_DENIED_ANY = re.compile(r"\b(?:without|den\w+)\b[^,;.]{0,25}\bany\s+$", re.IGNORECASE)
"""Before people of whom none, or perhaps none, came to harm: "do not know of any policemen being wounded"."""
_FEARED = re.compile(
    r"[^,;.]{0,30}\b(?:is|are|was|were|be)?\s*(?:\w+ly\s+)?feared\s+(?:to\s+(?:be|have)\b|dead|drowned|killed|lost)",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"\b(?:earlier|previous|initial|prior|original)\s+(?:\w+\s+)?(?:toll|figure|number|count|estimate)\s+of\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
"""Before a figure that holds no longer: "revising an earlier toll of 500"."""
_A_SHARE_OF_THEM = re.compile(
    r"\s+(?:(?:about|around|some|nearly|almost|over|more\s+than|at\s+least|up\s+to)\s+)*"
    r"(?:\d[\d.,]*\s*(?:%|per\s?cent|percent)|(?:a|one|two|three)\s+(?:thirds?|quarters?|fifths?)|half)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"[\s\"“'(\[-]*(?:\[[^\]]*\]\s*)?(?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|how\s+many)\b[^.!]*\?[\s\"”')\]]*$",
    re.IGNORECASE,
)
"""A question that tells nothing: "Are there any wounded?", "How many people died?"."""
_RATE = re.compile(
    r"[^.;]{0,60}\b(?:every|each|per|a)\s+(?:year|month|week|day|hour|minute)\b(?!\s+(?:after|ago|before|later|earlier|old|since|into)\b)|[^.;]{0,60}\b(?:annually|on\s+average)\b",
    re.IGNORECASE,
)
_RATED = re.compile(
    r"\b(?:every|each)\s+(?:year|month|week|day|hour|minute)\b[^.;]{0,40}$|\bon\s+average\b[^.;]{0,40}$", re.IGNORECASE
)
"""Beside a figure that is a rate: "9,000 people die of it every year"."""
_REPORTS = re.compile(r"\b(?:reports?|rumou?rs?|claims?|allegations?)\s+(?:that|of)\b[^,;.]{0,40}$", re.IGNORECASE)
_FALSE = re.compile(
    r"[^,;.]{0,140}\b(?:were|was|are|is|proved|turned\s+out)\s+(?:to\s+be\s+)?(?:\w+ly\s+)?(?:false|untrue|wrong|fake|baseless|(?:\w+\s+)?unfounded|incorrect|inaccurate|fabricated|a\s+hoax)\b",
    re.IGNORECASE,
)
"""Around a figure that a text takes back: "reports of 20 dead were wrong"."""
_WANTED = re.compile(r"\bwant(?:s|ed|ing)?\s+(?:to\s+see\s+)?$", re.IGNORECASE)
"""Before somebody whom another wants dead."""
_DENIED_DEED = re.compile(
    r"\bden(?:y|ies|ied|ying)\s+(?:(?:the|any|a)\s+)?(?:mass\s+)?(?:killings?|murders?|massacres?|deaths?|executions?)\s+of\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""Before people of whom somebody denies that they were killed: "denied the killing of peasants"."""
_LIKE = re.compile(r"\b(?:un)?like\s+(?:so\s+)?$", re.IGNORECASE)
"""Before those with whom a victim is compared: "unsolved like so many others"."""
_AS_A = re.compile(r"\bas\s+(?:(?:an?|the|his|her|their)\s+)?$", re.IGNORECASE)
"""Before what somebody is or was, no further person: "worked as a guard"."""
_AS_WERE = re.compile(
    r"\b(?:such\s+as|as\s+(?:well|many|few|much)\s+as|known\s+as|(?:identified|named)\s+(?:[^,;.]{1,40}\s+)?as)\s+\S*\s*$",
    re.IGNORECASE,
)
_REACH = 140


def is_left_open(text: str, sentence: Span, phrase: Phrase, state: State) -> bool:
    """Whether the words around a phrase leave open how many of its people came to harm."""
    start, end = phrase.span
    before = text[max(sentence[0], start - _REACH) : start]
    if (
        _CONDITION.search(before)
        or _FORECAST.search(before)
        or _MAY_BE.search(before)
        or (phrase.kind != "counted" and _DENIED.search(before))
    ):
        return True
    if _SHOULD_IT.match(text, sentence[0], start) or _ASKED.match(text, sentence[0], sentence[1]):
        return True
    if phrase.kind in ("plural", "counted") and _ANY.search(before) and not _DENIED_ANY.search(before):
        return True
    if phrase.kind == "plural" and _DENIED_DEED.search(before):
        return True
    if _LIKE.search(before) and phrase.qualifier == "vague":
        return True
    if _WANTED.search(before) and state == "killed":
        return True
    if phrase.kind in ("single", "plural") and _AS_A.search(before) and not _AS_WERE.search(before):
        return True
    if _REPORTS.search(before) and _FALSE.match(text, end, sentence[1]):
        return True
    if phrase.kind in ("counted", "plural") and (_RATE.match(text, end, sentence[1]) or _RATED.search(before)):
        return True
    if state == "killed" and _FEARED.match(text, end, sentence[1]):
        return True
    if phrase.kind == "counted" and _REPLACED.search(before):
        return True
    # "Half of the 20 dead" counts twenty dead all the same.
    shared = _ONE_IN.search(before) or (phrase.state is None and _SHARE.search(before))
    return phrase.kind == "counted" and bool(shared)


def is_of_a_share(text: str, trigger: Trigger) -> bool:
    """Whether a word for what happened counts a share: "killed 30 per cent of them"."""
    return _A_SHARE_OF_THEM.match(text, trigger.span[1]) is not None
