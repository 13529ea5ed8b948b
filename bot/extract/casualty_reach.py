"""Which phrases for people a word for what happened speaks of: by position, voice, negation and lists."""

from __future__ import annotations

import re

from bot.extract.casualty_bystanders import (
    did_it,
    has_another_fate,
    has_somebody,
    is_a_whole,
    is_in_a_clause,
    is_in_an_aside,
    is_of_somebody,
    is_planned,
    is_set_free,
    owns,
)
from bot.extract.casualty_joins import joins, joins_over_parts
from bot.extract.casualty_open import is_of_a_share
from bot.extract.casualty_parts import own_verb
from bot.extract.casualty_words import Trigger
from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import State

_AUX = re.compile(
    r"\b(?:was|were|been|being|be|is|are|got|left|lay|gets?)(?:\s+(?:\w+ly|the\s+most|also|all|both|still|either|later|then|already|reportedly|so\s+far|not))*\s+"
    r"(?:(?:shot|kidnapped|abducted|attacked|ambushed|beaten|stabbed|tortured|captured|arrested|detained|intercepted|robbed|raped|bound|blindfolded|dragged[\w\s]{1,20}?|hit|struck|run\s+over)\s+(?:and|or|,\s*then)\s+(?:then\s+|later\s+|fatally\s+|subsequently\s+)?)?$",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:would|could|might|may|must|should|will|shall|can|if|threaten\w*|plan\w*|want\w*|wish\w*|intend\w*|attempt\w*|den(?:y|ies|ied|ying)|tr(?:y|ied|ying)|order\w*|refus\w*|avoid\w*|prevent\w*|not|never|without|cannot|unless|whether|almost|nearly|to|n['’]t|(?:mission|aim|purpose|intention|goal|idea|hope|risk|danger|possibility|threat|means)\s+of)"
    r"(?:\s+(?:to|be|have|been|\w+ly))*\s+$",
    re.IGNORECASE,
)
_DID = re.compile(r"\b(?:has|have|had|having)\s+(?:also\s+|already\s+|\w+ly\s+)?$", re.IGNORECASE)
"""Before a verb whose subject did it: "who has killed"."""
_NO_OBJECT = re.compile(
    r"\s*(?:$|[^\w\s]|(?:in|by|on|at|to|for|with|from|of|off|up|down|out|over|under|into|near|during|within|without|inside|outside|across|between|among|amid|against|along|alongside|aboard|around|about|since|until|through|throughout|following|including|because|despite"
    r"|and|or|but|nor|while|when|where|as|after|before|if|who|that|which|whose|than|so|though|although|it|he|she|they|we|there|here|this|last|next|early|late|earlier|later|yesterday|today|tonight|overnight|together|alone|too|also|again|once|twice|more|less|is|are|was|were|be|have|has|had|will|would|said|says"
    r"|\w+ly|mid\S*|one|two|three|four|five|six|seven|eight|nine|ten|\d+|(?:a|an|the|some|several|many)\s+(?:\w+\s+){0,2}(?:second|minute|hour|day|night|week|month|year|morning|evening|afternoon|weekend)s?)\b)",
    re.IGNORECASE,
)
"""After a verb that has no object: "those killed in the blast", not "the guard murdered a student"."""
_TO_OTHERS = re.compile(
    r"\s+to\s+(?:[\w-]+\s+){0,2}?(?:rivals?|clubs?|injur(?:y|ies)|suspensions?|transfers?|retirement|competitors?|knee|hamstring|free\s+agency)\b",
    re.IGNORECASE,
)
"""After those whom a team or a firm lost, but not to death."""
_OF_WHOM = re.compile(r"\s(?:of|with|against)\s|^injur\w+\s+to\s|^\w+\s+(?:cases?|trials?)\s+of\s|:|[-–—(]")
_CRIME = re.compile(r"(?:murder|assassination|massacre|killing|slaying|execution|death\b)", re.IGNORECASE)
_PLOT = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|plot(?:s|ted|ting)?|threaten\w*|threats?|attempt\w*|would)\s[^,.;\"]{0,60}$",
    re.IGNORECASE,
)
"""Before a deed that is only planned: "plans for the murder of"."""
_MANAGED = re.compile(
    r"\b(?:managed|went\s+on|proceeded|succeeded|able|(?:went|gone|go)\s+so\s+far\s+as)\s+to\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
"""Before what did happen: "managed to kill"."""
_IN_PLACE = re.compile(
    r"\b(?:near|in|at|from|outside|around|to|(?<!funeral\s)(?<!burial\s)of|is|under|against|for|with|than)\s+$",
    re.IGNORECASE,
)
_AT_PLACE = re.compile(r"\b(?:near|in|at|from|outside|around)\s+$", re.IGNORECASE)
_NEGATED = re.compile(
    r"(?:\b(?:not|never|neither)\b|n['’]t)\s+(?:been\s+|being\s+|be\s+|also\s+|yet\s+)*$|\b(?:neither|nor)\b[^,;.]{1,60}\b(?:was|were|been)\s+$",
    re.IGNORECASE,
)
_BAD_OBJECT = re.compile(
    r"^\s*(?:the\s+)?(?:deal|bill|plan|idea|hopes?|chances?|proposal|mood|talks|prospects?|time|market|game|feelings?|pride|economy|business|reputation|interests?)\b",
    re.IGNORECASE,
)


def victims_of(
    text: str, sentence: Span, trigger: Trigger, people: list[Phrase], subsets: set[int], states: dict[int, State]
) -> list[int]:
    """Which phrases a trigger speaks of."""
    if trigger.standing == "owner":
        if is_planned(text, sentence, trigger.span[0]):
            return []
        return [i for i, p in enumerate(people) if p.span[1] == trigger.span[0] and p.kind != "plural"]
    before = text[sentence[0] : trigger.span[0]]
    passive = bool(_AUX.search(before)) or trigger.standing == "left"
    open_or_not = _HYPOTHETICAL.search(re.sub(_AUX, "", before) if passive else before) and not _MANAGED.search(before)
    if open_or_not or _NEGATED.search(before):
        nobody = [i for i, p in enumerate(people) if p.kind == "none" and p.span[1] <= trigger.span[0]]
        return nobody[-1:] if nobody and trigger.standing != "right" else []
    if is_of_a_share(text, trigger):
        return []
    if trigger.standing == "right" and (object_at := _pronoun(text, trigger)):
        return [
            i
            for i, p in enumerate(people)
            if _BEFORE_IT.fullmatch(text, p.span[1], trigger.span[0]) and (p.min == 1) != (object_at == "them")
        ]
    if trigger.standing == "either" and not passive and (object_at := _pronoun(text, trigger)):
        told = [i for i, p in enumerate(people) if _is_told_again(text, sentence, p, trigger, object_at)]
        return told[-1:]
    after = _right(text, sentence, trigger, people, subsets)
    if trigger.state == "unspecified" and after and _TO_OTHERS.match(text, people[after[-1]].span[1], sentence[1]):
        return []
    if trigger.standing == "of" and (
        not _OF_WHOM.search(text[trigger.span[0] : trigger.span[1] + 12]) or _PLOT.search(before)
    ):
        return []
    named = trigger.standing == "of" and _CRIME.match(text, trigger.span[0])
    right = [
        i
        for i in after
        if plain_plural(text, people[i]) or (named and people[i].state is None and people[i].head != "people")
    ]
    if trigger.standing in ("right", "of"):
        return right
    if trigger.standing == "either" and after and not passive and not _BAD_OBJECT.match(text[trigger.span[1] :]):
        return right  # those before the verb did it
    if (
        trigger.standing == "either"
        and not passive
        and (_DID.search(before) or not _NO_OBJECT.match(text, trigger.span[1], sentence[1]))
    ):
        return []
    return _left(text, sentence, trigger, people, subsets, passive)


_OBJECT = re.compile(r"\s*(him|her|them)\b(?!self|selves)", re.IGNORECASE)
_BEFORE_IT = re.compile(r"\s*,\s*(?:reportedly\s+|later\s+|instantly\s+|seriously\s+)?", re.IGNORECASE)


_AND_THEY = re.compile(
    r"[^.;:]{0,90}(?:\band|[,;])\s+(?:(?:then|later|they|he|she|who|the\s+\w+)\s+){0,2}", re.IGNORECASE
)


def _is_told_again(text: str, sentence: Span, phrase: Phrase, trigger: Trigger, pronoun: str) -> bool:
    """Whether "them" can be a phrase before: "they seized the mayor and killed him"."""
    return (
        phrase.kind in ("single", "name", "counted", "plural")
        and (phrase.min == 1) != (pronoun == "them")
        and _AND_THEY.fullmatch(text, phrase.span[1], trigger.span[0]) is not None
        and not is_of_somebody(text, sentence, phrase)
        and not is_set_free(text, sentence, phrase)
        and bool(_SEIZED.search(text, max(sentence[0], phrase.span[0] - 60), phrase.span[0]))
    )


_SEIZED = re.compile(
    r"\b(?:seiz|disarm|kidnap|abduct|captur|attack|ambush|intercept|found|caught|took|taken|arrest|detain|dragg|stopp|shot|chas|surround|approach|interrogat|tortur|beat|stabb|hit|cornered|grabb|forc|pull|fir(?:ed|ing)\s+(?:at|on)|shot\s+at|fired)\w*\s+(?:(?:the|a|an|his|her|their|at|on|at\s+least|former|[\w-]+)\s+){0,4}$",
    re.IGNORECASE,
)
"""Before those on whom somebody laid hands."""


def _pronoun(text: str, trigger: Trigger) -> str | None:
    """The pronoun that a verb speaks of: "fired at a guard, wounding him"."""
    match = _OBJECT.match(text, trigger.span[1])
    if match is None or (match.group(1).lower() == "her" and _HER_NOUN.match(text, match.end())):
        return None
    return match.group(1).lower()


_HER_NOUN = re.compile(
    r"\s+(?!in\b|on\b|at\b|and\b|with\b|by\b|instantly|seriously|badly|fatally|slightly)[a-z]", re.IGNORECASE
)
_GAP_RIGHT = re.compile(
    r"^(?:\s*,[^,;.]{1,40},)?\s*[\"“”]?\s*(?:(?:and|or)\s+(?:wounded|injured|killed|wounding|injuring|hurt|kidnapped|murder\w*|killing\w*|assassinat\w*)\s+)?(?:of\s+|to\s+|at\s+least\s+|more\s+than\s+|about\s+|some\s+|up\s+to\s+|as\s+many\s+as\s+|over\s+|nearly\s+|almost\s+|between\s+|around\s+|approximately\s+|another\s+|a\s+further\s+|the\s+|a\s+|an\s+|its\s+|his\s+|their\s+|all\s+|well\s+over\s+|an\s+estimated\s+|[\w-]+\s+|former\s+)*[\"“(\[]?$",
    re.IGNORECASE,
)


_CLAUSE_FIRST = re.compile(
    r"(?:Following|After|Since|With|Despite|Before|Upon|Amid|Regarding|Concerning)\s", re.IGNORECASE
)
_MAIN = re.compile(
    r"(?:\s+and\s+[^,;.]{1,40}?)?\s+(?:was|were|has|have|had|is|are|will|would|said|says|began|took|went|came|[a-z]+ed)\b"
)
"""Behind the subject of the main clause."""
_INSERTED = re.compile(r"\s*(?:--[^-.;]{2,60}--|[–—][^–—.;]{2,60}[–—]|\([^()]{2,60}\))(?=\s)")


def _right(text: str, sentence: Span, trigger: Trigger, people: list[Phrase], subsets: set[int]) -> list[int]:
    """The phrase that follows at once, with those joined to it by commas and "and", over its parts."""
    found: list[int] = []
    opens_clause = _CLAUSE_FIRST.match(text, *sentence)
    inserted = _INSERTED.match(text, trigger.span[1], sentence[1])
    at = inserted.end() if inserted else trigger.span[1]
    for i, phrase in enumerate(people):
        if phrase.span[0] < at:
            continue
        gap = text[at : phrase.span[0]]
        if not found:
            if (
                len(gap) > 45
                or not _GAP_RIGHT.match(gap)
                or re.search(
                    r"\b(?:in|on|by|when|after|during|while|from|near|at\s+(?!least)|for|he|she|it|they|we|that|which|had|has|have|(?:was|were)\s+(?!identified)\w+ed|said)\s",
                    gap,
                    re.I,
                )
            ):
                break
            if phrase.elliptical and not re.match(
                r"\W*(?:and\b|,|\.|;|$|others?\b|more\b|in\b|on\b|when\b|at\b|by\b|near\b|during\b|after\b|before\b|while\b|as\b|from\b|aboard\b|outside\b|inside\b|across\b|last\b|early\b|overnight\b|yesterday\b|today\b|this\b|since\b|homeless\b)",
                text[phrase.span[1] : sentence[1]].lstrip() or ".",
            ):
                break
        elif phrase.kind == "plural" and _OF.fullmatch(text, people[i - 1].span[1], phrase.span[0]):
            continue  # "a chief of police, a mayor and …"
        elif i in subsets and not joins(text, people[found[-1]], phrase):
            continue
        elif not (joins(text, people[found[-1]], phrase) or joins_over_parts(text, people[found[-1]], phrase)) or (
            _SPEAKS.match(text, phrase.span[1], sentence[1])
            and not (trigger.standing == "of" and re.search(r"\band\b", gap))
        ):
            break
        if found and opens_clause and text[at : at + 2] == ", " and _MAIN.match(text, phrase.span[1], sentence[1]):
            break  # "Following the death of Ruiz, Marek and Novy were on the move"
        if phrase.kind == "plural" and found:
            break
        found.append(i)
        at = phrase.span[1]
    return found


def _left(
    text: str, sentence: Span, trigger: Trigger, people: list[Phrase], subsets: set[int], passive: bool
) -> list[int]:
    """The subject: the nearest phrase before, over subsets and insertions; with those joined to it."""
    if any(p.span[0] < trigger.span[0] < p.span[1] for p in people):
        return []  # "a bus carrying 45 pilgrims, leaving seven dead": the word is those seven's
    for i in range(len(people) - 1, -1, -1):
        phrase = people[i]
        if phrase.span[1] > trigger.span[0]:
            continue
        if trigger.state == "displaced" and trigger.standing == "left" and phrase.kind in ("single", "name"):
            continue  # a gunman who "fled" is not displaced
        if i in subsets:
            if own_verb(text, phrase, trigger.span[0]):
                return []  # "20 rebels, four of whom died"
            continue
        if is_in_an_aside(text, sentence, phrase, trigger.span[0]):
            continue
        if i and people[i - 1].head not in _THEIR_OWN and _OF.fullmatch(text, people[i - 1].span[1], phrase.span[0]):
            continue
        gap = text[phrase.span[1] : trigger.span[0]]
        of_whom = _WHO_WAS.fullmatch(gap) is not None
        if (did_it(text, sentence, phrase) and not of_whom) or owns(text, phrase):
            continue  # but "a farm owned by the dealer, who was killed"
        if is_of_somebody(text, sentence, phrase) and (
            passive or gap.strip() or not i or people[i - 1].head not in _THEIR_OWN
        ):
            continue
        if is_in_a_clause(text, sentence, phrase, trigger.span[0]) or has_another_fate(text, sentence, phrase):
            continue
        of_whom = _WHO_WAS.fullmatch(gap) is not None
        if (
            phrase.kind == "name"
            and not of_whom
            and _IN_PLACE.search(text, max(sentence[0], phrase.span[0] - 12), phrase.span[0])
        ):
            continue
        if i and _WHO_DID.fullmatch(text, people[i - 1].span[1], phrase.span[0]) and _AT_ONCE.fullmatch(gap):
            continue  # "a man who attacked a guard was killed"
        if not passive and len(gap.split()) > 2 and phrase.kind != "none":
            return []
        if phrase.kind == "plural" and "," in gap and not plain_plural(text, phrase):
            continue  # "six people, all members of a club, were killed"
        if not _reaches(gap, phrase) or not plain_plural(text, phrase):
            return []
        return _joined_before(text, sentence, people, i, subsets)
    return []


def plain_plural(text: str, phrase: Phrase) -> bool:
    """Whether an uncounted plural may be told of as new: "civilians were killed", not "the killed" or "their leaders"."""
    if phrase.kind != "plural":
        return True
    words = text[slice(*phrase.span)]
    definite = re.match(
        r"(?:the|his|her|their|its|these|those|this|that|our|former|[\w-]+['’]s)\b", words, re.IGNORECASE
    )
    other = text[max(0, phrase.span[0] - 6) : phrase.span[0]].lower() == "other "
    return not definite and phrase.state is None and (bool(phrase.groups) or (other and phrase.head != "people"))


def _reaches(gap: str, phrase: Phrase) -> bool:
    """Whether the words between a subject and its verb leave it the subject."""
    plain = re.sub(r",[^,]*,", " ", _AGE.sub(",", _OF_THE_HURT.sub(" ", _ASIDE.sub("", gap))))
    if re.search(
        r"[;:]|[\"”]\s*,|\b(?:said|says|told|that|which|when|while|killed|wounded|injured|died|but|yet)\b", plain, re.I
    ):
        return False
    if _ANOTHER_SUBJECT.search(plain) or has_somebody(plain) or (phrase.kind == "counted" and _PRONOUN.search(plain)):
        return False
    if (
        phrase.kind in ("name", "single", "counted")
        and plain.startswith((", ", " of "))
        and not _OTHER_VERB.search(plain)
    ):
        return len(plain.split()) <= 16  # with who it is: "Ana Ruiz, secretary of the miners' union was shot"
    if phrase.kind in ("single", "counted") and _WHO.fullmatch(plain):
        return True
    limit = 5 if phrase.kind == "plural" else 8
    return len(plain.split()) <= limit


_ASIDE = re.compile(r"\s*(?:\([^()]{1,80}\)|\[[^\[\]]{1,80}\]|--[^-;]{2,80}--|[–—][^–—;]{2,80}[–—])")
_ANOTHER_SUBJECT = re.compile(
    r"\b(?:was|were|had|has|have)\b.*\band\s+(?:an?|the|one|two|three|four|his|her|their|another|some)\s", re.IGNORECASE
)
"""Between two verbs: "three *were hit by bullets and one of them* had died"."""
_WHO = re.compile(
    r"\s+who\s+(?:(?:had|was|were|is|are)\s+)?(?!(?:said|says|told|arrested|detained|freed|released|rescued|sentenced|convicted|charged|accused)\b)[^,;:.]{3,140}?\s(?:was|were|died|had\s+died|(?:has|have|had)\s+been)\s*(?:\w+ly\s+)?",
    re.IGNORECASE,
)
"""Between a subject with a clause and its verb: "one person who happened to be passing by was"."""
_WHO_WAS = re.compile(r"\s*,\s+who\s+(?:(?:was|were|(?:has|have|had)\s+been|had|later|also)\s+)*", re.IGNORECASE)
_WHO_DID = re.compile(r"\s+who\s+(?!(?:said|says|told)\b)(?:(?!(?:was|were)\s+\w+ed\b)[\w-]+\s+){1,6}", re.IGNORECASE)
_AT_ONCE = re.compile(r"\s+(?:was|were|(?:has|have|had)\s+been)\s+(?:\w+ly\s+|also\s+|later\s+)?", re.IGNORECASE)
_THEIR_OWN = frozenset(("relatives", "family", "families", "widow", "widows", "mothers", "parents", "friends"))
"""Whose the dead were: "the relatives of the miners killed in May"."""
_OTHER_VERB = re.compile(
    r"\b(?:after|before|because|since|as|where|whom|whose|by|has|have|had|did|does|will|would|is|are)\s", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|we|I)\s+(?:\w+ly\s+|also\s+|later\s+|then\s+)?(?:was\s+|were\s+|had\s+|have\s+|has\s+)*$"
)
"""Before a verb that is a pronoun's: "killed four before he fled"."""
_OF_THE_HURT = re.compile(
    r"^\s+of\s+(?:the|those|its)\s+[\w-]+\s+(?:injured|wounded|dead|killed|missing)\b", re.IGNORECASE
)
_AGE = re.compile(r",\s*\d{1,3}(?:\s+years?\s+old)?\s*,")
_SPEAKS = re.compile(
    r"\s*(?:of\s+[^,.;]{1,40}?\s+)?(?:,(?!\s*and\b)[^,.;]{1,80},)?\s*(?:has\s+|have\s+|had\s+|also\s+)?(?:said|says?|told|reported|reports|added|announced|confirmed|wrote|stated|claimed|declared|decided|was|were|is|are|will|would|has|have|had|fled|managed|escaped|began)\b",
    re.IGNORECASE,
)
"""What follows a phrase that is no further victim but says what happened ("killing four, the governor said")."""


_OF = re.compile(r"\s+of\s+(?:the\s+|those\s+|its\s+)?", re.IGNORECASE)
"""Between a phrase and the one that it is of: "two members of his escort"."""
_CITED = re.compile(r"\b(?:according\s+to|by)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)


def _may_be_joined(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether a phrase before "and" can suffer the same: no source, no perpetrator, no whole, nobody set free."""
    start = phrase.span[0]
    return not (
        is_a_whole(text, sentence, phrase)
        or did_it(text, sentence, phrase)
        or is_set_free(text, sentence, phrase)
        or not plain_plural(text, phrase)
        or (phrase.kind == "name" and _AT_PLACE.search(text, max(0, start - 12), start))
        or _CITED.search(text, max(0, start - 50), start)
    )


_DOING = re.compile(r"\s+who\s+(?:was|were|had|worked|acted|served)\s+(?:[\w-]+\s+){0,4}", re.IGNORECASE)


def _over_a_clause(text: str, one: Phrase, two: Phrase) -> bool:
    """Whether nothing but a clause on the first parts two phrases."""
    return "," not in text[one.span[1] : two.span[0]] and one.kind in ("counted", "single", "name")


def _joined_before(text: str, sentence: Span, people: list[Phrase], i: int, subsets: set[int]) -> list[int]:
    """A subject with the subjects that "and" and commas join to it, over their parts."""
    found = [i]
    while i > 0:
        before = i - 1
        while before and before in subsets:
            before -= 1
        joined = joins if before == i - 1 else joins_over_parts
        if (
            before
            and joins(text, people[before], people[i])
            and _DOING.fullmatch(text, people[before - 1].span[1], people[before].span[0])
        ):
            before -= 1  # "two guards who worked as drivers and a cook were shot"
            joined = _over_a_clause
        if not joined(text, people[before], people[i]) or not _may_be_joined(text, sentence, people[before]):
            break
        i = before
        found.insert(0, i)
    return found
