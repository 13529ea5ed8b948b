"""People whom a sentence names beside its victims: who did it, whose brother a victim is, whose house it was, who speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.victim_heads import STATE_HEADS, people_nouns
from bot.extract.victims import Phrase
from bot.model.report import Span

_BY = re.compile(r"\bby\s+(?:(?!midnight|noon|dawn|dusk|then|now|that\b)[\w()’'.-]+\s+){0,6}$", re.IGNORECASE)
_BY_AT_ONCE = re.compile(r"\bby\s+(?:(?:the|a|an|its|his|their|some|about)\s+)*$", re.IGNORECASE)
_OF_SOMEBODY = re.compile(
    r"\b([^\W\d_][\w-]*)\s+(?:of|to)\s+(?:(?:the|a|an|his|her|their|its|former|late|slain|murdered|[A-Z][\w’'.-]*)\s+){0,3}$"
)
_OWNER = re.compile(r"['’](?:s\b|(?<=s['’])\s)", re.IGNORECASE)
_OWNERS = re.compile(r"['’]\s+\w", re.IGNORECASE)
_SPOKEN_BY = re.compile(r"\s*\]")
_CLAUSE = re.compile(
    r",\s+(?:and\s+)?(?:who|whose|whom|which|where|when|while|in\s+which|of\s+whom|(?:suspected|accused|charged|linked|led|backed|supported|followed|protected|guarded|surrounded)\s+(?:of|by|with|to))\b[^,;]*$",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:plann?(?:ed|ing|s)?|plott?(?:ed|ing|s)?|threaten\w*|attempt\w*|order(?:ed|ing)?|prevent\w*|avoid\w*)\s[^,;.]{0,50}$",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"\bwhose\b", re.IGNORECASE)
_OTHER_FATE = re.compile(
    r"\s+(?:(?:who|that)\s+)?(?:was|were|are|is|(?:have|has|had)\s+been)\s+(?:also\s+|later\s+|then\s+|immediately\s+|\w+ly\s+)?"
    r"(?:arrested|detained|rescued|freed|released|saved|spared|unhurt|unharmed|unscathed|unidentified|identified|interrogated|questioned|sentenced|convicted|charged|"
    r"accused|implicated|tried|deployed|sent|released|acquitted|sought|wanted|suspected|elected|appointed|re-?elected|invited|allowed|forced|asked|told|ordered|praised)\b",
    re.IGNORECASE,
)


def did_it(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether a phrase stands in a "by", as those who did it: "murdered by a column of rebels"."""
    before = text[max(sentence[0], phrase.span[0] - 90) : phrase.span[0]]
    return bool((_BY_AT_ONCE if phrase.kind == "counted" else _BY).search(before))


def is_of_somebody(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether a phrase only tells whose somebody is: "the brother of a minister", "secretary to the ambassador"."""
    match = _OF_SOMEBODY.search(text, max(sentence[0], phrase.span[0] - 70), phrase.span[0])
    noun = people_nouns().get(match.group(1).lower()) if match else None
    return noun is not None


def owns(text: str, phrase: Phrase) -> bool:
    """Whether a name stands as the owner of what follows, or in brackets as the speaker: "Ruiz's house", "[Ruiz]"."""
    end = phrase.span[1]
    if phrase.kind == "plural":
        return bool(_OWNERS.match(text, end))
    if phrase.kind != "name":
        return False
    return bool(_OWNER.match(text, end)) or (
        text[phrase.span[0] - 1 : phrase.span[0]] == "[" and bool(_SPOKEN_BY.match(text, end))
    )


_OF_A_WHOLE = re.compile(
    r"(?:^|[,;:.]\s*|\band\s+)of\s+(?:the|its|their|those|these|his|her|our)\s+(?:some\s+|about\s+|roughly\s+)?$",
    re.IGNORECASE,
)


def is_a_whole(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether a part of a phrase is what the sentence speaks of: "of the 137 passengers, 120 died"."""
    return bool(_OF_A_WHOLE.search(text[max(sentence[0], phrase.span[0] - 40) : phrase.span[0]].lstrip()))


def is_in_a_clause(text: str, sentence: Span, phrase: Phrase, until: int) -> bool:
    """Whether a phrase stands in a clause that ends before the verb: "Ruiz, who defended the rebel, was shot"."""
    if text.count(",", phrase.span[1], until) % 2 == 0:
        return False  # "when Ruiz, who wrote for it, was shot"
    return bool(_CLAUSE.search(text, max(sentence[0], phrase.span[0] - 120), phrase.span[0]))


def is_in_an_aside(text: str, sentence: Span, phrase: Phrase, until: int) -> bool:
    """Whether a phrase stands in brackets or dashes that close before the verb: "Ruiz -- nobody saw the third man -- died"."""
    before, after = (sentence[0], phrase.span[0]), (phrase.span[1], until)
    bracket = text.rfind("(", *before)
    if bracket > text.rfind(")", *before) and text.find(")", *after) >= 0:
        return True
    return text.count("--", *before) % 2 == 1 and text.count("--", *after) == 1


def has_another_fate(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether a verb of its own tells something else of a phrase: "six were arrested"."""
    return bool(_OTHER_FATE.match(text, phrase.span[1], sentence[1]))


_FREED = re.compile(
    r"\b(?:releas|freed|free|rescu|sav|spar|acquitt|arrest|detain)(?:e|ed|es|ing|s)?\s+(?:(?:at\s+least|some|about|another|the|all)\s+)*$"
    r"|\b(?:arrests?|detentions?|release|rescue|imprisonment|trial|prosecution)\s+of\s+(?:(?:at\s+least|some|about|another|the|all)\s+)*$",
    re.IGNORECASE,
)


def is_set_free(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether the word right before a phrase tells of another fate: "released twelve", "the arrest of five"."""
    begin = (phrase.number or phrase.span)[0]
    return bool(_FREED.search(text, max(sentence[0], begin - 30), begin))


def is_planned(text: str, sentence: Span, at: int) -> bool:
    """Whether a death with its owner is only planned: "planning the general's murder"."""
    return bool(_PLANNED.search(text, max(sentence[0], at - 70), at))


def has_somebody(gap: str) -> bool:
    """Whether a verb after these words is that of somebody's own: "the admiral, whose daughter was killed"."""
    return bool(_WHOSE.search(gap))


_OF = re.compile(r"\s+of\s+", re.IGNORECASE)
"""Between a phrase and the one that it is of: "two members of his escort"."""


_TESTIMONY = re.compile(
    r"\b(?:testimon(?:y|ies)|statements?|accounts?|evidence|interviews?|reports?)\s+(?:\w+\s+){0,3}?(?:from|by|of|with)\s+[^,;.]*$",
    re.IGNORECASE,
)


def stands_aside(text: str, sentence: Span, people: Sequence[Phrase], i: int) -> bool:
    """Whether a phrase stands where no victim does, whatever the rest of the sentence tells."""
    phrase = people[i]
    return (
        (
            i > 0
            and people[i - 1].head not in STATE_HEADS
            and bool(_OF.fullmatch(text, people[i - 1].span[1], phrase.span[0]))
        )
        or did_it(text, sentence, phrase)
        or bool(_TESTIMONY.search(text, sentence[0], phrase.span[0]))
        or owns(text, phrase)
        or is_a_whole(text, sentence, phrase)
        or is_of_somebody(text, sentence, phrase)
        or has_another_fate(text, sentence, phrase)
        or is_set_free(text, sentence, phrase)
    )
