"""Casualty figures: how many of whom suffered what, according to whom (CONTRACT rules 1 to 5, 9, 11, 13 and 14).

Each sentence is read by itself: phrases for people (`victims`), words for what happened to them (`_Trigger`), and rules
that join the two by position and voice. Nothing is promoted: a word that says only "casualties" never yields "killed".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.attribution import Attribution
from bot.extract.casualty_context import Carriers, place_of, scope_of
from bot.extract.victims import Phrase, phrases
from bot.model.report import Span
from bot.model.summary import CasualtyFigure, Group, State

_KILLED = r"killed|slain|murdered|assassinated|executed|massacred|gunned\s+down|shot\s+(?:dead|to\s+death)|beaten\s+to\s+death|burned\s+to\s+death|stabbed\s+to\s+death|hacked\s+to\s+death|beheaded|lynched|martyred|buried|riddled\s+with\s+bullets"
_INJURED = r"injured|wounded|hurt|maimed|hospitali[sz]ed"
_CAPTURED = r"kidnapped|abducted|captured|taken\s+(?:prisoner|hostage|captive)|held\s+(?:hostage|captive)|seized"
_DISPLACED = r"displaced|evacuated|uprooted|made\s+homeless"
_TRANSITIVE = re.compile(
    rf"\b(?:(?P<mixed>(?:killed|dead)\s+(?:or|and)\s+(?:injured|wounded|maimed)|killed\s+or\s+maimed|neutrali[sz]ed|put\s+out\s+of\s+action)"
    rf"|(?P<killed>{_KILLED})|(?P<injured>{_INJURED})|(?P<captured>{_CAPTURED})|(?P<displaced>{_DISPLACED}))\b",
    re.IGNORECASE,
)
_GERUND = re.compile(
    r"\b(?:(?P<killed>killing|murdering|assassinating|kills|kill|claiming\s+the\s+lives\s+of|claimed\s+the\s+lives\s+of|claimed)"
    r"|(?P<injured>injuring|wounding|injures|wounds|hurting|injure|wound)|(?P<captured>kidnapping|abducting|capturing)|(?P<displaced>displacing|forcing))\s+",
    re.IGNORECASE,
)
_INTRANSITIVE = re.compile(
    r"\b(?:(?P<killed>died|die|dies|have\s+fallen|perished|drowned|suffocated|bled\s+to\s+death|lost\s+(?:his|her|their)\s+(?:life|lives)|(?:was|were|been|be|is|are|lay|found)\s+dead|dead\b(?=[.,;)]|\s+(?:and|after|in|on|at|by|as|so|with|today)\b|$))"
    r"|(?P<missing>(?:is|are|was|were|remains?|remained|reported|still|went|gone|listed\s+as|be|been)\s+(?:still\s+|also\s+)?(?:missing|unaccounted\s+for|trapped|under\s+the\s+rubble)|disappeared|(?:has|have)\s+not\s+been\s+found|missing\b(?=[.,;)]|\s+(?:and|after|in|on|at|since)\b|$))"
    r"|(?P<captured>surrendered|(?:are|were|is|was|being|remain)\s+(?:being\s+)?held\s+(?:hostage|captive|prisoner))"
    r"|(?P<displaced>fled|(?:have|had)\s+left\s+(?:their\s+homes|since)|left\s+homeless|(?:lost|left)\s+their\s+homes)"
    r"|(?P<injured>(?:is|are|were|was|remain)\s+in\s+(?:the\s+)?hospital|(?:taken|flown|rushed)\s+to\s+(?:a\s+|the\s+)?hospital)"
    r"|(?P<unspecified>(?:are|were|is|was|be)\s+among\s+the\s+(?:casualties|victims)))",
    re.IGNORECASE,
)
_NOMINAL = re.compile(
    r"\b(?:(?P<killed>murders?|assassinations?|killings?|deaths?|massacres?|slayings?|martyrdom|executions?|bod(?:y|ies)|corpses?|loss\s+of\s+the\s+li(?:fe|ves))"
    r"|(?P<captured>kidnappings?|abductions?|capture)|(?P<unspecified>loss|losses)|(?P<injured>wounding|injur(?:y|ies)\s+to)|(?P<missing>disappearance|lost\s+contact\s+with))\s+(?:of\s+|with\s+|(?<=with\s))?",
    re.IGNORECASE,
)
_TOLL = re.compile(
    r"\b(?:number\s+of\s+(?:the\s+)?(?P<of>[\w ]{2,40}?)|(?P<toll>(?:death\s+|casualty\s+)?toll)|(?P<loss>loss(?:es)?)(?:\s+of\s+[^.;]{1,40}?)?)"
    r"(?:\s+\w+){0,5}?\s+(?:to|at|now|of|was|is|stands?\s+at|reached|amount(?:ed|s)?\s+to|run\s+to|hit|exceed(?:s|ed)|passed)\s*[\"“]?$",
    re.IGNORECASE,
)
_SUBSET = re.compile(
    r"(?:\b(?:including|among\s+(?:them|whom|the\s+dead|the\s+injured|the\s+wounded|the\s+victims|those\s+killed)|of\s+whom|amongst\s+them)\b[\s,:]*(?:were\s+|was\s+|are\s+|at\s+least\s+)?)$",
    re.IGNORECASE,
)
_AUX = re.compile(
    r"\b(?:was|were|been|being|be|is|are|got|left|lay|gets?)(?:\s+(?:\w+ly|also|all|both|still|either|later|then|already|reportedly|so\s+far|not))*\s+$",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:would|could|might|may|must|should|will|shall|can|if|threaten\w*|plan\w*|want\w*|wish\w*|intend\w*|attempt\w*|tr(?:y|ied|ying)|order\w*|refus\w*|avoid\w*|prevent\w*|not|never|without|cannot|unless|to|n['’]t)"
    r"(?:\s+(?:to|be|have|been|\w+ly))*\s+$",
    re.IGNORECASE,
)
_SUBJECT_OF_ATTACK = re.compile(r"\b(?:by|against)\s+$", re.IGNORECASE)
_NEGATED = re.compile(
    r"(?:\b(?:not|never|neither)\b|n['’]t)\s+(?:been\s+|being\s+|be\s+|also\s+|yet\s+)*$|\b(?:neither|nor)\b[^,;.]{1,60}\b(?:was|were|been)\s+$",
    re.IGNORECASE,
)
_BAD_OBJECT = re.compile(
    r"^\s*(?:the\s+)?(?:deal|bill|plan|idea|hopes?|chances?|proposal|mood|talks|prospects?|time|market|game|feelings?|pride|economy|business|reputation|interests?)\b",
    re.IGNORECASE,
)


class _Trigger(msgspec.Struct, frozen=True):
    """A word for what happened; `side` says where its victims stand."""

    span: Span
    state: State
    side: str  # "either", "right", "left", "of"


def _triggers(text: str, start: int, end: int) -> list[_Trigger]:
    found: list[_Trigger] = []
    for pattern, side in ((_TRANSITIVE, "either"), (_GERUND, "right"), (_INTRANSITIVE, "left"), (_NOMINAL, "of")):
        for match in pattern.finditer(text, start, end):
            name = match.lastgroup or ""
            state: State = "unspecified" if name == "mixed" else name  # type: ignore[assignment]  # the groups are states
            if not any(t.span[0] < match.end() and match.start() < t.span[1] for t in found):
                found.append(_Trigger(match.span(), state, side))
    return sorted(found, key=lambda trigger: trigger.span)


class _Hit(msgspec.Struct):
    """A phrase with its state, on the way to a figure."""

    phrase: Phrase
    state: State
    sentence: Span
    groups: tuple[Group, ...]
    side: str | None
    parent: int | None = None


def casualties_of(
    text: str, *, sentences: Sequence[Span], attributions: Sequence[Attribution]
) -> tuple[CasualtyFigure, ...]:
    """All casualty figures of the text in order; `according_to` is "c<n>" for the n-th attribution (from 1)."""
    hits: list[_Hit] = []
    for sentence in sentences:
        if _MAY_HOLD.search(text, *sentence):
            _read(text, sentence, hits)
    carriers = Carriers(attributions)
    scopes = [scope_of(text, hit.sentence, hit.phrase.span) for hit in hits]
    return tuple(
        CasualtyFigure(
            id=f"k{number}",
            state=hit.state,
            min=hit.phrase.min,
            max=hit.phrase.max,
            qualifier=hit.phrase.qualifier,
            number=hit.phrase.number,
            victims=hit.phrase.span,
            sentence=hit.sentence,
            groups=hit.groups,
            side=hit.side,
            subset_of=f"k{hit.parent + 1}" if hit.parent is not None else None,
            scope=scope,
            place=place_of(text, hit.sentence, hit.phrase.span),
            according_to=carriers.innermost(hit.phrase.number or hit.phrase.span),
        )
        for number, (hit, scope) in enumerate(zip(hits, scopes, strict=True), 1)
    )


_MAY_HOLD = re.compile(
    r"kill|slain|slay|murder|assassinat|execut|massacre|shot|gunned|behead|lynch|martyr|buried|injur|wound|hurt|maim|hospital|kidnap|abduct|captur"
    r"|hostage|captive|prisoner|seized|displac|evacuat|homeless|uproot|died|dead|death|die|fallen|perish|drown|missing|unaccounted|trapped|rubble"
    r"|disappear|not been found|surrender|fled|left|casualt|victim|loss|toll|bod(?:y|ies)|corpse|neutrali|out of action|fatalit|lives|life|contact|bullets|burned|beaten|stabbed|riddled|suffocat",
    re.IGNORECASE,
)


def _read(text: str, sentence: Span, hits: list[_Hit]) -> None:
    """Add the sentence's figures, in order."""
    start, end = sentence
    people = phrases(text, start, end)
    triggers = _triggers(text, start, end)
    subsets = {i for i, phrase in enumerate(people) if _is_subset(text, start, phrase)}
    states: dict[int, State] = {}
    for i, phrase in enumerate(people):
        if (
            phrase.state is not None
            and phrase.kind != "single"
            and (phrase.kind != "plural" or _casualties_told(text, phrase))
        ):
            states[i] = phrase.state
        elif (phrase.kind == "counted" or phrase.kind == "plural") and (state := _toll_state(text, start, phrase)):
            states[i] = state
    for trigger in triggers:
        for i in _victims_of(text, sentence, trigger, people, subsets, states):
            states.setdefault(i, trigger.state)
    parents = _parents(people, subsets, states)
    place_in = {}
    for i in sorted(states):
        if i in subsets and parents.get(i) is None:
            continue
        phrase = people[i]
        before = _continued(hits) if phrase.elliptical or phrase.head in ("other", "others") else None
        groups = phrase.groups or (before.groups if before and i not in subsets else ())
        side = phrase.side or (before.side if before and i not in subsets else None)
        place_in[i] = len(hits)
        parent = parents.get(i)
        hits.append(
            _Hit(phrase, states[i], sentence, groups, side, place_in.get(parent) if parent is not None else None)
        )


def _casualties_told(text: str, phrase: Phrase) -> bool:
    """Whether an uncounted "casualties" tells that there were some: "reported casualties among civilians"."""
    words = text[slice(*phrase.span)].lower()
    before = text[max(0, phrase.span[0] - 30) : phrase.span[0]].lower()
    told = re.search(
        r"(?:report\w*|cause\w*|suffer\w*|inflict\w*|left|were|are|with|sustain\w*|many|heavy)\s+(?:\w+\s+)?$", before
    )
    return phrase.state == "unspecified" and bool(told) and not re.match(r"(?:the|its|their|his|club)", words)


def _is_subset(text: str, start: int, phrase: Phrase) -> bool:
    before = text[max(start, phrase.span[0] - 50) : (phrase.number or phrase.span)[0]]
    before = re.sub(
        r"(?:at\s+least|more\s+than|about|some|up\s+to|over|nearly|almost)\s+$", "", before, flags=re.IGNORECASE
    )
    if _SUBSET.search(before):
        return True
    return (
        phrase.kind == "counted"
        and phrase.elliptical
        and bool(re.search(r"\bof\s+(?:them|whom|those|these)\b", text[slice(*phrase.span)], re.I))
    )


def _toll_state(text: str, start: int, phrase: Phrase) -> State | None:
    """The state of a bare figure at the end of "the number of dead has risen to", "a death toll of", "losses of"."""
    at = phrase.number[0] if phrase.number else phrase.span[0]
    before = re.sub(
        r"(?:at\s+least|more\s+than|about|some|up\s+to|over|nearly|almost|between|around)\s+$",
        "",
        text[max(start, at - 110) : at],
        flags=re.I,
    )
    match = _TOLL.search(before)
    if match is None:
        return None
    told = (match.group("of") or "").lower()
    if match.group("loss"):
        return "unspecified"
    if match.group("toll"):
        return "unspecified" if "casualty" in match.group("toll").lower() else "killed"
    for words, state in (
        ("dead", "killed"),
        ("death", "killed"),
        ("killed", "killed"),
        ("injur", "injured"),
        ("wounded", "injured"),
        ("missing", "missing"),
        ("displaced", "displaced"),
        ("casualt", "unspecified"),
        ("victim", "unspecified"),
    ):
        if words in told:
            return state  # type: ignore[return-value]  # the pairs are states
    return None


def _victims_of(
    text: str, sentence: Span, trigger: _Trigger, people: list[Phrase], subsets: set[int], states: dict[int, State]
) -> list[int]:
    """Which phrases a trigger speaks of."""
    before = text[sentence[0] : trigger.span[0]]
    passive = bool(_AUX.search(before)) or trigger.side == "left"
    if _HYPOTHETICAL.search(re.sub(_AUX, "", before) if passive else before):
        nobody = [i for i, p in enumerate(people) if p.kind == "none" and p.span[1] <= trigger.span[0]]
        return nobody[-1:] if nobody and trigger.side != "right" else []
    if _NEGATED.search(before):
        return []
    right = _right(text, sentence, trigger, people)
    if trigger.side in ("right", "of"):
        return right
    if trigger.side == "either" and right and not passive and not _BAD_OBJECT.match(text[trigger.span[1] :]):
        return right
    return _left(text, sentence, trigger, people, subsets, passive)


_GAP_RIGHT = re.compile(
    r"^\s*(?:(?:and|or)\s+(?:wounded|injured|killed|wounding|injuring|hurt|kidnapped|murder\w*|killing\w*|assassinat\w*)\s+)?(?:of\s+|to\s+|at\s+least\s+|more\s+than\s+|about\s+|some\s+|up\s+to\s+|as\s+many\s+as\s+|over\s+|nearly\s+|almost\s+|between\s+|around\s+|approximately\s+|another\s+|a\s+further\s+|the\s+|a\s+|an\s+|its\s+|his\s+|their\s+|all\s+|well\s+over\s+|an\s+estimated\s+|[\w-]+\s+|former\s+)*[\"“(\[]?$",
    re.IGNORECASE,
)


def _right(text: str, sentence: Span, trigger: _Trigger, people: list[Phrase]) -> list[int]:
    """The phrase that follows at once, with those joined to it by commas and "and"."""
    found: list[int] = []
    at = trigger.span[1]
    for i, phrase in enumerate(people):
        if phrase.span[0] < at:
            continue
        gap = text[at : phrase.span[0]]
        if not found:
            if (
                len(gap) > 45
                or not _GAP_RIGHT.match(gap)
                or re.search(r"\b(?:in|on|by|when|after|during|while|from|near|at\s+(?!least)|for)\s", gap, re.I)
            ):
                break
            if phrase.elliptical and not re.match(
                r"\W*(?:and\b|,|\.|;|$|others?\b|more\b|in\b|on\b|when\b|at\b|by\b|near\b|during\b|after\b)",
                text[phrase.span[1] : sentence[1]].lstrip() or ".",
            ):
                break
        elif not _JOINS.fullmatch(text, at, phrase.span[0]):
            break
        if phrase.kind == "plural" and found:
            break
        found.append(i)
        at = phrase.span[1]
    return [i for i in found if _plain_plural(text, people[i])]


def _left(
    text: str, sentence: Span, trigger: _Trigger, people: list[Phrase], subsets: set[int], passive: bool
) -> list[int]:
    """The subject: the nearest phrase before, over subsets and insertions; with those joined to it."""
    for i in range(len(people) - 1, -1, -1):
        phrase = people[i]
        if phrase.span[1] > trigger.span[0] or i in subsets:
            continue
        gap = text[phrase.span[1] : trigger.span[0]]
        if _SUBJECT_OF_ATTACK.search(text[max(sentence[0], phrase.span[0] - 12) : phrase.span[0]]):
            continue
        if not passive and len(gap.split()) > 2 and phrase.kind != "none":
            return []
        if not _reaches(gap, phrase) or not _plain_plural(text, phrase):
            return []
        return _joined_before(text, people, i)
    return []


_NEW_PEOPLE = re.compile(
    r"^(?:some|other|many|several|more|innocent|unarmed)?\s*(?:[\w-]+\s+){0,2}?[\w-]+$", re.IGNORECASE
)


def _plain_plural(text: str, phrase: Phrase) -> bool:
    """Whether an uncounted plural may be told of as new: "civilians were killed", not "the killed" or "their leaders"."""
    if phrase.kind != "plural":
        return True
    words = text[slice(*phrase.span)]
    definite = re.match(r"(?:the|his|her|their|its|these|those|this|that|our|former)\b", words, re.IGNORECASE)
    return not definite and phrase.state is None and bool(phrase.groups)


def _reaches(gap: str, phrase: Phrase) -> bool:
    """Whether the words between a subject and its verb leave it the subject."""
    plain = re.sub(r",[^,]*,", " ", gap)
    if re.search(
        r"[;:]|[\"”]\s*,|\b(?:said|says|told|that|which|when|while|killed|wounded|injured|died|but)\b", plain, re.I
    ):
        return False
    limit = 8 if phrase.kind in ("counted", "none") else 5
    return len(plain.split()) <= limit


_JOINS = re.compile(
    r"\s*(?:,|and|,\s*and|as\s+well\s+as)\s*(?:(?:the|his|her|their|a|an|at\s+least|about|another|some|more\s+than)\s+)*"
    r"(?:(?!said|says|told|that|who|whom|which|where|when|while|but|killed|wounded|injured|died|was|were|had|has|have|by|in|on)[\w-]+\s+){0,2}?",
    re.IGNORECASE,
)


def _joined_before(text: str, people: list[Phrase], i: int) -> list[int]:
    """A subject with the subjects that "and" and commas join to it."""
    found = [i]
    while i > 0 and _JOINS.fullmatch(text, people[i - 1].span[1], people[i].span[0]):
        i -= 1
        found.insert(0, i)
    return found


def _parents(people: list[Phrase], subsets: set[int], states: dict[int, State]) -> dict[int, int]:
    """For each subset the nearest earlier whole, whose state it takes; "the 9" joined to a subset is one too."""
    parents: dict[int, int] = {}
    for i in sorted(subsets):
        whole = next(
            (j for j in range(i - 1, -1, -1) if j not in subsets and j in states and _larger(people[j], people[i])),
            None,
        )
        if whole is None:
            whole = next(
                (
                    j
                    for j in range(i + 1, len(people))
                    if j not in subsets and j in states and _larger(people[j], people[i])
                ),
                None,
            )
        if whole is not None:
            parents[i] = whole
            states[i] = states[whole]
    return parents


def _larger(whole: Phrase, part: Phrase) -> bool:
    top = whole.max if whole.max is not None else None
    return whole.kind in ("counted", "plural") and (top is None or part.min is None or part.min <= top)


def _continued(hits: list[_Hit]) -> _Hit | None:
    """The figure that an elliptical phrase goes on from ("six aid workers were killed and 9 injured")."""
    return next((hit for hit in reversed(hits) if hit.parent is None), None)
