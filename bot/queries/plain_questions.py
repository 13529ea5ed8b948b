"""Plain questions by rule: "how many children died in …", "has anyone denied …", "what did Baku say about …".

A rule names a command and which of its words go to which option; no rule guesses. Where none fits, or a question points
at something that was not named ("when did it start?"), the answer is a refusal with what can be asked instead.
"""

from __future__ import annotations

import re

import msgspec

from bot.model.command import Command
from bot.model.errors import CommandError

_ASIDE = re.compile(
    r"^(?:(?:please|hey|sitrep|ok|so|and|but|then|well)[,:]?\s+"
    r"|(?:can|could|would|will) you (?:please )?(?:tell|show|give) (?:me|us) |(?:do|does) (?:you|anyone|anybody) know (?!if)"
    r"|(?:tell|show|give) (?:me|us) |i (?:want|would like|need) to (?:know|see) |i'd like to (?:know|see) )+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:please|so far|now|today|right now|currently|at the moment)$", re.IGNORECASE)
_POINTING = re.compile(r"^(?:it|that|this|they|them|there|here|he|she|these|those)$", re.IGNORECASE)
_SAY = "say|says|said|saying|claim|claims|claimed|claiming|announce|announced|state|stated|tell|told"
_DENY = "den(?:y|ies|ied|ying)|disput(?:e|es|ed|ing)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|contradict(?:s|ed)?|refut(?:e|es|ed)"
_ADMIT = "admit(?:s|ted|ting)?|acknowledg(?:e|es|ed|ing)|confirm(?:s|ed|ing)?|own(?:s|ed)? up to|take responsibility for|took responsibility for"
_HARM = "killed|dead|die|died|dying|injured|wounded|hurt|harmed|missing|displaced|captured|abducted|casualties|victims|deaths|fatalities|dead people|injuries|losses"
_WHO = r"(?:(?P<group>civilians?|children|child|kids|minors|soldiers|troops|military|servicemen)|people|persons|men|women|others)"
_AT = "in|at|during|by|of|for|from|after|on|near|around|due to|because of"
_GROUPS = {
    "civilian": "civilians", "civilians": "civilians", "children": "children", "child": "children", "kids": "children",
    "minors": "children", "soldiers": "military", "troops": "military", "military": "military", "servicemen": "military",
}  # fmt: skip


class _Rule(msgspec.Struct, frozen=True):
    """A pattern of the whole question; `sets` is what the command has besides the pattern's groups."""

    pattern: re.Pattern[str]
    verb: str
    sets: dict[str, str]


def _rule(pattern: str, verb: str, **sets: str) -> _Rule:
    return _Rule(re.compile(rf"^\W*(?:{pattern})\W*$", re.IGNORECASE), verb, sets)


_RULES = (
    _rule(r"(?:the )?(?:latest|newest|recent|new|news|updates?)(?: (?:news|reports?|updates?|stories))?(?: (?:on|about|from|in|of|for) (?P<topic>.+))?", "latest"),
    _rule(r"(?:what(?:'s| is|s| are)|is there|are there|any|anything)(?: (?:the|any|there))?(?: (?:latest|newest|new|news|updates?|going on|up))+(?: (?:on|about|from|in|of|with|at) (?P<topic>.+))?", "latest"),
    _rule(r"what(?:'s| is|s|)(?: has| have)?(?: been)? happen(?:ing|ed|s)(?: (?:in|at|with|to|around|on) (?P<topic>.+))?", "latest"),
    _rule(r"(?:something |anything |more |all )?about (?P<topic>.+)", "latest"),
    _rule(r"(?P<event>[A-Z]{3}-\d{4,})", "event"),
    _rule(r"what (?:do (?:we|you) know|is known) (?:about|of) (?P<event>.+)", "event"),
    _rule(r"how many (?:deaths|casualties|victims|fatalities|dead|injuries|wounded|injured|losses)(?: (?:are|were|have|has) (?:there|been))*(?: (?:been )?(?:reported|confirmed))?(?: (?:in|at|of|from|after|during|by|for) (?P<event>.+))?", "toll"),
    _rule(rf"how many(?: {_WHO})?(?: (?:has|have|had|were|was|are|is|got|been|be|still|reportedly|reported|confirmed))*(?: (?:{_HARM}))(?:(?: and| or) (?:{_HARM}))*(?: (?:{_AT}) (?P<event>.+))?", "toll"),
    _rule(rf"how many(?: {_WHO})? (?:did|has|have|had) (?P<event>.+?) (?:kill|killed|injure|injured|wound|wounded|hurt|displace|displaced)", "toll"),
    _rule(rf"who (?:(?:was|were|is|are|has|have|been|still) )+(?:{_HARM})(?:(?: and| or) (?:{_HARM}))*(?: (?:{_AT}) (?P<event>.+))?", "toll"),
    _rule(rf"(?:was|were|is|are|has|have) (?:there (?:any )?|any |anyone |anybody )(?:{_WHO} )?(?:been )?(?:{_HARM})(?: (?:{_AT}) (?P<event>.+))?", "toll"),
    _rule(r"(?:what(?:'s| is|s| was) )?(?:the )?(?:current |latest |official )?(?:(?P<group>civilian|military) )?(?:death |casualty |body )?(?:toll|count|casualties|deaths|fatalities)(?: (?:in|at|of|for|from|after) (?P<event>.+))?", "toll"),
    _rule(r"(?:what(?:'s| is|s) )?(?:the )?(?:death|casualty) toll (?P<event>.+)", "toll"),
    _rule(rf"who (?:(?:has|have|had|is|was) )?(?:{_DENY})(?: (?:that )?(?P<about>.+))?", "claims", status="denied"),
    _rule(rf"who (?:(?:has|have|had|is|was) )?(?:{_ADMIT})(?: (?:that )?(?P<about>.+))?", "claims", status="acknowledged"),
    _rule(rf"(?:has|have|had|did|does|do|is|was) (?:anyone|anybody|someone|somebody) (?:{_DENY})(?: (?:that )?(?P<about>.+))?", "claims", status="denied"),
    _rule(rf"(?:has|have|had|did|does|do|is|was) (?:anyone|anybody|someone|somebody) (?:{_ADMIT})(?: (?:that )?(?P<about>.+))?", "claims", status="acknowledged"),
    _rule(rf"(?:has|have|had|did|does|do) (?P<by>.+?) (?:{_DENY})(?: (?:that )?(?P<about>.+))?", "claims", status="denied"),
    _rule(rf"(?:has|have|had|did|does|do) (?P<by>.+?) (?:{_ADMIT})(?: (?:that )?(?P<about>.+))?", "claims", status="acknowledged"),
    _rule(r"(?:is|was|are|were) (?P<about>.+?) (?:denied|disputed|contested|contradicted)(?: by (?:anyone|anybody))?", "claims", status="disputed"),
    _rule(r"what is (?:disputed|contested|denied) (?:in|about|on|over) (?P<event>.+)", "claims", status="disputed"),
    _rule(r"(?:is it|it is) true (?:that )?(?P<about>.+)", "claims"),
    _rule(rf"who (?:{_SAY}) what(?: (?:about|on|in|of) (?P<event>.+))?", "claims"),
    _rule(rf"who (?:(?:has|have|had|is|was) )?(?:{_SAY})(?: (?:that )?(?P<about>.+))?", "claims"),
    _rule(r"who (?:(?:has|have|had|is|was) )?(?:blam(?:e|es|ed|ing)|accus(?:e|es|ed|ing)) (?P<about>.+?)(?: (?:for|of|over) (?P<event>.+))?", "claims", status="accused"),
    _rule(r"who (?:is|was) (?:blamed|accused|behind|responsible)(?: (?:for|of|behind|in))? (?P<about>.+)", "claims"),
    _rule(rf"what (?:(?:did|does|do|has|have|had|is|are|was) )(?P<by>.+?) (?:{_SAY}) (?:about|on|of|regarding|in) (?P<about>.+)", "claims"),
    _rule(rf"what (?:(?:did|does|do|has|have|had|is|are|was) )?(?P<name>.+?) (?:{_SAY})", "actor"),
    _rule(r"who (?:is|are|was) (?P<name>.+)", "actor"),
    _rule(r"(?:what (?:is|are) )?(?:the |your )?(?:sources?|evidence|proof)(?: is there)? (?:for|of|behind|on|about) (?P<id>.+)", "evidence"),
    _rule(r"(?:who|which outlets?|which media) (?:reports?|reported|wrote|writes|covers?|covered)(?: (?:about|on))? (?P<event>.+)", "event"),
    _rule(r"(?:where do )?(?:the )?(?:accounts|sides|versions) (?:stand )?(?:in|on|of|about) (?P<event>.+)", "event"),
    _rule(r"(?:what do )?(?:the |both )?(?:two )?sides (?:say|claim)?(?: ?(?:about|on|in|of) (?P<event>.+))?", "compare"),
    _rule(r"compare (?P<side_a>[^:]+?) (?:and|with|to|vs\.?|versus) (?P<side_b>[^:]+?)(?: (?:in|on|over|about) (?P<event>[^:]+))?", "compare"),
    _rule(r"(?P<side_a>[^:]+?) (?:vs\.?|versus) (?P<side_b>[^:]+?)(?: (?:in|on|over|about) (?P<event>[^:]+))?", "compare"),
    _rule(r"(?:the )?(?:timeline|chronology|sequence|course)(?: (?:of|for|in) (?P<event>.+))?", "timeline"),
    _rule(r"what (?:has |have )?(?:changed|moved)(?: (?:in|with|about) (?P<event>.+?))(?: since (?P<from>\S+))?", "timeline"),
    _rule(r"what (?:has |have |was |were )?(?:been )?(?:changed|corrected)(?: since (?P<since>.+))?", "corrections"),
    _rule(r"(?:what can (?:you|i) (?:do|ask)|how does (?:this|it) work|how do i use (?:this|you)|thanks?|thank you|good (?:morning|day|evening)|hi|hello|start)", "help"),
    _rule(r"(?:who|what) are you|how do you work|what do you (?:store|keep)", "about"),
)  # fmt: skip
_REFUSED = (
    (re.compile(r"^\W*(?:when|since when|how long)\b", re.I), "I tell what was reported when, not when a thing began", "timeline", "timeline <event> lists the reports in order"),
    (re.compile(r"^\W*why\b", re.I), "I tell who says what, not why", "claims", "claims <event> lists who says what"),
    (re.compile(r"^\W*(?:will|should|is going to|are going to)\b", re.I), "I tell what was reported, not what will be", "latest", "latest on <topic> shows the newest reports"),
    (re.compile(r"^\W*(?:where|how)\b", re.I), "I have no rule for this question", "search", "search <words> finds reports"),
)  # fmt: skip


def plain_question(words: str) -> Command | None:
    """The command that a question asks for; None where no rule fits.

    Raises `CommandError` where a rule fits but what is asked about is only pointed at, or where no answer that is only
    reported can be given.
    """
    plain = _ASIDE.sub("", words.replace("’", "'").strip()).rstrip(" ?!.")
    if plain.lower().endswith(" there"):
        raise _pointing("there")
    for rule in _RULES:
        if match := rule.pattern.match(plain):
            return _command(rule, {name: value for name, value in match.groupdict().items() if value})
    for pattern, message, verb, hint in _REFUSED:
        if pattern.match(plain):
            suggestions = tuple(dict.fromkeys((verb, "latest", "help")))
            raise CommandError(message, subject=words[:60], hint=hint, suggestions=suggestions)
    return None


def _command(rule: _Rule, given: dict[str, str]) -> Command:
    options = dict(rule.sets)
    for name, value in given.items():
        words = _TAIL.sub("", value.strip(" ?!.,;"))
        words = re.sub(r"^(?:the|a|an)\s+(?=\S)", "", words, flags=re.IGNORECASE)
        if _POINTING.match(words):
            raise _pointing(words)
        options[name] = _GROUPS[words.lower()] if name == "group" else words
    return Command(root="news", verb=rule.verb, options={name: value for name, value in options.items() if value})


def _pointing(word: str) -> CommandError:
    return CommandError(
        f"I cannot tell what “{word}” points at",
        hint="name a place, an event or its id, such as KAR-0142",
        suggestions=("latest", "help"),
    )
