"""One neutral line for a card, of the report's own words: its title, or who says what where the title tells a claim as fact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.answers import topic
from bot.extract.stance import words_of
from bot.extract.words import sentences
from bot.model.acts import DEEDS, Act, acts_in
from bot.model.legible import one_line, shortened
from bot.model.summary import Actor, Claim
from bot.model.wording import speaker_words, stance_words, tells_its_cue, told_words

LONGEST = 150
_SHORT = 72
"""Characters of a title that every door and picture shows whole."""
_SAYS_WHO = re.compile(
    r"\b(?:say|says|said|claim|claims|claimed|accuse|accuses|accused|den(?:y|ies|ied)|report(?:s|ed|edly)?|according|alleg\w+|blam\w+|warn\w*|urg\w+|announc\w+"
    r"|reject\w*|dismiss\w*|confirm\w*|admit\w*|acknowledg\w*|demand\w*|call(?:s|ed)? (?:for|on|upon)|vow\w*|insist\w*|disput\w*|accounts|versions|at odds|trade (?:blame|accusations)"
    r"|puts?|told|tells?|citing|speaks? of|lowers?|revis\w+|\w+:)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W*(?:live|breaking|updates?|update \d+|news|video|watch|statement|analysis|explainer|exclusive|latest)\s*:",
    re.IGNORECASE,
)
"""Before a title's colon, but nobody who says what follows."""
_EXACT = re.compile(
    r"\d[\d,.]*(?<=\d)|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|dozens?|scores"
    r"|hundreds?|thousands?|millions?|not|no|never|nobody|none|without|all|only|first)\b",
    re.IGNORECASE,
)
_TOLD = 0.5
"""Share of the title's telling words that a claim must hold for the title to be that claim."""


def headline_of(title: str | None, text: str, claims: Sequence[Claim], actors: Sequence[Actor]) -> str:
    """At most `LONGEST` characters; "" for an empty text without a title.

    A title that names who says it stands. One that tells as fact what in the text only somebody claims is replaced by
    that claim, or stands with the speaker's name where the claim tells all that it tells.
    """
    if title and title.strip():
        plain = one_line(title)
        unlabelled = _LABEL.sub("", plain).strip()
        claim = None if _SAYS_WHO.search(unlabelled) else _behind(unlabelled, text, claims)
        if claim is None:
            return shortened(plain, LONGEST)
        whole = _is_plainly_said(text, claim) and _tells_all(words_of(text, claim.content), unlabelled)
        return _attributed(claim, text, actors, unlabelled if whole else "")
    first = next((claim for claim in claims if claim.speaker), None)
    if first is not None:
        return _attributed(first, text, actors)
    return shortened(one_line(text.strip().split("\n", 1)[0]), LONGEST)


def _behind(title: str, text: str, claims: Sequence[Claim]) -> Claim | None:
    """The first claim by a named speaker that tells what the title tells: in its words, or the same deed of the same."""
    telling, deeds = topic(title), acts_in(title) & DEEDS
    if deeds and _tells_itself(text, claims, deeds, telling):
        return None
    told = [(claim, words_of(text, claim.content)) for claim in claims if claim.speaker and telling]
    for claim, words in told:
        if len(telling & topic(words)) >= _TOLD * len(telling):
            return claim
    for claim, words in told:
        if deeds & acts_in(words) and telling & topic(words) and claim.stance not in ("demands", "warns", "supports"):
            return claim
    return None


def _tells_itself(text: str, claims: Sequence[Claim], deeds: frozenset[Act], telling: frozenset[str]) -> bool:
    """Whether the report tells the title's deed in its own voice too, in a sentence that is nobody's claim."""
    claimed = {claim.sentence for claim in claims}
    own = (text[slice(*sentence)] for sentence in sentences(text) if sentence not in claimed)
    return any(deeds & acts_in(words) and telling & topic(words) for words in own)


def _attributed(claim: Claim, text: str, actors: Sequence[Actor], title: str = "") -> str:
    """ "…, according to Governor"; "Governor: …" where it is long, so that no cut can part the two; "… denies: …"
    so that a denial is not read as what it denies.

    `title` are words that tell no more than the claim does.
    """
    speaker, told = speaker_words(text, actors, claim), title or told_words(text, claim)
    if _is_plainly_said(text, claim):
        plain = re.sub(r"[,;.]+(?=[”\"']?$)", "", told.strip())
        line = f"{plain[:1].upper()}{plain[1:]}, according to {speaker}"
        if len(line) <= _SHORT:
            return line
    return shortened(f"{speaker}{stance_words(text, claim, speaker)}: {told}", LONGEST)


def _tells_all(content: str, title: str) -> bool:
    """Whether a claim tells whatever its report's title does, its figures and its "not" among it."""
    exact = {word.lower() for word in _EXACT.findall(title)}
    return topic(title) <= topic(content) and exact <= {word.lower() for word in _EXACT.findall(content)}


def _is_plainly_said(text: str, claim: Claim) -> bool:
    return claim.stance == "asserts" and not tells_its_cue(text, claim)
