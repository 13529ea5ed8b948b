"""A claim in the report's own words, so that no reader takes it for more, or for the contrary, of what was said.

A stance alone can turn a claim round: "Hamas denies: the recordings fabricated" of somebody who called them that. So
the words that mark the claim are told with it, unless they are a plain verb of saying or say just what the stance says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.model.legible import one_line, shortened
from bot.model.report import Span
from bot.model.summary import Actor, Claim, Stance

_STANCES: dict[Stance, str] = {
    "asserts": "", "denies": " denies", "accuses": " accuses", "acknowledges": " acknowledges", "demands": " demands",
    "warns": " warns", "supports": " supports",
}  # fmt: skip
_OF_MANY: dict[Stance, str] = {
    "asserts": "", "denies": " deny", "accuses": " accuse", "acknowledges": " acknowledge", "demands": " demand",
    "warns": " warn", "supports": " support",
}  # fmt: skip
_HEAD = re.compile(r"(?P<head>.+?)(?:,?\s+(?:of|in|at|from|for|near|with|who|on|by)\s.*)?", re.DOTALL)
_MANY = re.compile(
    r"(?:.*\s)?[Aa]rmed [Ff]orces|.*\s(?:[a-z][\w-]*(?<!ss)(?<!us)(?<!is)s|police|people|men|women)"
    r"|(?i:two|three|four|five|six|several|some|many|both)\s.+"
    r"|(?i:police|rebels|residents|villagers|protesters|officials|doctors|rescuers|militants|separatists|authorities"
    r"|prosecutors|survivors|relatives|parents|families|activists|diplomats|lawmakers|fighters|soldiers|medics|nurses"
    r"|sources|investigators|experts|analysts|observers|witnesses|houthis|palestinians|israelis)"
)
"""A speaker's words that mean several: "Rebels", "Doctors at the clinic", "Two officials"."""
_BLAMES = re.compile(r"\bblam", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:say|says|said|saying|tell|tells|told|telling|add|adds|added|adding|report|reports|reported|reporting|according\s+to|states?|stated"
    r"|announc(?:e|es|ed|ing)|writes?|wrote|written|writing|quot(?:e|es|ed|ing)|cit(?:e|es|ed|ing)|not(?:e|es|ed|ing)|explain(?:s|ed|ing)?"
    r"|repl(?:y|ies|ied)|respond(?:s|ed)?|remark(?:s|ed)?|declar(?:e|es|ed|ing)|post(?:s|ed)?|tweet(?:s|ed)?|sp(?:eaks?|oke|oken)\s+of|source|via)\b",
    re.IGNORECASE,
)
_SAYS_THE_STANCE: dict[Stance, re.Pattern[str]] = {
    "denies": re.compile(
        r"\b(?:den(?:y|ies|ied|ying)|denial|reject\w*|disput\w*|refut\w*|dismiss\w*)\b", re.IGNORECASE
    ),
    "accuses": re.compile(r"\b(?:accus|alleg|blam)\w+\b", re.IGNORECASE),
    "acknowledges": re.compile(r"\b(?:acknowledg\w+|admit\w*|admission|conced\w+)\b", re.IGNORECASE),
    "demands": re.compile(r"\b(?:demand|urg(?:e|es|ed|ing)\b|call\w*\s+(?:for|on|upon)|appeal)", re.IGNORECASE),
    "warns": re.compile(r"\bwarn", re.IGNORECASE),
    "supports": re.compile(r"\b(?:support|back)", re.IGNORECASE),
}
_AS = re.compile(r"\bas\b", re.IGNORECASE)
"""In what is denied, it may begin the denier's own word for it: "dismissed the reports as fabricated"."""
_SEVERAL = re.compile(r"\band\s+(?:(?:the|its|his|her|their)\s+)?[A-Z]")
"""Several who say it together: "France, Germany and Britain"."""
_JOINS = re.compile(r"(?:of|for|as|with|to|on|over|against|by|at)", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she|it|they|we|i|you|who|which|that|this|one|his|her|its|their)", re.IGNORECASE)
_ACCUSED = re.compile(r"\b(?:accus|blam)\w+", re.IGNORECASE)
_PLAIN = re.compile(r"[\w\s,’'-]{1,80}")
"""Between "accused" and "of": a name, and when."""
_SPEAKER = 80
"""Characters of the words that name a speaker."""
_BETWEEN = 6
_CUE = 60
"""Characters of a cue beyond which it tells more than a verb."""


def stance_words(text: str, claim: Claim, speaker: str) -> str:
    """What follows a speaker's name, before the colon: " denies", " blames", of several " deny", or ""."""
    many = _means_several(speaker)
    if claim.stance == "accuses" and any(_BLAMES.search(text, *span) for span in claim.cue):
        return " blame" if many else " blames"
    return (_OF_MANY if many else _STANCES)[claim.stance]


def _means_several(speaker: str) -> bool:
    head = _HEAD.fullmatch(speaker)
    words = head["head"] if head else speaker
    return bool(_MANY.fullmatch(words) or (_SEVERAL.search(speaker) and " of " not in speaker))


def speaker_words(text: str, actors: Sequence[Actor], claim: Claim) -> str:
    """Who says it: the speaker's name; the report's own words where several say it together or nobody's name is known.

    "unnamed source" where the text names nobody at all.
    """
    actor = next((actor for actor in actors if actor.id == claim.speaker), None)
    words = one_line(" ".join(text[start:end] for start, end in claim.source)).strip(" ,;:")
    if actor is not None and not (_SEVERAL.search(words) and " and " not in actor.name):
        return actor.name
    if not words or _PRONOUN.fullmatch(words):
        return actor.name if actor else "unnamed source"
    return shortened(words[0].upper() + words[1:], _SPEAKER)


def told_words(text: str, claim: Claim) -> str:
    """What is said, in the words of the text: "condemned the attack", "Armenian forces of shelling the town".

    Pieces that stand apart are joined by "…"; the claim's own "of", "for" or "as" between them stays. One
    line, safe to show.
    """
    if not tells_its_cue(text, claim):
        words = _joined(text, accusation(text, claim), claim.cue)
        return "it" if words.lower() == "which" else words.removeprefix("that ").removeprefix("That ")
    before = [span for span in claim.cue if span[0] < claim.content[-1][1]]
    if not before:  # "…, the ministry warned."
        return f"{_joined(text, claim.cue, ())} {_joined(text, claim.content, ())}"
    return _joined(text, sorted((*before, *claim.content)), claim.cue)


def accusation(text: str, claim: Claim) -> Sequence[Span]:
    """What an accusation says with whom it is made against: "accused *Oslo on Monday of backing them*".

    The content alone where nobody is named before it, and of all other claims.
    """
    if claim.stance != "accuses" or not claim.content:
        return claim.content
    first, *others = claim.content
    before = [end for start, end in claim.cue if end <= first[0] and _ACCUSED.search(text[start:end])]
    begins = min(before, default=first[0])
    whom = text[begins : first[0]]
    held = any(begins < end and start < first[0] for start, end in claim.source)
    if held or not any(letter.isupper() for letter in whom) or not _PLAIN.fullmatch(whom):
        return claim.content
    return ((begins, first[1]), *others)


def tells_its_cue(text: str, claim: Claim) -> bool:
    """Whether a claim would be misread without the words that mark it."""
    cue = " ".join(text[start:end] for start, end in claim.cue)
    if not cue or len(cue) > _CUE:
        return False
    plain = _SAYS_THE_STANCE.get(claim.stance)
    if plain is not None and plain.search(cue):
        return claim.stance == "denies" and any(
            _AS.search(text, *span) for span in (*claim.cue, *claim.content, *_gaps(claim))
        )
    return claim.stance == "denies" or not _SAYS.search(cue)


def _gaps(claim: Claim) -> list[Span]:
    """What stands right before each piece of the content, up to the cue."""
    return [(end, start) for _, end in claim.cue for start, _ in claim.content if 0 <= start - end <= _BETWEEN]


def _joined(text: str, pieces: Sequence[Span], between: Sequence[Span]) -> str:
    """The pieces in their order; where only words of `between` part two of them, these stay."""
    told = ""
    last: int | None = None
    for start, end in pieces:
        words = one_line(text[start:end]).strip(" ,;:")
        if not words:
            continue
        if last is not None:
            told += _gap(text, last, start, between)
        told += words
        last = end
    return told


def _gap(text: str, start: int, end: int, kept: Sequence[Span]) -> str:
    if not text[start:end].strip(" ,;:"):
        return " "
    inner = one_line(text[start:end]).strip(" ,;:")
    if re.search(r"(?:^|\s)that$", inner):  # "a claim by the rebels that …"
        return " that "
    if _JOINS.fullmatch(inner) and any(
        text[slice(*span)].strip() == inner and start <= span[0] and span[1] <= end for span in kept
    ):
        return f" {inner} "
    return " … "
