"""One neutral line for a card, of the report's own words: its title, or who says what where the title tells a claim as fact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.answers import topic
from bot.extract.stance import words_of
from bot.model.acts import DEEDS, acts_in
from bot.model.legible import one_line, shortened
from bot.model.summary import Actor, Claim
from bot.model.wording import SAYS, speaker_words, told_words

LONGEST = 150
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
_TOLD = 0.5
"""Share of the title's telling words that a claim must hold for the title to be that claim."""


def headline_of(title: str | None, text: str, claims: Sequence[Claim], actors: Sequence[Actor]) -> str:
    """At most `LONGEST` characters; "" for an empty text without a title.

    A title that names who says it stands. One that tells as fact what in the text only somebody claims is replaced by
    that claim, with its speaker before it.
    """
    if title and title.strip():
        plain = one_line(title)
        claim = None if _SAYS_WHO.search(_LABEL.sub("", plain)) else _behind(plain, text, claims)
        return shortened(plain, LONGEST) if claim is None else _attributed(claim, text, actors)
    first = next((claim for claim in claims if claim.speaker), None)
    if first is not None:
        return _attributed(first, text, actors)
    return shortened(one_line(text.strip().split("\n", 1)[0]), LONGEST)


def _behind(title: str, text: str, claims: Sequence[Claim]) -> Claim | None:
    """The first claim by a named speaker that tells what the title tells: in its words, or the same deed of the same."""
    telling, deeds = topic(title), acts_in(title) & DEEDS
    told = [(claim, words_of(text, claim.content)) for claim in claims if claim.speaker and telling]
    for claim, words in told:
        if len(telling & topic(words)) >= _TOLD * len(telling):
            return claim
    for claim, words in told:
        if deeds & acts_in(words) and telling & topic(words) and claim.stance not in ("demands", "warns", "supports"):
            return claim
    return None


def _attributed(claim: Claim, text: str, actors: Sequence[Actor]) -> str:
    """ "Ministry of Defence of Azerbaijan: …", or "… denies: …" so that a denial is not read as what it denies."""
    return shortened(f"{speaker_words(text, actors, claim)}{SAYS[claim.stance]}: {told_words(text, claim)}", LONGEST)
